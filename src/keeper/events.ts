/** What a keeper tells while it works, for lines and logs. Amounts are attoFIL. */
import type { Reason } from '../keep/reason.ts'
import type { Fact } from './facts.ts'

/** What was decided about one store, and why. */
export interface StoreDecision {
  readonly id: number
  readonly epoch: number
  readonly reason: Reason
  /** `poke`: it is sent now. The others: it is due, and not done. */
  readonly action: 'poke' | 'unprofitable' | 'no-source' | 'refused' | 'later'
  /** A line for a person. */
  readonly why: string
  /** Expected pay, and gas at its price; undefined where it did not come to that. */
  readonly pay?: bigint
  readonly cost?: bigint
  /** Where providers are to fetch the piece, if not where the policy says. */
  readonly location?: string
}

export type KeeperEvent =
  | { readonly type: 'decided'; readonly decision: StoreDecision }
  | { readonly type: 'fact'; readonly fact: Fact }
  /** `what` failed and is tried again. */
  | { readonly type: 'trouble'; readonly what: string; readonly error: Error }
