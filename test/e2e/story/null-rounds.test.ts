import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { proposalLogs } from '../../../src/chain/logs.ts'
import { listDeals } from '../../../src/flow/list-deals.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import { currentEpoch, nullRounds } from '../../../src/localnet/controls.ts'
import { type Local, startLocal } from './local.ts'

describe('epochs without a block', () => {
  let local: Local
  before(async () => {
    local = await startLocal([{ kind: 'honest' }])
  })
  after(() => local.stop())

  async function store(name: string, wait?: 'active'): Promise<string> {
    const input = join(local.folder, name)
    await writeFile(input, name.repeat(100))
    const wish = { inputs: [input], everyMs: 100, deadlineMs: 60_000 }
    const made = await makeDeal(wait === undefined ? wish : { ...wish, wait }, local.context)
    return made.proposals[0]?.proposalId ?? ''
  }

  it('hide no proposal from who follows them, and stop no deal', async () => {
    const { filecoin, provider, context } = local
    const from = await currentEpoch(filecoin.provider)
    const ids = [await store('a', 'active')]
    await nullRounds(filecoin.provider, 3n)
    ids.push(await store('b', 'active'))
    // More than a window of logs: its ends are null epochs.
    const gap = (await currentEpoch(filecoin.provider)) + 1n
    await nullRounds(filecoin.provider, 4000n)
    ids.push(await store('c', 'active'))

    const seen: string[] = []
    const windows: bigint[] = []
    for await (const { through, logs } of proposalLogs(provider, { from })) {
      windows.push(through)
      seen.push(...logs.map(({ proposalId }) => proposalId))
    }
    expect(seen).to.deep.equal(ids)
    expect(windows.some((end) => end >= gap && end < gap + 4000n)).to.equal(true)
    const { proposals } = await listDeals(context)
    expect(proposals.flatMap(({ deals }) => deals.map(({ state }) => state))).to.deep.equal(
      Array(3).fill('active'),
    )
    expect(local.events.filter(({ type }) => type === 'trouble')).to.deep.equal([])
  })

  it('are windows of their own without a log', async () => {
    const { filecoin, provider } = local
    const first = (await currentEpoch(filecoin.provider)) + 1n
    await nullRounds(filecoin.provider, 50n)
    const found: bigint[] = []
    for await (const { logs, through } of proposalLogs(provider, {
      from: first,
      to: first + 49n,
      window: 10n,
    })) {
      expect(logs).to.deep.equal([])
      found.push(through - first)
    }
    expect(found).to.deep.equal([9n, 19n, 29n, 39n, 49n])
  })
})
