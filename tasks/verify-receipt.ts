/**
 * `verify-receipt PATH`: by itself, and with `--network` on chain. Exit code 0: sound, and not known to be over; 1: not sound;
 * 2: sound, but the deal has ended, was terminated or never became active.
 */
import { resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openClient } from '../src/chain/client-contract.ts'
import { lookupId } from '../src/chain/lotus.ts'
import { marketDeal } from '../src/chain/market-deal.ts'
import type { VerifiedReceiptDocument } from '../src/flow/documents.ts'
import { isLive, type ReceiptChain, verifyReceipt } from '../src/flow/verify-receipt.ts'
import { checkReceipt } from '../src/receipt/check.ts'
import { mannersOf } from './manners.ts'
import { checkNetwork, openNetwork } from './network.ts'
import { readReceipt } from './receipt-file.ts'
import { type Outcome, type Run, runTask } from './run.ts'

interface VerifyArguments {
  readonly path: string
  readonly file: string | undefined
  readonly json: boolean
}

/** Opens the chain for the client contract at `address`, and closes it; undefined where no network was named. */
export type WithChain = <T>(
  address: string,
  use: (chain: ReceiptChain | undefined) => Promise<T>,
) => Promise<T>

export async function checkReceiptFile(
  args: VerifyArguments,
  run: Run,
  withChain: WithChain,
): Promise<Outcome<VerifiedReceiptDocument>> {
  const value = await readReceipt(resolve(run.cwd, args.path))
  const { client } = checkReceipt(value).receipt
  const path = args.file === undefined ? undefined : resolve(run.cwd, args.file)
  const document = await withChain(client.address, (chain) => verifyReceipt(value, { chain, path }))
  const { state } = document.deal
  return {
    document,
    isIncomplete: !isLive(state),
    text: [
      `${document.file.name}: ${document.sentence}`,
      ...document.checked.map(({ claim, how }) => `checked      ${claim} (${how})`),
      ...document.unchecked.map((what) => `not checked  ${what}`),
      ...(isLive(state) ? [] : ['The receipt is sound; its deal is over.']),
    ],
  }
}

export default function action(
  args: VerifyArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    checkReceiptFile(args, run, async (address, use) => {
      if (hre.globalOptions.network === undefined) return use(undefined)
      const opened = await openNetwork(hre, run)
      try {
        await checkNetwork(opened, run)
        const { network, name, provider } = opened
        const options = { signal: run.signal, network: name }
        const { epoch, proposals, deals } = openClient(address, provider, options)
        return await use({
          network,
          epoch,
          proposals,
          deals,
          marketDeal: (dealId) => marketDeal(provider, dealId, options),
          clientId: (client) => lookupId(provider, network, client, options),
        })
      } finally {
        await opened.close()
      }
    }),
  )
}
