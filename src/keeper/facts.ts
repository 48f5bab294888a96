/**
 * What the keeper remembers: its messages, each written down before it is sent, none ever changed. Everything else it reads from the
 * chain again. The names are for ever; amounts are decimal text.
 */

/** What a message was signed with: a replacement has the same nonce and higher fees. */
export interface Signing {
  /** attoFIL per gas. */
  readonly maxFee: string
  readonly premium: string
  /** Null where the node signs: the nonce alone says then whether it was sent. */
  readonly raw: string | null
  readonly hash: string | null
  /** Epoch. */
  readonly epoch: number
}

export type Fact =
  /** First of all: what the journal is about. */
  | { readonly kind: 'opened'; readonly version: 1; readonly service: string }
  | ({
      readonly kind: 'intended'
      readonly nonce: number
      /** Stores; none for a message that only fills a gap between nonces. */
      readonly ids: readonly number[]
      /** Where providers are to fetch the piece; null: where the policy says. */
      readonly location: string | null
      readonly gasLimit: string
    } & Signing)
  | ({ readonly kind: 'replaced'; readonly nonce: number } & Signing)
  /** A node took it that signed it itself. */
  | { readonly kind: 'sent'; readonly nonce: number; readonly hash: string }
  | {
      readonly kind: 'mined'
      readonly nonce: number
      readonly hash: string
      readonly block: number
      readonly isSuccess: boolean
      /** attoFIL: of the gas, and what came for it. */
      readonly fee: string
      readonly paid: string
      /** Stores that a poke changed, and those that it could not serve. */
      readonly poked: readonly number[]
      readonly failed: readonly number[]
    }
  /** The block that it was in has left the chain. */
  | { readonly kind: 'unmined'; readonly nonce: number }
  /** So many epochs lie on top that it stays. */
  | { readonly kind: 'final'; readonly nonce: number }
  /** Another message has its nonce. */
  | { readonly kind: 'dropped'; readonly nonce: number; readonly reason: string }

/** `at`: milliseconds since 1970. */
export type Entry = Fact & { readonly at: number }
