/**
 * Counts work in progress and tells when there is none. Work that waits for an epoch of the chain does not count until
 * the epoch has come: on a chain that stands still it would count for ever.
 */
import { StorageError } from '../errors.ts'

export interface Activity {
  /** Counts as work until the promise settles. */
  during<T>(work: Promise<T>): Promise<T>
  /** Within work: waits until the head is known to have reached `epoch`. Errors: ABORTED. */
  epochReached(epoch: bigint): Promise<void>
  /** Says where the head is. */
  headAt(epoch: bigint): void
  /** Resolves when nothing is in progress. */
  whenIdle(): Promise<void>
}

interface Waiter {
  readonly epoch: bigint
  readonly wake: () => void
}

export function createActivity(signal: AbortSignal): Activity {
  let running = 0
  let head = -1n
  let sleepers: readonly Waiter[] = []
  let watchers: readonly (() => void)[] = []

  const change = (by: number): void => {
    running += by
    if (running > 0) return
    const told = watchers
    watchers = []
    for (const tell of told) tell()
  }
  /** Sleepers count again before they run: nobody sees an idle moment in between. */
  const wakeUp = (isDue: (sleeper: Waiter) => boolean): void => {
    const due = sleepers.filter(isDue)
    sleepers = sleepers.filter((sleeper) => !isDue(sleeper))
    for (const { wake } of due) {
      change(1)
      wake()
    }
  }
  signal.addEventListener('abort', () => wakeUp(() => true), { once: true })

  return {
    during: async (work) => {
      change(1)
      try {
        return await work
      } finally {
        change(-1)
      }
    },
    epochReached: async (epoch) => {
      if (head < epoch && !signal.aborted)
        await new Promise<void>((wake) => {
          sleepers = [...sleepers, { epoch, wake }]
          change(-1)
        })
      if (signal.aborted)
        throw new StorageError('ABORTED', { what: `the wait for epoch ${epoch} was interrupted` })
    },
    headAt: (epoch) => {
      head = epoch
      wakeUp((sleeper) => sleeper.epoch <= epoch)
    },
    whenIdle: async () => {
      if (running > 0)
        await new Promise<void>((tell) => {
          watchers = [...watchers, tell]
        })
    },
  }
}
