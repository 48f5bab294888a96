/** Tells one listener of step after step, in their order, each until it is taken, whatever the others do. */
import type { Clock } from '../chain/clock.ts'
import { isStorageError } from '../errors.ts'
import type { Memory } from './memory.ts'
import type { StepDocument } from './step-document.ts'

export interface Listener {
  /** The same in every run, without a secret. */
  readonly name: string
  /** Resolves when the step was taken. @throws FETCH_FAILED for what is tried again */
  take(step: StepDocument, signal: AbortSignal): Promise<void>
}

export interface Telling {
  /** There may be more to tell. */
  wake(): void
  /** Resolves when all was told, or when it is stopped. @throws what is not tried again */
  readonly done: Promise<void>
  /** No more waiting for new steps: `done` resolves when all that are there were told. */
  finish(): void
  /** Ends at once. */
  stop(): void
}

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 300_000

export interface TellingOptions {
  readonly memory: Memory
  readonly clock: Clock
  /** Told of each failure that is tried again. */
  readonly onTrouble?: ((listener: string, error: Error) => void) | undefined
}

export function startTelling(
  listener: Listener,
  { memory, clock, onTrouble }: TellingOptions,
): Telling {
  const stopping = new AbortController()
  const { signal } = stopping
  let finishing = false
  let wakeUp = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => wakeUp.resolve(), { once: true })

  const tell = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS
    while (!signal.aborted) {
      const step = memory.steps[memory.told(listener.name)]
      if (step === undefined) {
        if (finishing) return
        await wakeUp.promise
        wakeUp = Promise.withResolvers<void>()
        continue
      }
      try {
        await listener.take(step, signal)
      } catch (error) {
        if (signal.aborted) return
        if (!isStorageError(error, 'FETCH_FAILED')) throw error
        onTrouble?.(listener.name, error)
        await clock.sleep(pause, signal).catch(() => undefined)
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
        continue
      }
      pause = FIRST_PAUSE_MS
      await memory.tell(listener.name)
    }
  }
  const done = tell()
  // Whoever waits for `done` hears of it; until then it is no rejection that nobody handles.
  done.catch(() => undefined)
  return {
    done,
    wake: () => wakeUp.resolve(),
    finish: () => {
      finishing = true
      wakeUp.resolve()
    },
    stop: () => stopping.abort(),
  }
}
