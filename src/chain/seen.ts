/**
 * A read of what was just written. The receipt may come from another node than the next answer, or from blocks that leave the
 * chain again: what was there is not there then, for some epochs.
 */
import { isStorageError, type ErrorCode } from '../errors.ts'
import { type Clock, systemClock } from './clock.ts'
import { isNotYet } from './rpc-policy.ts'

/** 20 epochs: as long as a receipt is waited for. */
const PATIENCE_MS = 600_000
/** Between two looks: quick at first, for a chain that mines at once. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

export interface SeenOptions {
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  /** At most 10 minutes. */
  readonly deadlineMs?: number | undefined
}

/**
 * Repeats `read` while it fails with a code of `absent`, or because the node has not come so far.
 * @throws What `read` throws, such a failure after the deadline only; ABORTED
 */
export async function untilSeen<T>(
  read: () => Promise<T>,
  absent: readonly ErrorCode[],
  { signal, clock = systemClock, deadlineMs = PATIENCE_MS }: SeenOptions = {},
): Promise<T> {
  const end = clock.now() + Math.min(deadlineMs, PATIENCE_MS)
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    try {
      return await read()
    } catch (error) {
      const isAbsent = isStorageError(error) && absent.includes(error.code)
      const isBehind = isStorageError(error, 'NODE_UNREACHABLE') && isNotYet(error)
      if (!(isAbsent || isBehind) || clock.now() >= end) throw error
    }
    await clock.sleep(pause, signal)
  }
}
