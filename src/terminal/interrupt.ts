/**
 * The first Ctrl-C asks for an orderly end, a later one ends at once. One Ctrl-C may arrive twice: the terminal sends it to
 * the whole group, and npm passes its own on.
 */

/** The little of a process that is needed. */
interface Interruptible {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
}

interface InterruptOptions {
  readonly source?: Interruptible
  /** Milliseconds, monotonic. */
  readonly now?: () => number
  /** Ends the process by the signal. */
  readonly end?: (signal: NodeJS.Signals) => void
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** Signals so close together are one wish. */
const SAME_WISH_MS = 500

/** Calls back on the first interruption. Returns how to stop listening. */
export function onInterrupt(listener: () => void, options: InterruptOptions = {}): () => void {
  const {
    source = process,
    now = () => performance.now(),
    end = (signal) => process.kill(process.pid, signal),
  } = options
  let firstAt: number | undefined
  const listeners = SIGNALS.map((signal) => {
    const hear = (): void => {
      if (firstAt === undefined) {
        firstAt = now()
        listener()
      } else if (now() - firstAt >= SAME_WISH_MS) {
        stop()
        end(signal)
      }
    }
    return [signal, hear] as const
  })
  const stop = (): void => {
    for (const [signal, hear] of listeners) source.off(signal, hear)
  }
  for (const [signal, hear] of listeners) source.on(signal, hear)
  return stop
}
