import { expect } from 'chai'
import { observe } from '../../../src/watch/observe.ts'
import { refused } from '../../support/refused.ts'
import { FakeChain, ID, PROPOSAL } from './fake-chain.ts'

describe('watch/observe', () => {
  it('puts the deals under their proposals and every state into words', async () => {
    const chain = new FakeChain()
    chain.publish('active')
    const other = `0x${'cd'.repeat(32)}`
    chain.known.push({ ...PROPOSAL, proposalId: other })
    const { epoch, proposals } = await observe(chain)
    expect(epoch).to.equal(100n)
    expect(proposals.map(({ deals }) => deals.map(({ dealId }) => dealId))).to.deep.equal([
      [7n],
      [],
    ])
    expect(proposals[0]?.why).to.equal(
      '1 of 2 replicas published; providers have 1 d 23 h left to publish',
    )
    expect(proposals[0]?.deals[0]?.why).to.equal(
      'sealed and proven, active since epoch 95; 208 d 7 h left',
    )
  })

  it('looks at those named only', async () => {
    const chain = new FakeChain()
    chain.known.push({ ...PROPOSAL, proposalId: '0x01' })
    expect((await observe(chain, [ID])).proposals).to.have.length(1)
    await refused('PROPOSAL_NOT_FOUND', observe(chain, ['0x02']))
  })

  it('says of a cancelled proposal that it is, whatever its epochs', async () => {
    const chain = new FakeChain()
    chain.known = [{ ...PROPOSAL, state: 'cancelled' }]
    expect((await observe(chain)).proposals[0]?.why).to.contain('cancelled')
  })
})
