import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { decide } from '../../../src/keep/decide.ts'
import { type DealFacts, type Facts, STANDINGS } from '../../../src/keep/facts.ts'
import { Stores } from '../../../src/keeper/stores.ts'
import { random } from '../../support/random.ts'

/** Set SEED to repeat a run. */
const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')

/** Numbers below a bound, one after the other. */
function numbers(name: string): (bound: number) => number {
  const words = new Uint32Array(random(4 * 200_000, `${seed} ${name}`).slice().buffer)
  let at = 0
  return (bound) => (words[at++ % words.length] ?? 0) % bound
}

function facts(next: (bound: number) => number, epoch: number): Facts {
  const deal = (): DealFacts => ({
    dealId: BigInt(next(2 ** 31)) * 1000n,
    provider: BigInt(next(2 ** 31)),
    startEpoch: next(2 ** 30),
    endEpoch: next(2 ** 30),
    standing: STANDINGS[next(5)] ?? 'active',
    closed: next(3) === 0,
  })
  return {
    epoch,
    replicas: 1 + next(8),
    term: next(2 ** 22),
    lead: next(43_200),
    startDelay: next(21_599),
    cancelled: next(5) === 0,
    step: next(9),
    openCopies: next(9),
    openSince: next(2 ** 30),
    openStart: next(2 ** 30),
    crowded: next(5) === 0,
    deals: Array.from({ length: next(9) }, deal),
    eligible: next(65_536),
    pieceSize: 2 ** (7 + next(30)),
    price: BigInt(next(2 ** 31)) ** 3n,
    maxPrice: BigInt(next(2 ** 31)) ** 3n,
    money: BigInt(next(2 ** 31)) ** 3n,
    openReserve: BigInt(next(2 ** 31)) ** 3n,
  }
}

describe(`keeper/stores (SEED=${seed})`, () => {
  it('gives back what was put in, however often stores change', () => {
    const next = numbers('round trip')
    const stores = new Stores()
    const all = new Map<number, Facts>()
    for (let i = 0; i < 3_000; i += 1) {
      const id = 1 + next(300)
      stores.grow(id)
      const one = facts(next, 7)
      all.set(id, one)
      stores.set(id, one, decide(one))
      if (i % 100 === 0)
        for (const [known, is] of all) expect(stores.factsOf(known, 7)).to.deep.equal(is)
    }
    for (const [known, is] of all) expect(stores.factsOf(known, 7)).to.deep.equal(is)
    expect(stores.loaded).to.equal(all.size)
  })

  it('decides as the rules do, about all of them', () => {
    const next = numbers('decisions')
    const stores = new Stores()
    const expected = new Map<string, number>()
    for (let id = 1; id <= 500; id += 1) {
      stores.grow(id)
      const one = facts(next, 1_000)
      stores.set(id, one, decide(one))
      const { reason } = decide({ ...one, epoch: 2_000 })
      expected.set(reason, (expected.get(reason) ?? 0) + 1)
    }
    expect(Object.fromEntries(stores.decideAll(2_000))).to.deep.equal(Object.fromEntries(expected))
  })

  describe('a few', () => {
    const idle: Facts = { ...facts(numbers('one'), 100), cancelled: false, deals: [] }
    const at = (dueAt: number) => ({ ...decide(idle), reason: 'no-money' as const, dueAt })
    let stores: Stores
    beforeEach(() => {
      stores = new Stores()
      stores.grow(4)
      stores.set(1, idle, at(150))
      stores.set(2, idle, at(0))
    })

    it('are looked at when their time has come, and new ones as many as wanted', () => {
      expect(stores.toLookAt(149, 0)).to.deep.equal([])
      expect(stores.toLookAt(150, 0)).to.deep.equal([1])
      expect(stores.toLookAt(150, 1)).to.deep.equal([1, 3])
      expect(stores.toLookAt(150, 9)).to.deep.equal([1, 3, 4])
    })

    it('are held back until an epoch, or until something happens', () => {
      stores.hold(1, 170)
      expect(stores.toLookAt(169, 0)).to.deep.equal([])
      expect(stores.toLookAt(170, 0)).to.deep.equal([1])
      stores.hold(1, 300)
      stores.touch(1)
      expect(stores.toLookAt(170, 0)).to.deep.equal([1])
    })

    it('that left the chain are not looked at until they are back', () => {
      stores.remove(1)
      expect([stores.toLookAt(1_000, 0), stores.loaded]).to.deep.equal([[], 1])
      stores.touch(1)
      expect(stores.toLookAt(1_000, 0)).to.deep.equal([1])
    })

    it('are found by proposal, by deal, and by the purse that they wait for', () => {
      const proposalId = `0x${'ab'.repeat(32)}`
      stores.setProposal(2, proposalId)
      expect(stores.storesOfProposal(proposalId)).to.deep.equal([2])
      expect(stores.storesOfProposal(`0x${'cd'.repeat(32)}`)).to.deep.equal([])
      const deal = { provider: 1n, startEpoch: 1, endEpoch: 2, standing: 'active' } as const
      const deals = [5n, 6n].map((dealId) => ({ ...deal, dealId, closed: false }))
      stores.set(3, { ...idle, deals }, at(0))
      expect(stores.storesOfDeal(6)).to.deep.equal([3])
      expect(stores.storesOfDeal(7)).to.deep.equal([])
      stores.setAccount(1, '0xAA', '0xBB')
      stores.setAccount(3, '0xaa', '0xbb')
      expect(stores.poorOf('0xaa')).to.deep.equal([1, 3])
      expect(stores.poorOf('0xbb')).to.deep.equal([1, 3])
      expect(stores.poorOf('0xcc')).to.deep.equal([])
    })
  })
})
