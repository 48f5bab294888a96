import { expect } from 'chai'
import { StorageError } from '../../../src/errors.ts'
import type { ObservedProposal } from '../../../src/watch/observe.ts'
import { waitForDeals } from '../../../src/watch/wait.ts'
import { ManualClock } from '../chain/fake-node.ts'
import { refused } from '../../support/refused.ts'
import { FakeChain, ID, PROPOSAL } from './fake-chain.ts'

/** Runs one step of a story before every look but the first. */
class StoryClock extends ManualClock {
  readonly #steps: (() => void)[]

  constructor(...steps: (() => void)[]) {
    super()
    this.#steps = steps
  }

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await super.sleep(ms, signal)
    this.#steps.shift()?.()
  }
}

describe('watch/wait', () => {
  let chain: FakeChain
  beforeEach(() => {
    chain = new FakeChain()
  })

  it('waits until every replica is published', async () => {
    const clock = new StoryClock(
      () => chain.publish('published'),
      () => chain.publish('published', 'published'),
    )
    const proposal = await waitForDeals(chain, { proposalId: ID, until: 'published', clock })
    expect(proposal.deals).to.have.length(2)
    expect(chain.looks).to.equal(3)
  })

  it('waits until every replica is active, and tells each change once', async () => {
    const clock = new StoryClock(
      () => {},
      () => chain.publish('published', 'published'),
      () => {},
      () => chain.publish('active', 'published'),
      () => chain.publish('active', 'active'),
    )
    const told: string[] = []
    const onChange = ({ state, deals }: ObservedProposal): void => {
      told.push([state, ...deals.map((deal) => deal.state)].join(' '))
    }
    await waitForDeals(chain, { proposalId: ID, until: 'active', clock, onChange })
    expect(told).to.deep.equal([
      'open',
      'filled published published',
      'filled active published',
      'filled active active',
    ])
  })

  it('is content with fewer replicas when asked', async () => {
    chain.publish('active', 'published')
    await waitForDeals(chain, { proposalId: ID, until: 'active', replicas: 1 })
  })

  it('takes a deal that is further than asked', async () => {
    chain.publish('active', 'active')
    await waitForDeals(chain, { proposalId: ID, until: 'published' })
  })

  it('says at the deadline what is missing and how to go on', async () => {
    chain.publish('active', 'published')
    const clock = new ManualClock()
    const error = await refused(
      'DEADLINE',
      waitForDeals(chain, {
        proposalId: ID,
        until: 'active',
        deadlineMs: 30_000,
        clock,
        network: 'calibration',
      }),
    )
    expect(error.message).to.contain('1 more deal to become active').and.contain('deal 8')
    expect(error.next).to.equal(`npx hardhat deals ${ID} --network calibration`)
    expect(clock.time).to.equal(30_000)
  })

  for (const [name, set] of [
    ['the proposal lapsed', () => (chain.known = [{ ...PROPOSAL, state: 'lapsed' }])],
    ['the proposal was cancelled', () => (chain.known = [{ ...PROPOSAL, state: 'cancelled' }])],
    ['a deal was missed', () => chain.publish('active', 'missed')],
    ['a deal was terminated', () => chain.publish('published', 'terminated')],
  ] as const)
    it(`does not wait for what cannot come: ${name}`, async () => {
      set()
      const clock = new ManualClock()
      const waiting = waitForDeals(chain, { proposalId: ID, until: 'active', clock })
      const error = await refused('DEADLINE', waiting)
      expect(error.message).to.contain('any more')
      expect(clock.sleeps).to.deep.equal([])
    })

  it('does not know a proposal that the contract does not know', () =>
    refused('PROPOSAL_NOT_FOUND', waitForDeals(chain, { proposalId: '0x01', until: 'active' })))

  it('asks again for one that was proposed, of a node that lags', async () => {
    chain.publish('active', 'active')
    const { known } = chain
    chain.known = []
    const clock = new ManualClock()
    const sleep = clock.sleep.bind(clock)
    clock.sleep = (...pause) => {
      chain.known = known
      return sleep(...pause)
    }
    await waitForDeals(chain, { proposalId: ID, until: 'active', isProposed: true, clock })
    expect(chain.looks).to.equal(2)
  })

  it('goes on when the node is away for a moment', async () => {
    chain.publish('active', 'active')
    chain.failures = [new StorageError('NODE_UNREACHABLE', { what: 'away' })]
    const clock = new ManualClock()
    await waitForDeals(chain, { proposalId: ID, until: 'active', clock })
    expect(chain.looks).to.equal(2)
  })

  it('stops when interrupted', () =>
    refused(
      'ABORTED',
      waitForDeals(chain, { proposalId: ID, until: 'active', signal: AbortSignal.abort() }),
    ))
})
