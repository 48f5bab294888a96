/**
 * The piece commitment of a stream on several threads. Its bytes lie in shared memory, in a ring of the stream's own or
 * where they came from; each block of 2 MiB that is full goes to a thread to be hashed and, at the same time, to whoever wants
 * to keep it (a file). Memory is used again when both are done: that bounds it, and is the back-pressure on whoever appends.
 *
 * With `headSize`, the first bytes are known only at the end (the header of a CAR holds the root, which is found last). The
 * first block is then kept, 2 MiB, and hashed last.
 */
import { copyBytes } from '../bytes/copy.ts'
import { StorageError } from '../errors.ts'
import { BLOCK_SIZE, type HashedBlock, sizeOf } from './block.ts'
import type { BlockThreads } from './block-task.ts'
import { startBlockThreads } from './block-threads.ts'
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
  readonly keep?: ((parts: readonly Uint8Array[], offset: number) => Promise<void>) | undefined
}

/** Bytes that `tryAppend` takes at once: two chunks of a file, with what stands before them in a CAR. */
export const MAX_APPEND = 2 ** 21 + 2 ** 8
/**
 * Blocks in the ring beyond one for each thread: one fills, one is being written, and two wait, so that an old block that takes long
 * does not stop the others (two threads then commit 1.7 instead of 1.45 times as fast as one, measured).
 */
const SPARE_BLOCKS = 4

/** Memory for streams that follow each other with the same threads, of `most` bytes each at most. */
export function ringFor(threads: BlockThreads, most = Infinity): Ring {
  const isShared = threads.count > 1
  // what is less than a block waits in one place until the end
  if (most < BLOCK_SIZE) return new Ring(most, 0, isShared)
  const blocks = Math.min(threads.count + SPARE_BLOCKS, Math.ceil(most / BLOCK_SIZE) + 1)
  return new Ring(blocks * BLOCK_SIZE, MAX_APPEND, isShared)
}

/** Memory that is not the stream's, lent to the blocks that have a part of it. */
interface Loan {
  blocks: number
  readonly release: () => void
}

/** A block under way. */
interface Work {
  /** Never rejects. */
  readonly end: Promise<void>
  isDone: boolean
  /** How much had been placed in the ring when the block was full: what is free when it is done. */
  readonly placed: number
}

export class PieceStream {
  readonly #options: PieceStreamOptions
  readonly #threads: BlockThreads
  readonly #ring: Ring
  readonly #blocks: HashedBlock[] = []
  /** The oldest first. */
  readonly #underWay: Work[] = []
  /** Bytes ever placed in the ring, and of these, those that are free again. */
  #placed = 0
  #released = 0
  /** What the next block has so far. */
  #parts: Uint8Array[] = []
  #loans: Loan[] = []
  #fill = 0
  #full = 0
  #head: Uint8Array | undefined
  #failure: { readonly error: unknown } | undefined

  /** @throws ARGUMENT_INVALID for a head or level that is out of range */
  constructor(options: PieceStreamOptions = {}) {
    const { headSize = 0, threads = startBlockThreads(1), keepLevel } = options
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
    return this.#full * BLOCK_SIZE + this.#fill
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
    const place = this.#ring.view(this.#placed, bytes.length)
    copyBytes(bytes, place)
    this.#add(place, undefined)
    return true
  }

  /**
   * Appends bytes in shared memory where they are. They must stay until `release` is called: when every block that has some
   * of them is done, or at the end (`settle`).
   * @returns what to wait for when enough blocks are under way
   * @throws what hashing or keeping an earlier block threw; then nothing is taken
   */
  appendShared(bytes: Uint8Array, release: () => void): Promise<void> | undefined {
    this.#throwFailure()
    this.#add(bytes, { blocks: 0, release })
    const enough = this.#threads.count + SPARE_BLOCKS
    return this.#underWay.length < enough ? undefined : this.#underWay[0]?.end
  }

