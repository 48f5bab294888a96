/** A chain that says it is Calibration, in step with the clock but for what a test wants, with a client contract. */
import { BrowserProvider, ContractFactory } from 'ethers'
import hre from 'hardhat'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { openFactory } from '../../../src/chain/factory.ts'
import { epochAt } from '../../../src/chain/heads.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { readArtifact } from '../../../src/flow/artifact.ts'
import type { Provider } from '../../../src/localnet/controls.ts'
import localnet from '../../../src/localnet/index.ts'

export interface FakeCalibration {
  readonly provider: Provider
  /** 0x…, of the client of `owner`. */
  readonly client: string
  close(): Promise<void>
}

/** @param aheadSeconds Of this machine's clock. */
export async function startCalibration(owner: string, aheadSeconds = 0): Promise<FakeCalibration> {
  const now = Date.now() + aheadSeconds * 1000
  const baseEpoch = epochAt(NETWORKS.calibration, now)
  if (baseEpoch === undefined) throw new Error('Calibration has no genesis')
  const own = {
    type: 'edr-simulated',
    chainId: Number(NETWORKS.calibration.chainId),
    filecoin: { baseEpoch },
  } as const
  const { network } = await createHardhatRuntimeEnvironment({
    plugins: [localnet],
    networks: { own },
  })
  const { provider, ...connection } = await network.create('own')
  const chain = new BrowserProvider(provider, undefined, { cacheTimeout: -1 })
  const signer = await chain.getSigner(0)
  await (await signer.sendTransaction({ to: owner, value: 10n ** 20n })).wait()
  const { abi, bytecode } = await readArtifact(hre, 'DealClientFactory')
  const factory = await new ContractFactory(abi as [], bytecode, signer).deploy()
  const { createClient, clientOf } = openFactory(await factory.getAddress(), signer)
  await createClient(owner)
  const client = await clientOf(owner)
  if (client === undefined) throw new Error('the client is missing')
  // What a node shows is one block behind.
  await provider.request({ method: 'hardhat_mine', params: ['0x1', '0x1e'] })
  return {
    provider,
    client,
    async close() {
      chain.destroy()
      await connection.close()
    },
  }
}
