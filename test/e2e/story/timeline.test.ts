import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { readFetches } from '../../../src/depot/fetch-log.ts'
import { openEventIndex } from '../../../src/flow/event-index.ts'
import { listDeals } from '../../../src/flow/list-deals.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import type { TimelineSources } from '../../../src/flow/timelines.ts'
import { mineTo } from '../../../src/localnet/controls.ts'
import { poll } from '../../../src/watch/poll.ts'
import { describeTimeline } from '../../../tasks/describe-timeline.ts'
import { type Local, startLocal } from './local.ts'

describe('the timeline of a deal', () => {
  let local: Local
  before(async () => {
    local = await startLocal([{ kind: 'honest' }])
  })
  after(() => local.stop())

  it('has every step from the proposal to the settlement, each with where it is known from', async () => {
    const { client, context, filecoin, provider } = local
    const folder = join(local.folder, 'timeline')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'hello.txt'), 'hello timeline')
    const made = await makeDeal(
      { inputs: [folder], replicas: 1, wait: 'active', deadlineMs: 60_000, everyMs: 100 },
      context,
    )
    const id = made.proposals[0]?.proposalId ?? ''
    const sources: TimelineSources = {
      index: openEventIndex({ provider, client: client.address, from: undefined }),
      fetches: () => readFetches(context.depot.folder),
    }
    // The log is on the disk within a second.
    const document = await poll(
      async () => {
        const one = await listDeals(context, id, sources)
        return one.timelines[0]?.fetches[0]?.percent === 100 ? one : undefined
      },
      { everyMs: 100, deadlineMs: 20_000 },
    )
    const [timeline] = document?.timelines ?? []
    if (timeline === undefined) throw new Error('the depot never told of the download')
    const [replica] = timeline.replicas
    expect(timeline.steps.map(({ step }) => step)).to.deep.equal([
      'proposed',
      'announced',
      'fetched',
    ])
    expect(timeline.steps[2]?.text).to.match(/^somebody at 127\.0\.0\.1 fetched 100 %/)
    expect(replica?.steps.map(({ step }) => step)).to.deep.equal(['published', 'active'])
    expect(replica).to.include({ provider: 'f01000', waiting: null })
    expect(replica?.daysLeft).to.be.within(365, 370)
    for (const { source } of [...timeline.steps, ...(replica?.steps ?? [])])
      expect(source).to.match(/0x[0-9a-fA-F]{40}|the depot's log/)
    for (const line of describeTimeline(timeline))
      expect(line.length <= 80 || !line.trim().includes(' '), line).to.equal(true)

    const { endEpoch } = document?.proposals[0] ?? { endEpoch: 0 }
    await mineTo(filecoin.provider, BigInt(endEpoch))
    await client.settle([BigInt(replica?.dealId ?? 0)])
    // A long history is read in several looks.
    const after = await poll(
      async () => {
        const [one] = (await listDeals(context, id, sources)).timelines[0]?.replicas ?? []
        return one?.steps.some(({ step }) => step === 'settled') === true ? one : undefined
      },
      { everyMs: 1, deadlineMs: 20_000 },
    )
    expect(after?.steps.map(({ step }) => step)).to.deep.equal([
      'published',
      'active',
      'settled',
      'ended',
    ])
    expect(after?.daysLeft).to.equal(null)
    if (process.env['SHOW'] === '1') console.log(describeTimeline(timeline).join('\n'))
  })
})
