/**
 * Follows `DealProposalCreate` of all contracts from a durable cursor. A log counts once however often it is read, so
 * the last blocks are read again each time: a block that replaced another is not missed.
 */
import type { ProposalLog } from '../chain/logs.ts'
import type { Context } from './context.ts'
import { about } from './events.ts'

/** Blocks of one query. Lotus allows 2,880, public endpoints about 2,000. */
const WINDOW = 2000n
/** Blocks that are read again. Boost waits for 10 epochs of confidence (node/modules/storageminer.go:452). */
const CONFIDENCE = 10n
/** Blocks after which the cursor is written down though nothing was announced. */
const STRIDE = 1000n

/** Reads what was announced up to the head, and returns the head. A provider that never ran before starts behind the current head. */
export async function follow(context: Context): Promise<bigint> {
  const { chain, ledger, signal } = context
  const head = await chain.head()
  const known = ledger.followed()
  if (known === undefined) {
    await ledger.record({ kind: 'followed', block: head.toString() })
    return head
  }
  let cursor = known.to
  const again = cursor - CONFIDENCE
  const first = (again > known.since ? again : known.since) + 1n
  for (let from = first; from <= head && !signal.aborted; from += WINDOW) {
    const to = from + WINDOW - 1n < head ? from + WINDOW - 1n : head
    let news = 0
    for (const log of await chain.proposalLogs(from, to)) if (await note(context, log)) news += 1
    if (to <= cursor || (news === 0 && to - cursor < STRIDE)) continue
    await ledger.record({ kind: 'followed', block: to.toString() })
    cursor = to
  }
  return head
}

async function note({ id, ledger, emit }: Context, log: ProposalLog): Promise<boolean> {
  const { client, proposalId, block, transaction, removed } = log
  const key = `${client}:${proposalId}:${transaction}`
  if (removed || ledger.get(key) !== undefined) return false
  await ledger.record({ kind: 'seen', key, client, proposalId, block: block.toString() })
  const record = ledger.get(key)
  if (record !== undefined) emit({ type: 'seen', ...about(id, record), block })
  return true
}
