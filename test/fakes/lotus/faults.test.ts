import { expect } from 'chai'
import { FaultDice, formatSchedule, scheduleOf } from './faults.ts'

describe('fakes/lotus/faults', () => {
  const seeds = Array.from({ length: 50 }, (_, index) => index + 1)

  it('are the same for the same seed, and others for another', () => {
    expect(scheduleOf(7)).to.deep.equal(scheduleOf(7))
    expect(new Set(seeds.map((seed) => formatSchedule(scheduleOf(seed)).join())).size).to.equal(50)
  })

  it('always lose the answer to a transaction that was taken', () => {
    for (const seed of seeds)
      expect(scheduleOf(seed), `seed ${seed}`).to.deep.include.members([
        scheduleOf(seed).find(
          ({ method, fault }) =>
            method === 'eth_sendRawTransaction' && fault.kind === 'drop' && fault.taken,
        ),
      ])
  })

  it('are of every kind in 50 seeds', () => {
    const kinds = new Set(seeds.flatMap((seed) => scheduleOf(seed).map(({ fault }) => fault.kind)))
    expect([...kinds].toSorted()).to.deep.equal(
      'ahead,behind,delay,drop,forget,html,null-rounds,reorg,status,truncate'.split(','),
    )
  })

  it('can be read', () => {
    expect(
      formatSchedule([
        { method: 'eth_call', nth: 3, fault: { kind: 'behind', epochs: 4n } },
        { method: '*', nth: 1, fault: { kind: 'html' } },
      ]),
    ).to.deep.equal(['eth_call 3: behind epochs=4', '* 1: html'])
  })

  it('strike the request that they name, once', () => {
    const dice = new FaultDice([
      { method: 'eth_call', nth: 2, fault: { kind: 'html' } },
      { method: '*', nth: 4, fault: { kind: 'truncate' } },
    ])
    const methods = ['eth_call', 'eth_blockNumber', 'eth_call', 'eth_call', 'eth_call']
    expect(methods.map((method) => dice.next(method).map(({ kind }) => kind))).to.deep.equal([
      [],
      [],
      ['html'],
      ['truncate'],
      [],
    ])
    expect(dice.struck).to.have.lengthOf(2)
  })
})
