/** What the book of the two years holds. Epochs are the chain's, amounts attoFIL. */

/** As contracts/perpetual/KeepRules.sol has them. */
export const REASONS = [
  'Healthy',
  'Awaiting',
  'First',
  'Retry',
  'AtCeiling',
  'Repair',
  'Renewal',
  'Missing',
  'Close',
  'NoMoney',
  'NoProviders',
  'Crowded',
  'Cancelled',
] as const
export type Reason = (typeof REASONS)[number]

export interface Attempt {
  readonly proposalId: string
  readonly store: number
  readonly client: string
  readonly reason: Reason
  readonly at: number
  readonly copies: number
  readonly start: number
  readonly end: number
  readonly step: number
  /** attoFIL an epoch for a copy, and what its provider locks. */
  readonly price: bigint
  readonly collateral: bigint
  readonly allowed: readonly bigint[]
  excluded: readonly bigint[]
  readonly judge: string | undefined
  published: number
  /** Cancelled, or released after it lapsed. */
  over: boolean
}

export interface Copy {
  readonly dealId: bigint
  readonly attempt: Attempt
  /** Actor id. */
  readonly provider: number
  readonly publishedAt: number
  activatedAt: number | undefined
  /** Terminated. */
  lostAt: number | undefined
  /** What the client wrote down. */
  closed: 'Missed' | 'Ended' | 'Terminated' | undefined
}

export interface Pay {
  readonly at: number
  readonly tx: string
  readonly store: number
  readonly keeper: string
  readonly reason: Reason
  readonly paid: bigint
  /** Events of the store and its client that the poke caused. */
  readonly changes: readonly string[]
}

export interface Account {
  readonly client: string
  readonly stores: number[]
  deposited: bigint
}
