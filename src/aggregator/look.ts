/**
 * What happened on chain since the last look, as facts: the hub's events from a durable cursor on, and what became of our
 * proposals. An event counts once however often it is read, so the last blocks are read again: a block that replaced another
 * is not missed, nor is what was sent before a crash and not written down.
 */
import { toHex } from '../bytes/hex.ts'
import type { HubEvent } from '../chain/hub-events.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import type { Context } from './context.ts'
import type { Fact } from './facts.ts'
import { isOpen } from './standing.ts'
import { type BatchRecord, isSame, type State } from './state.ts'

/** Blocks that are read again. Boost waits for 10 epochs of confidence (node/modules/storageminer.go:452). */
const CONFIDENCE = 10n
/** Blocks after which the cursor is written down though nothing happened. */
const STRIDE = 1000

/** @throws NODE_UNREACHABLE, ABORTED, and as `Ledger.record` */
export async function look(context: Context): Promise<void> {
  const { ledger, flow } = context
  await readHub(context)
  const open = [...ledger.state.batches.values()].filter((batch) => isOpen(ledger.state, batch))
  const ids = open.flatMap(({ proposals }) => proposals.map(({ proposalId }) => proposalId))
  if (ids.length === 0) return
  const { proposals } = await observe(flow.client, [...new Set(ids)])
  for (const record of open)
    for (const proposal of proposals)
      for (const fact of newsOf(record, proposal)) await ledger.record(fact)
}

async function readHub({ hub, ledger, fromBlock, account }: Context): Promise<void> {
  const { state } = ledger
  const again = BigInt(state.read ?? 0) - CONFIDENCE
  const from = again > fromBlock ? again : fromBlock
  for await (const { through, logs } of hub.events({ from })) {
    let news = 0
    for (const fact of factsOf(logs, account)) {
      if (!isNews(state, fact)) continue
      await ledger.record(fact)
      news += 1
    }
    const block = Number(through)
    const passed = block - (state.read ?? block)
    if (state.read === undefined || (passed > 0 && (news > 0 || passed >= STRIDE)))
      await ledger.record({ kind: 'read', block })
  }
}

type HubFact = Extract<Fact, { kind: 'requested' | 'completed' | 'paid' | 'reclaimed' }>

/** Requests that name another aggregator are none of ours. */
function factsOf(events: readonly HubEvent[], account: string): HubFact[] {
  const terms = new Map(events.flatMap((one) => (one.name === 'terms' ? [[one.id, one]] : [])))
  return events.flatMap((event): HubFact[] => {
    const id = event.id.toString()
    switch (event.name) {
      case 'submitted': {
        const given = terms.get(event.id)
        const named = given?.aggregator
        if (named !== undefined && named.toLowerCase() !== account.toLowerCase()) return []
        const payment = given?.payment ?? 0n
        return [
          {
            kind: 'requested',
            id,
            cid: toHex(event.cid),
            owner: given?.requester ?? 'unknown',
            block: Number(event.block),
            payment: payment.toString(),
            // Without a payment the hub does not look at the deadline.
            ...(payment === 0n ? {} : { deadline: Number(given?.deadline) }),
            storedUntil: Number(given?.storedUntil ?? 0n),
          },
        ]
      }
      case 'completed':
        return [{ kind: 'completed', ids: [id], dealId: event.dealId.toString(), tx: event.tx }]
      case 'paid':
        return [{ kind: 'paid', id, tx: event.tx }]
      case 'reclaimed':
        return [{ kind: 'reclaimed', id }]
      default:
        return []
    }
  })
}

function isNews({ requests }: State, fact: HubFact): boolean {
  if (fact.kind === 'completed')
    return fact.ids.some((id) => requests.get(id)?.completedBy.includes(fact.dealId) === false)
  const known = requests.get(fact.id)
  switch (fact.kind) {
    case 'requested':
      return known === undefined || (known.batch === undefined && !isSame(known, fact))
    case 'paid':
      return known?.isPaid === false
    case 'reclaimed':
      return known?.isReclaimed === false
    default:
      return fact satisfies never
  }
}

/** What a look at a proposal tells of the batch that it is of. */
function newsOf(
  { batch, proposals, deals }: BatchRecord,
  { proposalId, state, why, deals: seen }: ObservedProposal,
): Fact[] {
  const proposal = proposals.find((one) => one.proposalId === proposalId)
  if (proposal === undefined) return []
  const facts: Fact[] = []
  for (const { dealId: number, provider, state: now, why: reason } of seen) {
    const dealId = number.toString()
    const known = deals.find((deal) => deal.dealId === dealId)
    if (known?.gone !== undefined) continue
    if (known === undefined)
      facts.push({ kind: 'published', batch, dealId, provider: provider.toString() })
    if (now === 'active') {
      if (known?.isActive !== true) facts.push({ kind: 'active', batch, dealId })
    } else if (now !== 'published') facts.push({ kind: 'gone', batch, dealId, reason })
  }
  const mayCome = state === 'open' || seen.some((deal) => /^(published|active)$/.test(deal.state))
  if (!mayCome && proposal.lapsed === undefined)
    facts.push({ kind: 'lapsed', batch, proposalId, reason: why })
  return facts
}
