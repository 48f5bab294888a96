/** What a timeline is made of. Whoever gathers it reads the chain, the relay's journal and the depot's log. */
import type { ClientEvent } from '../deal/client-event.ts'
import type { DealState, ProposalState } from '../deal/state.ts'
import type { DealTerms } from '../deal/terms.ts'

/** A client's event with the transaction that wrote it. */
export interface TracedEvent {
  readonly event: ClientEvent
  /** Hash. */
  readonly tx: string
}

export interface DealKnown {
  readonly dealId: bigint
  /** Actor id. */
  readonly provider: bigint
  readonly publishedAt: bigint
  readonly activatedAt: bigint | undefined
  readonly startEpoch: bigint
  readonly endEpoch: bigint
  readonly state: DealState
}

/** One answer, or none, to a proposal that was pushed. @see src/relay/push-record.ts */
export interface PushKnown {
  readonly provider: bigint
  readonly dealUuid: string
  readonly url: string
  /** Unix milliseconds. */
  readonly at: number
  readonly outcome: 'accepted' | 'refused' | 'unreachable' | 'unclear'
  readonly reason: string
}

/** What one reader has got of a piece. @see src/depot/fetch-log.ts */
export interface FetchKnown {
  /**
   * `f01000`, where the URL that was asked for says so and the relay gave that URL to this provider; else undefined. A claim
   * all the same: whoever reads the chain can guess it.
   */
  readonly by: string | undefined
  /** The same at each look, of a bounded number in all: `f01000`, `somebody-1`, `others`. */
  readonly reader: string
  /** This one is the furthest of so many that are not told apart. */
  readonly others?: number
  /** Network address. */
  readonly from: string
  /** Distinct bytes, and all of the piece. */
  readonly bytes: number
  readonly size: number
  /** Unix milliseconds. */
  readonly first: number
  readonly last: number
}

export interface ProposalKnown extends DealTerms {
  readonly proposalId: string
  readonly state: ProposalState
  /** In the order of publication. */
  readonly deals: readonly DealKnown[]
  /** Of this proposal and its deals, in the order of the chain; none where logs are not to be had. */
  readonly events: readonly TracedEvent[]
  readonly pushes: readonly PushKnown[]
  /** Of this piece. */
  readonly fetches: readonly FetchKnown[]
}

/** Where and when the facts were gathered. */
export interface Surroundings {
  readonly epoch: bigint
  /** Address of the client contract. */
  readonly client: string
  /** Unix seconds of epoch 0; undefined where every chain starts at a time of its own. */
  readonly genesis: number | undefined
  /** The localnet's pocket providers have a rhythm of their own. */
  readonly isLocal: boolean
  /** Pages of an explorer, where there are any. */
  readonly transactionLink: (hash: string) => string | undefined
  readonly dealLink: (dealId: bigint) => string | undefined
}
