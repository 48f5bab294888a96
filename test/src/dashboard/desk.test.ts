import { expect } from 'chai'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { openDesk, type Order, type Send } from '../../../src/dashboard/desk.ts'
import { proposalId } from './support/sample.ts'

const ORDER: Order = { action: 'cancel', proposalId: proposalId(1), dealIds: [] }

function rig(send: Send) {
  const states: string[] = []
  const desk = openDesk({
    network: NETWORKS.calibration,
    send,
    explain: (error) => ({ code: 'INTERNAL', message: String(error), hint: null, next: null }),
    onChange: ({ number, state }) => states.push(`${number} ${state}`),
    now: () => 0,
  })
  return { desk, states }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('dashboard/desk', () => {
  it('remembers how an action went, with its transaction', async () => {
    const { desk, states } = rig(async (_order, onSent) => {
      onSent('0xaa')
      return '0xaa'
    })
    desk.take(ORDER)
    await settled()
    expect(states).to.deep.equal(['1 sending', '1 sent', '1 done'])
    expect(desk.list()[0]).to.include({
      tx: '0xaa',
      link: 'https://filecoin-testnet.blockscout.com/tx/0xaa',
      at: '1970-01-01T00:00:00.000Z',
    })
  })

  it('sends nothing for a proposal while something is under way for it', async () => {
    const gate = Promise.withResolvers<string>()
    const sent: Order[] = []
    const { desk } = rig((order) => {
      sent.push(order)
      return gate.promise
    })
    expect(desk.take(ORDER)).to.include({ number: 1 })
    expect(desk.take(ORDER)).to.equal(undefined)
    expect(desk.take({ ...ORDER, action: 'reannounce' })).to.equal(undefined)
    expect(desk.take({ ...ORDER, proposalId: proposalId(2) })).to.include({ number: 2 })
    gate.resolve('0xaa')
    await settled()
    expect(desk.take(ORDER)).to.include({ number: 3 })
    expect(sent).to.have.length(3)
  })

  it('tells why one failed, and takes the next', async () => {
    const { desk } = rig(async () => {
      throw new Error('refused')
    })
    desk.take(ORDER)
    await settled()
    expect(desk.list()[0]).to.include({ state: 'failed', tx: null })
    expect(desk.list()[0]?.problem?.message).to.equal('Error: refused')
    expect(desk.take(ORDER)).to.include({ number: 2 })
  })

  it('forgets old ones, but none that is under way', async () => {
    const never = new Promise<string>(() => undefined)
    const { desk } = rig(async ({ proposalId: id }) => (id === proposalId(1) ? never : '0xaa'))
    desk.take(ORDER)
    for (let number = 2; number <= 60; number += 1) {
      desk.take({ ...ORDER, proposalId: proposalId(number) })
      await settled()
    }
    const numbers = desk.list().map(({ number }) => number)
    expect(numbers).to.have.length(21)
    expect([numbers[0], numbers.at(-1)]).to.deep.equal([60, 1])
  })
})
