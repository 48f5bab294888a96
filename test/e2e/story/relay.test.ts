import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { FlowContext } from '../../../src/flow/context.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import { withRelay } from '../../../src/flow/offer-directly.ts'
import { reannounce } from '../../../src/flow/reannounce.ts'
import { pushFolder, readPushes } from '../../../src/relay/push-log.ts'
import { type Local, startLocal } from './local.ts'

const PUSH_ONLY = 1001n

describe('a provider that watches no chain', function () {
  this.timeout(120_000)
  let local: Local
  let relayed: FlowContext
  let relay: string
  before(async () => {
    local = await startLocal([{ kind: 'manual' }], 1)
    relay = join(local.folder, 'relay')
    relayed = withRelay(local.context, relay)
  })
  after(() => local.stop())

  const file = async (name: string): Promise<string> => {
    const path = join(local.folder, name)
    await writeFile(path, name.repeat(50))
    return path
  }
  const seenBy = (provider: bigint): string[] =>
    local.events.filter((event) => event.provider === provider).map(({ type }) => type)
  const pushed = () => readPushes(pushFolder(relay, 'localnet', local.client.address))

  it('refuses a price below its ask, and the reason is in the document and kept', async () => {
    const made = await makeDeal(
      {
        inputs: [await file('cheap.txt')],
        providers: [PUSH_ONLY],
        pricePerEpoch: 1n,
        // Nobody is left to wait for: it returns nevertheless.
        wait: 'active',
        everyMs: 100,
      },
      relayed,
    )
    const [proposal] = made.proposals
    expect(proposal?.deals).to.deep.equal([])
    expect(proposal?.pushes).to.have.length(1)
    expect(proposal?.pushes?.[0]).to.include({
      provider: 'f01001',
      outcome: 'refused',
      reason: 'internal server error: failed to apply filters',
    })
    expect(await pushed()).to.have.length(1)
    expect(seenBy(PUSH_ONLY)).to.deep.equal(['pushed', 'refused'])
  })

  it('takes a deal that is pushed to it, from the proposal to its activation', async () => {
    const wish = {
      inputs: [await file('fair.txt')],
      providers: [PUSH_ONLY],
      wait: 'active',
      everyMs: 100,
    } as const
    const { proposals } = await makeDeal(wish, relayed)
    expect(proposals[0]?.deals).to.have.length(1)
    expect(proposals[0]?.deals[0]).to.include({ provider: 'f01001', state: 'active' })
    expect(proposals[0]?.pushes?.[0]).to.include({ outcome: 'accepted' })
    expect(seenBy(PUSH_ONLY)).to.not.include('seen')
  })

  it('is offered it once, however often it is asked for, and so is one that watches', async () => {
    // f01000 takes and publishes nothing by itself: the proposal stays open for its second replica.
    const providers = [PUSH_ONLY, 1000n]
    const wish = { inputs: [await file('twice.txt')], providers, replicas: 2 }
    const first = await makeDeal(wish, relayed)
    const offers = seenBy(PUSH_ONLY).filter((type) => type === 'pushed').length
    const second = await makeDeal(wish, relayed)
    expect(second.proposals[0]?.proposalId).to.equal(first.proposals[0]?.proposalId)
    expect(seenBy(PUSH_ONLY).filter((type) => type === 'pushed')).to.have.length(offers)
    for (const { proposals } of [first, second])
      expect(
        proposals[0]?.pushes?.map(({ provider, outcome }) => [provider, outcome]),
      ).to.deep.equal([
        ['f01001', 'accepted'],
        ['f01000', 'accepted'],
      ])
  })

  it('gets by reannounce what was proposed while nothing was pushed, and says what it cost', async () => {
    const { proposals } = await makeDeal(
      { inputs: [await file('missed.txt')], providers: [PUSH_ONLY] },
      local.context,
    )
    const proposalId = proposals[0]?.proposalId ?? ''
    const document = await reannounce(
      { proposalId, once: false, everyMs: 60_000, maxCost: 10n ** 18n, lookMs: 100 },
      { ...local.context, relayFolder: relay },
    )
    const [told] = document.proposals
    expect(told).to.include({ proposalId, state: 'filled' })
    expect(told?.announcements).to.have.length(1)
    expect(told?.pushes[0]).to.include({ provider: 'f01001', outcome: 'accepted' })
    const receipt = await local.provider.getTransactionReceipt(told?.announcements[0]?.tx ?? '')
    expect(document.spent).to.equal(receipt?.fee.toString())
    expect(BigInt(document.spent) > 0n).to.equal(true)
  })
})
