/**
 * Where pieces go: the port between making a piece and keeping it. `prepare` writes a CAR into a staged file and then
 * commits it with its record; a depot implements the port. Nothing is visible before `commit`.
 */

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
  /** Root CID of the payload: a UnixFS file or directory. */
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
}

export interface StoredPiece extends PieceRecord {
  /** Absolute path of the CAR. */
  path: string
}

export interface PieceSink {
  /** Errors: DEPOT_FULL, DEPOT_READ_ONLY. */
  stage(): Promise<Staging>
  /**
   * Makes the staged file durable under its piece CID. The writer has closed the file; the sink fsyncs and renames it.
   * A piece that is already there is kept and returned, and the staged file is removed.
   */
  commit(staging: Staging, record: PieceRecord): Promise<StoredPiece>
}
