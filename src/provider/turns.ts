/** Lets at most `width` pieces of work run at a time; the others wait in the order of their coming. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export function createTurns(width = 1): Turns {
  const waiting: (() => void)[] = []
  let free = width
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
