/** Holds the account that a command sends from, in `accounts` of the state folder, for each account of each chain. */
import { join } from 'node:path'
import type { Provider } from 'ethers'
import { FilecoinProvider } from '../src/chain/filecoin-provider.ts'
import type { Network } from '../src/chain/networks.ts'
import { type HeldAccount, holdAccount, resumeAccount } from '../src/flow/account.ts'
import { onNetwork } from './messages.ts'
import type { Run } from './run.ts'
import { stateFolder } from './values.ts'

/** A transaction of the other command is mined within a few epochs of 30 s, or at once on a local node. */
const PUBLIC_WAIT_MS = 180_000
const LOCAL_WAIT_MS = 60_000

interface Place {
  readonly provider: Provider
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  /** Of the project. */
  readonly root: string
  readonly run: Run
}

interface Holder {
  /** Errors: IN_USE, DEADLINE, NODE_UNREACHABLE, DEPOT_READ_ONLY. */
  take(account: string): Promise<void>
  release(): Promise<void>
}

export function accountHolder({ provider, network, name, root, run }: Place): Holder {
  let held: Promise<HeldAccount> | undefined
  const release = async (): Promise<void> => {
    const was = held
    // Who sends again after a wait holds it again.
    held = undefined
    // Who could not take it has nothing to let go.
    await (await was?.catch(() => undefined))?.release()
  }
  const hold = async (account: string, node: FilecoinProvider): Promise<HeldAccount> => {
    // Each local chain is one of its own, and all have one chain id.
    const chain = network.genesis === undefined ? `-${node.home.replaceAll(/[^\w.]/g, '-')}` : ''
    const taken = await holdAccount({
      folder: join(
        stateFolder({ ...run, root }),
        'accounts',
        `${network.chainId}${chain}`,
        account.toLowerCase(),
      ),
      account,
      waitMs: network.genesis === undefined ? LOCAL_WAIT_MS : PUBLIC_WAIT_MS,
      onWait: () => run.progress.line(`another command sends from ${account}: waiting for it`),
      next: `npx hardhat deals${onNetwork(name)}`,
      signal: run.signal,
    })
    try {
      const notice = (text: string): void => run.progress.line(text)
      await resumeAccount(taken, account, node, { network: name, signal: run.signal, notice })
    } catch (error) {
      await taken.release()
      throw error
    }
    node.noteIn(taken)
    return taken
  }
  return {
    release,
    async take(account) {
      // The chain of this process is nobody else's.
      if (!(provider instanceof FilecoinProvider)) return
      run.onceItWaits(() => void release())
      await (held ??= hold(account, provider))
    },
  }
}
