/** The threads of a preparation: each reads leaves and hashes blocks, whatever comes next. */
import { type BlockTask, type BlockThreads, blockWork } from '../piece/block-task.ts'
import { type HashedBlock } from '../piece/block.ts'
import { startThreads, type Threads, threadsFor } from '../threads/pool.ts'
import { type LeafDigests, type LeafTask, readLeaves } from './leaf-task.ts'

export type PrepareTask = LeafTask | BlockTask
export type PrepareThreads = Threads<PrepareTask, LeafDigests | HashedBlock>

/** What does one task after another. */
export function prepareWork(): (task: PrepareTask) => LeafDigests | HashedBlock {
  const hashBlock = blockWork()
  return (task) => (task.kind === 'leaves' ? readLeaves(task) : hashBlock(task))
}

/** @param count The calling thread included. Unless stated, as many as are worth it. */
export function prepareThreads(
  work: { readonly bytes: number; readonly files: number },
  count: number | undefined,
): PrepareThreads {
  const threads = count ?? threadsFor(work)
  return startThreads(new URL('thread.ts', import.meta.url), threads, prepareWork())
}

/** The same threads, for whoever only hashes blocks. */
export function blockThreadsOf(threads: PrepareThreads): BlockThreads {
  return threads as BlockThreads
}
