/** Tasks for the tests of the pool, and a thread that does them. */
import { isMainThread, threadId } from 'node:worker_threads'
import { StorageError } from '../../../../src/errors.ts'
import { answerTasks } from '../../../../src/threads/answer.ts'

export type Job =
  | { readonly kind: 'who' }
  | { readonly kind: 'add'; readonly memory: Uint8Array; readonly n: number }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'break' }
  | { readonly kind: 'die' }

export function doJob(job: Job): number {
  switch (job.kind) {
    case 'who':
      return threadId
    case 'add':
      for (let i = 0; i < job.memory.length; i++) job.memory[i] = (job.memory[i] ?? 0) + job.n
      return job.memory.length
    case 'refuse':
      throw new StorageError('INPUT_CHANGED', {
        what: 'a file changed',
        expected: 1,
        got: 2,
        hint: 'wait',
        next: 'npx hardhat prepare',
      })
    case 'break':
      throw new TypeError('not one of ours')
    case 'die':
      // Never on the thread of the tests.
      if (!isMainThread) process.exit(3)
      return -1
    default:
      throw new TypeError(job satisfies never)
  }
}

if (!isMainThread) answerTasks(doJob)
