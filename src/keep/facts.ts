/**
 * All that a decision about a store is made from: what `factsOf` of the contract answers. Epochs are numbers (the contract
 * bounds them to 32 bits), amounts attoFIL.
 * @see contracts/perpetual/KeepRules.sol
 */
import type { DealState } from '../deal/state.ts'

/** How a deal stands: a state of a deal, as f05 and the client have it. */
export type Standing = DealState

/** In the order of the contract's enum. */
export const STANDINGS: readonly Standing[] = [
  'published',
  'active',
  'missed',
  'ended',
  'terminated',
]

/** A deal of a store whose course was not written down for good. */
export interface DealFacts {
  readonly dealId: bigint
  /** Actor id. */
  readonly provider: bigint
  readonly startEpoch: number
  readonly endEpoch: number
  readonly standing: Standing
  /** The client wrote down how it went. */
  readonly closed: boolean
}

export interface Facts {
  readonly epoch: number
  // Of the policy
  readonly replicas: number
  readonly term: number
  readonly lead: number
  readonly startDelay: number
  // Of the store
  readonly cancelled: boolean
  readonly step: number
  /** The newest attempt wants providers, or lapsed without being released: copies, 0 if neither. */
  readonly openCopies: number
  readonly openSince: number
  readonly openStart: number
  /** No further attempt can be followed. */
  readonly crowded: boolean
  /** Newest first. */
  readonly deals: readonly DealFacts[]
  /** Providers that may take a copy, at most: 2^16 − 1 if they are not listed. */
  readonly eligible: number
  // Of the money
  /** Padded bytes. */
  readonly pieceSize: number
  /** Per GiB and epoch: the first offer, and the ceiling. */
  readonly price: bigint
  readonly maxPrice: bigint
  /** The account's free money, the pay of a keeper set aside. */
  readonly money: bigint
  /** What the copies on offer hold back. */
  readonly openReserve: bigint
}

/** Of `eligible`, where anybody may take a copy. */
export const UNLISTED = 2 ** 16 - 1

/** Stored or about to be: it has not ended, and nobody saw it fail. */
export function isLive(deal: DealFacts): boolean {
  return !deal.closed && (deal.standing === 'published' || deal.standing === 'active')
}
