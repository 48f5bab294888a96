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
  /** As it stands in a CAR. There until the next call of `next` or `load`. */
  readonly section: Uint8Array
}

/** A task under way or done. */
interface Batch {
  readonly stretches: readonly Stretch[]
  readonly memory: Uint8Array
  readonly digests: Promise<LeafDigests>
}

/** Bytes of the sections of one task. */
const TASK_SIZE = MAX_APPEND
/** Files in one task: more would make its message longer than its work. */
const MAX_STRETCHES = 256

export class LeafSource {
  readonly #threads: PrepareThreads
  readonly #signal: AbortSignal | undefined
  readonly #plan: Iterator<readonly Stretch[]>
  readonly #ahead: Batch[] = []
  readonly #free: Uint8Array[]
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
    // Two tasks for each thread, so that none waits; and the one whose leaves are being taken.
    this.#free = Array.from({ length: 2 * threads.count + 1 }, sharedMemory)
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
    const section = batch.memory.subarray(start, this.#at)
    return { codec: RAW, digest, length: stretch.length, section }
  }

  /** Waits for the next task. @throws what `readLeaves` throws, ABORTED */
  async load(): Promise<void> {
    requireLive(this.#signal)
    if (this.#current !== undefined) this.#free.push(this.#current.batch.memory)
    this.#current = undefined
    this.#readAhead()
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

  #readAhead(): void {
    // On the calling thread, what is read ahead would only be late to see a change of its file.
    const most = Math.max(2 * this.#threads.count, 1)
    while (this.#ahead.length < most) {
      const memory = this.#free.pop()
      if (memory === undefined) return
      const { value: stretches, done } = this.#plan.next()
      if (done === true) return void this.#free.push(memory)
      const task: LeafTask = { kind: 'leaves', stretches, memory }
      const digests = this.#threads.run(task) as Promise<LeafDigests>
      digests.catch(() => {}) // thrown when its turn comes
      this.#ahead.push({ stretches, memory, digests })
    }
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

function sharedMemory(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(TASK_SIZE))
}
