/**
 * The upper levels of a piece tree, from the nodes of one level up. Nodes over nothing but padding are not stored: behind
 * the last node of a level stand the zero nodes of that level.
 */
import { StorageError } from '../errors.ts'
import { NODE_SIZE, type PairHasher, pairHasher } from './hash-pairs.ts'
import { zeroNode } from './zero-nodes.ts'

export class PieceTree {
  /** The lowest level that is there, 0 being the leaves; and the level of the root. */
  readonly level: number
  readonly height: number
  /** From `level` up. */
  readonly #levels: Uint8Array[]

  /**
   * @param nodes Of `level`, 32 bytes each, from the left; at most 2^(height - level). They are kept, not copied.
   */
  constructor(
    nodes: Uint8Array,
    level: number,
    height: number,
    hashPairs: PairHasher = pairHasher(),
  ) {
    this.level = level
    this.height = height
    this.#levels = [nodes]
    for (let at = level; at < height; at++) {
      nodes = parentsOf(nodes, at, hashPairs)
      this.#levels.push(nodes)
    }
  }

  get root(): Uint8Array {
    return this.node(this.height, 0)
  }

  /** The stored nodes of a level, without the zero nodes behind them. */
  nodes(level: number): Uint8Array {
    const nodes = this.#levels[level - this.level]
    if (nodes === undefined) throw outside(level, 0, this)
    return nodes
  }

  /** A copy of one node. @throws ARGUMENT_INVALID outside of the kept levels or the tree */
  node(level: number, index: number): Uint8Array {
    const nodes = this.nodes(level)
    if (!Number.isInteger(index) || index < 0 || index >= 2 ** (this.height - level))
      throw outside(level, index, this)
    const start = index * NODE_SIZE
    return start < nodes.length ? nodes.slice(start, start + NODE_SIZE) : zeroNode(level).slice()
  }

  /** The siblings of a node and of its ancestors, from its level up to below the root: what proves it against the root. */
  proof(level: number, index: number): Uint8Array[] {
    this.node(level, index)
    const siblings: Uint8Array[] = []
    for (let at = level, i = index; at < this.height; at++, i = Math.floor(i / 2))
      siblings.push(this.node(at, i % 2 === 0 ? i + 1 : i - 1))
    return siblings
  }
}

function parentsOf(nodes: Uint8Array, level: number, hashPairs: PairHasher): Uint8Array {
  const pairs = Math.ceil(nodes.length / (2 * NODE_SIZE))
  let input = nodes
  if (input.length < pairs * 2 * NODE_SIZE) {
    input = new Uint8Array(pairs * 2 * NODE_SIZE)
    input.set(nodes)
    input.set(zeroNode(level), nodes.length)
  }
  const parents = new Uint8Array(pairs * NODE_SIZE)
  if (pairs > 0) hashPairs(input, parents)
  return parents
}

function outside(level: number, index: number, tree: PieceTree): StorageError {
  return new StorageError('ARGUMENT_INVALID', {
    what: 'the piece tree has no such node',
    expected: `a level from ${tree.level} to ${tree.height}, and an index in it`,
    got: `node ${index} of level ${level}`,
  })
}
