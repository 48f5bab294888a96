/** What the dashboard knows: of the chain, of the depot, and what was asked for; each with its age. */
import type { KnownEpoch } from '../chain/epoch.ts'
import type { Network } from '../chain/networks.ts'
import type { Funds } from '../deal/cost.ts'
import type { DealsDocument } from '../flow/documents.ts'
import type { PieceRecord } from '../prepare/sink.ts'
import type { ProposalTimeline } from '../timeline/timeline.ts'
import type { ActionDocument, Problem } from './documents.ts'

export interface ChainFacts {
  /** Of the client contract, 0x… */
  readonly address: string
  readonly anchor: KnownEpoch
  readonly funds: Funds
  readonly deals: DealsDocument
}

/** The newest of something that can be looked at, kept when a later look fails. */
export interface Known<T> {
  /** Undefined before a look succeeded. */
  readonly value: T | undefined
  /** Unix milliseconds of the last look that succeeded. */
  readonly at: number | undefined
  /** Of the last look; undefined when it succeeded. */
  readonly problem: Problem | undefined
}

export interface Facts {
  readonly network: Network
  readonly chain: Known<ChainFacts>
  readonly depot: Known<readonly PieceRecord[]>
  /** Undefined for a page that only reads. */
  readonly actions: readonly ActionDocument[] | undefined
}

/** One proposal's, as far as it is known. */
export type KnownTimeline = Known<ProposalTimeline>
