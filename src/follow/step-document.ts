/** A step as it is told to others: a line of NDJSON, the body of a webhook. */
import type { ProposalTimeline, ReplicaTimeline, Step } from '../timeline/timeline.ts'

export interface StepDocument extends Step {
  readonly version: 1
  readonly kind: 'step'
  readonly network: string
  /** Address of the client contract. */
  readonly client: string
  readonly proposalId: string
  readonly pieceCid: string
  /** These three: null for what concerns the proposal as a whole. */
  readonly replica: number | null
  readonly provider: string | null
  readonly dealId: number | null
}

/** Of whose timelines they are. */
export interface Origin {
  readonly network: string
  readonly client: string
}

/** All steps of a proposal, those of the whole first. */
export function stepDocuments(timeline: ProposalTimeline, origin: Origin): StepDocument[] {
  const { proposalId, pieceCid } = timeline
  const told = (step: Step, of: ReplicaTimeline | undefined): StepDocument => ({
    version: 1,
    kind: 'step',
    network: origin.network,
    client: origin.client,
    proposalId,
    pieceCid,
    replica: of?.replica ?? null,
    provider: of?.provider ?? null,
    dealId: of?.dealId ?? null,
    ...step,
  })
  return [
    ...timeline.steps.map((step) => told(step, undefined)),
    ...timeline.replicas.flatMap((replica) => replica.steps.map((step) => told(step, replica))),
  ]
}
