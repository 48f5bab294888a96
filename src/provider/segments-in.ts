/**
 * What of an aggregate's index is true. Of every entry that counts the data is hashed, in a second read of the piece: the index
 * comes last in it. What does not have the commitment that its entry says is left out, with the reason.
 * @see FRC-0058, "Verifying the data segment index"
 */
import type { Readable } from 'node:stream'
import { type ForeignSegment, readIndex } from '../aggregate/foreign-index.ts'
import { rawIndexRange } from '../aggregate/payload.ts'
import { MIN_AGGREGATE_SIZE, rawOffset } from '../aggregate/size.ts'
import { carRootOf, HEAD_SIZE } from '../depot/car-root.ts'
import type { Depot } from '../depot/depot.ts'
import { StorageError } from '../errors.ts'
import { PieceHasher } from '../piece/hasher.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'
import { paddedSize, unpaddedCapacity } from '../piece/size.ts'
import type { StoredPiece } from '../prepare/sink.ts'

/** A segment whose data is what the index says. */
export interface TrueSegment {
  /** Version 1. */
  readonly pieceCid: string
  /** Padded bytes; of the offset, from the start of the aggregate. */
  readonly pieceSize: number
  readonly offset: number
  /** Raw bytes up to the last that is not zero: no statement of its size that is true is below. */
  readonly used: number
  /** Where it begins as a CAR with one root; else empty. */
  readonly root: string
}

export interface WrongEntry {
  /** Number in the index. */
  readonly slot: number
  readonly why: string
}

export interface Index {
  readonly segments: readonly TrueSegment[]
  readonly wrong: readonly WrongEntry[]
}

/** Whether a piece of so many raw bytes reaches into the place of an index. */
export function hasRoomForIndex(size: number): boolean {
  const pieceSize = paddedSize(size)
  return pieceSize >= MIN_AGGREGATE_SIZE && size > rawIndexRange(pieceSize).start
}

/**
 * Undefined for a piece without a valid entry: it is no aggregate. No more is hashed than the piece has bytes, however often
 * the index names them.
 * @throws ABORTED, DEPOT_CORRUPT
 */
export async function segmentsIn(
  depot: Pick<Depot, 'read'>,
  piece: StoredPiece,
  signal: AbortSignal,
): Promise<Index | undefined> {
  if (!hasRoomForIndex(piece.size)) return undefined
  const { start } = rawIndexRange(piece.pieceSize)
  const area = await wholeOf(depot.read(piece, start, piece.size))
  const index = readIndex(area, piece.pieceSize)
  const segments: TrueSegment[] = []
  const wrong: WrongEntry[] = [...index.useless]
  let left = piece.pieceSize
  for (const entry of index.segments) {
    requireLive(signal, piece)
    left -= entry.pieceSize
    const verdict =
      left < 0
        ? { why: 'the entries before it name as many bytes as the piece has' }
        : await judge(depot, piece, entry)
    if ('why' in verdict) wrong.push({ slot: entry.slot, ...verdict })
    else segments.push(verdict)
  }
  return segments.length + wrong.length === 0 ? undefined : { segments, wrong }
}

async function judge(
  depot: Pick<Depot, 'read'>,
  piece: StoredPiece,
  { root, pieceSize, offset }: ForeignSegment,
): Promise<TrueSegment | { readonly why: string }> {
  const first = rawOffset(offset)
  const { commitment, used, head } = await hashed(
    depot.read(piece, first, first + unpaddedCapacity(pieceSize)),
  )
  const [said, got] = [pieceCidV1({ root }), pieceCidV1({ root: commitment })]
  if (said !== got) return { why: `the data at ${offset} is ${got}, not ${said}` }
  return { pieceCid: said, pieceSize, offset, used, root: (await carRootOf(head)) ?? '' }
}

async function hashed(bytes: Readable) {
  const hasher = new PieceHasher()
  const head: Uint8Array[] = []
  let used = 0
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    if (hasher.bytes < HEAD_SIZE) head.push(chunk.subarray(0, HEAD_SIZE - hasher.bytes))
    const last = chunk.findLastIndex((byte) => byte !== 0)
    if (last >= 0) used = hasher.bytes + last + 1
    hasher.update(chunk)
  }
  return { commitment: hasher.digest().root, used, head: Buffer.concat(head) }
}

async function wholeOf(bytes: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function requireLive(signal: AbortSignal, { pieceCid }: StoredPiece): void {
  if (signal.aborted)
    throw new StorageError('ABORTED', { what: `the check of ${pieceCid} was interrupted` })
}
