/** What can be known of a client from its logs: `history.ts` makes it. */
import type { Outcome } from './client-event.ts'
import type { Accounts, LedgerEntry } from './ledger.ts'
import { type Judged, type ProposalState, proposalStateOf } from './state.ts'
import type { DealTerms } from './terms.ts'

export interface ProposerHistory {
  /** attoFIL per window; 0: no proposer any more. */
  readonly limit: bigint
  /** Epochs. */
  readonly window: bigint
  /** attoFIL in the window that has number `current`. */
  readonly spent: bigint
  readonly current: bigint
}

export interface ProposalHistory {
  readonly proposalId: string
  readonly proposer: string
  /** Epoch. */
  readonly madeAt: bigint
  /** Epochs, `madeAt` first. */
  readonly announcedAt: readonly bigint[]
  readonly terms: DealTerms
  /** In the order of publication. */
  readonly dealIds: readonly bigint[]
  /** What ended its reservation, if anything but its last publication did; `released` in attoFIL. */
  readonly closed:
    | { readonly how: 'cancelled' | 'released'; readonly epoch: bigint; readonly released: bigint }
    | undefined
}

export interface Closing {
  readonly outcome: Outcome
  /** When it was recorded; f05 may have removed the deal long before. */
  readonly epoch: bigint
  /** This client's settlement made f05 remove it. Otherwise it was gone when somebody looked. */
  readonly certain: boolean
}

export interface DealHistory {
  readonly dealId: bigint
  readonly proposalId: string
  /** Actor id. */
  readonly provider: bigint
  /** Epoch. */
  readonly publishedAt: bigint
  /** Epoch of the activation; undefined while it was never recorded. */
  readonly activatedAt: bigint | undefined
  /** Epochs of this client's settlements, also of those that paid nothing. */
  readonly settledAt: readonly bigint[]
  /** attoFIL, by this client's settlements. */
  readonly paid: bigint
  readonly closed: Closing | undefined
}

export interface ClientHistory {
  readonly owner: string
  readonly pendingOwner: string | undefined
  readonly paused: boolean
  readonly proposers: ReadonlyMap<string, ProposerHistory>
  /** In the order of creation. */
  readonly proposals: ReadonlyMap<string, ProposalHistory>
  /** In the order of publication. */
  readonly deals: ReadonlyMap<bigint, DealHistory>
  /** Oldest first. */
  readonly ledger: readonly LedgerEntry[]
  /**
   * The sum of the ledger. Escrow and locked are what f05 held at the last look, and what events explain since. Without
   * looks an escrow, and without logs of transfers by method 0 a balance, can be below 0: so much came unseen at least.
   */
  readonly accounts: Accounts
  /** The last look at f05. */
  readonly escrowSeen:
    { readonly epoch: bigint; readonly escrow: bigint; readonly locked: bigint } | undefined
}

/** By the rules of the contract, at an epoch not before the last event. */
export function proposalStateAt(
  { terms, dealIds, closed }: ProposalHistory,
  epoch: bigint,
): Judged<ProposalState> {
  const { replicas, startEpoch } = terms
  const cancelled = closed?.how === 'cancelled'
  return proposalStateOf({ cancelled, replicas, published: dealIds.length, startEpoch }, epoch)
}

/** attoFIL that a proposer has reserved in the window of an epoch not before the last event. */
export function spentAt({ limit, window, spent, current }: ProposerHistory, epoch: bigint): bigint {
  return limit > 0n && current === epoch / window ? spent : 0n
}
