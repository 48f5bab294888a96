/**
 * The JSON documents that tasks print, version 1. Amounts in attoFIL are decimal strings; sizes and epochs are numbers.
 * Field names are an interface: scripts read them.
 */
import type { StoredPiece } from '../prepare/sink.ts'

interface Document<Kind extends string> {
  readonly version: 1
  readonly kind: Kind
}

export interface PreparedDocument extends Document<'prepared'> {
  /** `size` is the bytes of the CAR, `pieceSize` the padded bytes. */
  readonly pieces: readonly StoredPiece[]
}

export interface PieceCidDocument extends Document<'piece-cid'> {
  readonly size: number
  readonly pieceSize: number
  readonly pieceCid: string
  readonly pieceCidV2: string
}

export interface ClientDocument {
  /** 0x… */
  readonly address: string
  /** f410… or t410… */
  readonly f4: string
  /** f0… or t0…; null where the node does not tell. */
  readonly id: string | null
}

export interface DeployedDocument extends Document<'deployed'> {
  readonly network: string
  readonly owner: string
  readonly client: ClientDocument
  readonly factory: ClientDocument
  /** What this run did: contracts that were there already are not deployed again. */
  readonly deployed: readonly string[]
  /** Where the addresses were written. */
  readonly files: readonly string[]
  readonly links: readonly string[]
}

export interface DealDocument {
  readonly dealId: number
  /** f0… */
  readonly provider: string
  readonly state: 'published' | 'active' | 'missed' | 'ended' | 'terminated'
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
  })[]
}

export interface DealsDocument extends Document<'deals'> {
  readonly network: string
  readonly epoch: number
  readonly proposals: readonly (OfferedProposal & {
    readonly state: 'open' | 'filled' | 'lapsed' | 'cancelled'
    readonly why: string
  })[]
}

export interface RetrievedDocument extends Document<'retrieved'> {
  readonly root: string
  readonly pieceCid: string
  /** The server that the bytes came from. */
  readonly source: string
  readonly bytes: number
  readonly files: number
  readonly path: string
  readonly verified: true
}

export interface ErrorDocument extends Document<'error'> {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly next: string | null
}
