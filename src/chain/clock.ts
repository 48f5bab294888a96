/** Time as waits see it, so that tests do not sleep. */
import { setTimeout as delay } from 'node:timers/promises'
import { StorageError } from '../errors.ts'

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms`; rejects with ABORTED when `signal` is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal })
    } catch (cause) {
      throw new StorageError('ABORTED', { what: 'the wait was interrupted', cause })
    }
  },
}
