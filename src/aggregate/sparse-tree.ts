/**
 * A piece tree of which only some nodes are known, at any level: the roots of segments, the leaves of the index. Everything
 * else is zeros. Hashed a level at a time, so the work is linear in the nodes that are there.
 */
import { StorageError } from '../errors.ts'
import { NODE_SIZE, type PairHasher, pairHasher } from '../piece/hash-pairs.ts'
import { zeroNode } from '../piece/zero-nodes.ts'

/** Nodes of one level by ascending index. */
export interface Level {
  readonly indices: Float64Array
  /** 32 bytes for each index. */
  readonly nodes: Uint8Array
}

export class SparseTree {
  readonly height: number
  readonly #levels: readonly Level[]

  /**
   * @param given By level from 0; a level without nodes may be missing. No node lies above or below another: what stands
   *   below a given node is taken for part of it.
   */
  constructor(
    given: ReadonlyMap<number, Level>,
    height: number,
    hashPairs: PairHasher = pairHasher(),
  ) {
    this.height = height
    const levels: Level[] = []
    let level = given.get(0) ?? NONE
    levels.push(level)
    for (let at = 0; at < height; at++) {
      level = merged(parentsOf(level, at, hashPairs), given.get(at + 1) ?? NONE)
      levels.push(level)
    }
    this.#levels = levels
  }

  get root(): Uint8Array {
    return this.node(this.height, 0)
  }

  /** A copy of one node. @throws ARGUMENT_INVALID outside of the tree */
  node(level: number, index: number): Uint8Array {
    const nodes = this.#levels[level]
    if (nodes === undefined || !(index >= 0 && index < 2 ** (this.height - level)))
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'the tree has no such node',
        expected: `a level from 0 to ${this.height}, and an index in it`,
        got: `node ${index} of level ${level}`,
      })
    const at = find(nodes.indices, index)
    return at < 0
      ? zeroNode(level).slice()
      : nodes.nodes.slice(at * NODE_SIZE, (at + 1) * NODE_SIZE)
  }

  /** The siblings of a node and of its ancestors, from its level up to below the root. */
  path(level: number, index: number): Uint8Array[] {
    const siblings: Uint8Array[] = []
    for (let at = level, i = index; at < this.height; at++, i = Math.floor(i / 2))
      siblings.push(this.node(at, i % 2 === 0 ? i + 1 : i - 1))
    return siblings
  }
}

const NONE: Level = { indices: new Float64Array(0), nodes: new Uint8Array(0) }

function parentsOf({ indices, nodes }: Level, level: number, hashPairs: PairHasher): Level {
  const parents = new Float64Array(indices.length)
  let count = 0
  for (const index of indices) {
    const parent = Math.floor(index / 2)
    if (count === 0 || parents[count - 1] !== parent) parents[count++] = parent
  }
  if (count === 0) return NONE
  const pairs = new Uint8Array(count * 2 * NODE_SIZE)
  const zero = zeroNode(level)
  for (let i = 0, at = 0; at < count; at++) {
    const left = 2 * (parents[at] as number)
    for (const side of [0, 1]) {
      const isThere = indices[i] === left + side
      const node = isThere ? nodes.subarray(i * NODE_SIZE, (i + 1) * NODE_SIZE) : zero
      pairs.set(node, (2 * at + side) * NODE_SIZE)
      if (isThere) i++
    }
  }
  const hashed = new Uint8Array(count * NODE_SIZE)
  hashPairs(pairs, hashed)
  return { indices: parents.slice(0, count), nodes: hashed }
}

function merged(a: Level, b: Level): Level {
  if (b.indices.length === 0) return a
  if (a.indices.length === 0) return b
  const indices = new Float64Array(a.indices.length + b.indices.length)
  const nodes = new Uint8Array(indices.length * NODE_SIZE)
  for (let i = 0, j = 0, at = 0; at < indices.length; at++) {
    const isA = j === b.indices.length || (a.indices[i] ?? Infinity) < (b.indices[j] as number)
    const [from, k] = isA ? [a, i++] : [b, j++]
    indices[at] = from.indices[k] as number
    nodes.set(from.nodes.subarray(k * NODE_SIZE, (k + 1) * NODE_SIZE), at * NODE_SIZE)
  }
  return { indices, nodes }
}

/** Place of `index` in an ascending list, or -1. */
function find(indices: Float64Array, index: number): number {
  let low = 0
  let high = indices.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((indices[middle] as number) < index) low = middle + 1
    else high = middle
  }
  return indices[low] === index ? low : -1
}
