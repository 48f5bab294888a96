/** The threads that hash blocks, of a program that does nothing else with them. */
import { startThreads } from '../threads/pool.ts'
import { type BlockThreads, blockWork } from './block-task.ts'

/** @param count The calling thread included; 1 starts none. To be closed when nothing is left to do. */
export function startBlockThreads(count: number): BlockThreads {
  return startThreads(new URL('block-thread.ts', import.meta.url), count, blockWork())
}
