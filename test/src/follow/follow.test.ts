import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { StorageError } from '../../../src/errors.ts'
import type { DealsDocument } from '../../../src/flow/documents.ts'
import { follow, type FollowOptions } from '../../../src/follow/follow.ts'
import type { Listener } from '../../../src/follow/listener.ts'
import { briefMemory, openMemory } from '../../../src/follow/memory.ts'
import { followMetrics } from '../../../src/follow/metrics.ts'
import type { Step } from '../../../src/timeline/timeline.ts'
import { refused } from '../../support/refused.ts'

const ID = `0x${'1a'.repeat(32)}`
const NAMES = ['accepted', 'fetched', 'published', 'active'] as const

/** The first `count` steps of one replica; it waits until all are there. */
function after(count: number): DealsDocument {
  const steps = NAMES.slice(0, count).map((step): Step => ({
    id: step,
    step,
    epoch: 100,
    at: null,
    text: step,
    source: 'the test',
  }))
  const isDone = count >= NAMES.length
  const waiting = { for: 'active', why: 'x', usual: 'y', since: 100, until: 500 } as const
  const replica = {
    replica: 1,
    provider: 'f01000',
    dealId: null,
    steps,
    waiting: isDone ? null : waiting,
    daysLeft: isDone ? 12.5 : null,
  }
  const fetches = [
    {
      provider: 'f01000',
      reader: 'f01000',
      from: '10.1.2.3',
      bytes: 62,
      total: 100,
      percent: 62,
      at: 'then',
    },
  ]
  return {
    version: 1,
    kind: 'deals',
    network: 'localnet',
    epoch: 104,
    proposals: [],
    timelines: [
      { proposalId: ID, pieceCid: 'baga', state: 'open', steps: [], replicas: [replica], fetches },
    ],
  }
}

function listener(name: string, fails: (told: readonly string[]) => boolean = () => false) {
  const told: string[] = []
  const one: Listener = {
    name,
    async take(step) {
      if (fails(told)) throw new StorageError('FETCH_FAILED', { what: 'it is down' })
      told.push(step.id)
    },
  }
  return { one, told }
}

function options(count: number, more: Pick<FollowOptions, 'memory' | 'listeners'>): FollowOptions {
  return {
    look: async () => after(count),
    origin: { network: 'localnet', client: '0x5f' },
    everyMs: 1,
    deadlineMs: 1,
    drainMs: 300,
    ...more,
  }
}

describe('follow/follow', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'follow-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('tells each step once, in order, and ends when nothing is awaited', async () => {
    const { one, told } = listener('a')
    let looks = 0
    const { how, untold } = await follow({
      ...options(0, { memory: briefMemory(), listeners: [one] }),
      deadlineMs: undefined,
      look: async () => after((looks += 1)),
    })
    expect({ how, untold, told, looks }).to.deep.equal({
      how: 'done',
      untold: 0,
      told: [...NAMES],
      looks: 4,
    })
  })

  for (let stop = 0; stop <= NAMES.length; stop += 1) {
    it(`neither loses nor repeats a step when it is started again after ${stop}`, async () => {
      const all: string[] = []
      for (const count of [stop, NAMES.length]) {
        const memory = await openMemory(folder)
        const { one, told } = listener('a')
        await follow(options(count, { memory, listeners: [one] }))
        await memory.close()
        all.push(...told)
      }
      expect(all).to.deep.equal([...NAMES])
    })
  }

  it('tells a webhook that is down again later, under the same ids, and others meanwhile', async () => {
    const down = listener('hook', () => true)
    const up = listener('stdout')
    const memory = await openMemory(folder)
    const first = await follow(options(3, { memory, listeners: [down.one, up.one] }))
    await memory.close()
    expect(first.untold).to.equal(3)
    expect([up.told.length, down.told.length]).to.deep.equal([3, 0])

    const back = listener('hook')
    const again = await openMemory(folder)
    await follow(options(4, { memory: again, listeners: [back.one, up.one] }))
    await again.close()
    expect(back.told).to.deep.equal([...NAMES])
    expect(up.told).to.deep.equal([...NAMES])
  })

  it('tells a step again when it was killed before that could be noted', async () => {
    const memory = await openMemory(folder)
    const killed = { ...memory, tell: async () => Promise.reject(new Error('killed')) }
    const first = listener('a')
    await follow(options(4, { memory: killed, listeners: [first.one] })).catch(() => undefined)
    await memory.close()
    const second = listener('a')
    const again = await openMemory(folder)
    await follow(options(4, { memory: again, listeners: [second.one] }))
    await again.close()
    expect(first.told).to.deep.equal(['accepted'])
    expect(second.told).to.deep.equal([...NAMES])
  })

  it('lets one process at a time remember', async () => {
    const memory = await openMemory(folder)
    await refused('IN_USE', openMemory(folder))
    await memory.close()
  })

  it('ends when it is interrupted', async () => {
    const interruption = new AbortController()
    const { how } = await follow({
      ...options(1, { memory: briefMemory(), listeners: [] }),
      everyMs: 60_000,
      deadlineMs: undefined,
      signal: interruption.signal,
      onLook: () => interruption.abort(),
    })
    expect(how).to.equal('interrupted')
  })
})

describe('follow/metrics', () => {
  it('counts what waits, since when, and what was fetched', () => {
    const text = followMetrics({ document: after(2), failedLooks: 3, failedTells: 0 })
    expect(text).to.include('sealift_follow_failed_looks_total 3\n')
    expect(text).to.include('sealift_follow_last_epoch 104\n')
    expect(text).to.include(
      `sealift_follow_waiting_seconds{proposal="${ID}",replica="1",for="active"} 120\n`,
    )
    expect(text).to.include(`sealift_follow_fetch_percent{proposal="${ID}",reader="f01000"} 62\n`)
    expect(text).to.not.match(/^sealift_follow_days_left_min \d/m)
    const done = followMetrics({ document: after(4), failedLooks: 0, failedTells: 0 })
    expect(done).to.include('sealift_follow_days_left_min 12.5\n')
    expect(done).to.not.match(/^sealift_follow_waiting_seconds\{/m)
  })

  it('says before the first look only what failed', () => {
    const text = followMetrics({ document: undefined, failedLooks: 1, failedTells: 0 })
    expect(text).to.match(/failed_looks_total 1\n/)
    expect(text).to.not.match(/last_epoch/)
  })
})
