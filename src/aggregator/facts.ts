/**
 * What the aggregator remembers: facts, each written down when it is known, none ever changed. The names in them are for
 * ever. Ids, epochs and amounts are decimal text or, where they are counted with, numbers.
 */
import type { ErrorCode } from '../errors.ts'

/** One segment of a batch and the requests that it answers. */
export interface BatchSegment {
  readonly pieceCidV2: string
  /** Padded bytes. */
  readonly offset: number
  readonly ids: readonly string[]
}

export type Fact =
  /** First of all: what the journal is about. */
  | { readonly kind: 'opened'; readonly version: 1; readonly service: string }
  /** The hub's events were read up to this block. */
  | { readonly kind: 'read'; readonly block: number }
  | {
      readonly kind: 'requested'
      readonly id: string
      /** `0x…`, as the contract got it. */
      readonly cid: string
      readonly owner: string
      readonly block: number
      /** attoFIL. */
      readonly payment: string
      /** Epoch; absent where nothing is paid. */
      readonly deadline?: number
      /** Epoch; 0: any. */
      readonly storedUntil: number
    }
  /** Every source was asked, and none delivered. */
  | { readonly kind: 'tried'; readonly id: string; readonly reason: string }
  | { readonly kind: 'fetched'; readonly id: string; readonly pieceCidV2: string }
  | {
      readonly kind: 'refused'
      readonly id: string
      readonly code: ErrorCode
      readonly reason: string
    }
  | {
      readonly kind: 'closed'
      /** From 1. */
      readonly batch: number
      readonly pieceCidV2: string
      readonly segments: readonly BatchSegment[]
      readonly reason: string
    }
  | {
      readonly kind: 'proposed'
      readonly batch: number
      readonly proposalId: string
      /** Null for one that was found on chain. */
      readonly tx: string | null
    }
  /** No deal can come of the proposal any more. */
  | {
      readonly kind: 'lapsed'
      readonly batch: number
      readonly proposalId: string
      readonly reason: string
    }
  | {
      readonly kind: 'published'
      readonly batch: number
      readonly dealId: string
      /** Actor id. */
      readonly provider: string
    }
  | { readonly kind: 'active'; readonly batch: number; readonly dealId: string }
  /** The deal is over, before or after it was active. */
  | {
      readonly kind: 'gone'
      readonly batch: number
      readonly dealId: string
      readonly reason: string
    }
  | {
      readonly kind: 'completed'
      readonly ids: readonly string[]
      readonly dealId: string
      /** Null for what was found on chain. */
      readonly tx: string | null
    }
  /** The hub does not take the proof of this deal for this request. */
  | {
      readonly kind: 'rejected'
      readonly id: string
      readonly dealId: string
      /** Whether the deal was active then. One that was not is tried again when it is. */
      readonly wasActive: boolean
      readonly reason: string
    }
  | { readonly kind: 'paid'; readonly id: string; readonly tx: string | null }
  | { readonly kind: 'reclaimed'; readonly id: string }

/** `at`: milliseconds since 1970. */
export type Entry = Fact & { readonly at: number }
