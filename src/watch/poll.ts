/**
 * Looks again and again until there is something to see. One look at a time: the next starts a pause after the last has
 * ended. A node that fails for some minutes does not end it.
 */
import { type Clock, systemClock } from '../chain/clock.ts'
import { isStorageError, StorageError } from '../errors.ts'

export interface PollOptions {
  /** Between the end of a look and the next. */
  readonly everyMs: number
  readonly deadlineMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  /** Told of failures that are tried again. */
  readonly onError?: ((error: StorageError) => void) | undefined
}

/** A node that restarts is back by then; one that is gone would be waited for without end. */
const PATIENCE_MS = 600_000

/**
 * @param look Returns undefined when there is nothing yet.
 * @returns What `look` saw, or undefined when the deadline passed before.
 * @throws ABORTED; what `look` throws, but NODE_UNREACHABLE only at the deadline, or after 10 minutes of nothing else
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  {
    everyMs,
    deadlineMs = Number.POSITIVE_INFINITY,
    signal,
    clock = systemClock,
    onError,
  }: PollOptions,
): Promise<T | undefined> {
  const end = clock.now() + deadlineMs
  let answeredAt = clock.now()
  for (;;) {
    if (signal?.aborted === true)
      throw new StorageError('ABORTED', { what: 'the wait was interrupted', cause: signal.reason })
    let failure: StorageError | undefined
    try {
      const seen = await look()
      if (seen !== undefined) return seen
      answeredAt = clock.now()
    } catch (error) {
      if (!isStorageError(error, 'NODE_UNREACHABLE')) throw error
      if (clock.now() - answeredAt >= PATIENCE_MS) throw error
      failure = error
      onError?.(error)
    }
    const left = end - clock.now()
    if (left <= 0) {
      if (failure !== undefined) throw failure
      return undefined
    }
    await clock.sleep(Math.min(everyMs, left), signal)
  }
}
