/** Receipts of files in aggregates that a live deal of the client contract stores. */
import type { Aggregate } from '../aggregate/aggregate.ts'
import type { FilledSegment } from '../aggregate/payload.ts'
import { anchorOf, dateOfEpoch } from '../chain/epoch.ts'
import { lookupId } from '../chain/lotus.ts'
import { callNode } from '../chain/node.ts'
import type { Depot } from '../depot/depot.ts'
import { cidKey } from '../depot/keys.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { buildReceipt } from '../receipt/build.ts'
import type { Receipt } from '../receipt/schema.ts'
import { observe, type ObservedDeal, type ObservedProposal } from '../watch/observe.ts'
import type { FlowContext } from './context.ts'
import type { ReceiptsDocument } from './documents.ts'

/** Segments of one aggregate. */
interface Place {
  readonly aggregate: Aggregate<FilledSegment>
  readonly indices: readonly number[]
}

interface LiveDeal {
  readonly proposal: ObservedProposal
  readonly deal: ObservedDeal
}

/**
 * One for each segment that `cid` means and each published or active deal of its aggregate, the newest deal first.
 * @param cid Root or piece CID of a file in an aggregate of the depot; or piece CID of the aggregate: all of its files.
 * @throws CID_INVALID; CID_NOT_FOUND when no aggregate of the depot has it, or no live deal that; NODE_UNREACHABLE
 */
export async function receiptsFor(cid: string, context: FlowContext): Promise<ReceiptsDocument> {
  const { depot, client } = context
  const places = await placesOf(cid, depot)
  if (places.length === 0)
    throw new StorageError('CID_NOT_FOUND', {
      what: `no aggregate in the depot ${depot.folder} has ${cid}`,
      hint: 'Receipts are for files that lie in an aggregate: put some together first.',
      next: 'npx hardhat aggregate PATH…',
    })
  const deals = await liveDeals(context)
  const receipts: Receipt[] = []
  const network = await networkOf(context)
  const id = await lookupId(context.provider, context.network, client.address, {
    signal: context.signal,
  })
  const of = {
    address: client.address,
    id: id === undefined ? null : `${context.network.prefix}0${id}`,
  }
  for (const { aggregate, indices } of places)
    for (const { proposal, deal } of deals.get(pieceCidV1(aggregate)) ?? [])
      for (const index of indices) {
        const file = await fileOf(aggregate.segments[index] as FilledSegment, depot)
        receipts.push(buildReceipt({ network, file, aggregate, index, client: of, proposal, deal }))
      }
  if (receipts.length > 0) return { version: 1, kind: 'receipts', receipts }
  const [first] = places as [Place]
  throw new StorageError('CID_NOT_FOUND', {
    what: `no published or active deal of the client contract has the aggregate of ${cid}`,
    hint: 'Propose a deal for the aggregate and wait until a provider has published it.',
    next: `npx hardhat make-deal --cid ${pieceCidV2(first.aggregate)}`,
  })
}

async function placesOf(cid: string, depot: Depot): Promise<readonly Place[]> {
  const wanted = await depot.find(cid)
  if (wanted?.segments !== undefined) {
    const aggregate = await depot.aggregateOf(wanted)
    return [{ aggregate, indices: [...aggregate.segments.keys()] }]
  }
  const isWanted = matcherOf(cid, wanted)
  const places: Place[] = []
  for (const piece of await depot.list()) {
    if (piece.segments === undefined) continue
    const aggregate = await depot.aggregateOf(piece)
    const indices = [...aggregate.segments.keys()].filter((i) =>
      isWanted(aggregate.segments[i] as FilledSegment),
    )
    if (indices.length > 0) places.push({ aggregate, indices })
  }
  return places
}

/** By the piece that the depot has for it, or by the piece CID itself when the depot has not got it any more. */
function matcherOf(
  cid: string,
  wanted: StoredPiece | undefined,
): (segment: FilledSegment) => boolean {
  const text = wanted?.pieceCidV2 ?? cidKey(cid)
  try {
    const named = parsePieceCid(text)
    return ({ root, size }) =>
      Buffer.compare(root, named.root) === 0 && (named.size ?? size) === size
  } catch (error) {
    if (isStorageError(error, 'CID_INVALID')) return () => false
    throw error
  }
}

/** By piece CID v1, the newest first. */
async function liveDeals({ client }: FlowContext): Promise<Map<string, LiveDeal[]>> {
  const { proposals } = await observe(client)
  const live = proposals.flatMap((proposal) =>
    proposal.deals
      .filter(({ state }) => state === 'published' || state === 'active')
      .map((deal) => ({ proposal, deal })),
  )
  const newest = live.toSorted((a, b) => (a.deal.dealId < b.deal.dealId ? 1 : -1))
  return Map.groupBy(newest, ({ proposal }) => proposal.pieceCid)
}

async function fileOf(segment: FilledSegment, depot: Depot): Promise<Receipt['file']> {
  const v2 = pieceCidV2(segment)
  const piece = await depot.find(v2)
  if (piece === undefined) return { name: v2, root: null }
  return { name: piece.name, root: piece.root === '' ? null : piece.root }
}

async function networkOf({ network, provider, signal }: FlowContext): Promise<Receipt['network']> {
  const { name, chainId } = network
  // Always the same block: an epoch of a local network is not always 30 s, and the digest is over what this says.
  const first = await callNode('its first block', () => provider.getBlock(0), { signal })
  const anchor = anchorOf(network, { epoch: 0n, time: first?.timestamp ?? 0 })
  const genesis = dateOfEpoch(0n, anchor).getTime() / 1000
  return { name, chainId: Number(chainId), genesis }
}
