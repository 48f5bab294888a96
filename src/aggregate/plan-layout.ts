/**
 * Where the segments of an aggregate stand: the largest first, each at the next multiple of its own size, so that
 * offsets follow from the order alone.
 * @see FRC-0058, Data Segments
 */
import { compareAge, type PlannedPiece } from './plan-piece.ts'
import { indexBytes } from './size.ts'

export interface PlannedSegment {
  readonly pieceCid: string
  readonly pieceSize: number
  /** Raw bytes. */
  readonly size: number
  readonly offset: number
  /** The inputs that are this piece, oldest first. */
  readonly ids: readonly string[]
}

/** Bytes that are paid and hold nothing of anybody. */
export interface Waste {
  /** From raw to padded bytes within the segments. */
  readonly padding: number
  /** Between segments. 0, because sizes descend. */
  readonly gaps: number
  /** Between the last segment and the index. */
  readonly tail: number
}

export interface Layout {
  /** Padded bytes, a power of two: used + index + gaps + tail. */
  readonly pieceSize: number
  readonly segments: readonly PlannedSegment[]
  readonly usedBytes: number
  readonly indexBytes: number
  readonly waste: Waste
}

/** Of pieces that fit an aggregate of `pieceSize`. */
export function layOut(pieces: readonly PlannedPiece[], pieceSize: number): Layout {
  const segments: PlannedSegment[] = []
  let end = 0
  let used = 0
  let raw = 0
  for (const piece of pieces.toSorted((a, b) => b.pieceSize - a.pieceSize || compareAge(a, b))) {
    const offset = Math.ceil(end / piece.pieceSize) * piece.pieceSize
    segments.push({
      pieceCid: piece.pieceCid,
      pieceSize: piece.pieceSize,
      size: piece.size,
      offset,
      ids: piece.inputs.map(({ id }) => id),
    })
    end = offset + piece.pieceSize
    used += piece.pieceSize
    raw += piece.size
  }
  const index = indexBytes(pieceSize)
  return {
    pieceSize,
    segments,
    usedBytes: used,
    indexBytes: index,
    waste: { padding: used - raw, gaps: end - used, tail: pieceSize - index - end },
  }
}
