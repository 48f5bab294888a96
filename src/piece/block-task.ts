/** Hashing one block as a task for a thread: the bytes lie in shared memory, the result is a few nodes. */
import type { Threads } from '../threads/pool.ts'
import { BlockHasher, type BlockOptions, type HashedBlock } from './block.ts'

export interface BlockTask extends BlockOptions {
  readonly kind: 'block'
  /** At most `BLOCK_SIZE` bytes together; they must stay as they are until the task is done. */
  readonly parts: readonly Uint8Array[]
  readonly floor: number
}

export type BlockThreads = Threads<BlockTask, HashedBlock>

/** What hashes one block after another, in memory that it keeps. */
export function blockWork(): (task: BlockTask) => HashedBlock {
  let hasher: BlockHasher | undefined
  let of: BlockOptions = {}
  return ({ parts, floor, backend, keepLevel }) => {
    if (hasher === undefined || of.backend !== backend || of.keepLevel !== keepLevel) {
      of = { backend, keepLevel }
      hasher = new BlockHasher(of)
    }
    return hasher.hash(parts, floor)
  }
}
