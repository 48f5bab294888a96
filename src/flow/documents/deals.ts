/** Documents of make-deal, push, reannounce and deals. */
import type { DealState, ProposalState } from '../../deal/state.ts'
import type { PushOutcome } from '../../relay/push-record.ts'
import type { ProposalTimeline } from '../../timeline/timeline.ts'
import type { ClientDocument } from './deployed.ts'
import type { Document } from './document.ts'

export interface DealDocument {
  readonly dealId: number
  /** f0… */
  readonly provider: string
  readonly state: DealState
  /** Epoch; null while never seen active. */
  readonly activatedAt: number | null
  readonly endEpoch: number
  /** The state in words. */
  readonly why: string
}

export interface OfferedProposal {
  readonly proposalId: string
  readonly pieceCid: string
  readonly pieceSize: number
  readonly label: string
  readonly url: string
  readonly startEpoch: number
  readonly endEpoch: number
  /** attoFIL per epoch for the whole piece. */
  readonly pricePerEpoch: string
  readonly providerCollateral: string
  readonly clientCollateral: string
  readonly replicas: number
  readonly deals: readonly DealDocument[]
}

export interface ProposedDocument extends Document<'proposed'> {
  readonly network: string
  readonly client: ClientDocument
  readonly proposals: readonly (OfferedProposal & {
    /** Hash of the transaction that proposed; null where an identical proposal was there already. */
    readonly tx: string | null
    /** What named providers answered that it was offered to directly; left out where it was offered to none. */
    readonly pushes?: readonly PushDocument[]
  })[]
}

export interface PushedDocument extends Document<'pushed'> {
  readonly network: string
  readonly proposalId: string
  readonly pushes: readonly PushDocument[]
}

export interface ReannouncedDocument extends Document<'reannounced'> {
  readonly network: string
  /** attoFIL of gas for all of it. */
  readonly spent: string
  readonly proposals: readonly {
    readonly proposalId: string
    readonly state: ProposalState
    readonly why: string
    readonly announcements: readonly {
      readonly tx: string
      readonly epoch: number
      /** attoFIL. */
      readonly fee: string
    }[]
    /** What the providers that it names answered last. */
    readonly pushes: readonly PushDocument[]
  }[]
}

export interface PushDocument {
  /** f0… */
  readonly provider: string
  readonly dealUuid: string
  readonly url: string
  /** ISO 8601. */
  readonly at: string
  readonly outcome: PushOutcome
  /** The provider's words, or why it could not be reached. */
  readonly reason: string
}

export interface DealsDocument extends Document<'deals'> {
  readonly network: string
  readonly epoch: number
  readonly proposals: readonly (OfferedProposal & {
    readonly state: ProposalState
    readonly why: string
  })[]
  /** One for each proposal, in the same order. */
  readonly timelines: readonly ProposalTimeline[]
}
