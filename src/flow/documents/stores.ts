/** Documents of store, stores and top-up. */
import type { Reason } from '../../keep/reason.ts'
import type { Document } from './document.ts'

/** A piece that is kept, as it stands now. */
export interface StoreDocument {
  readonly id: number
  readonly account: string
  readonly pieceCid: string
  /** Padded bytes. */
  readonly pieceSize: number
  /** Root CID; empty if the piece has none. */
  readonly root: string
  /** Copies: wanted, active, published, on offer. */
  readonly replicas: number
  readonly active: number
  readonly published: number
  readonly open: number
  /** Proposals made so far. */
  readonly attempts: number
  readonly reason: Reason
  /** The reason in a sentence. */
  readonly why: string
  readonly next: {
    readonly action: string
    /** Epoch; null where time alone changes nothing. */
    readonly at: number | null
  }
  /** Epochs for which its share of the purse lasts; null where keeping it costs nothing. */
  readonly runway: number | null
  /** Epoch at which it is over if no money comes; null as above. */
  readonly fundedUntil: number | null
  readonly policy: number
  readonly cancelled: boolean
}

/** What an account has for all of its stores. attoFIL. */
export interface PurseDocument {
  readonly account: string
  /** The contract in whose name its deals are; null before it stored. */
  readonly client: string | null
  readonly stores: number
  readonly free: string
  readonly perEpoch: string
  /** To keepers, in the current day. */
  readonly paidInWindow: string
}

export interface StoredDocument extends Document<'stored'> {
  readonly network: string
  /** Address of PerpetualStorage. */
  readonly contract: string
  readonly purse: PurseDocument
  /** One for each piece. */
  readonly stores: readonly (StoreDocument & {
    /** Hash of the transaction that stored it; null where the account keeps this piece already. */
    readonly tx: string | null
  })[]
}

export interface StoresDocument extends Document<'stores'> {
  readonly network: string
  readonly epoch: number
  readonly contract: string
  readonly purse: PurseDocument
  readonly stores: readonly StoreDocument[]
  /**
   * Of an account: epoch until which the copies of all of its stores are complete, if nothing changes but time and every
   * renewal costs its keeper's ceiling; null: for 25 years and more.
   */
  readonly allUntil?: number | null
}

export interface ToppedUpDocument extends Document<'topped-up'> {
  readonly network: string
  readonly contract: string
  readonly tx: string
  readonly purse: PurseDocument
  readonly store: StoreDocument
}
