/** Follows timelines: looks, notes what is new, tells all listeners, until nothing is awaited any more. */
import { type Clock, systemClock } from '../chain/clock.ts'
import { isStorageError, type StorageError } from '../errors.ts'
import type { DealsDocument } from '../flow/documents.ts'
import { poll } from '../watch/poll.ts'
import { type Listener, startTelling, type Telling } from './listener.ts'
import { isWaiting, type Look } from './look.ts'
import type { Memory } from './memory.ts'
import { type Origin, stepDocuments } from './step-document.ts'

export interface FollowOptions {
  readonly look: Look
  readonly origin: Origin
  readonly memory: Memory
  readonly listeners: readonly Listener[]
  /** Between two looks. */
  readonly everyMs: number
  /** Goes on when nothing is awaited: deals end, are lost, and are renewed. */
  readonly stay?: boolean | undefined
  readonly deadlineMs?: number | undefined
  /** For listeners that do not answer when it ends; what was not told is told in the next run. */
  readonly drainMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  readonly onLook?: ((document: DealsDocument) => void) | undefined
  /** A look that failed, and is repeated. */
  readonly onError?: ((error: StorageError) => void) | undefined
  /** A listener that did not take a step, which is tried again. */
  readonly onTrouble?: ((listener: string, error: Error) => void) | undefined
}

export interface Followed {
  readonly how: 'done' | 'interrupted' | 'deadline'
  /** After the last look; undefined when there was none. */
  readonly document: DealsDocument | undefined
  /** Steps that a listener was not told of. */
  readonly untold: number
}

const DRAIN_MS = 30_000

/** @throws as `look` does, but ABORTED; DEPOT_FULL, DEPOT_READ_ONLY of the memory */
export async function follow(options: FollowOptions): Promise<Followed> {
  const { memory, listeners, clock = systemClock, onTrouble, signal } = options
  const tellings = listeners.map((one) => startTelling(one, { memory, clock, onTrouble }))
  let document: DealsDocument | undefined
  const see = async (): Promise<true | undefined> => {
    document = await options.look()
    await note(document, options)
    for (const one of tellings) one.wake()
    options.onLook?.(document)
    return options.stay !== true && !document.timelines.some(isWaiting) ? true : undefined
  }
  const ending = new AbortController()
  const ends = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal])
  try {
    const { everyMs, deadlineMs, onError } = options
    const looking = poll(see, { everyMs, deadlineMs, signal: ends, clock, onError })
    const how = await howItEnds(looking, tellings, signal)
    if (how !== 'interrupted') await drain(tellings, options)
    const untold = listeners.map(({ name }) => memory.steps.length - memory.told(name))
    return { how, document, untold: untold.reduce((sum, count) => sum + count, 0) }
  } finally {
    ending.abort()
    for (const one of tellings) one.stop()
    await settled(tellings)
  }
}

/** A telling that fails, for want of a disk, ends it. */
async function howItEnds(
  looking: Promise<true | undefined>,
  tellings: readonly Telling[],
  signal: AbortSignal | undefined,
): Promise<Followed['how']> {
  const all = Promise.all(tellings.map(({ done }) => done))
  try {
    const seen = await Promise.race([looking, all.then(() => looking)])
    return seen === true ? 'done' : 'deadline'
  } catch (error) {
    if (isStorageError(error, 'ABORTED') && signal?.aborted === true) return 'interrupted'
    throw error
  }
}

async function note(
  { timelines }: DealsDocument,
  { memory, origin }: Pick<FollowOptions, 'memory' | 'origin'>,
): Promise<void> {
  for (const step of timelines.flatMap((timeline) => stepDocuments(timeline, origin)))
    if (!memory.has(step.id)) await memory.add(step)
}

async function drain(
  tellings: readonly Telling[],
  { drainMs = DRAIN_MS, clock = systemClock, signal }: FollowOptions,
): Promise<void> {
  for (const one of tellings) one.finish()
  const enough = new AbortController()
  const ends = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal])
  await Promise.race([settled(tellings), clock.sleep(drainMs, ends).catch(() => undefined)])
  enough.abort()
}

async function settled(tellings: readonly Telling[]): Promise<void> {
  await Promise.allSettled(tellings.map(({ done }) => done))
}
