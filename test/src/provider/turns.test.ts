import { expect } from 'chai'
import { createTurns } from '../../../src/provider/turns.ts'

describe('createTurns', () => {
  for (const width of [1, 3])
    it(`runs at most ${width} at a time, in order, though some fail`, async () => {
      const inTurn = createTurns(width)
      const began: number[] = []
      let running = 0
      let most = 0
      const work = async (n: number): Promise<number> => {
        began.push(n)
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        if (n % 2 === 0) throw new Error(`${n}`)
        return n
      }
      const numbers = [1, 2, 3, 4, 5, 6, 7]
      const results = await Promise.allSettled(numbers.map((n) => inTurn(() => work(n))))
      expect(began).to.deep.equal(numbers)
      expect(most).to.equal(width)
      expect(results.map(({ status }) => status === 'fulfilled')).to.deep.equal(
        numbers.map((n) => n % 2 === 1),
      )
    })
})
