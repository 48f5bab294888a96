import type { Clock } from '../../../../src/chain/clock.ts'
import { systemClock } from '../../../../src/chain/clock.ts'

/** Real time for the event loop, but every wait shorter than a minute takes none; the waits asked for are kept. */
export function hastyClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = []
  return {
    waits,
    now: () => systemClock.now(),
    sleep: (ms, signal) => {
      if (ms >= 60_000) return systemClock.sleep(ms, signal)
      waits.push(ms)
      return systemClock.sleep(0, signal)
    },
  }
}
