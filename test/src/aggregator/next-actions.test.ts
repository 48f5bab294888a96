import { expect } from 'chai'
import type { Fact } from '../../../src/aggregator/facts.ts'
import { type Decision, type Now, nextActions } from '../../../src/aggregator/next-actions.ts'
import {
  ACTIVE,
  batched,
  completed,
  fetched,
  POLICY,
  PROPOSED,
  PUBLISHED,
  requested,
  stateOf,
} from './support.ts'

function decide(facts: readonly Fact[], now: Partial<Now> = {}): Decision[] {
  return nextActions(stateOf(...facts), POLICY, { ms: 0, epoch: 10, ...now })
}

const steps = (facts: readonly Fact[], now?: Partial<Now>): string[] =>
  decide(facts, now).map(({ step }) => step)

function rejected(wasActive: boolean): Fact {
  return { kind: 'rejected', id: '1', dealId: '7', wasActive, reason: 'no' }
}

describe('what the aggregator does next', () => {
  it('is nothing when nothing was asked for', () => {
    expect(decide([])).to.deep.equal([])
  })

  it('is to fetch what is new, and what failed once its pause is over, twice as long each time', () => {
    const tried: Fact = { kind: 'tried', id: '1', reason: 'nobody has it' }
    expect(steps([requested('1')])).to.deep.equal(['fetch'])
    expect(steps([requested('1'), tried], { ms: 1_000 })).to.deep.equal([])
    expect(steps([requested('1'), tried], { ms: 1_001 })).to.deep.equal(['fetch'])
    expect(steps([requested('1'), tried, tried], { ms: 2_001 })).to.deep.equal([])
    expect(steps([requested('1'), tried, tried], { ms: 2_002 })).to.deep.equal(['fetch'])
    const [last] = decide([requested('1'), tried, tried, tried])
    expect(last).to.include({ step: 'refuse', code: 'FETCH_FAILED' })
    expect(last?.reason).to.include('nobody has it')
  })

  it('is to refuse what is late, or is to be stored longer than deals last', () => {
    const late = requested('1', { payment: '1', deadline: 9 })
    expect(decide([late])[0]).to.include({ step: 'refuse', code: 'DEADLINE' })
    expect(steps([requested('1', { payment: '1', deadline: 10 })])).to.deep.equal(['fetch'])
    expect(decide([requested('1', { storedUntil: 1011 })])[0]).to.include({ code: 'TERM_INVALID' })
    expect(steps([requested('1', { storedUntil: 1010 })])).to.deep.equal(['fetch'])
  })

  it('is to refuse what offers too little, before it is fetched and after', () => {
    const poor = requested('1', { payment: '8', deadline: 500 })
    const policy = { ...POLICY, minPayment: 9n }
    for (const facts of [[poor], [poor, fetched('1')]]) {
      const decisions = nextActions(stateOf(...facts), policy, { ms: 0, epoch: 400 })
      expect(decisions.map(({ step }) => step)).to.deep.equal(['refuse'])
      expect(decisions[0]).to.include({ code: 'TERM_INVALID' })
      expect(decisions[0]?.reason).to.include('8 attoFIL').and.to.include('less than 9')
    }
    const enough = requested('1', { payment: '9', deadline: 500 })
    expect(nextActions(stateOf(enough), policy, { ms: 0, epoch: 10 })[0]?.step).to.equal('fetch')
  })

  it('is to close a batch when enough waits, when it has waited long, or when a deadline is near', () => {
    const one = [requested('1'), fetched('1')]
    expect(steps(one)).to.deep.equal([])
    expect(steps(one, { epoch: 104 })).to.deep.equal([])
    expect(steps(one, { epoch: 105 })).to.deep.equal(['close'])
    const four = ['1', '2', '3', '4'].flatMap((id) => [requested(id), fetched(id)])
    const [close] = decide(four)
    expect(close).to.include({ step: 'close' })
    const near = requested('1', { payment: '1', deadline: 20 })
    expect(steps([near, fetched('1')])).to.deep.equal(['close'])
  })

  it('takes two requests for one piece as one segment', () => {
    const twins = [requested('1'), fetched('1', 1), requested('2'), fetched('2', 1)]
    const [close] = decide(twins, { epoch: 200 })
    expect(close?.step === 'close' && close.aggregate.segments.map(({ ids }) => ids)).to.deep.equal(
      [['1', '2']],
    )
  })

  it('is to propose a batch, once, and again when nothing came of it', () => {
    const lapsed: Fact = { kind: 'lapsed', batch: 1, proposalId: '0x1', reason: 'nobody came' }
    expect(steps(batched(2))).to.deep.equal(['propose'])
    expect(steps([...batched(2), PROPOSED])).to.deep.equal([])
    const [again] = decide([...batched(2), PROPOSED, lapsed])
    expect(again).to.include({ step: 'propose' })
    expect(again?.reason).to.include('nobody came')
  })

  it('is to complete requests in chunks, then to claim what a live deal has earned', () => {
    const published = [...batched(3), PROPOSED, PUBLISHED]
    expect(decide(published)).to.deep.equal([
      { step: 'complete', batch: 1, dealId: '7', ids: ['1', '2'], reason: 'deal 7 is published' },
    ])
    const [rest] = decide([...published, completed('1', '2')])
    expect(rest).to.deep.include({ step: 'complete', ids: ['3'] })
    const done = [...published, completed('1', '2', '3')]
    expect(decide(done)).to.deep.equal([])
    expect(decide([...done, ACTIVE])).to.deep.equal([
      { step: 'claim', id: '3', dealId: '7', reason: 'deal 7 is active' },
    ])
    expect(decide([...done, ACTIVE, { kind: 'paid', id: '3', tx: null }])).to.deep.equal([])
    expect(decide([...done, ACTIVE, { kind: 'reclaimed', id: '3' }])).to.deep.equal([])
  })

  it('is to store again what was completed with a deal that was never active', () => {
    const gone: Fact[] = [
      { kind: 'gone', batch: 1, dealId: '7', reason: 'missed' },
      { kind: 'lapsed', batch: 1, proposalId: '0x1', reason: 'missed' },
    ]
    const lost = [...batched(1), PROPOSED, PUBLISHED, completed('1'), ...gone]
    expect(steps(lost)).to.deep.equal(['propose'])
    const next: Fact[] = [
      { kind: 'proposed', batch: 1, proposalId: '0x2', tx: null },
      { kind: 'published', batch: 1, dealId: '8', provider: '1000' },
    ]
    expect(decide([...lost, ...next])[0]).to.deep.include({ step: 'complete', dealId: '8' })
  })

  it('leaves alone what another aggregator completed', () => {
    expect(decide([requested('1'), completed('1')])).to.deep.equal([])
    expect(decide([requested('1'), fetched('1'), completed('1')], { epoch: 500 })).to.deep.equal([])
  })

  it('gives up what the hub rejects for an active deal, and waits while it is only published', () => {
    const published = [...batched(1), PROPOSED, PUBLISHED, rejected(false)]
    expect(decide(published)).to.deep.equal([])
    expect(steps([...published, ACTIVE])).to.deep.equal(['complete'])
    expect(decide([...published, ACTIVE, rejected(true)])[0]).to.include({
      step: 'refuse',
      code: 'CONTRACT_REFUSED',
    })
  })
})
