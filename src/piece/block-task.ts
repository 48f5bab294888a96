/** Hashing one block as a task for a thread: the bytes lie in shared memory, the result is a few nodes. */
import type { Threads } from '../threads/pool.ts'
import { BlockHasher, type BlockOptions, type HashedBlock } from './block.ts'

export interface BlockTask extends BlockOptions {
  readonly kind: 'block'
  /** At most `BLOCK_SIZE` bytes; they must stay as they are until the task is done. */
  readonly bytes: Uint8Array
  readonly floor: number
}

export type BlockThreads = Threads<BlockTask, HashedBlock>

export function hashBlock({ bytes, floor, backend, keepLevel }: BlockTask): HashedBlock {
  return new BlockHasher({ backend, keepLevel }).hash(bytes, floor)
}
