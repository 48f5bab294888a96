/** Looks at something again and again, and keeps the last good answer when a look fails. */
import type { Problem } from './documents.ts'
import type { Known } from './facts.ts'

export interface Looking<T> {
  readonly known: () => Known<T>
  /** Looks unless a look is under way, and waits for it. Never rejects. */
  refresh(): Promise<void>
  /** Looks when it is time to. */
  refreshIfDue(): void
}

export interface LookOptions<T> {
  readonly look: () => Promise<T>
  /** Milliseconds between the beginnings of two looks, at least. */
  readonly everyMs: number
  readonly explain: (error: unknown) => Problem
  /** After every look. */
  readonly onLooked?: () => void
  /** Unix milliseconds. */
  readonly now?: () => number
}

/** A look that takes long, of a client with thousands of deals, occupies the node at most that part of the time. */
const SHARE = 1 / 10

export function startLooking<T>(options: LookOptions<T>): Looking<T> {
  const { look, everyMs, explain, onLooked, now = Date.now } = options
  let known: Known<T> = { value: undefined, at: undefined, problem: undefined }
  let underWay: Promise<void> | undefined
  let dueAt = 0

  async function once(): Promise<void> {
    const begun = now()
    try {
      const value = await look()
      known = { value, at: begun, problem: undefined }
    } catch (error) {
      known = { ...known, problem: explain(error) }
    }
    dueAt = begun + Math.max(everyMs, (now() - begun) / SHARE)
    onLooked?.()
  }

  const refresh = (): Promise<void> =>
    (underWay ??= once().finally(() => {
      underWay = undefined
    }))
  return {
    known: () => known,
    refresh,
    refreshIfDue: () => {
      if (now() >= dueAt) void refresh()
    },
  }
}
