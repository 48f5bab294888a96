/**
 * What no commitment over hashtree can exceed: hashtree alone over as many bytes as the tree has. A piece of P padded bytes
 * hashes P of them for the leaves, then P/2, P/4 and so on: 2P in all. Nothing is read, padded, masked or copied, and the
 * same batch, warm in the cache, is hashed again and again.
 */
import { paddedSize } from '../../src/piece/size.ts'
import type { HashInto } from './hashtree.ts'

/** Bytes per call. The best one depends on the caches; whoever measures takes the best. */
export const BATCH_SIZES = [12, 14, 16, 17, 18, 20, 22].map((power) => 2 ** power)

/** Milliseconds for as many bytes as the commitment of `size` raw bytes hashes. */
export function hashLimitMs(hashInto: HashInto, size: number, batchSize: number): number {
  const input = new Uint8Array(batchSize).fill(0x5a)
  const output = new Uint8Array(batchSize / 2)
  const begin = performance.now()
  for (let left = 2 * paddedSize(size); left > 0; left -= batchSize) hashInto(input, output)
  return performance.now() - begin
}
