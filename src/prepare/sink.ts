/**
 * Where pieces go: the port between making pieces and keeping them; a depot implements it. `prepare` writes a CAR into a
 * staged file and then commits it with its record. Nothing is visible before `commit`.
 *
 * A payload that needs several pieces is prepared part by part. What is known of the finished ones is kept under the key
 * of the preparation, so that one that was killed goes on behind them, and forgotten when the manifest is committed.
 */
import type { Manifest } from './manifest.ts'

/** A file being written. It exists and is empty when staged, and belongs to one writer. */
export interface Staging {
  readonly path: string
  /** Removes the file. Harmless when it is already gone or committed. */
  discard(): Promise<void>
}

/** What is known of a piece, apart from where it lies. CIDs are base32 text. */
export interface PieceRecord {
  /** Base name of the input: what a reader calls it. */
  name: string
  /** Root CID of the payload: a UnixFS file or directory. Empty for an aggregate and for bytes that are no CAR. */
  root: string
  /** Piece commitment as CID v1 (what deals carry) and v2 (FRC-0069, carries the size). */
  pieceCid: string
  pieceCidV2: string
  /** Bytes of the CAR. */
  size: number
  /** Padded bytes: a power of two, at least 128. */
  pieceSize: number
  /** Regular files in the payload. */
  files: number
  /** Of an aggregate: how many pieces it is made of. */
  segments?: number
}

export interface StoredPiece extends PieceRecord {
  /** Absolute path of the CAR, or of the layout of an aggregate. */
  path: string
}

/** A part that was committed, and what the root of the whole payload is computed from. */
export interface FinishedPart {
  readonly piece: StoredPiece
  /** SHA-256 digests of the leaves in it, 32 bytes each, in the order of the payload. */
  readonly leaves: Uint8Array
}

export interface PieceSink {
  /** Errors: DEPOT_FULL, DEPOT_READ_ONLY. */
  stage(): Promise<Staging>
  /**
   * Makes the staged file durable under its piece CID. The writer has closed the file; the sink fsyncs and renames it.
   * A piece that is already there is kept and returned, and the staged file is removed.
   */
  commit(staging: Staging, record: PieceRecord): Promise<StoredPiece>
  /** Parts that earlier runs with this key finished, from the first on without a gap, whose pieces are still whole. */
  finishedParts(key: string): Promise<FinishedPart[]>
  /** Remembers part `index` (from 0), durably. Its piece was committed. Errors: DEPOT_FULL, DEPOT_READ_ONLY. */
  finishPart(key: string, index: number, part: FinishedPart): Promise<void>
  /**
   * Makes the manifest durable and returns its absolute path; then the parts of `key` are forgotten.
   * Errors: DEPOT_FULL, DEPOT_READ_ONLY.
   */
  commitManifest(key: string, manifest: Manifest): Promise<string>
}
