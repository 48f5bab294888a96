/**
 * The room of an aggregate for segments: what its index area leaves of its bytes, and the entries of that index. In
 * descending order segments have no gaps between them, so a set of them fits when its bytes and its number fit.
 * @see FRC-0058, Data Segment Index
 */
import { ENTRY_SIZE, indexBytes } from './size.ts'

export interface Room {
  /** Padded; not above 0 when the index takes everything. */
  readonly bytes: number
  readonly entries: number
}

/** Of an aggregate of `pieceSize`, a power of two; with at most `maxSegments` in it. */
export function roomOf(pieceSize: number, maxSegments = Infinity): Room {
  return {
    bytes: pieceSize - indexBytes(pieceSize),
    entries: Math.min(indexBytes(pieceSize) / ENTRY_SIZE, maxSegments),
  }
}

export function holds(room: Room, bytes: number, segments: number): boolean {
  return bytes <= room.bytes && segments <= room.entries
}

/** The smallest power of two from `least` on whose aggregate holds so much. */
export function smallestHolding(least: number, bytes: number, segments: number): number {
  let pieceSize = least
  while (!holds(roomOf(pieceSize), bytes, segments)) pieceSize *= 2
  return pieceSize
}
