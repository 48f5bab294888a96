/**
 * The JSON documents that tasks print, version 1. Amounts in attoFIL are decimal strings; sizes and epochs are numbers.
 * Field names are an interface: scripts read them.
 */
import type { ProofDocument } from '../aggregate/proof-form.ts'
import type { AddressDescription } from '../chain/lotus.ts'
import type { DealState, ProposalState } from '../deal/state.ts'
import type { Finding, Verdict } from '../doctor/check.ts'
import type { Reason } from '../keep/reason.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { Receipt } from '../receipt/schema.ts'
import type { PushOutcome } from '../relay/push-record.ts'
import type { ProposalTimeline } from '../timeline/timeline.ts'
import type { Retrieved } from '../retrieve/retrieve.ts'

interface Document<Kind extends string> {
  readonly version: 1
  readonly kind: Kind
}

export interface PreparedDocument extends Document<'prepared'> {
  /** Root CID of the whole input. */
  readonly root: string
  /** `size` is the bytes of the CAR, `pieceSize` the padded bytes. */
  readonly pieces: readonly StoredPiece[]
  /** Path of what joins several pieces; null for one. */
  readonly manifest: string | null
}

/** A piece in an aggregate. */
export interface SegmentDocument {
  /** Of the input: its path within the folder that was named. */
  readonly name: string
  /** Of several equal inputs: the names of all. */
  readonly names?: readonly string[]
  /** Root CID; empty for a piece that is no CAR. */
  readonly root: string
  readonly pieceCid: string
  readonly pieceCidV2: string
  /** Raw bytes of the piece. */
  readonly size: number
  /** Padded bytes. */
  readonly pieceSize: number
  /** Padded bytes from the start of the aggregate. */
  readonly offset: number
  /** That it is in the aggregate (FRC-0058); left out where it was written to a file. */
  readonly proof?: ProofDocument
}

export interface AggregateDocument {
  readonly pieceCid: string
  readonly pieceCidV2: string
  readonly size: number
  readonly pieceSize: number
  readonly segments: readonly SegmentDocument[]
}

export interface AggregatedDocument extends Document<'aggregated'>, AggregateDocument {
  /** Further ones, where the inputs did not fit one. */
  readonly more: readonly AggregateDocument[]
}

/** A file of `aggregate --proofs`: what whoever has the piece needs to prove it part of a deal. */
export interface SegmentProofDocument extends Document<'segment-proof'> {
  readonly aggregate: Pick<AggregateDocument, 'pieceCid' | 'pieceCidV2' | 'pieceSize'>
  readonly segment: SegmentDocument
}

export interface PieceCidDocument extends Document<'piece-cid'> {
  readonly size: number
  readonly pieceSize: number
  readonly pieceCid: string
  readonly pieceCidV2: string
}

export type ClientDocument = AddressDescription

/** One contract of a deployment, in every spelling. */
export interface DeployedContract extends ClientDocument {
  readonly contract: string
  /** Hash; null where another tool or machine sent it. */
  readonly transaction: string | null
  /** The record. */
  readonly file: string
  /** Pages of an explorer; null where there is none. */
  readonly link: string | null
  readonly transactionLink: string | null
}

export interface Verification {
  readonly contract: string
  readonly address: string
  readonly explorer: 'blockscout' | 'sourcify'
  readonly verified: boolean
  /** Why not; null when it is. */
  readonly reason: string | null
}

export interface DeployedDocument extends Document<'deployed'> {
  readonly network: string
  readonly owner: string
  readonly client: ClientDocument
  readonly factory: ClientDocument
  /** These two: where one was asked for. */
  readonly hub?: ClientDocument
  readonly perpetual?: ClientDocument
  /** All of them, in the order in which they were made. */
  readonly contracts: readonly DeployedContract[]
  /** What this run did: contracts that were there already are not deployed again. */
  readonly deployed: readonly string[]
  /** Where the addresses were written. */
  readonly files: readonly string[]
  readonly links: readonly string[]
  /** Where it was asked for. */
  readonly verifications?: readonly Verification[]
}

export interface DealDocument {
  readonly dealId: number
  /** f0… */
  readonly provider: string
  readonly state: DealState
  /** Epoch; null while never seen active. */
  readonly activatedAt: number | null
  readonly endEpoch: number
  /** The state in words. */
  readonly why: string
}

export interface OfferedProposal {
  readonly proposalId: string
  readonly pieceCid: string
  readonly pieceSize: number
  readonly label: string
  readonly url: string
  readonly startEpoch: number
  readonly endEpoch: number
  /** attoFIL per epoch for the whole piece. */
  readonly pricePerEpoch: string
  readonly providerCollateral: string
  readonly clientCollateral: string
  readonly replicas: number
  readonly deals: readonly DealDocument[]
}

export interface ProposedDocument extends Document<'proposed'> {
  readonly network: string
  readonly client: ClientDocument
  readonly proposals: readonly (OfferedProposal & {
    /** Hash of the transaction that proposed; null where an identical proposal was there already. */
    readonly tx: string | null
    /** What named providers answered that it was offered to directly; left out where it was offered to none. */
    readonly pushes?: readonly PushDocument[]
  })[]
}

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

