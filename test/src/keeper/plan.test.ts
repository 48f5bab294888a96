import { expect } from 'chai'
import { type Candidate, plan, type PlanOptions } from '../../../src/keeper/plan.ts'

const OPTIONS: PlanOptions = { gasPrice: 10n, minProfit: 0n, maxGas: 10_000_000n, maxStores: 50 }
const RICH = new Map([['a', { free: 10n ** 18n, paidInWindow: 0n }]])

function candidate(id: number, more: Partial<Candidate> = {}): Candidate {
  return {
    id,
    account: 'a',
    gas: 1_000_000n,
    reward: 5_000_000n,
    maxPay: 10n ** 12n,
    maxPayPerWindow: 10n ** 15n,
    location: undefined,
    ...more,
  }
}

describe('keeper/plan', () => {
  it('expects 1.25 of the gas that the contract measures, and the reward', () => {
    const { paying } = plan([candidate(1)], RICH, OPTIONS)
    // 925,000 of a million are measured: · 1.25 · 10, and the reward.
    expect(paying.map(({ pay, cost }) => [pay, cost])).to.deep.equal([
      [11_562_500n + 5_000_000n, 10_000_000n],
    ])
  })

  for (const [what, more, purse] of [
    ['the ceiling of one poke', { maxPay: 7n }, { free: 100n, paidInWindow: 0n }],
    ['what is left of the window', { maxPayPerWindow: 10n }, { free: 100n, paidInWindow: 3n }],
    ['the free money', {}, { free: 7n, paidInWindow: 0n }],
  ] as const)
    it(`expects no more than ${what}`, () => {
      const { unprofitable } = plan([candidate(1, more)], new Map([['a', purse]]), OPTIONS)
      expect(unprofitable.map(({ pay }) => pay)).to.deep.equal([7n])
    })

  it('expects nothing of an account that it does not know, or whose window is used up', () => {
    expect(plan([candidate(1)], new Map(), OPTIONS).unprofitable[0]?.pay).to.equal(0n)
    const over = new Map([['a', { free: 9n, paidInWindow: 10n ** 16n }]])
    expect(plan([candidate(1)], over, OPTIONS).unprofitable[0]?.pay).to.equal(0n)
  })

  it('counts what earlier pokes of the plan take from the same purse', () => {
    const poor = new Map([
      ['a', { free: 20_000_000n, paidInWindow: 0n }],
      ['b', { free: 20_000_000n, paidInWindow: 0n }],
    ])
    const three = [candidate(1), candidate(2), candidate(3, { account: 'b' })]
    const { paying, unprofitable } = plan(three, poor, OPTIONS)
    expect(paying.map(({ candidate: { id } }) => id)).to.deep.equal([1, 3])
    expect(unprofitable.map(({ pay }) => pay)).to.deep.equal([20_000_000n - 16_562_500n])
  })

  it('pokes at the least profit exactly, and not one attoFIL below', () => {
    const profit = 6_562_500n
    const at = (minProfit: bigint): number =>
      plan([candidate(1)], RICH, { ...OPTIONS, minProfit }).paying.length
    expect([at(profit), at(profit + 1n)]).to.deep.equal([1, 0])
    const free = plan([candidate(1, { maxPay: 0n, reward: 0n })], RICH, {
      ...OPTIONS,
      minProfit: -10_000_000n,
    })
    expect(free.paying).to.have.length(1)
  })

  it('joins stores to messages, bounded in stores and gas, and names a location alone', () => {
    const many = [1, 2, 3, 4, 5].map((id) => candidate(id))
    const odd = candidate(6, { location: 'https://x.example/y' })
    const batches = (more: Partial<PlanOptions>): unknown[] =>
      plan([...many, odd], RICH, { ...OPTIONS, ...more }).batches.map(({ ids }) => ids)
    expect(batches({})).to.deep.equal([[6], [1, 2, 3, 4, 5]])
    expect(batches({ maxStores: 2 })).to.deep.equal([[1, 2], [3, 4], [6], [5]])
    expect(batches({ maxGas: 2_300_000n })).to.deep.equal([[1, 2], [3, 4], [6], [5]])
    const [alone] = plan([odd], RICH, OPTIONS).batches
    expect(alone).to.deep.equal({ ids: [6], location: odd.location, gasLimit: 1_100_000n })
  })

  it('gives a batch the gas of all of its stores, and a margin', () => {
    const [batch] = plan([candidate(1), candidate(2)], RICH, OPTIONS).batches
    expect(batch?.gasLimit).to.equal(((21_000n + 2_000_000n) * 110n) / 100n)
  })
})
