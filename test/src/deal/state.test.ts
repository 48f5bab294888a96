import { expect } from 'chai'
import {
  dealStateOf,
  type DealState,
  type MarketAnswer,
  proposalStateOf,
  type ProposalState,
} from '../../../src/deal/state.ts'

const PROPOSAL = { cancelled: false, replicas: 2, published: 0, startEpoch: 100n }

describe('deal/state: proposals', () => {
  const CASES: [ProposalState, string, Partial<typeof PROPOSAL>, bigint][] = [
    ['open', 'before the start', {}, 50n],
    ['open', 'at the start: the market still takes it', {}, 100n],
    ['lapsed', 'after the start', {}, 101n],
    ['lapsed', 'after the start with one replica missing', { published: 1 }, 101n],
    ['filled', 'with every replica', { published: 2 }, 50n],
    ['filled', 'with every replica after the start', { published: 2 }, 500n],
    ['cancelled', 'by its owner', { cancelled: true }, 50n],
    ['cancelled', 'by its owner, whatever was published', { cancelled: true, published: 1 }, 500n],
  ]
  for (const [state, when, change, epoch] of CASES)
    it(`${state}: ${when}`, () =>
      expect(proposalStateOf({ ...PROPOSAL, ...change }, epoch).state).to.equal(state))

  it('says what it waits for', () => {
    expect(proposalStateOf({ ...PROPOSAL, published: 1 }, 90n).why).to.equal(
      '1 of 2 replicas published; providers have 5 min left to publish',
    )
  })
})

describe('deal/state: deals', () => {
  const published: MarketAnswer = { kind: 'published' }
  const active: MarketAnswer = { kind: 'active', activatedAt: 80n }
  const gone: MarketAnswer = { kind: 'gone' }
  const CASES: [DealState, string, MarketAnswer, bigint | undefined, bigint][] = [
    ['published', 'not yet sealed', published, undefined, 50n],
    ['published', 'at its start it may still be sealed', published, undefined, 100n],
    ['missed', 'not sealed when its start passed', published, undefined, 101n],
    ['active', 'sealed', active, undefined, 90n],
    ['active', 'until its end', active, 80n, 999n],
    ['ended', 'at its end, though nobody has settled', active, 80n, 1000n],
    ['ended', 'settled at its end', gone, 80n, 1000n],
    ['terminated', 'deleted before its end', gone, 80n, 500n],
    ['missed', 'deleted after its start, never seen active', gone, undefined, 101n],
  ]
  for (const [state, when, answer, activatedAt, epoch] of CASES)
    it(`${state}: ${when}`, () => {
      const facts = { startEpoch: 100n, endEpoch: 1000n, activatedAt }
      expect(dealStateOf(facts, answer, epoch).state).to.equal(state)
    })

  it('says in words since when and how long', () => {
    const facts = { startEpoch: 100n, endEpoch: 2980n, activatedAt: undefined }
    expect(dealStateOf(facts, active, 100n).why).to.equal(
      'sealed and proven, active since epoch 80; 1 d left',
    )
  })
})
