/** A power cut: after a number of steps nothing that was started ever comes back, and nothing more takes effect. */
import type { ProviderChain } from '../../../../src/provider/ports.ts'
import type { Entry, Journal } from '../../../../src/provider/journal.ts'

export interface Cut {
  /** Counts a step, and never returns once the power is out. */
  step(): Promise<void>
  /** Resolves when the power goes out. */
  readonly out: Promise<void>
}

export function cutAfter(steps: number): Cut {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = steps
  return {
    out: promise,
    step: async () => {
      if (left > 0) {
        left -= 1
        return
      }
      resolve()
      await new Promise<never>(() => undefined)
    },
  }
}

/** Each effect is a step before and a step after: the power goes out with it undone, or done and unnoticed. */
export function cuttableChain(chain: ProviderChain, cut: Cut): ProviderChain {
  const effects = new Set<PropertyKey>(['publish', 'prove', 'addCollateral', 'terminate'])
  return new Proxy(chain, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        if (effects.has(name)) await cut.step()
        const result: unknown = await method.apply(target, args)
        if (effects.has(name)) await cut.step()
        return result
      }
    },
  })
}

/** Keeps entries in `entries`, which outlives it. */
export function memoryJournal(entries: Entry[], cut: Cut): Journal {
  return {
    append: async (entry) => {
      await cut.step()
      entries.push(entry)
      await cut.step()
    },
    close: async () => undefined,
  }
}
