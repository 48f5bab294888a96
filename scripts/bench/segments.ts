/** Segments for the rows of aggregates: seeded commitments of pieces of 16 to 128 KiB, the large ones first. */
import { hash } from 'node:crypto'
import type { PieceRoot } from '../../src/aggregate/segment.ts'

const SIZES = [17, 16, 15, 14].map((power) => 2 ** power)

export function madeSegments(count: number): PieceRoot[] {
  return Array.from({ length: count }, (_, i) => {
    const root = new Uint8Array(hash('sha256', `segment ${i}`, 'buffer'))
    root[31] = (root[31] as number) & 0x3f
    return { root, pieceSize: SIZES[Math.floor((i / count) * SIZES.length)] as number }
  })
}
