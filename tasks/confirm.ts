/** FIL of the main network is money: nothing is sent there unasked. */
import type { Network } from '../src/chain/networks.ts'
import type { Run } from './run.ts'

/** Errors: DECLINED. */
export async function confirmSpending(
  args: { readonly yes: boolean },
  run: Run,
  network: Network,
): Promise<void> {
  if (network.name !== 'filecoin' || args.yes) return
  await run.confirm('This spends FIL of yours on the Filecoin main network. Go on?')
}
