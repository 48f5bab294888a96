/**
 * The piece commitment of a stream: FR32, then a binary tree of trunc254 SHA-256, zero leaves up to a power of two.
 *
 * Memory is flat: one batch of bytes with its levels, and one finished subtree per height above it, as a binary counter
 * counts: two subtrees of a height become one of the next.
 *
 * With `deferHead`, the first bytes are known only at the end (the header of a CAR holds the root, which is found last).
 * They lie in the first quad, so only the leftmost path depends on them: its siblings are kept, and `digest(head)`
 * computes that path anew.
 * @see FRC-0069; https://spec.filecoin.io/systems/filecoin_files/piece/
 */
import { StorageError } from '../errors.ts'
import { Batch, BATCH_HEIGHT, BATCH_SIZE } from './batch.ts'
import { padFr32 } from './fr32.ts'
import { type HashBackend, pairHasher, NODE_SIZE, type PairHasher, parentOf } from './hash-pairs.ts'
import type { PieceCommitment } from './piece-cid.ts'
import { heightFor, MIN_HEIGHT, pieceSizeOf, QUAD_SIZE } from './size.ts'
import { zeroNode } from './zero-nodes.ts'

export interface PieceHasherOptions {
  /** Bytes at the start, at most 127, that are placeholders until `digest`. */
  readonly deferHead?: number
  /** For tests and measurements; the fastest one by default. */
  readonly backend?: HashBackend
}

export class PieceHasher {
  readonly #hashPairs: PairHasher
  readonly #batch: Batch
  readonly #headSize: number
  /** Finished left subtrees by height. */
  readonly #subtrees: (Uint8Array | undefined)[] = []
  /** Siblings of the leftmost path by height, and the raw bytes of the first quad. */
  readonly #siblings: (Uint8Array | undefined)[] = []
  readonly #firstQuad = new Uint8Array(QUAD_SIZE)
  #batches = 0
  #fill = 0

  /** @throws ARGUMENT_INVALID unless `deferHead` is 0 to 127 */
  constructor({ deferHead = 0, backend }: PieceHasherOptions = {}) {
    if (!Number.isInteger(deferHead) || deferHead < 0 || deferHead > QUAD_SIZE)
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'the head of a piece that is known only at the end is too long',
        expected: `0 to ${QUAD_SIZE} bytes`,
        got: deferHead,
      })
    this.#headSize = deferHead
    this.#hashPairs = pairHasher(backend)
    this.#batch = new Batch(this.#hashPairs)
  }

  /** Raw bytes so far, the head included. */
  get bytes(): number {
    return this.#batches * BATCH_SIZE + this.#fill
  }

  update(chunk: Uint8Array): this {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + BATCH_SIZE - this.#fill)
      this.#batch.raw.set(part, this.#fill)
      this.#fill += part.length
      from += part.length
      if (this.#fill === BATCH_SIZE) this.#finishBatch()
    }
    return this
  }

  /**
   * The commitment of all bytes so far; more may follow. Fewer than 127 bytes are padded with zeros to one quad.
   * @throws ARGUMENT_INVALID unless `head` has exactly the size that was deferred, and as many bytes were fed
   */
  digest(head: Uint8Array = new Uint8Array(0)): PieceCommitment {
    if (head.length !== this.#headSize || this.bytes < head.length)
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'the head of the piece does not have the deferred size',
        expected: `${this.#headSize} bytes`,
        got: `${head.length} of ${this.bytes} bytes`,
      })
    const size = this.bytes
    const height = heightFor(size)
    const siblings = [...this.#siblings]
    const root = this.#fold(height, siblings)
    return {
      root: head.length === 0 ? root : this.#leftmostPath(head, height, siblings),
      size,
      pieceSize: pieceSizeOf(height),
    }
  }

  #finishBatch(): void {
    this.#batch.hash(BATCH_SIZE)
    if (this.#batches === 0) this.#keepLeft(BATCH_HEIGHT, this.#siblings)
    let node = this.#batch.node(BATCH_HEIGHT, 0)
    let level = BATCH_HEIGHT
    for (let left; (left = this.#subtrees[level]) !== undefined; level++) {
      this.#subtrees[level] = undefined
      // The first pair of a height is the leftmost one.
      this.#siblings[level] ??= node
      node = parentOf(left, node, this.#hashPairs)
    }
    this.#subtrees[level] = node
    this.#batches++
    this.#fill = 0
  }

  /** The root at `height`, over the finished subtrees and what the batch holds; completes `siblings`. */
  #fold(height: number, siblings: (Uint8Array | undefined)[]): Uint8Array {
    const whole = this.#subtrees[height]
    if (whole !== undefined) return whole.slice()
    let level = this.#batch.hash(this.#fill)
    if (this.#batches === 0) this.#keepLeft(level, siblings)
    let node = this.#batch.node(level, 0)
    for (; level < height; level++) {
      const left = this.#subtrees[level]
      // The right child of the root: a piece is never more than twice as large as it must be.
      if (level === height - 1) siblings[level] = node
      node =
        left === undefined
          ? parentOf(node, zeroNode(level), this.#hashPairs)
          : parentOf(left, node, this.#hashPairs)
    }
    return node
  }

  /** Keeps what the leftmost path of the first batch, a subtree of `height`, is computed from. */
  #keepLeft(height: number, siblings: (Uint8Array | undefined)[]): void {
    this.#firstQuad.set(this.#batch.raw.subarray(0, QUAD_SIZE))
    for (let level = MIN_HEIGHT; level < height; level++)
      siblings[level] = this.#batch.node(level, 1)
  }

  #leftmostPath(
    head: Uint8Array,
    height: number,
    siblings: readonly (Uint8Array | undefined)[],
  ): Uint8Array {
    const quad = this.#firstQuad.slice()
    quad.set(head)
    let nodes = padFr32(quad)
    while (nodes.length > NODE_SIZE) {
      const parents = new Uint8Array(nodes.length / 2)
      this.#hashPairs(nodes, parents)
      nodes = parents
    }
    for (const sibling of siblings.slice(MIN_HEIGHT, height))
      nodes = parentOf(nodes, sibling as Uint8Array, this.#hashPairs)
    return nodes
  }
}
