/**
 * Synchronous work in slices: file system calls without promises are several times faster, but a process must still hear
 * its signals and draw its progress.
 */
import { setImmediate } from 'node:timers/promises'

/** Longest time without a turn of the event loop, in milliseconds: below what a person notices. */
const SLICE_MS = 20

export class Breath {
  #since = performance.now()

  /** Whether it is time for `take`. */
  get isDue(): boolean {
    return performance.now() - this.#since > SLICE_MS
  }

  /** Lets everything else have its turn. */
  async take(): Promise<void> {
    await setImmediate()
    this.#since = performance.now()
  }
}
