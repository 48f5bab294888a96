/** A data segment: a piece that stands in an aggregate, at a multiple of its own size. */
import { StorageError } from '../errors.ts'
import { isPieceSize } from '../piece/size.ts'
import { indexStart, maxEntries } from './size.ts'

/** What is placed: a commitment and padded bytes. */
export interface PieceRoot {
  readonly root: Uint8Array
  readonly pieceSize: number
}

export interface Segment extends PieceRoot {
  /** Padded bytes from the start of the aggregate. */
  readonly offset: number
}

/**
 * Each piece at the next multiple of its own size, in the order given: pieces of descending size leave no gaps.
 * @throws SEGMENT_INVALID for what is no piece, AGGREGATE_FULL when they do not fit
 */
export function placeSegments<T extends PieceRoot>(
  pieces: readonly T[],
  pieceSize: number,
): (T & Segment)[] {
  requireRoom(pieces.length, pieceSize)
  let end = 0
  return pieces.map((piece, i) => {
    requirePiece(piece, i)
    const offset = Math.ceil(end / piece.pieceSize) * piece.pieceSize
    end = offset + piece.pieceSize
    requireEnd(end, pieceSize, i)
    return { ...piece, offset }
  })
}

/**
 * Passes when the segments stand where they may: aligned, one behind the other, before the index.
 * @throws SEGMENT_INVALID, AGGREGATE_FULL
 */
export function requirePlaced(segments: readonly Segment[], pieceSize: number): void {
  requireRoom(segments.length, pieceSize)
  let end = 0
  for (const [i, segment] of segments.entries()) {
    requirePiece(segment, i)
    const { offset } = segment
    if (offset % segment.pieceSize !== 0 || offset < end)
      throw new StorageError('SEGMENT_INVALID', {
        what: `segment ${i} overlaps another or is not aligned`,
        expected: `a multiple of its ${segment.pieceSize} bytes from ${end} on`,
        got: offset,
      })
    end = offset + segment.pieceSize
    requireEnd(end, pieceSize, i)
  }
}

function requireRoom(count: number, pieceSize: number): void {
  const most = maxEntries(pieceSize)
  if (count > most)
    throw new StorageError('AGGREGATE_FULL', {
      what: `the index of an aggregate of ${pieceSize} bytes has no room for so many segments`,
      expected: `at most ${most}`,
      got: count,
      hint: 'Make a larger aggregate or several.',
    })
}

function requirePiece({ root, pieceSize }: PieceRoot, i: number): void {
  if (root.length !== 32 || !isPieceSize(pieceSize))
    throw new StorageError('SEGMENT_INVALID', {
      what: `segment ${i} is not a piece`,
      expected: 'a commitment of 32 bytes and a power of two of at least 128 padded bytes',
      got: `${root.length} bytes and a size of ${pieceSize}`,
    })
}

function requireEnd(end: number, pieceSize: number, i: number): void {
  const limit = indexStart(pieceSize)
  if (end > limit)
    throw new StorageError('AGGREGATE_FULL', {
      what: `segment ${i} does not fit an aggregate of ${pieceSize} bytes`,
      expected: `an end at ${limit} at most, where the index begins`,
      got: end,
      hint: 'Make a larger aggregate or several.',
    })
}
