import { expect } from 'chai'
import type { Clock } from '../../../src/chain/clock.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import type { Verifiable } from '../../../src/flow/verifiable.ts'
import { type Answer, verifyContracts } from '../../../src/flow/verify-contracts.ts'
import { refused } from '../../support/refused.ts'

const CONTRACT: Verifiable = {
  contract: 'AggregationHub',
  source: 'contracts/AggregationHub.sol:AggregationHub',
  address: `0x${'ab'.repeat(20)}`,
  constructorArguments: [],
  transaction: undefined,
}
const LATER: Answer = { kind: 'later', reason: 'it is not a contract' }
const VERIFIED: Answer = { kind: 'verified' }

/** Time passes only where something waits that nothing else ends. */
function stepClock(): Clock & { slept: number[] } {
  const clock = {
    time: 0,
    slept: [] as number[],
    now: () => clock.time,
    async sleep(ms: number, signal?: AbortSignal): Promise<void> {
      // The limit of a submission, which is over before.
      if (ms > 30_000) {
        await new Promise<void>((_, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('over')))
        }).catch(() => new Promise(() => {}))
      }
      clock.slept.push(ms)
      clock.time += ms
    },
  }
  return clock
}

describe('verifyContracts', () => {
  it('tries again every epoch until the explorer has seen the contract', async () => {
    const answers: Answer[] = [LATER, LATER, VERIFIED, VERIFIED]
    const events: FlowEvent[] = []
    const clock = stepClock()
    const verifications = await verifyContracts([CONTRACT], {
      submit: async () => answers.shift() ?? LATER,
      clock,
      onEvent: (event) => events.push(event),
    })
    const { contract, address } = CONTRACT
    const done = { contract, address, verified: true, reason: null }
    expect(verifications).to.deep.equal([
      { ...done, explorer: 'blockscout' },
      { ...done, explorer: 'sourcify' },
    ])
    expect(clock.slept).to.deep.equal([30_000, 30_000])
    expect(events.map(({ type }) => type)).to.deep.equal([
      'verify:waiting',
      'verify:done',
      'verify:done',
    ])
  })

  it('gives up in time, and says what the explorer said', async () => {
    const clock = stepClock()
    const [first, second] = await verifyContracts([CONTRACT], {
      submit: async () => LATER,
      clock,
      deadlineMs: 100_000,
    })
    expect(clock.slept).to.deep.equal([30_000, 30_000, 30_000])
    expect(first).to.include({ verified: false, reason: 'it is not a contract' })
    expect(second).to.include({ verified: false, reason: 'it is not a contract' })
  })

  it('does not try again what is refused, and goes on with the others', async () => {
    let tries = 0
    const verifications = await verifyContracts([CONTRACT, CONTRACT], {
      submit: async (explorer) => {
        tries += 1
        return explorer === 'blockscout' ? { kind: 'refused', reason: 'no' } : VERIFIED
      },
      clock: stepClock(),
    })
    expect(tries).to.equal(4)
    expect(verifications.map(({ verified }) => verified)).to.deep.equal([false, true, false, true])
  })

  it('ends with its signal, also while an explorer does not answer', async () => {
    const stop = new AbortController()
    const verifying = verifyContracts([CONTRACT], {
      submit: () => {
        stop.abort()
        return new Promise(() => {})
      },
      signal: stop.signal,
    })
    await refused('ABORTED', verifying)
  })
})
