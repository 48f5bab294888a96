/** Questions to the state that decisions and reports share. */
import type { BatchDeal, BatchRecord, RequestRecord, State } from './state.ts'

/** Nothing is left to do for the request: it is refused, taken back, or stored in a live deal and paid for. */
export function isSettled(state: State, request: RequestRecord): boolean {
  if (request.refused !== undefined || request.isReclaimed) return true
  if (!request.completedBy.some((dealId) => wasActive(state, request, dealId))) return false
  return request.payment === 0n || request.isPaid || !isOurs(state, request)
}

/** Completed by a deal that lives, or by a deal that is not ours to judge. */
export function isCompleted(state: State, request: RequestRecord): boolean {
  return request.completedBy.some((dealId) => {
    const deal = dealOf(state, request, dealId)
    return deal === undefined || isLive(deal)
  })
}

export function idsOf({ segments }: BatchRecord): string[] {
  return segments.flatMap(({ ids }) => ids)
}

export function requestsOf(state: State, batch: BatchRecord): RequestRecord[] {
  return idsOf(batch)
    .map((id) => state.requests.get(id))
    .filter((request) => request !== undefined)
}

/** Some request of it is not settled. */
export function isOpen(state: State, batch: BatchRecord): boolean {
  return requestsOf(state, batch).some((request) => !isSettled(state, request))
}

export function isLive({ gone }: BatchDeal): boolean {
  return gone === undefined
}

/** The deal of our own that completed the request. */
export function dealOf(
  { batches }: State,
  { batch }: RequestRecord,
  dealId: string,
): BatchDeal | undefined {
  if (batch === undefined) return undefined
  return batches.get(batch)?.deals.find((deal) => deal.dealId === dealId)
}

function wasActive(state: State, request: RequestRecord, dealId: string): boolean {
  const deal = dealOf(state, request, dealId)
  return deal === undefined || deal.isActive
}

function isOurs(state: State, request: RequestRecord): boolean {
  return request.completedBy.some((dealId) => dealOf(state, request, dealId) !== undefined)
}
