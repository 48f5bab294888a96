/**
 * The top of a piece tree, over its blocks: what is left to do when every block is hashed. Blocks may come in any order.
 */
import { BLOCK_HEIGHT, type HashedBlock } from './block.ts'
import { NODE_SIZE, type PairHasher, parentOf } from './hash-pairs.ts'
import type { PieceCommitment } from './piece-cid.ts'
import { heightFor, pieceSizeOf } from './size.ts'
import { PieceTree } from './tree.ts'
import { zeroNode } from './zero-nodes.ts'

/** The commitment, and what is kept of its tree. */
export interface Crown extends PieceCommitment {
  /** From the kept level up; from the blocks up when none is kept. */
  readonly tree: PieceTree
}

/**
 * @param blocks From the left; all but the last are whole.
 * @param size Raw bytes of all blocks.
 */
export function crownOf(
  blocks: readonly HashedBlock[],
  size: number,
  hashPairs: PairHasher,
  keepLevel: number | undefined,
): Crown {
  const height = heightFor(size)
  const tree = treeOf(blocks, height, hashPairs, keepLevel)
  return { root: tree.root, size, pieceSize: pieceSizeOf(height), tree }
}

function treeOf(
  blocks: readonly HashedBlock[],
  height: number,
  hashPairs: PairHasher,
  keepLevel: number | undefined,
): PieceTree {
  const [only] = blocks
  if (keepLevel !== undefined && keepLevel < height) {
    const kept = Buffer.concat(blocks.map((block) => block.kept))
    return new PieceTree(kept, keepLevel, height, hashPairs)
  }
  if (blocks.length === 1 && only !== undefined)
    return new PieceTree(only.root, height, height, hashPairs)
  const roots = new Uint8Array(blocks.length * NODE_SIZE)
  for (const [i, block] of blocks.entries()) roots.set(raised(block, hashPairs), i * NODE_SIZE)
  return new PieceTree(roots, BLOCK_HEIGHT, height, hashPairs)
}

/** The root that a smaller last block has at the height of the others, with zeros to its right. */
function raised({ height, root }: HashedBlock, hashPairs: PairHasher): Uint8Array {
  let node = root
  for (let level = height; level < BLOCK_HEIGHT; level++)
    node = parentOf(node, zeroNode(level), hashPairs)
  return node
}
