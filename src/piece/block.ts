/**
 * One block: the subtree of height 17 over 4 MiB of padded bytes (4,161,536 raw ones), the unit that threads work on. It is
 * hashed batch by batch up to level 5; from there on its tree is small enough to be hashed at once.
 */
import { BATCH_SIZE, BATCH_TOP, batchHasher } from './batch.ts'
import { type HashBackend, NODE_SIZE, type PairHasher, pairHasher } from './hash-pairs.ts'
import { heightFor, pieceSizeOf, unpaddedCapacity } from './size.ts'
import { PieceTree } from './tree.ts'
import { zeroNode } from './zero-nodes.ts'

export const BLOCK_HEIGHT = 17
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
  /** A level, 0 to 17, whose nodes are kept: 32 bytes for each 2^level leaves. */
  readonly keepLevel?: number | undefined
}

export class BlockHasher {
  readonly #backend: HashBackend | undefined
  readonly #hashPairs: PairHasher
  readonly #keepLevel: number | undefined
  /** Nodes of level 5 of the batches so far. */
  readonly #nodes = new Uint8Array(2 ** (BLOCK_HEIGHT - BATCH_TOP) * NODE_SIZE)
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

  /** Takes the next `BATCH_SIZE` bytes; a block has 32 batches. */
  add(batch: Uint8Array): void {
    this.#kept.push(this.#append(batch))
    this.#count += NODES_PER_BATCH
    this.#size += batch.length
  }

  /**
   * The block over the batches so far and `rest` (at most one batch), which is not added. It is as small as its bytes allow,
   * but at least of height `floor`: a piece of several blocks has its kept level in the last one too.
   */
  finish(rest: Uint8Array, floor = 0): HashedBlock {
    const size = this.#size + rest.length
    const height = Math.max(heightFor(size), floor)
    if (size === 0) return { height, root: zeroNode(height).slice(), kept: NOTHING }
    if (height < BATCH_TOP) return this.#small(rest, height)
    const kept = rest.length === 0 ? NOTHING : this.#append(rest)
    const count = Math.ceil(size / unpaddedCapacity(pieceSizeOf(BATCH_TOP)))
    const nodes = this.#nodes.subarray(0, count * NODE_SIZE)
    const tree = new PieceTree(nodes, BATCH_TOP, height, this.#hashPairs)
    const isLow = this.#keepLevel !== undefined && this.#keepLevel < BATCH_TOP
    return {
      height,
      root: tree.root,
      kept: isLow ? Buffer.concat([...this.#kept, kept]) : this.#keptOf(tree),
    }
  }

  /** Forgets the batches: the next one begins another block. */
  reset(): void {
    this.#count = 0
    this.#size = 0
    this.#kept = []
  }

  /** A whole block at once, at most `BLOCK_SIZE` bytes; what was added before is forgotten. */
  hash(bytes: Uint8Array, floor = 0): HashedBlock {
    this.reset()
    let at = 0
    for (; bytes.length - at > BATCH_SIZE; at += BATCH_SIZE)
      this.add(bytes.subarray(at, at + BATCH_SIZE))
    const block = this.finish(bytes.subarray(at), floor)
    this.reset()
    return block
  }

  /** Hashes a batch and puts its nodes behind those of the batches before; returns its nodes of a kept level below 5. */
  #append(batch: Uint8Array): Uint8Array {
    const hasher = batchHasher(this.#backend)
    const count = hasher.hash(batch, BATCH_TOP)
    const nodes = hasher.nodes(BATCH_TOP).subarray(0, count * NODE_SIZE)
    this.#nodes.set(nodes, this.#count * NODE_SIZE)
    if (this.#keepLevel === undefined || this.#keepLevel >= BATCH_TOP) return NOTHING
    const kept = count * 2 ** (BATCH_TOP - this.#keepLevel)
    return hasher.nodes(this.#keepLevel).slice(0, kept * NODE_SIZE)
  }

  /** A piece that is smaller than one node of level 5. */
  #small(bytes: Uint8Array, height: number): HashedBlock {
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

  #keptOf(tree: PieceTree): Uint8Array {
    const level = this.#keepLevel
    return level === undefined || level > tree.height ? NOTHING : tree.nodes(level).slice()
  }
}
