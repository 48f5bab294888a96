/**
 * Where things stand in an aggregate: data segments from the start, the index of them in an area at the end.
 *
 *     | segment | segment | … | zeros | index area: entries of 64 bytes |
 *     0                               indexStart                pieceSize
 *
 * All offsets count padded bytes unless they are called raw.
 * @see FRC-0058, "Data Segment Index"
 */
import { StorageError } from '../errors.ts'
import { PADDED_QUAD_SIZE, QUAD_SIZE, isPieceSize } from '../piece/size.ts'

export const ENTRY_SIZE = 64
/** Padded bytes of an aggregate for every entry of its index; 4 entries at least. */
export const BYTES_PER_ENTRY = 2048 * ENTRY_SIZE
const MIN_ENTRIES = 4
/** The area alone takes 256 bytes: below that there is no room for a segment. */
export const MIN_AGGREGATE_SIZE = 512

/**
 * Entries that the index area of an aggregate has room for. The published libraries round the logarithm up and FRC-0058
 * rounds it down; for powers of two both are the same.
 * @throws AGGREGATE_FULL unless a power of two of at least 512 bytes
 */
export function maxEntries(pieceSize: number): number {
  if (!isPieceSize(pieceSize) || pieceSize < MIN_AGGREGATE_SIZE)
    throw new StorageError('AGGREGATE_FULL', {
      what: 'no aggregate has this size',
      expected: `a power of two of at least ${MIN_AGGREGATE_SIZE} padded bytes`,
      got: pieceSize,
    })
  return indexBytes(pieceSize) / ENTRY_SIZE
}

/** Padded bytes of the index area, where `pieceSize` is a power of two. Below 512 it leaves no room. */
export function indexBytes(pieceSize: number): number {
  return Math.max(MIN_ENTRIES, pieceSize / BYTES_PER_ENTRY) * ENTRY_SIZE
}

/** Where the index area begins, which is where segments end at the latest. @throws AGGREGATE_FULL as `maxEntries` */
export function indexStart(pieceSize: number): number {
  return pieceSize - maxEntries(pieceSize) * ENTRY_SIZE
}

/** The raw byte at which the padded byte `offset` begins; `offset` is a multiple of 128. */
export function rawOffset(offset: number): number {
  return (offset / PADDED_QUAD_SIZE) * QUAD_SIZE
}
