/**
 * The life of a replica as steps, each with where it is known from. What nobody has told is not a step: it is what the
 * replica waits for. Epochs are numbers and times ISO 8601, so that a timeline is a JSON document as it stands.
 */

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
  readonly step: StepName
  /** Null where the source tells no epoch, such as a provider's answer. */
  readonly epoch: number | null
  /** ISO 8601; null where no time is known. */
  readonly at: string | null
  /** One sentence without a full stop, such as "fetched 62 %: 1.2 GiB of 1.9 GiB". */
  readonly text: string
  /** Where this is known from, such as "event DealPublished of 0x…" or "answer of f01000 over MK12". */
  readonly source: string
  /** Page of an explorer. */
  readonly link?: string
}

/** What comes next, and what is usual. Undefined when nothing is awaited any more. */
export interface Waiting {
  readonly for: StepName
  /** One sentence: why it waits. */
  readonly why: string
  /** What is usual, with its source, such as "Boost publishes within 1 h (PublishMsgPeriod)". */
  readonly usual: string
  /** The epoch after which it cannot come any more; null when there is none. */
  readonly until: number | null
}

export interface ReplicaTimeline {
  /** From 1, up to the replicas that were asked for. */
  readonly replica: number
  /** f0…; null while no provider is known. */
  readonly provider: string | null
  readonly dealId: number | null
  readonly steps: readonly Step[]
  readonly waiting: Waiting | null
  /** Until the deal's end; null while it is not active. */
  readonly daysLeft: number | null
}

export interface ProposalTimeline {
  readonly proposalId: string
  readonly pieceCid: string
  /** What concerns the proposal as a whole and every replica: proposed, announced, lapsed, cancelled. */
  readonly steps: readonly Step[]
  readonly replicas: readonly ReplicaTimeline[]
}
