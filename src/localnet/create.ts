/**
 * Turns a fresh simulated network into a Filecoin: code at the real addresses, miners, the base epoch.
 */
import { ethAddress } from './address.ts'
import { currentEpoch, mineTo, setNextEpochTime } from './epochs.ts'
import { genesis } from './genesis.ts'
import { CONSTRUCTOR, encodeConstructor } from './miner-messages.ts'
import { actorAddress, encodeNative } from './native.ts'
import type { Provider } from './provider.ts'
import type { FilecoinConfig, MinerConfig } from './types.ts'

/** f00 sends the implicit messages that construct actors. */
const SYSTEM_ACTOR = actorAddress(0n)
const SYSTEM_FUNDS = `0x${(10n ** 24n).toString(16)}`
/** More than any construction takes, less than a small block. */
const CONSTRUCTION_GAS = '0x4c4b40'
/** What a worker or owner of the configuration has that has nothing: without it there is no such actor. 10 FIL. */
const ACCOUNT_FUNDS = `0x${(10n ** 19n).toString(16)}`

export async function createFilecoin(provider: Provider, config: FilecoinConfig): Promise<void> {
  const { code, minerCode } = genesis()
  for (const [address, bytes] of Object.entries(code)) await setCode(provider, address, bytes)
  for (const miner of config.miners) await setCode(provider, actorAddress(miner.id), minerCode)
  await constructMiners(provider, config.miners)
  // At least one block, so that constructions are on chain where mining is not automatic.
  const next = (await currentEpoch(provider)) + 1n
  await mineTo(provider, config.baseEpoch > next ? config.baseEpoch : next)
}

async function constructMiners(provider: Provider, miners: MinerConfig[]): Promise<void> {
  const accounts = (await provider.request({ method: 'eth_accounts' })) as string[]
  await provider.request({ method: 'hardhat_setBalance', params: [SYSTEM_ACTOR, SYSTEM_FUNDS] })
  await provider.request({ method: 'hardhat_impersonateAccount', params: [SYSTEM_ACTOR] })
  for (const [index, miner] of miners.entries()) {
    const worker = miner.worker ?? accounts.at(-1 - index)
    if (worker === undefined) {
      throw new Error(
        `miner f0${miner.id} has no worker: the network has ${accounts.length} accounts, expected one for each miner. ` +
          'Name a worker in `filecoin.miners`, or raise the number of accounts.',
      )
    }
    const owner = miner.owner ?? worker
    for (const account of [worker, owner]) await becomeActor(provider, account)
    const params = encodeConstructor({
      owner: ethAddress(owner),
      worker: ethAddress(worker),
      sectorSize: miner.sectorSize,
      multiaddrs: miner.multiaddrs.map((text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))),
    })
    const to = actorAddress(miner.id)
    const data = encodeNative(CONSTRUCTOR, params)
    const transaction = { from: SYSTEM_ACTOR, to, data, gas: CONSTRUCTION_GAS }
    await setNextEpochTime(provider)
    await provider.request({ method: 'eth_sendTransaction', params: [transaction] })
  }
  await provider.request({ method: 'hardhat_stopImpersonatingAccount', params: [SYSTEM_ACTOR] })
}

async function becomeActor(provider: Provider, account: string): Promise<void> {
  const balance = await provider.request({ method: 'eth_getBalance', params: [account, 'latest'] })
  if (BigInt(String(balance)) > 0n) return
  await provider.request({ method: 'hardhat_setBalance', params: [account, ACCOUNT_FUNDS] })
}

async function setCode(provider: Provider, address: string, code: string): Promise<void> {
  await provider.request({ method: 'hardhat_setCode', params: [address, code] })
}
