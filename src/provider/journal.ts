/**
 * What the provider remembers: what happened, each on the disk before what it announces is done. What was written is never
 * changed, and the names in it are for ever.
 */
import type { ErrorCode } from '../errors.ts'
import type { Journal as AppendOnly } from '../journal/journal.ts'
import type { RefusalCode } from './decide.ts'

/** What the provider was doing when it failed. */
export type Step = 'judge' | 'download' | 'publish' | 'republish' | 'seal' | 'prove' | 'lose'

/** Something that happened, or (publishing, proving, losing) is about to. Epochs, ids and amounts are decimal text. */
export type Happening =
  /** Logs were followed up to this block. */
  | { readonly kind: 'followed'; readonly block: string }
  | {
      readonly kind: 'seen'
      readonly key: string
      readonly client: string
      readonly proposalId: string
      readonly block: string
    }
  | {
      readonly kind: 'refused'
      readonly key: string
      readonly code: RefusalCode
      readonly reason: string
    }
  | {
      readonly kind: 'accepted'
      readonly key: string
      /** Hex of the CBOR, this provider in it. */
      readonly proposal: string
      /** CID of the signed proposal: two equal ones are the same offer. */
      readonly identity: string
      readonly url: string
      /** Raw bytes. */
      readonly size: number
    }
  /** Seen and accepted at once: pushed by a client. */
  | {
      readonly kind: 'pushed'
      readonly key: string
      /** That the client gave the deal. */
      readonly uuid: string
      readonly client: string
      readonly proposalId: string
      /** Head when it was accepted. */
      readonly block: string
      readonly proposal: string
      readonly identity: string
      readonly url: string
      readonly size: number
    }
  | { readonly kind: 'downloaded'; readonly key: string }
  | {
      readonly kind: 'publishing'
      /** One message, in this order. */
      readonly keys: readonly string[]
      readonly nonce: number
      readonly fromDealId: string
    }
  | { readonly kind: 'published'; readonly key: string; readonly dealId: string }
  | { readonly kind: 'sealed'; readonly key: string; readonly sector: string }
  | { readonly kind: 'proving'; readonly key: string }
  | { readonly kind: 'activated'; readonly key: string; readonly epoch: string }
  | { readonly kind: 'losing'; readonly key: string; readonly loss: 'fault' | 'terminate' }
  | { readonly kind: 'lost'; readonly key: string; readonly loss: 'fault' | 'terminate' }
  /** What came of publishing a second time on purpose. */
  | { readonly kind: 'republished'; readonly key: string; readonly outcome: string }
  | {
      readonly kind: 'failed'
      readonly key: string
      readonly step: Step
      readonly code: ErrorCode
      readonly reason: string
    }

/** `at`: milliseconds since 1970. */
export type Entry = Happening & { readonly at: number }

export type Journal = AppendOnly<Entry>
