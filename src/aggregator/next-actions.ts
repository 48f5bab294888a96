/** What is due now, and why: a pure function of what is known, the policy and the time. */
import type { ErrorCode } from '../errors.ts'
import { planAggregates, type PlannedAggregate } from '../aggregate/plan.ts'
import type { PendingInput, PlanPolicy } from '../aggregate/plan-input.ts'
import { parsePieceCid } from '../piece/piece-cid.ts'
import { dealOf, idsOf, isCompleted, isLive, isOpen, isSettled, requestsOf } from './standing.ts'
import type { BatchDeal, BatchRecord, RequestRecord, State } from './state.ts'

export interface Policy {
  /** Times in epochs. */
  readonly plan: PlanPolicy
  /** attoFIL; a request that offers less is refused, before anything is fetched for it. */
  readonly minPayment: bigint
  /** Rounds over all sources before a request is refused. */
  readonly tries: number
  /** Before the second round; each further wait is twice as long. */
  readonly firstWaitMs: number
  readonly maxWaitMs: number
  /** Epochs before the deadline of a request at which its batch closes, for providers to take the deal. */
  readonly leadEpochs: number
  /** Epochs from a proposal to the end of its deals. */
  readonly storedEpochs: number
  /** Requests that one transaction completes. */
  readonly chunk: number
}

export interface Now {
  /** Milliseconds since 1970. */
  readonly ms: number
  readonly epoch: number
}

export type Action =
  | { readonly step: 'refuse'; readonly id: string; readonly code: ErrorCode }
  | { readonly step: 'fetch'; readonly id: string }
  | { readonly step: 'close'; readonly aggregate: PlannedAggregate }
  | { readonly step: 'propose'; readonly batch: number }
  | {
      readonly step: 'complete'
      readonly batch: number
      readonly dealId: string
      readonly ids: readonly string[]
    }
  | { readonly step: 'claim'; readonly id: string; readonly dealId: string }

export type Decision = Action & { readonly reason: string }

export function nextActions(state: State, policy: Policy, now: Now): Decision[] {
  const pending = [...state.requests.values()].filter(
    (request) => request.batch === undefined && !isSettled(state, request),
  )
  return [
    ...pending.flatMap((request) => forRequest(request, policy, now)),
    ...plan(
      pending.filter((request) => !isLate(request, now) && request.payment >= policy.minPayment),
      policy,
      now,
    ),
    ...[...state.batches.values()]
      .filter((batch) => isOpen(state, batch))
      .flatMap((batch) => forBatch(state, batch, policy)),
  ]
}

function forRequest(request: RequestRecord, policy: Policy, now: Now): Decision[] {
  const { id, payment, deadline, storedUntil, tries, tried, pieceCidV2 } = request
  const refuse = (code: ErrorCode, reason: string): Decision[] => [
    { step: 'refuse', id, code, reason },
  ]
  if (isLate(request, now))
    return refuse('DEADLINE', `its deadline, epoch ${deadline}, passed before it was in a batch`)
  if (payment < policy.minPayment)
    return refuse(
      'TERM_INVALID',
      `it offers ${payment} attoFIL, and nothing is stored for less than ${policy.minPayment}`,
    )
  if (storedUntil > now.epoch + policy.storedEpochs)
    return refuse(
      'TERM_INVALID',
      `it is to be stored until epoch ${storedUntil}, deals that are made now end at ${now.epoch + policy.storedEpochs}`,
    )
  if (pieceCidV2 !== undefined) return []
  if (tried === undefined) return [{ step: 'fetch', id, reason: 'it is new' }]
  if (tries >= policy.tries)
    return refuse('FETCH_FAILED', `no source delivered it in ${tries} rounds: ${tried.reason}`)
  const wait = Math.min(policy.firstWaitMs * 2 ** (tries - 1), policy.maxWaitMs)
  if (now.ms < tried.at + wait) return []
  return [{ step: 'fetch', id, reason: `round ${tries + 1} of ${policy.tries}: ${tried.reason}` }]
}

