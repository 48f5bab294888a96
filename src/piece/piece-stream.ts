/**
 * The piece commitment of a stream on several threads. Bytes gather in a ring of shared memory; each block of 4 MiB that is
 * full goes to a thread to be hashed and, at the same time, to whoever wants to keep it (a file). A block's place is used
 * again when both are done: that bounds the memory, and is the back-pressure on whoever appends.
 *
 * With `headSize`, the first bytes are known only at the end (the header of a CAR holds the root, which is found last). The
 * first block is then kept, 4 MiB, and hashed last.
 */
import { StorageError } from '../errors.ts'
import { noThreads } from '../threads/pool.ts'
import { BLOCK_SIZE, type HashedBlock } from './block.ts'
import { type BlockThreads, hashBlock } from './block-task.ts'
import { type Crown, crownOf } from './crown.ts'
import { type HashBackend, pairHasher } from './hash-pairs.ts'
import { requireKeepLevel } from './hasher.ts'
import { Ring } from './ring.ts'

export interface PieceStreamOptions {
  /** Who hashes blocks; the calling thread unless stated. They are not closed at the end. */
  readonly threads?: BlockThreads | undefined
  /** Bytes at the start that are placeholders until `finish`, fewer than a block. */
  readonly headSize?: number | undefined
  /** As for `PieceHasher`. */
  readonly keepLevel?: number | undefined
  readonly backend?: HashBackend | undefined
  /** Memory of an earlier stream that is finished; new memory unless stated. See `ringFor`. */
  readonly ring?: Ring | undefined
  /** Given each block, the last one included, with its offset. The bytes are there until the promise resolves. */
  readonly keep?: ((bytes: Uint8Array, offset: number) => Promise<void>) | undefined
}

/** Bytes that `tryAppend` takes at once: two chunks of a file, with what stands before them in a CAR. */
export const MAX_APPEND = 2 ** 21 + 2 ** 8
/** Blocks in the ring beyond one for each thread: one fills, one is being written, one waits for each. */
const SPARE_BLOCKS = 3

/** Memory for streams that follow each other with the same threads. */
export function ringFor(threads: BlockThreads): Ring {
  return new Ring((threads.count + SPARE_BLOCKS) * BLOCK_SIZE, MAX_APPEND)
}

export class PieceStream {
  readonly #options: PieceStreamOptions
  readonly #threads: BlockThreads
  readonly #ring: Ring
  readonly #blocks: HashedBlock[] = []
  /** Blocks under way, the oldest first: resolved when their place is free. */
  readonly #underWay: Promise<void>[] = []
  #head: Uint8Array | undefined
  #size = 0
  /** Offset of the first byte of the oldest block under way. */
  #released = 0
  #failure: { readonly error: unknown } | undefined

  /** @throws ARGUMENT_INVALID for a head or level that is out of range */
  constructor(options: PieceStreamOptions = {}) {
    const { headSize = 0, threads = noThreads(hashBlock), keepLevel } = options
    requireKeepLevel(keepLevel)
    if (!Number.isInteger(headSize) || headSize < 0 || headSize >= BLOCK_SIZE)
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'the head of a piece that is known only at the end is too long',
        expected: `0 to ${BLOCK_SIZE - 1} bytes`,
        got: headSize,
      })
    this.#options = options
    this.#threads = threads
    this.#ring = options.ring ?? ringFor(threads)
  }

  /** Raw bytes so far, the head included. */
  get size(): number {
    return this.#size
  }

  /** Appends bytes, which are copied. @throws what hashing or keeping an earlier block threw */
  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += MAX_APPEND) {
      const part = bytes.subarray(at, at + MAX_APPEND)
      if (!this.tryAppend(part)) {
        await this.#makeRoom(part.length)
        this.tryAppend(part)
      }
    }
  }

  /**
   * As `append` of at most 2 MiB, without a promise where there is room.
   * @returns whether there was: if not, nothing happened, and `append` waits for it
   */
  tryAppend(bytes: Uint8Array): boolean {
    if (!this.#hasRoom(bytes.length)) return false
    const start = this.#size
    this.#ring.view(start, bytes.length).set(bytes)
    this.#size += bytes.length
    this.#ring.wrap(start, this.#size)
    for (
      let block = Math.floor(start / BLOCK_SIZE);
      (block + 1) * BLOCK_SIZE <= this.#size;
      block++
    )
      this.#underWay.push(this.#work(block, BLOCK_SIZE))
    return true
  }

  /**
   * Hashes what is left; nothing can be appended afterwards.
   * @throws ARGUMENT_INVALID unless `head` has exactly the size that was stated, and as many bytes were appended; what
   *   hashing or keeping threw
   */
  async finish(head: Uint8Array = new Uint8Array(0)): Promise<Crown> {
    const { headSize = 0, keepLevel, backend } = this.#options
    if (head.length !== headSize || this.#size < headSize)
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'the head of the piece does not have the stated size',
        expected: `${headSize} bytes`,
        got: `${head.length} of ${this.#size} bytes`,
      })
    const rest = this.#size % BLOCK_SIZE
    const blocks = Math.ceil(this.#size / BLOCK_SIZE)
    if (rest > 0) this.#underWay.push(this.#work(blocks - 1, rest))
    await this.settle()
    this.#throwFailure()
    const first = this.#head ?? new Uint8Array(0)
    if (headSize > 0 || this.#size === 0) {
      first.set(head)
      this.#blocks[0] = await this.#hash(first, 0)
    }
    return crownOf(this.#blocks, this.#size, pairHasher(backend), keepLevel)
  }

  /** Waits until no block is under way, whatever became of them. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  #hasRoom(length: number): boolean {
    this.#throwFailure()
    return length <= MAX_APPEND && this.#size + length <= this.#released + this.#ring.size
  }

  async #makeRoom(length: number): Promise<void> {
    while (!this.#hasRoom(length)) {
      await this.#underWay.shift()
      this.#released += BLOCK_SIZE
    }
  }

  /** Never rejects: a failure is told to whoever appends next. */
  async #work(index: number, size: number): Promise<void> {
    const offset = index * BLOCK_SIZE
    const bytes = this.#ring.view(offset, size)
    const isHead = index === 0 && (this.#options.headSize ?? 0) > 0
    if (isHead) this.#head = bytes.slice()
    try {
      const [block] = await Promise.all([
        isHead ? undefined : this.#hash(bytes, index),
        this.#options.keep?.(bytes, offset),
      ])
      if (block !== undefined) this.#blocks[index] = block
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  #hash(bytes: Uint8Array, index: number): Promise<HashedBlock> {
    const { keepLevel, backend } = this.#options
    // A block with others before it has the kept level, however small it is.
    const floor = index > 0 ? (keepLevel ?? 0) : 0
    return this.#threads.run({ kind: 'block', bytes, floor, keepLevel, backend })
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
