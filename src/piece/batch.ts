/**
 * A subtree of fixed size, filled and hashed again and again: the whole memory of a piece hasher.
 *
 *   raw bytes 130,048 ──FR32──▶ level 0, 4,096 leaves ──▶ level 1 ──▶ … ──▶ level 12, one node
 *
 * Every level keeps its nodes until the next fill is hashed. The size keeps all levels in a level 2 cache.
 */
import { padFr32Words, requireLittleEndian } from './fr32.ts'
import { NODE_SIZE, type PairHasher } from './hash-pairs.ts'
import { heightFor, pieceSizeOf, QUAD_SIZE, unpaddedCapacity } from './size.ts'

export const BATCH_HEIGHT = 12
export const BATCH_SIZE = unpaddedCapacity(pieceSizeOf(BATCH_HEIGHT))
const GROUP_SIZE = 4 * QUAD_SIZE
const SPARE_WORD = 4

export class Batch {
  /** Raw bytes, to be filled from the front. */
  readonly raw: Uint8Array
  readonly #rawWords: Int32Array
  readonly #leafWords: Int32Array
  readonly #levels: Uint8Array[] = []
  readonly #hashPairs: PairHasher

  constructor(hashPairs: PairHasher) {
    requireLittleEndian()
    const memory = new ArrayBuffer(BATCH_SIZE + SPARE_WORD)
    this.raw = new Uint8Array(memory, 0, BATCH_SIZE)
    this.#rawWords = new Int32Array(memory)
    for (let level = 0; level <= BATCH_HEIGHT; level++)
      this.#levels.push(new Uint8Array(pieceSizeOf(BATCH_HEIGHT - level)))
    this.#leafWords = new Int32Array(this.#level(0).buffer)
    this.#hashPairs = hashPairs
  }

  /** Hashes the smallest piece of the first `size` raw bytes, zeros behind them, and returns its height. */
  hash(size: number): number {
    const height = heightFor(size)
    const groups = Math.ceil(unpaddedCapacity(pieceSizeOf(height)) / GROUP_SIZE)
    this.raw.fill(0, size, groups * GROUP_SIZE)
    padFr32Words(this.#rawWords, this.#leafWords, groups)
    for (let level = 0; level < height; level++) {
      const nodes = 2 ** (height - level)
      this.#hashPairs(
        this.#level(level).subarray(0, nodes * NODE_SIZE),
        this.#level(level + 1).subarray(0, (nodes / 2) * NODE_SIZE),
      )
    }
    return height
  }

  /** A copy of a node of the last subtree hashed. */
  node(level: number, index: number): Uint8Array {
    return this.#level(level).slice(index * NODE_SIZE, (index + 1) * NODE_SIZE)
  }

  #level(level: number): Uint8Array {
    return this.#levels[level] as Uint8Array
  }
}
