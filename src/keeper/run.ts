/** The keeper as a service: looks again and again; a node that is away for a while is no reason to end. */
import { type Clock, systemClock } from '../chain/clock.ts'
import { isStorageError } from '../errors.ts'
import type { Keeper, TickReport } from './keeper.ts'

export interface RunOptions {
  /** Return after one look, or when nothing waits to be mined any more; otherwise when `signal` is aborted. */
  readonly once: boolean
  /** Between two looks. */
  readonly everyMs: number
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  readonly onReport?: ((report: TickReport) => void) | undefined
  readonly onTrouble?: ((error: Error) => void) | undefined
}

/** With `once`: looks for messages that are not mined. 20 epochs of a public network. */
const MAX_LOOKS = 20
/** After a failed look; twice as long each time. */
const MAX_PAUSE_MS = 600_000

/**
 * @returns The last report; undefined when it was interrupted before the first.
 * @throws as `Keeper.tick`, but NODE_UNREACHABLE only with `once`
 */
export async function runKeeper(
  keeper: Keeper,
  options: RunOptions,
): Promise<TickReport | undefined> {
  const { once, everyMs, signal, clock = systemClock, onReport, onTrouble } = options
  let last: TickReport | undefined
  let pause = everyMs
  const decisions: TickReport['decisions'][number][] = []
  const isAborted = (): boolean => signal?.aborted === true
  try {
    for (let looks = 1; !isAborted(); looks += 1) {
      try {
        last = await keeper.tick()
        if (once) decisions.push(...last.decisions)
        onReport?.(last)
        pause = everyMs
      } catch (error) {
        if (once || !isStorageError(error, 'NODE_UNREACHABLE')) throw error
        onTrouble?.(error)
        pause = Math.min(pause * 2, MAX_PAUSE_MS)
      }
      if (once && (last?.waiting === 0 || looks === MAX_LOOKS)) break
      await clock.sleep(pause, signal)
    }
  } catch (error) {
    if (!isAborted() || !isStorageError(error, 'ABORTED')) throw error
  }
  return last === undefined || !once ? last : { ...last, decisions }
}
