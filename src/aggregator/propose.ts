/** A batch becomes an aggregate in the depot and a proposal on chain, once. */
import { fromHex } from '../bytes/hex.ts'
import { waitForPending } from '../chain/send.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { makeDeal } from '../flow/make-deal.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import { aggregateOf, sized } from './batch-aggregate.ts'
import type { Context } from './context.ts'
import { fetchContent } from './fetch-content.ts'
import { requestsOf } from './standing.ts'
import type { BatchRecord } from './state.ts'

/**
 * A proposal that stands is taken for the batch's own, whoever made it and with whatever terms, when it stores this aggregate
 * long enough: so an earlier run that was killed between sending and writing down is not repeated.
 * @throws as `makeDeal` and `Depot.putAggregate`
 */
export async function propose(context: Context, batch: number): Promise<void> {
  const { flow, ledger, account, wishes, signal, emit } = context
  const record = ledger.state.batches.get(batch)
  if (record === undefined) return
  await store(context, record)
  await waitForPending(flow.provider, account, { signal })
  const { proposals } = await observe(flow.client)
  const cid = pieceCidV1(sized(record.pieceCidV2))
  const same = proposals.filter(({ pieceCid }) => pieceCid === cid)
  const until = Math.max(...requestsOf(ledger.state, record).map(({ storedUntil }) => storedUntil))
  const standing = same.find((one) => isStanding(one) && one.endEpoch >= BigInt(until))
  if (standing !== undefined)
    return ledger.record({
      kind: 'proposed',
      batch,
      proposalId: standing.proposalId,
      tx: null,
    })
  const document = await makeDeal(
    { ...wishes, cid: record.pieceCidV2 },
    {
      ...flow,
      signal,
      onEvent: (event) => {
        if (event.type === 'propose:sent') emit({ type: 'sent', what: 'propose', tx: event.tx })
      },
    },
  )
  for (const { proposalId, tx } of document.proposals)
    await ledger.record({ kind: 'proposed', batch, proposalId, tx })
}

/** Open, or with a deal that lives. */
function isStanding({ state, deals }: ObservedProposal): boolean {
  return state === 'open' || deals.some((deal) => /^(published|active)$/.test(deal.state))
}

/** Pieces that the depot has lost since are fetched again. */
async function store(context: Context, record: BatchRecord): Promise<void> {
  const { depot } = context.flow
  const { pieceCidV2, segments } = record
  const aggregate = aggregateOf(segments, sized(pieceCidV2).pieceSize)
  const name = `aggregate of ${segments.length}`
  try {
    await depot.putAggregate(aggregate, { name })
  } catch (error) {
    if (!isStorageError(error, 'CID_NOT_FOUND')) throw error
    for (const segment of segments)
      if ((await depot.find(segment.pieceCidV2)) === undefined) await fetchAgain(context, segment)
    await depot.putAggregate(aggregate, { name })
  }
}

async function fetchAgain(
  { ledger, flow, fetching, signal }: Context,
  { pieceCidV2, ids }: BatchRecord['segments'][number],
): Promise<void> {
  const request = ledger.state.requests.get(ids[0] ?? '')
  if (request === undefined) return
  const options = { ...fetching, depot: flow.depot }
  const piece = await fetchContent(fromHex(request.cid), options, signal)
  if (piece.pieceCidV2 === pieceCidV2) return
  throw new StorageError('FETCH_FAILED', {
    what: `the depot has lost a piece of request ${request.id}, and its sources have it in another form now`,
    expected: pieceCidV2,
    got: piece.pieceCidV2,
  })
}
