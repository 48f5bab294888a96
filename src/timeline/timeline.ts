/**
 * The life of a replica as steps, each with where it is known from. What nobody has told is not a step: it is what the
 * replica waits for. Epochs are numbers and times ISO 8601, so that a timeline is a JSON document as it stands.
 */
import type { ProposalState } from '../deal/state.ts'

export type StepName =
  | 'proposed'
  | 'announced'
  | 'pushed'
  | 'fetching'
  | 'fetched'
  | 'accepted'
  | 'refused'
  | 'published'
  | 'sealing'
  | 'active'
  | 'renewed'
  | 'settled'
  | 'ended'
  | 'terminated'
  | 'missed'
  | 'lapsed'
  | 'cancelled'

export interface Step {
  /** The same whenever and from whatever source the step is seen; no two steps of a client share one. */
  readonly id: string
  readonly step: StepName
  /** Null where the source tells no epoch, such as a provider's answer. */
  readonly epoch: number | null
  /** ISO 8601; null where no time is known, as on a chain without a fixed genesis. */
  readonly at: string | null
  /** One sentence without a full stop, such as "fetched 62 %: 1.2 GiB of 1.9 GiB". */
  readonly text: string
  /** Where this is known from, such as "event DealPublished of 0x…" or "answer of f01000 over MK12". */
  readonly source: string
  /** Page of an explorer. */
  readonly link?: string
}

/** What comes next, and what is usual. */
export interface Waiting {
  readonly for: StepName
  /** One sentence: why it waits. */
  readonly why: string
  /** What is usual, with its source, such as "Boost publishes within 1 h (PublishMsgPeriod)". */
  readonly usual: string
  /** The epoch of the last thing that happened on chain; null when that is not known. */
  readonly since: number | null
  /** The epoch after which it cannot come any more; null when there is none. */
  readonly until: number | null
}

/** How much of the piece somebody has fetched, from the depot's log. */
export interface FetchProgress {
  /** f0…, where the reader names itself so and the proposal was pushed to it, which proves nothing; null: nobody knows. */
  readonly provider: string | null
  /** f0…, `somebody-1` and so on, or `others`, the furthest of all that came later. */
  readonly reader: string
  /** Network address, as the depot's server saw it. */
  readonly from: string
  /** Distinct bytes of the piece. */
  readonly bytes: number
  readonly total: number
  /** Rounded down: 100 only when all of it was sent. */
  readonly percent: number
  /** ISO 8601, of the last byte. */
  readonly at: string
}

export interface ReplicaTimeline {
  /** From 1, up to the replicas that were asked for. */
  readonly replica: number
  /** f0…; null while no provider is known. */
  readonly provider: string | null
  readonly dealId: number | null
  readonly steps: readonly Step[]
  /** Null when nothing is awaited any more: it is active, or it is over. */
  readonly waiting: Waiting | null
  /** Until the deal's end, tenths at most; null while it is not active. */
  readonly daysLeft: number | null
}

export interface ProposalTimeline {
  readonly proposalId: string
  readonly pieceCid: string
  readonly state: ProposalState
  /**
   * What concerns the proposal as a whole: proposed, announced, lapsed, cancelled; and what cannot be told of one
   * replica, such as a download by nobody knows whom.
   */
  readonly steps: readonly Step[]
  readonly replicas: readonly ReplicaTimeline[]
  readonly fetches: readonly FetchProgress[]
}
