import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { listDeals } from '../../../src/flow/list-deals.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import { retrieveDeal } from '../../../src/flow/retrieve-deal.ts'
import { mineTo } from '../../../src/localnet/controls.ts'
import {
  type AlterableField,
  ALTERABLE_FIELDS,
  type Behaviour,
} from '../../../src/provider/behaviour.ts'
import { poll } from '../../../src/watch/poll.ts'
import { type Local, startLocal } from './local.ts'

/** What a publication with this field changed is answered; another client is an address where nothing can agree. */
const ANSWERS: Readonly<Record<AlterableField, string>> = {
  pieceCid: 'another piece CID',
  pieceSize: 'another piece size',
  client: 'the client is no contract',
  label: 'another label',
  startEpoch: 'another start epoch',
  endEpoch: 'another end epoch',
  price: 'another price',
  collateral: 'another client collateral',
  providerCollateral: 'another provider collateral',
}

async function withProviders(
  behaviours: readonly Behaviour[],
  story: (local: Local, input: string) => Promise<void>,
): Promise<void> {
  const local = await startLocal(behaviours)
  try {
    const input = join(local.folder, 'data')
    await mkdir(input)
    await writeFile(join(input, 'a.txt'), 'a')
    await story(local, input)
  } finally {
    await local.stop()
  }
}

describe('providers that do not keep to the proposal', () => {
  for (const field of ALTERABLE_FIELDS) {
    it(`cannot publish another ${field}`, async () => {
      await withProviders([{ kind: 'altered-terms', field }], async (local, input) => {
        await makeDeal({ inputs: [input] }, local.context)
        await local.filecoin.providers[0]?.idle()
        const [record] = local.filecoin.providers[0]?.history() ?? []
        if (record?.state !== 'failed') throw new Error(`the provider got to ${record?.state}`)
        expect(record).to.include({ step: 'publish', code: 'CONTRACT_REFUSED' })
        expect(record.reason).to.include(ANSWERS[field])
        const { proposals } = await listDeals(local.context)
        expect(proposals[0]).to.include({ state: 'open' })
        expect(proposals[0]?.deals).to.deep.equal([])
        expect(await local.client.funds()).to.include({ locked: 0n })
      })
    })
  }

  it('publish a second copy in vain, at once and when the first is active', async () => {
    await withProviders([{ kind: 'double-publish' }], async (local, input) => {
      await makeDeal({ inputs: [input], replicas: 2 }, local.context)
      await local.filecoin.providers[0]?.idle()
      const { proposals } = await listDeals(local.context)
      expect(proposals[0]?.deals).to.have.length(1)
      const outcomes = local.events.flatMap((event) =>
        event.type === 'republished' ? [event.outcome] : [],
      )
      expect(outcomes.length).to.be.greaterThan(0)
      for (const outcome of outcomes) expect(outcome).to.match(/^refused/)
    })
  })

  it('that never prove give the money back', async () => {
    await withProviders([{ kind: 'never-activate' }], async (local, input) => {
      const { context, client, filecoin } = local
      const made = await makeDeal({ inputs: [input], wait: 'published', everyMs: 100 }, context)
      const [proposal] = made.proposals
      const { escrow, locked } = await client.funds()
      expect(locked).to.equal(escrow)
      await mineTo(filecoin.provider, BigInt(proposal?.startEpoch ?? 0) + 1n)
      const state = async () => (await listDeals(context)).proposals[0]?.deals[0]?.state
      expect(await state()).to.equal('missed')
      await client.settle([BigInt(proposal?.deals[0]?.dealId ?? -1)])
      expect(await state()).to.equal('missed')
      expect(await client.funds()).to.include({ escrow, locked: 0n, available: escrow })
    })
  })

  it('that give a sector up are seen as terminated, and the unearned money is free', async () => {
    await withProviders([{ kind: 'terminate', afterEpochs: 10n }], async (local, input) => {
      const { context, client, filecoin } = local
      await makeDeal({ inputs: [input], wait: 'active', everyMs: 100 }, context)
      const [deal] = (await listDeals(context)).proposals[0]?.deals ?? []
      await client.observe([BigInt(deal?.dealId ?? -1)])
      await mineTo(filecoin.provider, BigInt(deal?.activatedAt ?? 0) + 20n)
      const lost = () => local.events.some(({ type }) => type === 'lost')
      await poll(async () => lost() || undefined, { everyMs: 50, deadlineMs: 20_000 })
      expect((await listDeals(context)).proposals[0]?.deals[0]?.state).to.equal('terminated')
      expect(await client.funds()).to.include({ locked: 0n })
    })
  })

  it('that serve wrong bytes are found out, and another source is used', async () => {
    await withProviders([{ kind: 'wrong-bytes' }, { kind: 'honest' }], async (local, input) => {
      const { context } = local
      const made = await makeDeal(
        { inputs: [input], replicas: 2, wait: 'active', everyMs: 100 },
        context,
      )
      const piece = await context.depot.get(made.proposals[0]?.pieceCid ?? '')
      await context.depot.remove(piece.pieceCidV2)
      const back = await retrieveDeal(piece.root, join(local.folder, 'back'), context)
      expect(back.source).to.equal('f01001')
    })
  })
})
