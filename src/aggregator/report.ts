/** How things stand: what `--once` prints, and whether requests still wait. */
import { isCompleted, isSettled } from './standing.ts'
import type { RequestRecord, State } from './state.ts'

type Standing =
  'waiting' | 'fetched' | 'batched' | 'completed' | 'settled' | 'refused' | 'reclaimed'

export interface AggregatorReport {
  /** Epoch up to which the hub was read. */
  readonly read: number | null
  readonly requests: readonly {
    readonly id: string
    readonly standing: Standing
    readonly why: string | null
    readonly pieceCidV2: string | null
    readonly batch: number | null
    readonly deals: readonly number[]
  }[]
  readonly batches: readonly {
    readonly batch: number
    readonly pieceCidV2: string
    readonly segments: number
    readonly proposals: readonly string[]
    readonly deals: readonly {
      readonly dealId: number
      readonly provider: string
      readonly state: 'published' | 'active' | 'gone'
    }[]
  }[]
  /** Requests that are not settled. */
  readonly open: number
}

export function reportOf(state: State): AggregatorReport {
  const requests = [...state.requests.values()]
  return {
    read: state.read ?? null,
    requests: requests.map((request) => ({
      id: request.id,
      standing: standingOf(state, request),
      why: request.refused?.reason ?? request.tried?.reason ?? null,
      pieceCidV2: request.pieceCidV2 ?? null,
      batch: request.batch ?? null,
      deals: request.completedBy.map(Number),
    })),
    batches: [...state.batches.values()].map(({ batch, pieceCidV2, segments, ...more }) => ({
      batch,
      pieceCidV2,
      segments: segments.length,
      proposals: more.proposals.map(({ proposalId }) => proposalId),
      deals: more.deals.map(({ dealId, provider, isActive, gone }) => ({
        dealId: Number(dealId),
        provider: `f0${provider}`,
        state: gone !== undefined ? 'gone' : isActive ? 'active' : 'published',
      })),
    })),
    open: requests.filter((request) => !isSettled(state, request)).length,
  }
}

function standingOf(state: State, request: RequestRecord): Standing {
  if (request.refused !== undefined) return 'refused'
  if (request.isReclaimed) return 'reclaimed'
  if (isSettled(state, request)) return 'settled'
  if (isCompleted(state, request)) return 'completed'
  if (request.batch !== undefined) return 'batched'
  return request.pieceCidV2 === undefined ? 'waiting' : 'fetched'
}
