/**
 * One block: the subtree of height 16 over 2 MiB of padded bytes (2,080,768 raw ones), the unit that threads work on. It is
 * hashed batch by batch up to level 5; from there on its tree is small enough to be hashed at once.
 */
import { BATCH_SIZE, BATCH_TOP, batchHasher } from './batch.ts'
import { type HashBackend, NODE_SIZE, type PairHasher, pairHasher } from './hash-pairs.ts'
import { heightFor, pieceSizeOf, unpaddedCapacity } from './size.ts'
import { zeroNode } from './zero-nodes.ts'

export const BLOCK_HEIGHT = 16
export const BLOCK_SIZE = unpaddedCapacity(pieceSizeOf(BLOCK_HEIGHT))

/** Nodes of level 5 over a whole batch. */
const NODES_PER_BATCH = BATCH_SIZE / unpaddedCapacity(pieceSizeOf(BATCH_TOP))
const NOTHING = new Uint8Array(0)

/** A hashed block, or the last and smaller one of a piece. */
export interface HashedBlock {
  readonly height: number
  readonly root: Uint8Array
  /** Nodes of the level that is kept, without the zero nodes behind them; empty when none is. */
  readonly kept: Uint8Array
}

export interface BlockOptions {
  readonly backend?: HashBackend | undefined
  /** A level, 0 to 16, whose nodes are kept: 32 bytes for each 2^level leaves. */
  readonly keepLevel?: number | undefined
}

export class BlockHasher {
  readonly #backend: HashBackend | undefined
  readonly #hashPairs: PairHasher
  readonly #keepLevel: number | undefined
  /** Nodes of the levels from 5 up; of level 5, those of the batches so far. */
  readonly #levels = Array.from(
    { length: BLOCK_HEIGHT - BATCH_TOP + 1 },
    (_, i) => new Uint8Array(2 ** (BLOCK_HEIGHT - BATCH_TOP - i) * NODE_SIZE),
  )
  #count = 0
  #size = 0
  /** Nodes of a kept level below 5, one array a batch. */
  #kept: Uint8Array[] = []

  constructor({ backend, keepLevel }: BlockOptions = {}) {
    this.#backend = backend
    this.#hashPairs = pairHasher(backend)
    this.#keepLevel = keepLevel
  }

  /** Raw bytes of the batches so far. */
  get size(): number {
    return this.#size
  }

  /** Takes the next `BATCH_SIZE` bytes, in parts; a block has 16 batches. */
  add(batch: readonly Uint8Array[]): void {
    this.#kept.push(this.#append(batch))
    this.#count += NODES_PER_BATCH
    this.#size += BATCH_SIZE
  }

  /**
   * The block over the batches so far and `rest` (at most one batch, in parts), which is not added. It is as small as its
   * bytes allow, but at least of height `floor`: a piece of several blocks has its kept level in the last one too.
   */
  finish(rest: readonly Uint8Array[], floor = 0): HashedBlock {
    const restSize = sizeOf(rest)
    const size = this.#size + restSize
    const height = Math.max(heightFor(size), floor)
    if (size === 0) return { height, root: zeroNode(height).slice(), kept: NOTHING }
    if (height < BATCH_TOP) return this.#small(rest, height)
    const kept = restSize === 0 ? NOTHING : this.#append(rest)
    const count = Math.ceil(size / unpaddedCapacity(pieceSizeOf(BATCH_TOP)))
    this.#hashUp(count, height)
    const isLow = this.#keepLevel !== undefined && this.#keepLevel < BATCH_TOP
    return {
      height,
      root: this.#level(height).slice(0, NODE_SIZE),
      kept: isLow ? Buffer.concat([...this.#kept, kept]) : this.#keptOf(count, height),
    }
  }

  /** Forgets the batches: the next one begins another block. */
  reset(): void {
    this.#count = 0
    this.#size = 0
    this.#kept = []
  }

  /** A whole block at once, at most `BLOCK_SIZE` bytes in parts; what was added before is forgotten. */
  hash(parts: readonly Uint8Array[], floor = 0): HashedBlock {
    this.reset()
    let batch: Uint8Array[] = []
    let left = BATCH_SIZE
    for (const part of parts)
      for (let at = 0; at < part.length;) {
        if (left === 0) {
          this.add(batch)
          batch = []
          left = BATCH_SIZE
        }
        const piece = part.subarray(at, at + left)
        batch.push(piece)
        left -= piece.length
        at += piece.length
      }
    const block = this.finish(batch, floor)
    this.reset()
    return block
  }

  /** Hashes a batch and puts its nodes behind those of the batches before; returns its nodes of a kept level below 5. */
  #append(batch: readonly Uint8Array[]): Uint8Array {
    const hasher = batchHasher(this.#backend)
    const count = hasher.hash(batch, BATCH_TOP)
    const nodes = hasher.nodes(BATCH_TOP).subarray(0, count * NODE_SIZE)
    this.#level(BATCH_TOP).set(nodes, this.#count * NODE_SIZE)
    if (this.#keepLevel === undefined || this.#keepLevel >= BATCH_TOP) return NOTHING
    const kept = count * 2 ** (BATCH_TOP - this.#keepLevel)
    return hasher.nodes(this.#keepLevel).slice(0, kept * NODE_SIZE)
  }

  /** A piece that is smaller than one node of level 5. */
  #small(bytes: readonly Uint8Array[], height: number): HashedBlock {
    const hasher = batchHasher(this.#backend)
    hasher.hash(bytes, height)
    const level = this.#keepLevel ?? Number.POSITIVE_INFINITY
    return {
      height,
      root: hasher.nodes(height).slice(0, NODE_SIZE),
      kept:
        level > height ? NOTHING : hasher.nodes(level).slice(0, 2 ** (height - level) * NODE_SIZE),
    }
  }

  /** Fills the levels from `count` nodes of level 5 up to `height`. */
  #hashUp(count: number, height: number): void {
    let nodes = count
    for (let level = BATCH_TOP; level < height; level++) {
      const from = this.#level(level)
      if (nodes % 2 === 1) from.set(zeroNode(level), nodes * NODE_SIZE)
      nodes = Math.ceil(nodes / 2)
      this.#hashPairs(
        from.subarray(0, 2 * nodes * NODE_SIZE),
        this.#level(level + 1).subarray(0, nodes * NODE_SIZE),
      )
    }
  }

  /** Nodes of a kept level from 5 up, over `count` nodes of level 5. */
  #keptOf(count: number, height: number): Uint8Array {
    const level = this.#keepLevel
    if (level === undefined || level > height) return NOTHING
    return this.#level(level).slice(0, Math.ceil(count / 2 ** (level - BATCH_TOP)) * NODE_SIZE)
  }

  #level(level: number): Uint8Array {
    return this.#levels[level - BATCH_TOP] as Uint8Array
  }
}

export function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
