/** What came of offering one proposal to one provider. Kept in the relay's journal, read by `deals`, `watch` and the ranking. */

/**
 * `accepted`, `refused`: the provider's own answer. `unreachable`: nothing was taken, it can be tried again. `unclear`: the
 * connection broke after the offer was on its way; the same offer, with the same UUID, finds out.
 */
export type PushOutcome = 'accepted' | 'refused' | 'unreachable' | 'unclear'

export interface PushRecord {
  readonly proposalId: string
  /** Actor id of the provider. */
  readonly provider: bigint
  /** Follows from proposal and provider: a repeated push is the same deal to the provider. */
  readonly dealUuid: string
  /** Base URL of the provider that was spoken to; empty where none was found. */
  readonly url: string
  /** Unix milliseconds. */
  readonly at: number
  readonly outcome: PushOutcome
  /** The provider's words, or why it could not be reached. */
  readonly reason: string
}
