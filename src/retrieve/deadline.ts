/** How long a retrieval may take. */
import { StorageError } from '../errors.ts'

/** setTimeout takes no more (Node documentation): 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Aborts its signal with DEADLINE after `ms`, unless renewed or disposed of before. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #ms: number
  #timer: NodeJS.Timeout

  constructor(ms: number) {
    this.#ms = ms
    this.#timer = this.#start()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  renew(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#start()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #start(): NodeJS.Timeout {
    const error = new StorageError('DEADLINE', {
      what: 'the payload was not fetched in time',
      expected: `within ${this.#ms / 1000} s`,
    })
    return setTimeout(() => this.#controller.abort(error), Math.min(this.#ms, MAX_TIMER_MS))
  }
}
