/** What the hub says that happened, as values; events that follow from others are passed over. */
import { type Result, ZeroAddress } from 'ethers'
import { fromHex } from '../bytes/hex.ts'

type Happening =
  | { readonly name: 'submitted'; readonly id: bigint; readonly cid: Uint8Array }
  | {
      readonly name: 'terms'
      readonly id: bigint
      readonly requester: string
      /** Undefined: anyone. */
      readonly aggregator: string | undefined
      /** attoFIL. */
      readonly payment: bigint
      readonly deadline: bigint
      readonly storedUntil: bigint
    }
  | { readonly name: 'completed'; readonly id: bigint; readonly dealId: bigint }
  | { readonly name: 'paid'; readonly id: bigint; readonly to: string; readonly amount: bigint }
  | { readonly name: 'reclaimed'; readonly id: bigint }

export type HubEvent = Happening & {
  /** Epoch. */
  readonly block: bigint
  readonly tx: string
}

export function hubEvent(name: string, args: Result): Happening | undefined {
  const id = args['id'] as bigint
  switch (name) {
    case 'SubmitAggregatorRequest':
      return { name: 'submitted', id, cid: fromHex(args['cid'] as string) }
    case 'RequestTerms': {
      const aggregator = args['aggregator'] as string
      return {
        name: 'terms',
        id,
        requester: args['requester'] as string,
        aggregator: aggregator === ZeroAddress ? undefined : aggregator,
        payment: args['payment'] as bigint,
        deadline: args['deadline'] as bigint,
        storedUntil: args['storedUntil'] as bigint,
      }
    }
    case 'CompleteAggregatorRequest':
      return { name: 'completed', id, dealId: args['dealId'] as bigint }
    case 'PaymentMade':
      return { name: 'paid', id, to: args['to'] as string, amount: args['amount'] as bigint }
    case 'PaymentReclaimed':
      return { name: 'reclaimed', id }
    default:
      return undefined
  }
}
