/**
 * The piece commitment of a stream, on the thread that calls: FR32, then a binary tree of trunc254 SHA-256, zero leaves up to
 * a power of two. `PieceStream` does the same on several threads.
 *
 * Memory: one block's nodes (128 KiB), at most one batch of bytes, and 32 bytes for every 2 MiB, besides a kept level.
 * @see FRC-0069; https://spec.filecoin.io/systems/filecoin_files/piece/
 */
import { StorageError } from '../errors.ts'
import { BATCH_SIZE } from './batch.ts'
import { BLOCK_HEIGHT, BLOCK_SIZE, BlockHasher, type HashedBlock } from './block.ts'
import { type Crown, crownOf } from './crown.ts'
import { type HashBackend, type PairHasher, pairHasher } from './hash-pairs.ts'

export interface PieceHasherOptions {
  /**
   * Keep the nodes from this level (0 to 16) up to the root in the digest's `tree`: 32 bytes for every 2^level × 32 padded
   * bytes. Level 16 (one node for 2 MiB) costs next to nothing, level 5 (1 KiB) a thirty-second of the data.
   */
  readonly keepLevel?: number | undefined
  /** For tests and measurements; the fastest one by default. */
  readonly backend?: HashBackend | undefined
}

export class PieceHasher {
  readonly #keepLevel: number | undefined
  readonly #hashPairs: PairHasher
  readonly #block: BlockHasher
  readonly #blocks: HashedBlock[] = []
  #rest = new Uint8Array(0)
  #fill = 0

  /** @throws ARGUMENT_INVALID unless `keepLevel` is 0 to 16 */
  constructor({ keepLevel, backend }: PieceHasherOptions = {}) {
    requireKeepLevel(keepLevel)
    this.#keepLevel = keepLevel
    this.#hashPairs = pairHasher(backend)
    this.#block = new BlockHasher({ backend, keepLevel })
  }

  /** Raw bytes so far. */
  get bytes(): number {
    return this.#blocks.length * BLOCK_SIZE + this.#block.size + this.#fill
  }

  /** The chunk is neither kept nor changed. */
  update(chunk: Uint8Array): this {
    let at = 0
    while (at < chunk.length) {
      // Whole batches of the chunk are hashed where they are; what is left waits for the next chunk.
      const part = chunk.subarray(at, at + BATCH_SIZE - this.#fill)
      at += part.length
      if (part.length === BATCH_SIZE) this.#add([part])
      else {
        this.#gather(part)
        if (this.#fill < BATCH_SIZE) continue
        this.#add([this.#rest])
        this.#fill = 0
      }
    }
    return this
  }

  /** The commitment of all bytes so far; more may follow. Fewer than 127 bytes are padded with zeros to one quad. */
  digest(): Crown {
    const isLater = this.#blocks.length > 0
    const blocks = [...this.#blocks]
    if (!isLater || this.#block.size + this.#fill > 0) {
      const floor = isLater ? (this.#keepLevel ?? 0) : 0
      blocks.push(this.#block.finish([this.#rest.subarray(0, this.#fill)], floor))
    }
    return crownOf(blocks, this.bytes, this.#hashPairs, this.#keepLevel)
  }

  #add(batch: readonly Uint8Array[]): void {
    this.#block.add(batch)
    if (this.#block.size < BLOCK_SIZE) return
    this.#blocks.push(this.#block.finish([]))
    this.#block.reset()
  }

  #gather(part: Uint8Array): void {
    const size = this.#fill + part.length
    if (this.#rest.length < size) {
      // Few bytes need no whole batch.
      const larger = new Uint8Array(Math.min(BATCH_SIZE, Math.max(2 * this.#rest.length, size)))
      larger.set(this.#rest.subarray(0, this.#fill))
      this.#rest = larger
    }
    this.#rest.set(part, this.#fill)
    this.#fill = size
  }
}

/** @throws ARGUMENT_INVALID unless a level that every block has, or undefined */
export function requireKeepLevel(level: number | undefined): void {
  if (level === undefined) return
  if (Number.isInteger(level) && level >= 0 && level <= BLOCK_HEIGHT) return
  throw new StorageError('ARGUMENT_INVALID', {
    what: 'the level of the nodes to keep is out of range',
    expected: `0 to ${BLOCK_HEIGHT}`,
    got: level,
  })
}
