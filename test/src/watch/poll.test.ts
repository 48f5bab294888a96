import { expect } from 'chai'
import { StorageError } from '../../../src/errors.ts'
import { poll } from '../../../src/watch/poll.ts'
import { ManualClock } from '../chain/fake-node.ts'
import { refused } from '../../support/refused.ts'

const unreachable = new StorageError('NODE_UNREACHABLE', { what: 'away' })

async function nothing(): Promise<undefined> {
  return undefined
}

describe('watch/poll', () => {
  let clock: ManualClock
  beforeEach(() => {
    clock = new ManualClock()
  })

  it('looks until there is something', async () => {
    let looks = 0
    const seen = await poll(async () => (++looks === 3 ? 'here' : undefined), {
      everyMs: 10,
      clock,
    })
    expect(seen).to.equal('here')
    expect(clock.sleeps).to.deep.equal([10, 10])
  })

  it('does not sleep when the first look sees it', async () => {
    expect(await poll(async () => 0, { everyMs: 10, clock })).to.equal(0)
    expect(clock.sleeps).to.deep.equal([])
  })

  it('starts a pause only when the look has ended', async () => {
    let running = 0
    let most = 0
    let looks = 0
    await poll(
      async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 3))
        running -= 1
        return ++looks === 4 ? true : undefined
      },
      { everyMs: 1 },
    )
    expect(most).to.equal(1)
  })

  it('looks a last time at the deadline', async () => {
    let looks = 0
    const look = async (): Promise<undefined> => {
      looks += 1
      return undefined
    }
    expect(await poll(look, { everyMs: 10, deadlineMs: 25, clock })).to.equal(undefined)
    expect(looks).to.equal(4)
    expect(clock.time).to.equal(25)
  })

  it('goes on when the node is away for a moment, and reports it', async () => {
    let looks = 0
    const reported: StorageError[] = []
    const seen = await poll(
      async () => {
        if (++looks < 3) throw unreachable
        return 'here'
      },
      { everyMs: 10, clock, onError: (error) => reported.push(error) },
    )
    expect(seen).to.equal('here')
    expect(reported).to.deep.equal([unreachable, unreachable])
  })

  it('fails when the node has been away for ten minutes, though there is no deadline', async () => {
    let looks = 0
    const look = async (): Promise<undefined> => {
      looks += 1
      if (looks % 100 !== 0) throw unreachable
      if (looks === 300) throw unreachable
    }
    await refused('NODE_UNREACHABLE', poll(look, { everyMs: 6000, clock }))
    expect(looks).to.equal(300)
  })

  it('fails when the node is away at the deadline', () =>
    refused(
      'NODE_UNREACHABLE',
      poll(() => Promise.reject(unreachable), { everyMs: 10, deadlineMs: 20, clock }),
    ))

  it('fails at once for every other reason', async () => {
    const failure = new StorageError('PROPOSAL_NOT_FOUND', { what: 'gone' })
    await refused(
      'PROPOSAL_NOT_FOUND',
      poll(() => Promise.reject(failure), { everyMs: 10, clock }),
    )
    expect(clock.sleeps).to.deep.equal([])
  })

  it('stops when interrupted, also while it sleeps', async () => {
    await refused('ABORTED', poll(nothing, { everyMs: 10, signal: AbortSignal.abort() }))
    const controller = new AbortController()
    const waiting = poll(nothing, { everyMs: 60_000, signal: controller.signal })
    setTimeout(() => controller.abort(), 5)
    await refused('ABORTED', waiting)
  })
})
