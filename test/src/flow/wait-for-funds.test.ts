import { expect } from 'chai'
import type { Provider } from 'ethers'
import type { Clock } from '../../../src/chain/clock.ts'
import { waitForFunds } from '../../../src/flow/wait-for-funds.ts'
import { refused } from '../../support/refused.ts'

const ADDRESS = `0x${'ab'.repeat(20)}`

/** Answers one after the other; the last one again and again. */
function account(...answers: (bigint | Error)[]): Provider {
  return {
    getBalance: async () => {
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (answer instanceof Error) throw answer
      return answer
    },
  } as unknown as Provider
}

function steps(): Clock & { readonly slept: number[] } {
  const slept: number[] = []
  return {
    slept,
    now: () => slept.reduce((sum, ms) => sum + ms, 0),
    sleep: async (ms) => {
      slept.push(ms)
    },
  }
}

describe('waitForFunds', () => {
  it('looks every 30 s until there is money, also for an account that Filecoin does not know', async () => {
    const clock = steps()
    const told: (bigint | undefined)[] = []
    const unknown = new Error('resolution lookup failed: actor not found')
    const provider = account(unknown, 0n, 5n)
    const balance = await waitForFunds(provider, ADDRESS, {
      deadlineMs: 600_000,
      clock,
      onEmpty: (found) => told.push(found),
    })
    expect(balance).to.equal(5n)
    expect(clock.slept).to.deep.equal([30_000, 30_000])
    expect(told).to.deep.equal([0n, 0n])
  })

  it('looks once more at the deadline, then says that there is nothing', async () => {
    const clock = steps()
    expect(await waitForFunds(account(0n), ADDRESS, { deadlineMs: 70_000, clock })).to.equal(0n)
    expect(clock.slept).to.deep.equal([30_000, 30_000, 10_000])
    expect(await waitForFunds(account(0n), ADDRESS, { deadlineMs: 0, clock: steps() })).to.equal(0n)
  })

  it('outlasts a node that does not answer for a while, but not for ever', async () => {
    const down = Object.assign(new Error('down'), { code: 'ECONNREFUSED' })
    const told: (bigint | undefined)[] = []
    const options = { deadlineMs: 60_000, onEmpty: (found?: bigint) => told.push(found) }
    const provider = account(down, 7n)
    expect(await waitForFunds(provider, ADDRESS, { ...options, clock: steps() })).to.equal(7n)
    expect(told).to.deep.equal([undefined])
    const error = waitForFunds(account(down), ADDRESS, { ...options, clock: steps() })
    await refused('NODE_UNREACHABLE', error)
  })

  it('ends with its signal', async () => {
    const options = { deadlineMs: 60_000, signal: AbortSignal.abort() }
    await refused('ABORTED', waitForFunds(account(0n), ADDRESS, options))
  })
})
