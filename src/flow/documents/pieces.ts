/** Documents of prepare, aggregate and piece-cid. */
import type { ProofDocument } from '../../aggregate/proof-form.ts'
import type { StoredPiece } from '../../prepare/sink.ts'
import type { Document } from './document.ts'

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
