import { expect } from 'chai'
import { decide } from '../../../src/keep/decide.ts'
import type { Facts } from '../../../src/keep/facts.ts'
import { explain, REASONS, reasonText } from '../../../src/keep/reason.ts'
import { deal, dealsOf, storeOf } from './stores.ts'

function explained(facts: Partial<Facts>): string {
  const store = storeOf(facts)
  return explain(store, decide(store))
}

describe('keep/reason', () => {
  it('has a sentence of its own for each reason', () => {
    const sentences = REASONS.map(reasonText)
    expect(new Set(sentences).size).to.equal(REASONS.length)
    for (const sentence of sentences) expect(sentence).to.match(/^[a-z][^.\n]{15,}$/)
  })

  it('explains a store that needs nothing, and when it will', () => {
    expect(explained({ deals: dealsOf(500, 500, 500) })).to.equal(
      'all copies are stored, and none is near its end; ' +
        '3 of 3 copies good (f01001 active until epoch 1500, f01002 active until epoch 1500, ' +
        'f01003 active until epoch 1500); next at epoch 1400, in 3 h 20 min',
    )
  })

  it('explains what is proposed, what it costs and that it is due', () => {
    const deals = dealsOf(500, deal('published', 1005), deal('terminated', 500))
    expect(explained({ deals, step: 2 })).to.equal(
      'a copy was lost, or never activated: it is replaced; ' +
        '2 of 3 copies good (f01001 active until epoch 1500, ' +
        'f01002 published from epoch 1005 until epoch 2005, f01003 terminated until epoch 1500); ' +
        '1 more from epoch 1020 to 2020 at step 2 of 8, for 30 femtoFIL; due now, at epoch 1000',
    )
  })

  it('explains what waits', () => {
    expect(explained({ openCopies: 2, openSince: 990, openStart: 1010 })).to.equal(
      'a proposal waits for providers; 0 of 3 copies good (2 on offer to start at epoch 1010); ' +
        'next at epoch 1011, in 5 min 30 s',
    )
  })

  it('explains what neither time nor anybody but the account can change', () => {
    expect(explained({ money: 0n })).to.equal(
      'copies are missing, and the money does not cover one: top up; 0 of 3 copies good; ' +
        'nothing more until there is money',
    )
    expect(explained({ cancelled: true })).to.match(/; time alone changes nothing$/)
  })

  it('leaves out what is written down', () => {
    const deals = dealsOf(500, 500, 500, deal('missed', 700, true))
    expect(explained({ deals })).to.not.include('f01004')
  })
})