function isLate({ deadline }: RequestRecord, now: Now): boolean {
  return deadline !== undefined && deadline < now.epoch
}

function plan(pending: readonly RequestRecord[], policy: Policy, now: Now): Decision[] {
  const inputs = pending.flatMap((request) => inputOf(request, policy, now))
  const { aggregates, refused } = planAggregates(inputs, policy.plan, now.epoch)
  return [
    ...refused.map(({ id, code, why }): Decision => ({ step: 'refuse', id, code, reason: why })),
    ...aggregates.map((aggregate): Decision => ({
      step: 'close',
      aggregate,
      reason: aggregate.why,
    })),
  ]
}

function inputOf(request: RequestRecord, policy: Policy, now: Now): PendingInput[] {
  const { id, pieceCidV2, owner, block, deadline } = request
  if (pieceCidV2 === undefined) return []
  const { size, pieceSize } = parsePieceCid(pieceCidV2)
  if (size === undefined || pieceSize === undefined) return []
  return [
    {
      id,
      pieceCid: pieceCidV2,
      pieceSize,
      size,
      owner,
      arrivedAt: block,
      ...(deadline === undefined
        ? {}
        : { deadline: Math.max(deadline - policy.leadEpochs, now.epoch) }),
    },
  ]
}

function forBatch(state: State, record: BatchRecord, policy: Policy): Decision[] {
  const live = record.deals.filter(isLive)
  const open = requestsOf(state, record).filter((request) => !isSettled(state, request))
  for (const deal of live) {
    const decision = complete(state, record, deal, open, policy)
    // The rest of them, and other deals, in the next turn.
    if (decision !== undefined) return [decision]
  }
  return [
    ...open.flatMap((request) => claim(state, request)),
    ...open.flatMap((request) => giveUp(state, request, live)),
    ...(live.length === 0 ? propose(record) : []),
  ]
}

function complete(
  state: State,
  { batch }: BatchRecord,
  { dealId, isActive }: BatchDeal,
  open: readonly RequestRecord[],
  { chunk }: Policy,
): Decision | undefined {
  const ids = open
    .filter((request) => !isCompleted(state, request))
    .filter(({ rejections }) =>
      rejections.every((one) => one.dealId !== dealId || one.wasActive !== isActive),
    )
    .map(({ id }) => id)
    .slice(0, chunk)
  if (ids.length === 0) return undefined
  const reason = `deal ${dealId} is ${isActive ? 'active' : 'published'}`
  return { step: 'complete', batch, dealId, ids, reason }
}

function claim(state: State, request: RequestRecord): Decision[] {
  const deal = request.completedBy
    .map((dealId) => dealOf(state, request, dealId))
    .find((one) => one !== undefined && one.isActive && isLive(one))
  if (deal === undefined) return []
  const { dealId } = deal
  return [{ step: 'claim', id: request.id, dealId, reason: `deal ${dealId} is active` }]
}

/** Rejected by the hub for a deal that is all that a deal can be. */
function giveUp(state: State, request: RequestRecord, live: readonly BatchDeal[]): Decision[] {
  if (isCompleted(state, request)) return []
  const rejection = request.rejections.findLast(
    ({ dealId, wasActive }) => wasActive && live.some((deal) => deal.dealId === dealId),
  )
  if (rejection === undefined) return []
  return [{ step: 'refuse', id: request.id, code: 'CONTRACT_REFUSED', reason: rejection.reason }]
}

function propose(record: BatchRecord): Decision[] {
  const { batch, proposals } = record
  if (proposals.some(({ lapsed }) => lapsed === undefined)) return []
  const last = proposals.at(-1)
  const reason =
    last === undefined
      ? `${idsOf(record).length} requests wait for a deal`
      : `attempt ${proposals.length} came to nothing: ${last.lapsed}`
  return [{ step: 'propose', batch, reason }]
}
