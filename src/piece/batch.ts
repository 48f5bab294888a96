/**
 * The lowest levels of a piece tree, a batch of raw bytes at a time, in memory that stays in the processor's level 2 cache:
 *
 *   raw bytes 130,048 ──FR32──▶ level 0, 4,096 leaves ──▶ 1 ──▶ 2 ──▶ 3 ──▶ 4 ──▶ level 5, 128 nodes
 *
 * FR32 and trunc254 are WebAssembly (fr32.wat): padding takes 0.04 ns a byte there and 0.55 ns in JavaScript, where hashing
 * takes 1.4 ns (docs/performance.md). The hashing is native and works in the same memory.
 */
import { copyBytes } from '../bytes/copy.ts'
import { FR32_WASM } from './fr32-wasm.ts'
import {
  type HashBackend,
  hashBackend,
  NODE_SIZE,
  type PairHasher,
  sha256Pairs,
} from './hash-pairs.ts'
import { PADDED_QUAD_SIZE, pieceSizeOf, QUAD_SIZE, unpaddedCapacity } from './size.ts'

const BATCH_HEIGHT = 12
export const BATCH_SIZE = unpaddedCapacity(pieceSizeOf(BATCH_HEIGHT))
/** Where a batch ends: above it, calls on ever fewer nodes would cost more than they hash. */
export const BATCH_TOP = 5
/** Padding loads 16 bytes at once, up to this many behind the raw bytes. */
const OVERREAD = 16

/** The little of the JavaScript API of WebAssembly that is needed; Node's types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer }
  pad(from: number, to: number, quads: number): void
  truncate(at: number, nodes: number): void
}

/** The batch hasher of this thread: nothing outlasts a call, so all hashers of a thread work in one memory. */
export function batchHasher(backend: HashBackend = hashBackend()): BatchHasher {
  let hasher = HASHERS.get(backend)
  if (hasher === undefined) HASHERS.set(backend, (hasher = new BatchHasher(backend)))
  return hasher
}

const HASHERS = new Map<HashBackend, BatchHasher>()

class BatchHasher {
  readonly #kernel: Kernel
  readonly #raw: Uint8Array
  /** Offsets of the levels 0 to `BATCH_TOP` in the memory, and views of them. */
  readonly #offsets: number[] = []
  readonly #levels: Uint8Array[] = []
  readonly #hashPairs: PairHasher

  constructor(backend: HashBackend) {
    this.#kernel = openKernel()
    this.#hashPairs = sha256Pairs(backend)
    const { buffer } = this.#kernel.memory
    this.#raw = new Uint8Array(buffer, 0, BATCH_SIZE)
    let offset = alignUp(BATCH_SIZE + OVERREAD)
    for (let level = 0; level <= BATCH_TOP; level++) {
      const size = pieceSizeOf(BATCH_HEIGHT - level)
      this.#offsets.push(offset)
      this.#levels.push(new Uint8Array(buffer, offset, size))
      offset += size
    }
  }

  /**
   * Hashes 1 to `BATCH_SIZE` bytes, given in parts, with zeros behind them up to a whole node, up to the level `top` (2 to
   * `BATCH_TOP`). Returns how many nodes that level has. The nodes of all levels are there until the next call.
   */
  hash(parts: readonly Uint8Array[], top: number): number {
    let size = 0
    for (const part of parts) {
      copyBytes(part, this.#raw, size)
      size += part.length
    }
    const nodeSize = unpaddedCapacity(pieceSizeOf(top))
    const end = Math.ceil(size / nodeSize) * nodeSize
    this.#raw.fill(0, size, end)
    const quads = end / QUAD_SIZE
    this.#kernel.pad(0, this.#offset(0), quads)
    let nodes = (quads * PADDED_QUAD_SIZE) / NODE_SIZE
    for (let level = 0; level < top; level++) {
      const parents = nodes / 2
      this.#hashPairs(
        this.nodes(level).subarray(0, nodes * NODE_SIZE),
        this.nodes(level + 1).subarray(0, parents * NODE_SIZE),
      )
      this.#kernel.truncate(this.#offset(level + 1), parents)
      nodes = parents
    }
    return nodes
  }

  /** The memory of a level, of which the last call filled the front. */
  nodes(level: number): Uint8Array {
    return this.#levels[level] as Uint8Array
  }

  #offset(level: number): number {
    return this.#offsets[level] as number
  }
}

function openKernel(): Kernel {
  const module = new WebAssembly.Module(Buffer.from(FR32_WASM, 'base64'))
  return new WebAssembly.Instance(module).exports as Kernel
}

/** To a cache line: 64 bytes. */
function alignUp(offset: number): number {
  return Math.ceil(offset / 64) * 64
}