  /**
   * Hashes what is left; nothing can be appended afterwards.
   * @throws ARGUMENT_INVALID unless `head` has exactly the size that was stated, and as many bytes were appended; what
   *   hashing or keeping threw
   */
  async finish(head: Uint8Array = new Uint8Array(0)): Promise<Crown> {
    const { headSize = 0, keepLevel, backend } = this.#options
    const { size } = this
    if (head.length !== headSize || size < headSize)
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'the head of the piece does not have the stated size',
        expected: `${headSize} bytes`,
        got: `${head.length} of ${size} bytes`,
      })
    if (this.#fill > 0) this.#begin()
    await this.settle()
    this.#throwFailure()
    const first = this.#head ?? new Uint8Array(0)
    if (headSize > 0 || size === 0) {
      first.set(head)
      this.#blocks[0] = await this.#hash([first], 0)
    }
    return crownOf(this.#blocks, size, pairHasher(backend), keepLevel)
  }

  /** Waits until no block is under way, whatever becomes of them, and gives back what is lent to one that is not full. */
  async settle(): Promise<void> {
    giveBack(this.#loans)
    this.#loans = []
    await Promise.all(this.#underWay.map(({ end }) => end))
  }

  #add(bytes: Uint8Array, loan: Loan | undefined): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + BLOCK_SIZE - this.#fill)
      at += part.length
      this.#fill += part.length
      this.#push(part)
      // Counted part by part: what goes into the next block is not free when this one is done.
      if (loan === undefined) this.#placed += part.length
      else {
        loan.blocks += 1
        this.#loans.push(loan)
      }
      if (this.#fill === BLOCK_SIZE) this.#begin()
    }
  }

  /** Small parts often follow each other in memory; then they are one. */
  #push(part: Uint8Array): void {
    const last = this.#parts.at(-1)
    if (last?.buffer !== part.buffer || last.byteOffset + last.length !== part.byteOffset) {
      this.#parts.push(part)
      return
    }
    const length = last.length + part.length
    this.#parts[this.#parts.length - 1] = new Uint8Array(last.buffer, last.byteOffset, length)
  }

  /** Sends the block that was filling on its way. */
  #begin(): void {
    const end = this.#work(this.#full, this.#parts, this.#loans)
    const work: Work = { end, isDone: false, placed: this.#placed }
    void end.then(() => (work.isDone = true))
    this.#underWay.push(work)
    while (this.#underWay[0]?.isDone === true) this.#release(this.#underWay.shift())
    this.#parts = []
    this.#loans = []
    if (this.#fill === BLOCK_SIZE) {
      this.#full += 1
      this.#fill = 0
    }
  }

  #hasRoom(length: number): boolean {
    this.#throwFailure()
    return length <= MAX_APPEND && this.#placed + length <= this.#released + this.#ring.size
  }

  async #makeRoom(length: number): Promise<void> {
    while (!this.#hasRoom(length)) {
      const oldest = this.#underWay.shift()
      await oldest?.end
      this.#release(oldest)
    }
  }

  #release(work: Work | undefined): void {
    if (work === undefined)
      throw new StorageError('INTERNAL', {
        what: 'the ring of a piece is full, and nothing fills it',
      })
    this.#released = work.placed
  }

  /** Never rejects: a failure is told to whoever appends next. */
  async #work(index: number, parts: readonly Uint8Array[], loans: readonly Loan[]): Promise<void> {
    const isHead = index === 0 && (this.#options.headSize ?? 0) > 0
    if (isHead) this.#head = joined(parts)
    try {
      const [block] = await Promise.all([
        isHead ? undefined : this.#hash(parts, index),
        this.#options.keep?.(parts, index * BLOCK_SIZE),
      ])
      if (block !== undefined) this.#blocks[index] = block
    } catch (error) {
      this.#failure ??= { error }
    }
    giveBack(loans)
  }

  #hash(parts: readonly Uint8Array[], index: number): Promise<HashedBlock> {
    const { keepLevel, backend } = this.#options
    // A block with others before it has the kept level, however small it is.
    const floor = index > 0 ? (keepLevel ?? 0) : 0
    return this.#threads.run({ kind: 'block', parts, floor, keepLevel, backend })
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

function giveBack(loans: readonly Loan[]): void {
  for (const loan of loans) {
    loan.blocks -= 1
    if (loan.blocks === 0) loan.release()
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(sizeOf(parts))
  let at = 0
  for (const part of parts) {
    copyBytes(part, bytes, at)
    at += part.length
  }
  return bytes
}
