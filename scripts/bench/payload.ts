/**
 * Bytes for the benchmark: the AES-128 key stream of a fixed key, the same on every machine and nothing that packs. After
 * a period it begins anew, so that a long payload needs little memory, and a chunk lies in a cache as one does that was just
 * read from a file.
 */
import { createCipheriv } from 'node:crypto'

const MIB = 2 ** 20
export const PERIOD = 8 * MIB
/** Largest payload that is held in one piece: 127/128 of 256 MiB. */
export const LARGEST_WHOLE = 254 * MIB
/** As a file is read. */
export const CHUNK_SIZE = MIB

const KEY = 'the same bytes!!'
const START = new Uint8Array(16)

/** What a contender is given: it takes the chunks, or all bytes at once. */
export interface Payload {
  readonly size: number
  /** Chunks of 1 MiB, the last one shorter. */
  chunks(): Iterable<Uint8Array>
  /** The same chunks in shared memory, for whoever works on several threads. */
  sharedChunks(): Iterable<Uint8Array>
  whole(): Uint8Array
}

/** The first `size` bytes, each chunk made when it is asked for. */
export function* madeChunks(size: number): Generator<Uint8Array> {
  const zeros = new Uint8Array(CHUNK_SIZE)
  let stream = keyStream()
  for (let at = 0; at < size; at += CHUNK_SIZE) {
    if (at % PERIOD === 0) stream = keyStream()
    yield stream.update(zeros.subarray(0, size - at))
  }
}

/** A payload that is made while it is used. */
export function streamedPayload(size: number): Payload {
  return {
    size,
    chunks: () => madeChunks(size),
    sharedChunks() {
      const shared = new Uint8Array(new SharedArrayBuffer(Math.min(PERIOD, size)))
      let at = 0
      for (const chunk of madeChunks(shared.length)) {
        shared.set(chunk, at)
        at += chunk.length
      }
      return chunksOf(shared, size)
    },
    whole() {
      const bytes = new Uint8Array(size)
      let at = 0
      for (const chunk of madeChunks(size)) {
        bytes.set(chunk, at)
        at += chunk.length
      }
      return bytes
    },
  }
}

/** A payload that lies in `held`, the first bytes of it; a longer one than that begins it anew. */
export function heldPayload(held: Uint8Array, size: number): Payload {
  return {
    size,
    chunks: () => chunksOf(held, size),
    sharedChunks() {
      const shared = new Uint8Array(new SharedArrayBuffer(Math.min(PERIOD, held.length)))
      shared.set(held.subarray(0, shared.length))
      return chunksOf(shared, size)
    },
    whole() {
      if (size > held.length) throw new RangeError(`${size} bytes are not held in one piece`)
      return held.subarray(0, size)
    },
  }
}

function* chunksOf(held: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < size; at += CHUNK_SIZE) {
    const from = at % PERIOD
    yield held.subarray(from, from + Math.min(CHUNK_SIZE, size - at))
  }
}

function keyStream() {
  return createCipheriv('aes-128-ctr', KEY, START)
}
