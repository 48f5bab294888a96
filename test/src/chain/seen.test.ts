import { expect } from 'chai'
import { untilSeen } from '../../../src/chain/seen.ts'
import { StorageError } from '../../../src/errors.ts'
import { refused } from '../../support/refused.ts'
import { ManualClock } from './fake-node.ts'

describe('chain/seen', () => {
  it('reads again while what was written is not there', async () => {
    const clock = new ManualClock()
    const read = lagging(3, 'PROPOSAL_NOT_FOUND')
    expect(await untilSeen(read, ['PROPOSAL_NOT_FOUND'], { clock })).to.equal('there')
    expect(clock.sleeps).to.have.lengthOf(3)
  })

  it('reads again while the node has not come so far', async () => {
    const clock = new ManualClock()
    let looks = 0
    const read = async (): Promise<string> => {
      if ((looks += 1) < 3)
        throw new StorageError('NODE_UNREACHABLE', {
          what: 'the node answered with an error',
          got: "requested a future epoch (beyond 'latest')",
        })
      return 'there'
    }
    expect(await untilSeen(read, [], { clock })).to.equal('there')
    expect(clock.sleeps).to.have.lengthOf(2)
    const dead = new StorageError('NODE_UNREACHABLE', { what: 'no node answered' })
    await refused(
      'NODE_UNREACHABLE',
      untilSeen(() => Promise.reject(dead), [], { clock }),
    )
    expect(clock.sleeps).to.have.lengthOf(2)
  })

  it('fails at once with anything else', async () => {
    const clock = new ManualClock()
    await refused(
      'NOT_DEPLOYED',
      untilSeen(lagging(1, 'NOT_DEPLOYED'), ['PROPOSAL_NOT_FOUND'], { clock }),
    )
    expect(clock.sleeps).to.deep.equal([])
  })

  it('gives up at the deadline, 10 minutes at the latest', async () => {
    for (const [deadlineMs, end] of [
      [1_000, 1_000],
      [3_600_000, 600_000],
      [undefined, 600_000],
    ] as const) {
      const clock = new ManualClock()
      const read = lagging(10_000, 'NOT_DEPLOYED')
      await refused(
        'NOT_DEPLOYED',
        untilSeen(read, ['NOT_DEPLOYED', 'PROPOSAL_NOT_FOUND'], { clock, deadlineMs }),
      )
      expect(clock.now()).to.be.within(end, end + 5_000)
    }
  })

  it('stops when interrupted', () =>
    refused(
      'ABORTED',
      untilSeen(lagging(1, 'NOT_DEPLOYED'), ['NOT_DEPLOYED'], { signal: AbortSignal.abort() }),
    ))
})

/** Fails that often. */
function lagging(times: number, code: 'NOT_DEPLOYED' | 'PROPOSAL_NOT_FOUND') {
  let left = times
  return async (): Promise<string> => {
    left -= 1
    if (left >= 0) throw new StorageError(code, { what: 'not there' })
    return 'there'
  }
}
