/**
 * Worker threads that do tasks, beside the thread that hands them out. Whoever does so bounds how many are under way. A task is
 * what structured clone can carry; shared memory is passed, not copied.
 */
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { reviveError, StorageError } from '../errors.ts'

export interface Threads<Task, Result> {
  /** How many tasks are worked on at once, one of them on the calling thread. */
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

interface Queued<Task> extends Waiting {
  readonly task: Task
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

/** Tasks that a thread has at once: one that it does, and the next. */
const MAX_TASKS = 2

/** Below both, starting threads (some 50 ms) takes longer than the work. */
const WORTH_BYTES = 16 * 2 ** 20
const WORTH_FILES = 500

/** How many threads are worth it, the calling one included: one a processor, at most 6; one for little work. */
export function threadsFor({ bytes, files = 0 }: { bytes: number; files?: number }): number {
  const isLittle = bytes < WORTH_BYTES && files < WORTH_FILES
  return isLittle ? 1 : Math.min(availableParallelism(), MAX_THREADS)
}

/**
 * The calling thread works too, whenever it would otherwise wait: it does what finds the others busy, or not yet there (a
 * thread takes some 60 ms to load its modules).
 * @param entry Module that answers tasks with `answerTasks`.
 * @param count Threads that work, the calling one included; 1 starts none.
 * @param act What `entry` does with a task.
 */
export function startThreads<Task, Result>(
  entry: URL,
  count: number,
  act: (task: Task) => Result,
): Threads<Task, Result> {
  const queue: Queued<Task>[] = []
  const threads = Array.from({ length: Math.max(count - 1, 0) }, () => startThread(entry, handOut))
  let nextId = 0
  let isHelping = false

  function handOut(): void {
    for (let thread; queue.length > 0 && (thread = idlest(threads)) !== undefined;) {
      const { task, ...waiting } = queue.shift() as Queued<Task>
      const id = nextId++
      thread.tasks.set(id, waiting)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      thread.worker.postMessage({ id, task })
    }
  }

  /** A turn of the event loop comes when the caller waits; threads that became free in it go first. */
  function help(): void {
    handOut()
    const first = queue.shift()
    isHelping = queue.length > 0
    if (isHelping) setImmediate(help)
    if (first === undefined) return
    try {
      first.resolve(act(first.task))
    } catch (error) {
      first.reject(error)
    }
  }

  return {
    count: threads.length + 1,
    async run(task) {
      if (threads.length === 0) return act(task)
      return new Promise<Result>((resolve, reject) => {
        queue.push({ task, resolve: resolve as (value: unknown) => void, reject })
        handOut()
        if (queue.length > 0 && !isHelping) setImmediate(help)
        isHelping ||= queue.length > 0
      })
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()))
    },
  }
}

function idlest(threads: readonly Thread[]): Thread | undefined {
  return threads
    .filter(({ isReady, tasks }) => isReady && tasks.size < MAX_TASKS)
    .toSorted((one, other) => one.tasks.size - other.tasks.size)[0]
}

/** @param onFree Called when the thread can take a task. */
function startThread(entry: URL, onFree: () => void): Thread {
  const tasks = new Map<number, Waiting>()
  const worker = new Worker(entry, {
    // A thread needs none of the loaders and inspectors of the process.
    execArgv: [],
    // Compiled modules are kept where Node keeps them by default: a thread is ready in 60 ms instead of 140 (measured).
    // It needs nothing else of the environment, which may hold keys.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
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
    if (answer === 'ready') thread.isReady = true
    else {
      const waiting = tasks.get(answer.id)
      tasks.delete(answer.id)
      if ('error' in answer) waiting?.reject(reviveError(answer.error))
      else waiting?.resolve(answer.value)
    }
    onFree()
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`exit code ${code}`)))
  return thread
}
