import { expect } from 'chai'
import type { Fact } from '../../../src/aggregator/facts.ts'
import { reportOf } from '../../../src/aggregator/report.ts'
import { foldState } from '../../../src/aggregator/state.ts'
import { refused } from '../../support/refused.ts'
import { ACTIVE, batched, completed, PROPOSED, PUBLISHED, requested, stateOf } from './support.ts'

const LIFE: readonly Fact[] = [
  { kind: 'opened', version: 1, service: 'here' },
  ...batched(2),
  { kind: 'read', block: 9 },
  PROPOSED,
  PUBLISHED,
  completed('1', '2'),
  ACTIVE,
  { kind: 'paid', id: '2', tx: '0x3' },
]

describe('the state of the aggregator', () => {
  it('is the fold of the facts', () => {
    const { requests, batches, read, service } = stateOf(...LIFE)
    expect({ read, service }).to.deep.equal({ read: 9, service: 'here' })
    expect(requests.get('2')).to.include({ batch: 1, payment: 9n, deadline: 500, isPaid: true })
    expect(requests.get('1')?.completedBy).to.deep.equal(['7'])
    expect(batches.get(1)?.deals).to.deep.equal([
      { dealId: '7', provider: '1000', isActive: true, gone: undefined },
    ])
  })

  it('is the same when facts come twice', () => {
    const closed = LIFE.findIndex(({ kind }) => kind === 'closed')
    const twice = LIFE.flatMap((fact, i) => (i === closed ? [fact] : [fact, fact]))
    expect(stateOf(...twice)).to.deep.equal(stateOf(...LIFE))
  })

  it('is settled at the last fact, and not before', () => {
    const open = LIFE.map((_, i) => reportOf(stateOf(...LIFE.slice(0, i + 1))).open)
    expect(open).to.deep.equal([0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 0])
  })

  it('takes what another chain says of a request, until it is in a batch', () => {
    const other = requested('1', { cid: '0xff' })
    expect(stateOf(requested('1'), other).requests.get('1')?.cid).to.equal('0xff')
    expect(stateOf(...batched(1), other).requests.get('1')?.cid).to.equal('0x01')
  })

  it('is not made of facts that contradict each other', async () => {
    for (const fact of [PROPOSED, completed('5')])
      await refused('DEPOT_CORRUPT', () => foldState([{ ...fact, at: 1 }]))
  })
})
