/** What a depot is: a content-addressed store of pieces. A folder (fs-store.ts) is one; the server and tests need no more. */
import type { Readable } from 'node:stream'
import type { Aggregate } from '../aggregate/aggregate.ts'
import type { FilledSegment } from '../aggregate/payload.ts'
import type { Manifest } from '../prepare/manifest.ts'
import type { PieceSink, StoredPiece } from '../prepare/sink.ts'

/** What the bytes given to `put` must be. */
export interface Expected {
  /** Piece CID v1 or v2. */
  readonly pieceCid?: string
  /** Raw bytes. */
  readonly size?: number
}

export interface PutOptions {
  /** Default: the piece CID v2. */
  readonly name?: string
  /** Root that the CAR must have. Default: whatever its header says. */
  readonly root?: string
  /** Files in the payload, where known. Default: 1. */
  readonly files?: number
  readonly signal?: AbortSignal
}

export interface PutAggregateOptions {
  /** Default: the piece CID v2. */
  readonly name?: string
}

/**
 * A CID is a piece CID v1 or v2 or a root CID; of several pieces with that root or v1, the smallest is meant. Methods that
 * take a CID fail with CID_INVALID for other text, and with DEPOT_CORRUPT when the piece is there but its record or the
 * size of its file is wrong.
 */
export interface Depot extends PieceSink {
  /** Absolute path. */
  readonly folder: string
  find(cid: string): Promise<StoredPiece | undefined>
  /** Errors: CID_NOT_FOUND. */
  get(cid: string): Promise<StoredPiece>
  /**
   * What joins the payload with this root, in any spelling, when it was stored in several pieces; the pieces themselves may
   * have been removed. Errors: CID_INVALID, DEPOT_CORRUPT when its file is damaged.
   */
  findManifest(root: string): Promise<Manifest | undefined>
  /** Sorted by piece CID v2. */
  list(): Promise<StoredPiece[]>
  /**
   * Stores a stream under the commitment of its bytes and, when they begin as a CARv1 with one root, under that root;
   * `root` is empty for other bytes. A piece that is there already keeps its name.
   * Errors: PIECE_MISMATCH (at once when the expected size is exceeded), CAR_INVALID, DEPOT_FULL, DEPOT_READ_ONLY, ABORTED,
   * DEADLINE, and what the source throws. Then nothing of it stays; a source that was not begun is left to the caller.
   */
  put(
    source: AsyncIterable<Uint8Array>,
    expect?: Expected,
    options?: PutOptions,
  ): Promise<StoredPiece>
  /**
   * Stores what an aggregate is made of; its bytes are read from its pieces, which the depot must have. It is a piece like any
   * other then: `segments` counts its pieces, `path` is that of the layout. One that is there already keeps its name.
   * Errors: CID_NOT_FOUND naming a piece that is missing, DEPOT_CORRUPT for one that is damaged, DEPOT_FULL, DEPOT_READ_ONLY.
   */
  putAggregate(
    aggregate: Aggregate<FilledSegment>,
    options?: PutAggregateOptions,
  ): Promise<StoredPiece>
  /**
   * What an aggregate of this depot is made of. Errors: DEPOT_CORRUPT; ARGUMENT_INVALID for a piece that is not stored as one.
   */
  aggregateOf(piece: StoredPiece): Promise<Aggregate<FilledSegment>>
  /**
   * The bytes from `start` up to, without, `end`; all by default. Errors: ARGUMENT_INVALID at once, DEPOT_CORRUPT from the
   * stream.
   */
  read(piece: StoredPiece, start?: number, end?: number): Readable
  /**
   * Whether there was such a piece. Removes a corrupt one too; of an aggregate the layout alone, its pieces stay.
   * Errors: PIECE_NEEDED when an aggregate in the depot is made of it.
   */
  remove(cid: string): Promise<boolean>
  /** Reads the whole piece back and computes its commitment. Errors: CID_NOT_FOUND, DEPOT_CORRUPT, ABORTED. */
  verify(cid: string, options?: { readonly signal?: AbortSignal }): Promise<StoredPiece>
}
