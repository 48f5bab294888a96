import { expect } from 'chai'
import { clockTrouble } from '../../../src/chain/heads.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'

/** Epoch 1,000,000 of Calibration begins then (genesis 1667326380, 30 s an epoch). */
const TIME = 1_667_326_380 + 30_000_000
const NOW = TIME * 1000
const MINUTE = 60_000
const { calibration, localnet } = NETWORKS

const told = (more: { head?: number; here?: number; there?: number | undefined }) => {
  const head = more.head ?? 1_000_000
  const time = 1_667_326_380 + 30 * head
  return clockTrouble(calibration, { head, time, here: NOW, there: NOW, ...more })
}

describe('chain/heads', () => {
  it('says nothing while head and clock fit, within ten minutes', () => {
    expect(told({})).to.equal(undefined)
    expect(told({ head: 999_980 })).to.equal(undefined)
    expect(told({ here: NOW - 2 * MINUTE })).to.equal(undefined)
  })

  it('says nothing of a chain whose time is its own', () => {
    expect(clockTrouble(localnet, { head: 5, time: 7, here: NOW, there: NOW })).to.equal(undefined)
  })

  it('finds a clock that is late: no chain is ahead of time', () => {
    const trouble = told({ here: NOW - 60 * MINUTE, there: undefined })
    expect(trouble?.code).to.equal('CLOCK_OFF')
    expect(trouble?.message).to.contain('60 min late')
    expect(trouble?.next).to.equal('date -u')
  })

  it('finds a clock that is ahead by the clock of the node', () => {
    const trouble = told({ here: NOW + 180 * MINUTE })
    expect(trouble?.code).to.equal('CLOCK_OFF')
    expect(trouble?.message).to.contain('3 h ahead')
  })

  it('finds a node that is behind, where its own clock and this one say the same', () => {
    const trouble = told({ head: 999_760 })
    expect(trouble?.code).to.equal('NODE_BEHIND')
    expect(trouble?.message).to.contain('2 h behind').and.to.contain('is right')
  })

  it('names both where there is no other witness', () => {
    const trouble = told({ head: 999_760, there: undefined })
    expect(trouble?.code).to.equal('NODE_BEHIND')
    expect(trouble?.message).to.contain('or the clock of this machine')
  })

  it('finds a node that tells of epochs to come', () => {
    const trouble = told({ head: 1_000_240 })
    expect(trouble?.code).to.equal('NODE_BEHIND')
    expect(trouble?.message).to.contain('2 h ahead of the chain')
  })
})
