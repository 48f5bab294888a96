/** Document of make-deal --dry-run: everything that would be sent. */
import type { StoredPiece } from '../../prepare/sink.ts'
import type { ClientDocument } from './deployed.ts'
import type { Document, ErrorDocument } from './document.ts'

/** A transaction that would be sent. Amounts in attoFIL. */
export interface TransactionDocument {
  readonly from: string
  readonly to: string
  readonly value: string
  /** Signature of the function that `data` calls. */
  readonly method: string
  readonly data: string
  /** As the node estimates it now; null where it does not, and `gasUnknown` says why. */
  readonly gas: {
    readonly limit: string
    /** Per unit of gas, at most. */
    readonly maxFeePerGas: string
    /** `limit` times `maxFeePerGas`: the most that gas can cost. */
    readonly maxFee: string
  } | null
  readonly gasUnknown: string | null
}

/** A proposal that would be sent. Amounts in attoFIL, sizes in padded bytes unless stated. */
export interface PlannedOfferDocument {
  /** Every field of the market's deal proposal. The provider is whoever publishes first, of those that may. */
  readonly proposal: {
    readonly pieceCid: string
    readonly pieceSize: number
    readonly verifiedDeal: false
    readonly client: string
    readonly provider: null
    readonly label: string
    readonly startEpoch: number
    readonly endEpoch: number
    readonly storagePricePerEpoch: string
    readonly providerCollateral: string
    readonly clientCollateral: string
  }
  /** ISO 8601. */
  readonly startsBy: string | null
  readonly ends: string | null
  readonly transfer: {
    readonly url: string
    /** Raw bytes. */
    readonly size: number
    readonly skipIpniAnnounce: boolean
    readonly removeUnsealedCopy: boolean
  }
  readonly replicas: number
  /** f0… that may publish; empty: any. */
  readonly providers: readonly string[]
  /** What the market demands of a provider now; null where the node does not tell. */
  readonly collateralBounds: { readonly min: string; readonly max: string } | null
  readonly cost: {
    readonly payment: string
    readonly clientCollateral: string
    readonly perReplica: string
    readonly total: string
  }
  readonly transaction: TransactionDocument
}

export interface PlannedPieceDocument {
  readonly piece: Pick<
    StoredPiece,
    'name' | 'root' | 'pieceCid' | 'pieceCidV2' | 'size' | 'pieceSize'
  >
  /** Id of the proposal that says the same already; then nothing is sent for the piece. */
  readonly found: string | null
  readonly offer: PlannedOfferDocument | null
  /** Named providers that it would be offered to directly; `url` is null where one announces no HTTP address. */
  readonly pushes: readonly { readonly provider: string; readonly url: string | null }[]
}

/** What a provider asks for. */
export interface AskDocument {
  /** attoFIL per GiB of padded bytes and epoch. */
  readonly pricePerGib: string
  /** Padded bytes. */
  readonly minPieceSize: number
  readonly maxPieceSize: number
  readonly source: string
}

/** `make-deal --dry-run`: everything that would be sent. Amounts in attoFIL. */
export interface PlanDocument extends Document<'plan'> {
  readonly network: string
  readonly epoch: number
  readonly client: ClientDocument
  /** Who would send: the owner, as the contract names it. No key was looked at. */
  readonly owner: { readonly address: string; readonly balance: string }
  /** Of the client. */
  readonly funds: { readonly available: string; readonly balance: string }
  readonly asks: readonly (AskDocument & { readonly provider: string })[]
  readonly pieces: readonly PlannedPieceDocument[]
  readonly total: {
    /** Of all replicas, with what is locked for them. */
    readonly cost: string
    /** What of it comes along from the owner. */
    readonly value: string
    /** The most that gas can cost; null where it is not known. */
    readonly gas: string | null
    readonly max: string | null
  }
  readonly notes: readonly string[]
  /** Why it would not be sent as it stands. */
  readonly refusal: Omit<ErrorDocument, 'version' | 'kind'> | null
}
