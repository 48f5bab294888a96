/**
 * Sizes of a piece. FR32 turns 127 raw bytes into 128, and the tree over them is full: a padded size is a power of two
 * of at least 128 bytes. `size` counts raw bytes, `pieceSize` padded bytes; height h holds 2^h leaves of 32 bytes.
 * @see FRC-0069
 */
import { StorageError } from '../errors.ts'

/** One FR32 quad: the smallest piece. */
export const QUAD_SIZE = 127
export const PADDED_QUAD_SIZE = 128
export const MIN_HEIGHT = 2
/** 2^52 padded bytes, the largest whose sizes stay exact numbers. */
export const MAX_HEIGHT = 47

/**
 * The smallest piece size that holds `size` raw bytes: 0 to 127 → 128, 128 → 256, 1016 → 1024.
 * @throws ARGUMENT_INVALID unless a whole number ≥ 0, PIECE_TOO_LARGE above 2^52 padded bytes
 */
export function paddedSize(size: number): number {
  return pieceSizeOf(heightFor(size))
}

/** Height of the smallest piece that holds `size` raw bytes; errors as `paddedSize`. */
export function heightFor(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'a size is a whole number of bytes',
      got: size,
    })
  for (let height = MIN_HEIGHT; height <= MAX_HEIGHT; height++)
    if (unpaddedCapacity(pieceSizeOf(height)) >= size) return height
  throw new StorageError('PIECE_TOO_LARGE', { what: 'no piece holds so many bytes', got: size })
}

/** Padded bytes of a tree of `height`: 32 · 2^height. */
export function pieceSizeOf(height: number): number {
  return 32 * 2 ** height
}

/** Raw bytes that a piece of `pieceSize` holds: 127 of every 128. @throws ARGUMENT_INVALID unless a piece size */
export function unpaddedCapacity(pieceSize: number): number {
  if (!isPieceSize(pieceSize))
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the piece size is not valid',
      expected: 'a power of two of at least 128',
      got: pieceSize,
    })
  return (pieceSize / PADDED_QUAD_SIZE) * QUAD_SIZE
}

export function isPieceSize(n: number): boolean {
  for (let height = MIN_HEIGHT; height <= MAX_HEIGHT; height++)
    if (pieceSizeOf(height) === n) return true
  return false
}
