/** The other end of a pool: a thread that answers the tasks it is sent. */
import { parentPort } from 'node:worker_threads'
import { errorData } from '../errors.ts'
import type { Answer } from './pool.ts'

/** To be called once by the module that a pool starts. `act` may write to shared memory that a task carries. */
export function answerTasks<Task>(act: (task: Task) => unknown): void {
  const ready: Answer = 'ready'
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(ready)
  parentPort?.on('message', ({ id, task }: { id: number; task: Task }) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort?.postMessage(answer(id, () => act(task)))
  })
}

function answer(id: number, act: () => unknown): Answer {
  try {
    return { id, value: act() }
  } catch (error) {
    return { id, error: errorData(error) }
  }
}
