/**
 * Worker threads that do tasks. A pool starts its threads at once and does nothing by itself: whoever hands out tasks bounds
 * how many are under way. A task is what structured clone can carry; shared memory is passed, not copied.
 */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { reviveError, StorageError } from '../errors.ts'

/** Tasks for other threads; or for this one, which tests and small work use. */
export interface Threads<Task, Result> {
  /** How many tasks can be worked on at once; 0: on the calling thread, before `run` returns. */
  readonly count: number
  /** Errors: what the task throws, INTERNAL when its thread dies. */
  run(task: Task): Promise<Result>
  close(): Promise<void>
}

/** What threads say: that they are ready, a value, or an error as data (structured clone loses the class of an error). */
export type Answer =
  | 'ready'
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: unknown }

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

interface Thread {
  readonly worker: Worker
  readonly tasks: Map<number, Waiting>
  isReady: boolean
}

/** Each takes some 37 MB; six and the rest stay below 400 (docs/performance.md). */
const MAX_THREADS = 6
/** MiB of young objects before a thread collects them: tasks leave little garbage, and memory is what threads cost. */
const YOUNG_MIB = 8

/** Below both, starting threads (some 50 ms) takes longer than the work. */
const WORTH_BYTES = 16 * 2 ** 20
const WORTH_FILES = 500

/** How many threads are worth it: one a processor, at most 6; none for little work. */
export function threadsFor({ bytes, files = 0 }: { bytes: number; files?: number }): number {
  const isLittle = bytes < WORTH_BYTES && files < WORTH_FILES
  return isLittle ? 0 : Math.min(availableParallelism(), MAX_THREADS)
}

/**
 * A thread takes some 100 ms to load its modules. Until the first one is ready, the calling thread does the tasks.
 * @param entry Module that answers tasks with `answerTasks`.
 * @param act What it does with a task.
 */
export function startThreads<Task, Result>(
  entry: URL,
  count: number,
  act: (task: Task) => Result,
): Threads<Task, Result> {
  const threads: Thread[] = Array.from({ length: count }, () => startThread(entry))
  let nextId = 0
  return {
    count,
    async run(task) {
      if (!threads.some(({ isReady }) => isReady)) await setImmediate() // a turn for the threads to say so
      const ready = threads.filter(({ isReady }) => isReady)
      const [thread] = ready.toSorted((a, b) => a.tasks.size - b.tasks.size)
      if (thread === undefined) return act(task)
      const id = nextId++
      return new Promise((resolve, reject) => {
        thread.tasks.set(id, { resolve: resolve as (value: unknown) => void, reject })
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        thread.worker.postMessage({ id, task })
      })
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()))
    },
  }
}

/** Tasks done on the calling thread, at once. */
export function noThreads<Task, Result>(act: (task: Task) => Result): Threads<Task, Result> {
  return {
    count: 0,
    // oxlint-disable-next-line require-await -- what `act` throws becomes a rejection
    run: async (task) => act(task),
    close: () => Promise.resolve(),
  }
}

function startThread(entry: URL): Thread {
  const tasks = new Map<number, Waiting>()
  const worker = new Worker(entry, {
    // A thread needs none of the loaders and inspectors of the process.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  })
  const fail = (cause: unknown): void => {
    thread.isReady = false
    for (const { reject } of tasks.values())
      reject(new StorageError('INTERNAL', { what: 'a worker thread ended', cause }))
    tasks.clear()
  }
  const thread: Thread = { worker, tasks, isReady: false }
  worker.on('message', (answer: Answer) => {
    if (answer === 'ready') return void (thread.isReady = true)
    const waiting = tasks.get(answer.id)
    tasks.delete(answer.id)
    if ('error' in answer) waiting?.reject(reviveError(answer.error))
    else waiting?.resolve(answer.value)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`exit code ${code}`)))
  return thread
}
