/** Requests of a batch are answered with the proofs of one deal: in one transaction, or without those that the hub refuses. */
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { type ProofDocument, proofDocument } from '../aggregate/proof-form.ts'
import type { HubCompletion } from '../chain/hub.ts'
import { waitForPending } from '../chain/send.ts'
import { depotFault } from '../depot/fault.ts'
import { diskFiles, replaceDurably } from '../depot/files.ts'
import { isStorageError } from '../errors.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'
import { aggregateOf, sized } from './batch-aggregate.ts'
import type { Context } from './context.ts'
import type { Action } from './next-actions.ts'
import type { BatchDeal, BatchRecord } from './state.ts'

/** `proofs/<request>.json`: what the hub is told of a request, for whoever asked. */
interface InclusionDocument {
  readonly version: 1
  readonly kind: 'inclusion'
  readonly network: string
  readonly hub: string
  readonly requestId: string
  /** `0x…`, as it was asked for. */
  readonly cid: string
  readonly pieceCid: string
  readonly pieceCidV2: string
  /** Padded bytes, and where they begin in the aggregate. */
  readonly pieceSize: number
  readonly offset: number
  readonly aggregate: {
    readonly pieceCid: string
    readonly pieceCidV2: string
    readonly pieceSize: number
  }
  readonly dealId: number
  /** f0… */
  readonly provider: string
  readonly proof: ProofDocument
}

type Item = HubCompletion & { readonly document: InclusionDocument }

/** @throws as `send`, but for what the hub refuses: that is written down */
export async function complete(
  context: Context,
  { batch, dealId, ids }: Extract<Action, { step: 'complete' }>,
): Promise<void> {
  const { ledger, flow, account, signal } = context
  const record = ledger.state.batches.get(batch)
  const deal = record?.deals.find((one) => one.dealId === dealId)
  if (record === undefined || deal === undefined) return
  await waitForPending(flow.provider, account, { signal })
  const items: Item[] = []
  for (const item of itemsOf(context, record, deal, new Set(ids))) {
    const there = await context.hub.dealsOf(item.id)
    if (there.every((one) => one.dealId.toString() !== dealId)) items.push(item)
    else await ledger.record({ kind: 'completed', ids: [`${item.id}`], dealId, tx: null })
  }
  for (const item of items) await write(context, item.document)
  await answer(context, deal, items)
}

/** Halves tell what is refused from what is not. */
async function answer(context: Context, deal: BatchDeal, items: readonly Item[]): Promise<void> {
  const [first] = items
  if (first === undefined) return
  const { hub, ledger, signal, emit } = context
  const { dealId } = deal
  const onSent = (tx: string): void =>
    emit({ type: 'sent', what: `complete ${items.map(({ id }) => id).join(', ')}`, tx })
  try {
    const at = { dealId: BigInt(dealId), provider: BigInt(deal.provider) }
    const { tx } = await hub.completeBatch(at, items, { signal, onSent })
    await ledger.record({ kind: 'completed', ids: items.map(({ id }) => `${id}`), dealId, tx })
  } catch (error) {
    if (!isStorageError(error, 'CONTRACT_REFUSED')) throw error
    if (items.length === 1)
      return ledger.record({
        kind: 'rejected',
        id: `${first.id}`,
        dealId,
        wasActive: deal.isActive,
        reason: error.message,
      })
    const middle = Math.ceil(items.length / 2)
    await answer(context, deal, items.slice(0, middle))
    await answer(context, deal, items.slice(middle))
  }
}

function itemsOf(
  { ledger, flow, hub }: Context,
  { pieceCidV2, segments }: BatchRecord,
  { dealId, provider }: BatchDeal,
  wanted: ReadonlySet<string>,
): Item[] {
  const whole = sized(pieceCidV2)
  const aggregate = aggregateOf(segments, whole.pieceSize)
  return segments.flatMap((segment, index) => {
    const ids = segment.ids.filter((id) => wanted.has(id))
    if (ids.length === 0) return []
    const proof = aggregate.proof(index)
    const piece = sized(segment.pieceCidV2)
    return ids.map((id): Item => {
      const document: InclusionDocument = {
        version: 1,
        kind: 'inclusion',
        network: flow.network.name,
        hub: hub.address,
        requestId: id,
        cid: ledger.state.requests.get(id)?.cid ?? '0x',
        pieceCid: pieceCidV1(piece),
        pieceCidV2: segment.pieceCidV2,
        pieceSize: piece.pieceSize,
        offset: segment.offset,
        aggregate: { pieceCid: pieceCidV1(whole), pieceCidV2, pieceSize: whole.pieceSize },
        dealId: Number(dealId),
        provider: `f0${provider}`,
        proof: proofDocument(proof),
      }
      return { id: BigInt(id), proof, piece, document }
    })
  })
}

async function write({ folder }: Context, document: InclusionDocument): Promise<void> {
  const path = join(folder, 'proofs', `${document.requestId}.json`)
  const text = `${JSON.stringify(document, undefined, 2)}\n`
  await replaceDurably(diskFiles, `${join(folder, randomUUID())}.tmp`, path, text).catch(
    (error: unknown) => {
      throw depotFault(error, `write ${path}`)
    },
  )
}
