/** The PerpetualStorage that a task speaks to: the one that is named, or the one that `deploy --perpetual` wrote down. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openPerpetual, type PerpetualStorage } from '../src/chain/perpetual.ts'
import { findContract } from './find-contract.ts'
import { checkNetwork, type OpenNetwork, openNetwork } from './network.ts'
import type { Run } from './run.ts'

interface OpenedPerpetual {
  readonly opened: OpenNetwork
  readonly perpetual: PerpetualStorage
  /** 0x…, of the signer; asks for the key. Errors: NO_KEY. */
  readonly account: () => Promise<string>
}

/** 0x… Errors: as `findContract`. */
export async function findPerpetual(
  text: string | undefined,
  opened: Pick<OpenNetwork, 'network' | 'name' | 'provider'>,
  run: Run,
  root: string,
): Promise<string> {
  const contract = 'PerpetualStorage'
  const command = 'npx hardhat deploy --perpetual'
  const wanted = { contract, what: contract, option: '--contract', text, command }
  return (await findContract(wanted, opened, run, root)).address
}

/** Errors: as `openNetwork` and `findPerpetual`; NO_KEY when `signs`. */
export async function withPerpetual<T>(
  hre: HardhatRuntimeEnvironment,
  run: Run,
  args: { readonly contract: string | undefined; readonly signs?: boolean },
  use: (found: OpenedPerpetual) => Promise<T>,
): Promise<T> {
  const opened = await openNetwork(hre, run)
  try {
    // Without a key nothing else needs to be right.
    if (args.signs === true) await opened.signer()
    await checkNetwork(opened, run)
    const runner = args.signs === true ? await opened.sender() : opened.provider
    const address = await findPerpetual(args.contract, opened, run, hre.config.paths.root)
    const perpetual = openPerpetual(address, runner, { signal: run.signal, network: opened.name })
    const account = async (): Promise<string> => (await opened.signer()).getAddress()
    return await use({ opened, perpetual, account })
  } finally {
    await opened.close()
  }
}
