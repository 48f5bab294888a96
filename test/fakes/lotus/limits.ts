/** What a public node gives and takes. Source: lotus node/config/def.go (Fevm.Events), chain/messagepool/messagepool.go. */
export interface Limits {
  /** Epochs between both ends of a range of logs. */
  readonly range: bigint
  /** Logs, when they come from several tipsets. */
  readonly results: number
  /** Messages of one account that wait. */
  readonly pending: number
}

export const LIMITS: Limits = { range: 2880n, results: 10_000, pending: 100 }