export interface RankedProviderDocument {
  /** From 1. */
  readonly place: number
  /** f0… */
  readonly provider: string
  readonly verdict: 'usable' | 'unknown' | 'unusable'
  /** For (+), against (-), not known (?): in the order of weight. */
  readonly reasons: readonly { readonly sign: '+' | '-' | '?'; readonly text: string }[]
  /** Why it is looked at. */
  readonly sources: readonly string[]
  /** Null where the node does not tell. */
  readonly isMiner: boolean | null
  readonly urls: readonly string[] | null
  readonly ask: AskDocument | null
  /** Of this client with it; counts of deals, pushes and proposals. */
  readonly experience: {
    readonly kept: number
    readonly lost: number
    readonly pending: number
    readonly accepted: number
    readonly refused: number
    readonly unreachable: number
    readonly ignored: number
    readonly lastRefusal: string | null
    /** Epochs; null without a sample. */
    readonly toPublish: { readonly median: number; readonly n: number } | null
    readonly toActive: { readonly median: number; readonly n: number } | null
  }
}

export interface ProvidersDocument extends Document<'providers'> {
  readonly network: string
  /** Address of the client whose experience it is; null without one. */
  readonly client: string | null
  /** Best first. */
  readonly providers: readonly RankedProviderDocument[]
  /** What could not be found out. */
  readonly notes: readonly string[]
}

export interface PushedDocument extends Document<'pushed'> {
  readonly network: string
  readonly proposalId: string
  readonly pushes: readonly PushDocument[]
}

export interface ReannouncedDocument extends Document<'reannounced'> {
  readonly network: string
  /** attoFIL of gas for all of it. */
  readonly spent: string
  readonly proposals: readonly {
    readonly proposalId: string
    readonly state: ProposalState
    readonly why: string
    readonly announcements: readonly {
      readonly tx: string
      readonly epoch: number
      /** attoFIL. */
      readonly fee: string
    }[]
    /** What the providers that it names answered last. */
    readonly pushes: readonly PushDocument[]
  }[]
}

export interface PushDocument {
  /** f0… */
  readonly provider: string
  readonly dealUuid: string
  readonly url: string
  /** ISO 8601. */
  readonly at: string
  readonly outcome: PushOutcome
  /** The provider's words, or why it could not be reached. */
  readonly reason: string
}

export interface DealsDocument extends Document<'deals'> {
  readonly network: string
  readonly epoch: number
  readonly proposals: readonly (OfferedProposal & {
    readonly state: ProposalState
    readonly why: string
  })[]
  /** One for each proposal, in the same order. */
  readonly timelines: readonly ProposalTimeline[]
}

/** A piece that is kept, as it stands now. */
export interface StoreDocument {
  readonly id: number
  readonly account: string
  readonly pieceCid: string
  /** Padded bytes. */
  readonly pieceSize: number
  /** Root CID; empty if the piece has none. */
  readonly root: string
  /** Copies: wanted, active, published, on offer. */
  readonly replicas: number
  readonly active: number
  readonly published: number
  readonly open: number
  /** Proposals made so far. */
  readonly attempts: number
  readonly reason: Reason
  /** The reason in a sentence. */
  readonly why: string
  readonly next: {
    readonly action: string
    /** Epoch; null where time alone changes nothing. */
    readonly at: number | null
  }
  /** Epochs for which its share of the purse lasts; null where keeping it costs nothing. */
  readonly runway: number | null
  /** Epoch at which it is over if no money comes; null as above. */
  readonly fundedUntil: number | null
  readonly policy: number
  readonly cancelled: boolean
}

/** What an account has for all of its stores. attoFIL. */
export interface PurseDocument {
  readonly account: string
  /** The contract in whose name its deals are; null before it stored. */
  readonly client: string | null
  readonly stores: number
  readonly free: string
  readonly perEpoch: string
  /** To keepers, in the current day. */
  readonly paidInWindow: string
}

export interface StoredDocument extends Document<'stored'> {
  readonly network: string
  /** Address of PerpetualStorage. */
  readonly contract: string
  readonly purse: PurseDocument
  /** One for each piece. */
  readonly stores: readonly (StoreDocument & {
    /** Hash of the transaction that stored it; null where the account keeps this piece already. */
    readonly tx: string | null
  })[]
}

export interface StoresDocument extends Document<'stores'> {
  readonly network: string
  readonly epoch: number
  readonly contract: string
  readonly purse: PurseDocument
  readonly stores: readonly StoreDocument[]
  /**
   * Of an account: epoch until which the copies of all of its stores are complete, if nothing changes but time and every
   * renewal costs its keeper's ceiling; null: for 25 years and more.
   */
  readonly allUntil?: number | null
}

export interface ToppedUpDocument extends Document<'topped-up'> {
  readonly network: string
  readonly contract: string
  readonly tx: string
  readonly purse: PurseDocument
  readonly store: StoreDocument
}

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

export interface ErrorDocument extends Document<'error'> {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly next: string | null
}

/** What `doctor` found, in the order in which a proposal meets the checks. */
export interface DiagnosisDocument extends Document<'diagnosis'> {
  readonly network: string
  /** Null where no proposal on chain was looked at. */
  readonly proposalId: string | null
  /** The worst of all. */
  readonly verdict: Verdict
  readonly counts: Readonly<Record<Verdict, number>>
  readonly findings: readonly Finding[]
}

/** What codes stand for. `null` where there is nothing to say of an error's code. */
export interface ExplainedDocument extends Document<'explained'> {
  readonly codes: readonly {
    readonly code: string
    readonly title: string
    readonly group: string | null
    /** Who checks it. */
    readonly by: readonly string[]
    readonly source: string | null
    readonly why: string | null
    readonly fix: string | null
  }[]
}
