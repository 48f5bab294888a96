/** Nodes over zeros: level 0 is the zero leaf, each next one the parent of two of the level below. */
import { NODE_SIZE, pairHasher, parentOf } from './hash-pairs.ts'
import { MAX_HEIGHT } from './size.ts'

const NODES = zeroNodes()

/** The node of `level` (0 to 47) over zeros; not to be changed. */
export function zeroNode(level: number): Uint8Array {
  const node = NODES[level]
  if (node === undefined) throw new RangeError(`no tree has a level ${level}`)
  return node
}

function zeroNodes(): readonly Uint8Array[] {
  const hashPairs = pairHasher()
  const nodes: Uint8Array[] = []
  let node: Uint8Array = new Uint8Array(NODE_SIZE)
  for (; nodes.length <= MAX_HEIGHT; node = parentOf(node, node, hashPairs)) nodes.push(node)
  return nodes
}
