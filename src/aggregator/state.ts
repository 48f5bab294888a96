/** What the facts of a journal come to: a fold, in their order. A fact that says nothing new changes nothing. */
import { type ErrorCode, StorageError } from '../errors.ts'
import type { BatchSegment, Entry, Fact } from './facts.ts'

export interface RequestRecord {
  readonly id: string
  /** `0x…`, as the contract got it. */
  readonly cid: string
  readonly owner: string
  /** Epoch. */
  readonly block: number
  /** attoFIL. */
  readonly payment: bigint
  readonly deadline: number | undefined
  readonly storedUntil: number
  /** Rounds over all sources without success. */
  readonly tries: number
  /** Milliseconds since 1970 of the last one, and what came of it. */
  readonly tried: { readonly at: number; readonly reason: string } | undefined
  readonly pieceCidV2: string | undefined
  readonly refused: { readonly code: ErrorCode; readonly reason: string } | undefined
  readonly batch: number | undefined
  /** Deals. */
  readonly completedBy: readonly string[]
  readonly rejections: readonly Rejection[]
  readonly isPaid: boolean
  readonly isReclaimed: boolean
}

interface Rejection {
  readonly dealId: string
  readonly wasActive: boolean
  readonly reason: string
}

export interface BatchProposal {
  readonly proposalId: string
  /** Why no deal comes of it any more. */
  readonly lapsed: string | undefined
}

export interface BatchDeal {
  readonly dealId: string
  /** Actor id. */
  readonly provider: string
  readonly isActive: boolean
  /** Why it is over. */
  readonly gone: string | undefined
}

export interface BatchRecord {
  readonly batch: number
  readonly pieceCidV2: string
  readonly segments: readonly BatchSegment[]
  readonly proposals: readonly BatchProposal[]
  readonly deals: readonly BatchDeal[]
}

export interface State {
  readonly service: string | undefined
  /** The block up to which the hub's events were read. */
  readonly read: number | undefined
  readonly requests: ReadonlyMap<string, RequestRecord>
  readonly batches: ReadonlyMap<number, BatchRecord>
}

interface Draft extends State {
  service: string | undefined
  read: number | undefined
  readonly requests: Map<string, RequestRecord>
  readonly batches: Map<number, BatchRecord>
}

/** @throws DEPOT_CORRUPT for facts that no aggregator writes in this order */
export function foldState(entries: readonly Entry[]): Draft {
  const draft: Draft = {
    service: undefined,
    read: undefined,
    requests: new Map(),
    batches: new Map(),
  }
  for (const entry of entries) apply(draft, entry)
  return draft
}

/** Takes one more fact up. @throws DEPOT_CORRUPT */
export function apply(draft: Draft, entry: Entry): void {
  switch (entry.kind) {
    case 'opened':
      draft.service ??= entry.service
      return
    case 'read':
      draft.read = Math.max(draft.read ?? 0, entry.block)
      return
    case 'requested':
      return request(draft, entry)
    case 'tried':
      return change(draft, entry.id, ({ tries }) => ({
        tries: tries + 1,
        tried: { at: entry.at, reason: entry.reason },
      }))
    case 'fetched':
      return change(draft, entry.id, () => ({ pieceCidV2: entry.pieceCidV2 }))
    case 'refused':
      return change(draft, entry.id, () => ({
        refused: { code: entry.code, reason: entry.reason },
      }))
    case 'completed':
      for (const id of entry.ids)
        change(draft, id, ({ completedBy }) => ({
          completedBy: withOne(completedBy, entry.dealId),
        }))
      return
    case 'rejected':
      return change(draft, entry.id, ({ rejections }) => ({
        rejections: [...rejections, rejectionOf(entry)],
      }))
    case 'paid':
      return change(draft, entry.id, () => ({ isPaid: true }))
    case 'reclaimed':
      return change(draft, entry.id, () => ({ isReclaimed: true }))
    default:
      return applyToBatch(draft, entry)
  }
}

