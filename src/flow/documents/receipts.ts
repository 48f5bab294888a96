/** Documents of retrieve, receipt and verify-receipt. */
import type { DealState } from '../../deal/state.ts'
import type { Receipt } from '../../receipt/schema.ts'
import type { Retrieved } from '../../retrieve/retrieve.ts'
import type { Document } from './document.ts'

export type RetrievedDocument = Document<'retrieved'> & Retrieved

export interface ReceiptsDocument extends Document<'receipts'> {
  /** Of one file: the newest deal first. */
  readonly receipts: readonly Receipt[]
}

export interface VerifiedReceiptDocument extends Document<'verified-receipt'> {
  readonly network: string
  readonly file: Receipt['file']
  readonly piece: Receipt['piece']
  /** Piece CID v1. */
  readonly aggregate: string
  readonly deal: {
    readonly dealId: number
    readonly provider: string
    readonly endEpoch: number
    /** Now; null where no chain was asked. */
    readonly state: DealState | null
  }
  /** At which the chain was asked; null where it was not. */
  readonly epoch: number | null
  /** As of now where the chain was asked, else as the receipt has it. */
  readonly sentence: string
  readonly checked: readonly { readonly claim: string; readonly how: string }[]
  readonly unchecked: readonly string[]
}
