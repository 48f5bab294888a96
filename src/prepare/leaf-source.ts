/**
 * The leaves of a listing's files, in their order: read and hashed by threads a few tasks ahead, into memory that is used
 * again. Order and content do not depend on which thread is done first.
 *
 * A task is as many chunks as fit 2 MiB: two of a large file, or hundreds of small files, which so pay no promise and no
 * round trip each.
 */
import { RAW, SHA2_256_SIZE } from '../car/cid.ts'
import { sectionHeadSize } from '../car/writer.ts'
import { CHUNK_SIZE } from '../unixfs/node.ts'
import { MAX_APPEND } from '../piece/piece-stream.ts'
import { requireLive } from './fault.ts'
import type { LeafDigests, LeafTask, Stretch } from './leaf-task.ts'
import type { Listing } from './listing.ts'
import type { PrepareThreads } from './threads.ts'

export interface Leaf {
  /** Raw. */
  readonly codec: number
  readonly digest: Uint8Array
  /** Bytes of the file. */
  readonly length: number
  /** As it stands in a CAR, in shared memory. There until the next call of `next` or `load`, unless it is held. */
  readonly section: Uint8Array
  /** Keeps the section where it is until what is returned is called. */
  readonly hold: () => () => void
}

/** Memory of one task. */
interface LeafBuffer {
  readonly memory: Uint8Array
  /** How many want it to stay as it is: the source itself, and each section that is held. */
  holders: number
}

/** A task under way or done. */
interface Batch {
  readonly stretches: readonly Stretch[]
  readonly buffer: LeafBuffer
  readonly digests: Promise<LeafDigests>
}

/** Bytes of the sections of one task, at most. */
const TASK_SIZE = MAX_APPEND
/**
 * Buffers that sections may hold at once: those of a block that is not full (2 MiB, of sections of at least half a chunk) and
 * of one block for each thread, being hashed and written.
 */
const HELD_BUFFERS = 5
const HELD_BUFFERS_PER_THREAD = 2
/** Files in one task: more would make its message longer than its work. */
const MAX_STRETCHES = 256

export class LeafSource {
  readonly #threads: PrepareThreads
  readonly #signal: AbortSignal | undefined
  readonly #plan: Iterator<readonly Stretch[]>
  readonly #ahead: Batch[] = []
  readonly #free: LeafBuffer[] = []
  /** Buffers that may still be made: a small file needs one of them. */
  #unmade: number
  readonly #taskSize: number
  #onFree: (() => void) | undefined
  #current: { readonly batch: Batch; readonly digests: LeafDigests } | undefined
  #index = 0
  #at = 0

  /** @param skip Leaves at the start that are not wanted. */
  constructor(
    listing: Listing,
    threads: PrepareThreads,
    {
      signal,
      skip = 0,
    }: { readonly signal?: AbortSignal | undefined; readonly skip?: number } = {},
  ) {
    this.#threads = threads
    this.#signal = signal
    this.#plan = tasksOf(listing, skip)
    const held = HELD_BUFFERS + HELD_BUFFERS_PER_THREAD * threads.count
    this.#unmade = this.#mostAhead + 1 + held
    const { bytes, files } = listing
    const heads = (Math.ceil(bytes / CHUNK_SIZE) + files) * sectionHeadSize(CHUNK_SIZE)
    this.#taskSize = Math.min(TASK_SIZE, bytes + heads)
  }

  /** Two tasks for each thread, so that none waits. On the calling thread, early reading would miss a late change. */
  get #mostAhead(): number {
    return this.#threads.count === 1 ? 1 : 2 * this.#threads.count
  }

  /** The next leaf; undefined when `load` must be called first, or there is none. */
  next(): Leaf | undefined {
    if (this.#current === undefined) return undefined
    const { batch, digests } = this.#current
    const stretch = batch.stretches[this.#index]
    if (stretch === undefined) return undefined
    const start = this.#at
    this.#at += sectionHeadSize(stretch.length) + stretch.length
    const digest = digests.subarray(this.#index * SHA2_256_SIZE, ++this.#index * SHA2_256_SIZE)
    const section = batch.buffer.memory.subarray(start, this.#at)
    return {
      codec: RAW,
      digest,
      length: stretch.length,
      section,
      hold: () => this.#hold(batch.buffer),
    }
  }

  /** Waits for the next task. @throws what `readLeaves` throws, ABORTED */
  async load(): Promise<void> {
    requireLive(this.#signal)
    if (this.#current !== undefined) this.#letGo(this.#current.batch.buffer)
    this.#current = undefined
    while (!this.#readAhead()) await new Promise<void>((resolve) => (this.#onFree = resolve))
    const batch = this.#ahead.shift()
    if (batch === undefined) return
    this.#current = { batch, digests: await batch.digests }
    requireLive(this.#signal)
    this.#index = 0
    this.#at = 0
  }

  /** Waits until no thread works for this source any more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#ahead.map(({ digests }) => digests))
  }

  /** Whether there is something to wait for, or nothing more to read: not when all memory is held. */
  #readAhead(): boolean {
    while (this.#ahead.length < this.#mostAhead) {
      const buffer = this.#free.pop() ?? this.#newBuffer()
      if (buffer === undefined) return this.#ahead.length > 0
      const { value: stretches, done } = this.#plan.next()
      if (done === true) {
        this.#free.push(buffer)
        return true
      }
      buffer.holders = 1
      const task: LeafTask = { kind: 'leaves', stretches, memory: buffer.memory }
      const digests = this.#threads.run(task) as Promise<LeafDigests>
      digests.catch(() => {}) // thrown when its turn comes
      this.#ahead.push({ stretches, buffer, digests })
    }
    return true
  }

  #newBuffer(): LeafBuffer | undefined {
    if (this.#unmade === 0) return undefined
    this.#unmade -= 1
    // as in a Ring: where nobody shares it, memory that is freed early
    const bytes = this.#taskSize
    const memory = new Uint8Array(
      this.#threads.count > 1 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes),
    )
    return { memory, holders: 0 }
  }

  #hold(buffer: LeafBuffer): () => void {
    buffer.holders += 1
    return () => this.#letGo(buffer)
  }

  #letGo(buffer: LeafBuffer): void {
    buffer.holders -= 1
    if (buffer.holders > 0) return
    this.#free.push(buffer)
    this.#onFree?.()
  }
}

function* tasksOf(listing: Listing, skip: number): Generator<readonly Stretch[], undefined> {
  let stretches: Stretch[] = []
  let size = 0
  let left = skip
  for (const stretch of stretchesOf(listing)) {
    if (left > 0) {
      left -= 1
      continue
    }
    const section = sectionHeadSize(stretch.length) + stretch.length
    if (size + section > TASK_SIZE || stretches.length === MAX_STRETCHES) {
      yield stretches
      stretches = []
      size = 0
    }
    stretches.push(stretch)
    size += section
  }
  if (stretches.length > 0) yield stretches
}

/** One for each chunk of each file; an empty file has one chunk of no bytes. */
export function* stretchesOf(listing: Listing): Generator<Stretch> {
  for (let entry = 0; entry < listing.length; entry++) {
    if (!listing.isFile(entry)) continue
    const path = listing.path(entry)
    const identity = listing.identity(entry)
    let offset = 0
    do {
      const length = Math.min(CHUNK_SIZE, identity.size - offset)
      yield { ...identity, path, offset, length }
      offset += length
    } while (offset < identity.size)
  }
}
