/** What is known of a provider before it is ranked, each with where it is known from. Nothing here is guessed. */
import type { Ask } from '../deal/ask.ts'

/** What a client lived through with a provider: its own proposals, deals and pushes, no hearsay. */
export interface Experience {
  /** Deals that are active or ran to their end. */
  readonly kept: number
  /** Deals that were never sealed in time (missed) or were lost before their end (terminated). */
  readonly lost: number
  /** Published and not sealed yet: neither. */
  readonly pending: number
  /** Proposals offered directly that it accepted. */
  readonly accepted: number
  readonly refused: number
  readonly unreachable: number
  /** Why it refused the last time, in its words. */
  readonly lastRefusal: string | undefined
  /** Proposals that named it and lapsed without it. */
  readonly ignored: number
  /** Epochs from each proposal to its publication, ascending. */
  readonly toPublish: readonly bigint[]
  /** Epochs from each publication to the activation, ascending. */
  readonly toActive: readonly bigint[]
}

export interface ProviderFacts {
  /** Actor id. */
  readonly id: bigint
  /** Why it is looked at, such as "named" or "deals of 0x…". */
  readonly sources: readonly string[]
  /** Of the list that names it. */
  readonly note: string | undefined
  /** Undefined where the node does not tell. */
  readonly isMiner: boolean | undefined
  /** HTTP addresses that it announces on chain; undefined where the node does not tell. */
  readonly urls: readonly string[] | undefined
  /** Undefined where it tells none. */
  readonly ask: Ask | undefined
  readonly experience: Experience
}

/** Of an ascending list the middle one, the lower of two; undefined of none. */
export function median(ascending: readonly bigint[]): bigint | undefined {
  return ascending[(ascending.length - 1) >> 1]
}
