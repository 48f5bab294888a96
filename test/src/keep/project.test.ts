import { expect } from 'chai'
import type { Facts } from '../../../src/keep/facts.ts'
import { projectPurse, type PurseStore } from '../../../src/keep/project.ts'
import { FOR_EVER, runwayOf } from '../../../src/keep/runway.ts'
import { Dice } from '../../support/dice.ts'
import { COPY, deal, dealsOf, storeOf, TERM } from './stores.ts'

const PAY = 77n
/** What a renewal moves an end by: the term, less 20 epochs of startDelay and one. */
const PERIOD = 979
const FAR = 1_000_000

const purseOf = (...all: Partial<Facts>[]): PurseStore[] =>
  all.map((facts, i) => ({ id: BigInt(i + 1), facts: storeOf(facts), pay: PAY }))

describe('keep/project', () => {
  it('renews as long as the money lasts, to the attoFIL', () => {
    const stores = purseOf({ deals: dealsOf(500, 500, 500) })
    const { pokes, stores: ends, left } = projectPurse(stores, 2n * (3n * COPY + PAY), FAR)
    expect(pokes).to.deep.equal([
      {
        epoch: 1400,
        id: 1n,
        reason: 'renewal',
        copies: 3,
        startEpoch: 1479,
        endEpoch: 2479,
        cost: 3n * COPY,
        pay: PAY,
        left: 3n * COPY + PAY,
      },
      {
        epoch: 2379,
        id: 1n,
        reason: 'renewal',
        copies: 3,
        startEpoch: 2458,
        endEpoch: 3458,
        cost: 3n * COPY,
        pay: PAY,
        left: 0n,
      },
    ])
    const end = 1500 + 2 * PERIOD
    expect(ends).to.deep.equal([{ id: 1n, completeUntil: end, storedUntil: end }])
    expect(left).to.equal(0n)
  })

  it('says when the first copy is lacking, and when the last one ends', () => {
    const stores = purseOf({ deals: dealsOf(500, 500, 500) })
    const { pokes, stores: ends } = projectPurse(stores, 3n * COPY + PAY - 1n, FAR)
    expect(pokes.map(({ copies }) => copies)).to.deep.equal([2])
    expect(ends).to.deep.equal([{ id: 1n, completeUntil: 1500, storedUntil: 1500 + PERIOD }])
  })

  it('serves the stores of a purse in the order in which they fall due', () => {
    const stores = purseOf({ deals: dealsOf(700, 700, 700) }, { deals: dealsOf(600, 600, 600) })
    const { pokes, stores: ends, completeUntil } = projectPurse(stores, 3n * COPY + PAY, FAR)
    expect(pokes.map(({ id, epoch }) => [id, epoch])).to.deep.equal([[2n, 1500]])
    expect(ends.map((one) => one.completeUntil)).to.deep.equal([1700, 1600 + PERIOD])
    expect(completeUntil).to.equal(1700)
  })

  it('counts what is on offer as taken, and a failed offer as missing', () => {
    const offer = { openCopies: 3, openSince: 990, openStart: 1010, openReserve: 3n * COPY }
    const [taken] = projectPurse(purseOf(offer), 0n, FAR).stores
    expect(taken).to.deep.equal({ id: 1n, completeUntil: 2010, storedUntil: 2010 })
    const failed = projectPurse(purseOf({ ...offer, epoch: 1011 }), 3n * COPY + PAY, FAR)
    expect(failed.pokes[0]).to.include({ reason: 'retry', copies: 3, cost: 6n * COPY, left: 0n })
  })

  it('lacks copies at once if the money covers none', () => {
    const [one] = projectPurse(purseOf({ deals: dealsOf(500) }), COPY + PAY - 1n, FAR).stores
    expect(one).to.deep.equal({ id: 1n, completeUntil: 1000, storedUntil: 1500 })
  })

  it('leaves open what lies beyond the horizon', () => {
    const stores = purseOf({ deals: dealsOf(500, 500, 500) })
    const { stores: ends, completeUntil } = projectPurse(stores, 10n * COPY, 1399)
    expect(ends).to.deep.equal([{ id: 1n, completeUntil: undefined, storedUntil: 1500 }])
    expect(completeUntil).to.equal(undefined)
  })

  it('asks nothing for a cancelled store but what was missed', () => {
    const stores = purseOf({ cancelled: true, deals: dealsOf(500, deal('missed', 900)) })
    const { pokes, left } = projectPurse(stores, COPY, FAR)
    expect(pokes).to.have.lengthOf(1)
    expect(pokes[0]).to.include({ reason: 'cancelled', copies: 0, cost: 0n, pay: PAY })
    expect(left).to.equal(COPY - PAY)
  })

  /** Two ways to one number: a formula, and every single poke. */
  it('agrees with the runway of a store that has a purse to itself', () => {
    const dice = new Dice('project 1')
    for (let i = 0; i < 500; i++) {
      const replicas = dice.int(1, 6)
      const have = dice.int(0, replicas)
      // Not near its end: a late renewal moves ends together.
      const starts = Array.from({ length: have }, () => dice.int(200, 1000))
      const facts = storeOf({ replicas, deals: dealsOf(...starts) })
      const round = COPY * BigInt(replicas) + PAY * BigInt(dice.int(1, replicas))
      const money = round * BigInt(dice.int(0, 12)) + COPY * BigInt(dice.int(0, 2)) - 1n
      const purse = money < 0n ? 0n : money + BigInt(dice.int(0, 2))
      const [end] = projectPurse([{ id: 1n, facts, pay: PAY }], purse, FAR).stores
      const runway = runwayOf(facts, purse, PAY)
      expect(BigInt(end?.completeUntil ?? FAR), `store ${i}`).to.equal(runway + 1000n)
    }
  })
})