type BatchFact = Extract<Fact, { readonly batch: number }>

function applyToBatch(draft: Draft, fact: BatchFact): void {
  if (fact.kind === 'closed') {
    const { batch, pieceCidV2, segments } = fact
    draft.batches.set(batch, { batch, pieceCidV2, segments, proposals: [], deals: [] })
    for (const id of segments.flatMap(({ ids }) => ids)) change(draft, id, () => ({ batch }))
    return
  }
  const known = draft.batches.get(fact.batch)
  if (known === undefined) throw contradiction(`no batch ${fact.batch} was closed`)
  draft.batches.set(fact.batch, { ...known, ...batchAfter(known, fact) })
}

function batchAfter(
  { proposals, deals }: BatchRecord,
  fact: Exclude<BatchFact, { kind: 'closed' }>,
): Partial<BatchRecord> {
  switch (fact.kind) {
    case 'proposed': {
      const { proposalId } = fact
      if (proposals.some((one) => one.proposalId === proposalId)) return {}
      return { proposals: [...proposals, { proposalId, lapsed: undefined }] }
    }
    case 'lapsed':
      return {
        proposals: proposals.map((one) =>
          one.proposalId === fact.proposalId ? { ...one, lapsed: fact.reason } : one,
        ),
      }
    case 'published': {
      const { dealId, provider } = fact
      if (deals.some((one) => one.dealId === dealId)) return {}
      return { deals: [...deals, { dealId, provider, isActive: false, gone: undefined }] }
    }
    case 'active':
      return { deals: dealsAfter(deals, fact.dealId, { isActive: true }) }
    case 'gone':
      return { deals: dealsAfter(deals, fact.dealId, { gone: fact.reason }) }
    default:
      return fact satisfies never
  }
}

function dealsAfter(
  deals: readonly BatchDeal[],
  dealId: string,
  news: Partial<BatchDeal>,
): BatchDeal[] {
  return deals.map((deal) => (deal.dealId === dealId ? { ...deal, ...news } : deal))
}

/** A reorganised chain may give the same id to another request: until it is in a batch, the later one counts. */
function request(draft: Draft, fact: Extract<Fact, { kind: 'requested' }>): void {
  const { id, cid, owner, block, deadline, storedUntil } = fact
  const payment = BigInt(fact.payment)
  const known = draft.requests.get(id)
  if (known !== undefined && (isSame(known, fact) || known.batch !== undefined)) return
  draft.requests.set(id, {
    id,
    cid,
    owner,
    block,
    payment,
    deadline,
    storedUntil,
    tries: 0,
    tried: undefined,
    pieceCidV2: undefined,
    refused: undefined,
    batch: undefined,
    completedBy: [],
    rejections: [],
    isPaid: false,
    isReclaimed: false,
  })
}

/** Whether a request that was read again is the one that is known. */
export function isSame(known: RequestRecord, fact: Extract<Fact, { kind: 'requested' }>): boolean {
  return (
    known.cid === fact.cid &&
    known.owner === fact.owner &&
    known.payment === BigInt(fact.payment) &&
    known.deadline === fact.deadline &&
    known.storedUntil === fact.storedUntil
  )
}

function change(
  { requests }: Draft,
  id: string,
  news: (known: RequestRecord) => Partial<RequestRecord>,
): void {
  const known = requests.get(id)
  if (known === undefined) throw contradiction(`no request ${id} was read`)
  requests.set(id, { ...known, ...news(known) })
}

function rejectionOf({ dealId, wasActive, reason }: Rejection): Rejection {
  return { dealId, wasActive, reason }
}

function withOne(list: readonly string[], one: string): readonly string[] {
  return list.includes(one) ? list : [...list, one]
}

function contradiction(what: string): StorageError {
  return new StorageError('DEPOT_CORRUPT', {
    what: `the journal of the aggregator contradicts itself: ${what}`,
    hint: 'Restore the file, or move its folder away: what is on chain is found again.',
  })
}
