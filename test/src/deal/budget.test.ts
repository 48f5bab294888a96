import { expect } from 'chai'
import { checkBudget, fittingWithin, totalOf } from '../../../src/deal/budget.ts'
import { costOf } from '../../../src/deal/cost.ts'
import { refused } from '../../support/refused.ts'

const GIB = 2 ** 30
/** 200 days. */
const DURATION = 576_000n

/** 32 GiB at 50 picoFIL: 1.6·10^9 a epoch, 9.216·10^14 in all, for each of three; 5·10^13 are locked. */
const OFFER = {
  pieceSize: 32 * GIB,
  startEpoch: 1000n,
  endEpoch: 1000n + DURATION,
  pricePerEpoch: 1_600_000_000n,
  clientCollateral: 50_000_000_000_000n,
  replicas: 3,
}
const TOTAL = 3n * (921_600_000_000_000n + 50_000_000_000_000n)

describe('deal/budget', () => {
  it('allows what costs exactly as much as it may, and anything without a limit', () => {
    expect(totalOf([OFFER])).to.equal(TOTAL)
    checkBudget([OFFER], TOTAL)
    checkBudget([OFFER], undefined)
  })

  it('refuses an attoFIL more, with both amounts, what it is made of, and what would fit', async () => {
    const error = await refused('COST_TOO_HIGH', () => checkBudget([OFFER], TOTAL - 1n))
    expect(error.message).to.equal(
      'the deal would cost more than it may: 921.6 microFIL in 200 d and 50 microFIL of collateral for each of 3 replicas: ' +
        'expected at most 0.002914799999999999 FIL, got 0.0029148 FIL',
    )
    expect(error.hint).to.match(/--replicas 2; --duration 199d; --price [\d.]+picoFIL\/GiB\/epoch/)
  })

  it('finds what would fit: each alone, the rest unchanged', () => {
    const offers = [OFFER, { ...OFFER, pieceSize: GIB, pricePerEpoch: 50_000_000n }]
    for (const maxTotal of [TOTAL, TOTAL - 1n, (TOTAL * 99n) / 100n]) {
      const { replicas = 0, duration = 0n, pricePerGib = 0n } = fittingWithin(offers, maxTotal)
      const total = (change: object) => totalOf(offers.map((one) => ({ ...one, ...change })))
      expect(total({ replicas }) <= maxTotal).to.equal(true)
      expect(total({ replicas: replicas + 1 }) > maxTotal).to.equal(true)
      expect(total({ endEpoch: 1000n + duration }) <= maxTotal).to.equal(true)
      expect(total({ endEpoch: 1000n + duration + 1n }) > maxTotal).to.equal(true)
      const priced = offers.map((one) => ({
        ...one,
        pricePerEpoch: (pricePerGib * BigInt(one.pieceSize) + 2n ** 30n - 1n) / 2n ** 30n,
      }))
      expect(totalOf(priced) <= maxTotal).to.equal(true)
    }
  })

  it('offers no duration below what the market takes, and nothing where nothing fits', async () => {
    const half = fittingWithin([OFFER], TOTAL / 2n)
    expect(half.duration).to.equal(undefined)
    expect(half.replicas).to.equal(1)
    const locked = fittingWithin([OFFER], OFFER.clientCollateral)
    expect(locked).to.deep.equal({
      replicas: undefined,
      duration: undefined,
      pricePerGib: undefined,
    })
    const error = await refused('COST_TOO_HIGH', () => checkBudget([OFFER], 1n))
    expect(error.hint).to.equal('Nothing of it fits: raise --max-total.')
  })

  it('agrees with the cost of the terms', () => {
    expect(costOf(OFFER).total).to.equal(TOTAL)
  })
})
