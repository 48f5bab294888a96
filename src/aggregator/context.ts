/** What the parts of the aggregator share. */
import type { Clock } from '../chain/clock.ts'
import type { Hub } from '../chain/hub.ts'
import type { FlowContext } from '../flow/context.ts'
import type { MakeDealRequest } from '../flow/make-deal.ts'
import type { Fact } from './facts.ts'
import type { FetchOptions } from './fetch-content.ts'
import type { Ledger } from './ledger.ts'
import type { Decision, Policy } from './next-actions.ts'

/** Terms of the deals, as `makeDeal` takes them. */
export type DealWishes = Pick<
  MakeDealRequest,
  | 'replicas'
  | 'providers'
  | 'durationEpochs'
  | 'startInEpochs'
  | 'pricePerEpoch'
  | 'price'
  | 'providerCollateral'
  | 'clientCollateral'
>

/** What is told while it works. */
export type AggregatorEvent =
  | { readonly type: 'fact'; readonly fact: Fact }
  | { readonly type: 'decided'; readonly decision: Decision }
  | { readonly type: 'sent'; readonly what: string; readonly tx: string }
  /** `what` failed and is tried again. */
  | { readonly type: 'trouble'; readonly what: string; readonly error: Error }

export interface Context {
  readonly flow: FlowContext
  readonly hub: Hub
  /** 0x…, who signs. */
  readonly account: string
  /** State and proofs. */
  readonly folder: string
  /** Block from which on the hub is read. */
  readonly fromBlock: bigint
  readonly ledger: Ledger
  readonly policy: Policy
  readonly wishes: DealWishes
  readonly fetching: Omit<FetchOptions, 'depot'>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly emit: (event: AggregatorEvent) => void
}
