/** What PerpetualStorage says that happened, as values. */
import type { Result } from 'ethers'
import { toBase32 } from '../bytes/base32.ts'
import { fromHex } from '../bytes/hex.ts'
import type { Decision } from '../keep/decide.ts'
import type { Reason } from '../keep/reason.ts'
import { decisionIn, reasonNamed } from './perpetual-views.ts'

type Happening =
  | {
      readonly name: 'stored'
      readonly id: bigint
      readonly account: string
      readonly policy: number
      /** Version 1. */
      readonly pieceCid: string
    }
  | { readonly name: 'client-opened'; readonly account: string; readonly client: string }
  | { readonly name: 'policy-defined'; readonly policy: number }
  | { readonly name: 'policy-extended'; readonly id: bigint; readonly policy: number }
  | { readonly name: 'cancelled'; readonly id: bigint }
  | {
      readonly name: 'proposed'
      readonly id: bigint
      readonly proposalId: string
      /** In the account's client. */
      readonly number: number
      readonly attempt: number
      readonly decision: Decision
    }
  | {
      readonly name: 'poked'
      readonly id: bigint
      readonly keeper: string
      readonly reason: Reason
      /** attoFIL. */
      readonly paid: bigint
    }
  /** `error`: 0x…, what the contract reverted with. */
  | { readonly name: 'poke-failed'; readonly id: bigint; readonly error: string }
  | {
      readonly name: 'topped-up'
      readonly account: string
      readonly from: string
      readonly amount: bigint
    }
  | {
      readonly name: 'withdrawn'
      readonly account: string
      readonly to: string
      readonly amount: bigint
    }

export type PerpetualEvent = Happening & {
  /** Epoch. */
  readonly block: bigint
  readonly tx: string
}

export function perpetualEvent(name: string, args: Result): Happening | undefined {
  const id = args['id'] as bigint
  const account = args['account'] as string
  const policy = Number(args['policy'] as bigint)
  const amount = args['amount'] as bigint
  switch (name) {
    case 'Stored': {
      const pieceCid = `b${toBase32(fromHex(args['pieceCid'] as string))}`
      return { name: 'stored', id, account, policy, pieceCid }
    }
    case 'ClientOpened':
      return { name: 'client-opened', account, client: args['client'] as string }
    case 'PolicyDefined':
      return { name: 'policy-defined', policy }
    case 'PolicyExtended':
      return { name: 'policy-extended', id, policy }
    case 'StoreCancelled':
      return { name: 'cancelled', id }
    case 'Proposed':
      return {
        name: 'proposed',
        id,
        proposalId: args['proposalId'] as string,
        number: Number(args['number'] as bigint),
        attempt: Number(args['attempt'] as bigint),
        decision: decisionIn(args['decision'] as Result),
      }
    case 'Poked':
      return {
        name: 'poked',
        id,
        keeper: args['keeper'] as string,
        reason: reasonNamed(args['reason'] as bigint),
        paid: args['paid'] as bigint,
      }
    case 'PokeFailed':
      return { name: 'poke-failed', id, error: args['reason'] as string }
    case 'ToppedUp':
      return { name: 'topped-up', account, from: args['from'] as string, amount }
    case 'Withdrawn':
      return { name: 'withdrawn', account, to: args['to'] as string, amount }
    default:
      return undefined
  }
}
