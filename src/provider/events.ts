/** What a provider reports while it works, one event per step, after the step is in its journal. */
import type { ErrorCode } from '../errors.ts'
import type { RefusalCode } from './decide.ts'
import type { Step } from './journal.ts'
import type { DealRecord } from './ledger.ts'
import type { WrongEntry } from './segments-in.ts'

interface About {
  /** Actor id of the provider. */
  readonly provider: bigint
  /** The announcement, `<client>:<proposal id>:<transaction>`; of a push its UUID instead of a transaction. */
  readonly key: string
  /** The client contract, 0x and lower case. */
  readonly client: string
  readonly proposalId: string
}

type What =
  | { readonly type: 'seen'; readonly block: bigint }
  /** A client has offered it directly; `accepted` or `refused` follows. */
  | { readonly type: 'pushed' }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly reason: string }
  | { readonly type: 'accepted'; readonly url: string; readonly size: number }
  /** `bytes` of `size` are here. */
  | { readonly type: 'downloading'; readonly bytes: number; readonly size: number }
  | { readonly type: 'downloaded'; readonly pieceCid: string; readonly size: number }
  /** The piece is an aggregate: so many segments are as its index says, and served; `reasons` are of some that are not. */
  | {
      readonly type: 'indexed'
      readonly pieceCid: string
      readonly segments: number
      readonly skipped: number
      readonly reasons: readonly WrongEntry[]
    }
  | { readonly type: 'published'; readonly dealId: bigint }
  | { readonly type: 'republished'; readonly outcome: string }
  | { readonly type: 'sealed'; readonly dealId: bigint; readonly sector: bigint }
  | { readonly type: 'activated'; readonly dealId: bigint; readonly epoch: bigint }
  | {
      readonly type: 'lost'
      readonly dealId: bigint
      readonly loss: 'fault' | 'terminate'
    }
  | {
      readonly type: 'failed'
      readonly step: Step
      readonly code: ErrorCode
      readonly reason: string
    }

/** `trouble`: the node did not answer or the like; the provider goes on trying. */
export type ProviderEvent =
  (About & What) | { readonly type: 'trouble'; readonly provider: bigint; readonly error: unknown }

export function about(provider: bigint, { key, client, proposalId }: DealRecord): About {
  return { provider, key, client, proposalId }
}
