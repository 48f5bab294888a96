import { expect } from 'chai'
import {
  actionsFor,
  countStandings,
  type ListedProposal,
  standingOf,
} from '../../../src/dashboard/standing.ts'
import { deal, proposal } from './support/sample.ts'

const filled = (...deals: ListedProposal['deals']) =>
  proposal(1, { state: 'filled', replicas: deals.length, deals })

describe('dashboard/standing', () => {
  const cases: [string, ListedProposal, ReturnType<typeof standingOf>][] = [
    ['open, nobody has taken it', proposal(1), 'waiting'],
    ['filled, nothing sealed yet', filled(deal(1, 'published')), 'waiting'],
    ['one copy active, one free', proposal(1, { deals: [deal(1, 'active')] }), 'partly'],
    ['one active, one sealing', filled(deal(1, 'active'), deal(2, 'published')), 'partly'],
    ['every copy active', filled(deal(1, 'active'), deal(2, 'active')), 'stored'],
    ['one lost', filled(deal(1, 'active'), deal(2, 'terminated')), 'attention'],
    ['one missed', filled(deal(1, 'missed')), 'attention'],
    [
      'lapsed with one copy of two',
      proposal(1, { state: 'lapsed', deals: [deal(1, 'active')] }),
      'attention',
    ],
    ['lapsed with none', proposal(1, { state: 'lapsed' }), 'attention'],
    ['cancelled with none', proposal(1, { state: 'cancelled' }), 'over'],
    [
      'cancelled, a copy goes on',
      proposal(1, { state: 'cancelled', deals: [deal(1, 'active')] }),
      'stored',
    ],
    ['ran to its end', filled(deal(1, 'ended')), 'over'],
  ]
  for (const [what, one, standing] of cases) {
    it(`${what}: ${standing}`, () => expect(standingOf(one)).to.equal(standing))
  }

  it('counts each once', () => {
    expect(countStandings([proposal(1), proposal(2), filled(deal(1, 'ended'))])).to.deep.equal({
      waiting: 2,
      partly: 0,
      stored: 0,
      attention: 0,
      over: 1,
    })
  })

  it('offers what the contract would do, and nothing else', () => {
    expect(actionsFor(proposal(1))).to.deep.equal(['reannounce', 'cancel'])
    expect(actionsFor(filled(deal(1, 'published')))).to.deep.equal(['observe'])
    expect(actionsFor(filled(deal(1, 'active')))).to.deep.equal(['observe', 'settle'])
    expect(actionsFor(proposal(1, { state: 'cancelled' }))).to.deep.equal([])
  })
})
