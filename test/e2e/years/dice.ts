/** Numbers that a seed fixes. */
import { random } from '../../support/random.ts'

export type Dice = ReturnType<typeof dice>

export function dice(seed: string) {
  const bytes = Buffer.from(random(1 << 20, seed))
  let at = 0
  /** 0 to `below` - 1. */
  const roll = (below: number): number => {
    const value = bytes.readUInt32BE(at)
    at = (at + 4) % bytes.length
    return value % below
  }
  return {
    roll,
    /** Both included. */
    between: (from: number, to: number): number => from + roll(to - from + 1),
    /** `percent` of a hundred times. */
    chance: (percent: number): boolean => roll(100) < percent,
    shuffle<T>(list: readonly T[]): T[] {
      return list
        .map((one) => ({ one, key: roll(2 ** 31) }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one)
    },
  }
}