describe('keep/runway', () => {
  const three = storeOf({ deals: dealsOf(500, 500, 500) })

  it('is until the first end without money, and a period more for each round', () => {
    expect(runwayOf(three, 0n, PAY)).to.equal(500n)
    expect(runwayOf(three, 3n * COPY + PAY - 1n, PAY)).to.equal(500n)
    expect(runwayOf(three, 3n * COPY + PAY, PAY)).to.equal(500n + BigInt(PERIOD))
    expect(runwayOf(three, 9n * COPY + 3n * PAY, PAY)).to.equal(500n + 3n * BigInt(PERIOD))
  })

  it('pays a keeper for each group of copies that end together', () => {
    const staggered = storeOf({ deals: dealsOf(500, 500, 600) })
    expect(runwayOf(staggered, 2n * COPY + PAY - 1n, PAY)).to.equal(500n)
    expect(runwayOf(staggered, 2n * COPY + PAY, PAY)).to.equal(600n)
    expect(runwayOf(staggered, 3n * COPY + 2n * PAY, PAY)).to.equal(500n + BigInt(PERIOD))
  })

  it('is nothing while copies are missing that cannot be paid', () => {
    const two = storeOf({ deals: dealsOf(500, 500) })
    expect(runwayOf(two, COPY + PAY - 1n, PAY)).to.equal(0n)
    expect(runwayOf(two, COPY + PAY, PAY)).to.equal(500n)
  })

  it('counts an offer as taken, and one that failed long ago as missing, with its money', () => {
    const offer = storeOf({
      openCopies: 3,
      openSince: 990,
      openStart: 1010,
      openReserve: 3n * COPY,
    })
    expect(runwayOf(offer, 0n, PAY)).to.equal(1010n)
    const old = { ...offer, epoch: 9000 }
    expect(runwayOf(old, PAY - 1n, PAY)).to.equal(0n)
    expect(runwayOf(old, PAY, PAY)).to.equal(BigInt(20 + TERM))
  })

  it('is nothing for a cancelled store, and for ever for one that costs nothing', () => {
    expect(runwayOf({ ...three, cancelled: true }, 10n ** 18n, PAY)).to.equal(0n)
    expect(runwayOf({ ...three, price: 0n, maxPrice: 0n }, 0n, 0n)).to.equal(FOR_EVER)
  })
})
