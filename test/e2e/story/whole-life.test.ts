import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { listDeals } from '../../../src/flow/list-deals.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import { retrieveDeal } from '../../../src/flow/retrieve-deal.ts'
import { mineTo } from '../../../src/localnet/controls.ts'
import { type Local, startLocal } from './local.ts'

const PRICE = 1_000_000n
const CLIENT_COLLATERAL = 7n

describe('the whole life of a deal', () => {
  let local: Local
  let folder: string
  before(async () => {
    local = await startLocal([{ kind: 'honest' }, { kind: 'honest' }])
    folder = join(local.folder, 'data')
    await mkdir(join(folder, 'nested'), { recursive: true })
    await writeFile(join(folder, 'hello.txt'), 'hello world')
    await writeFile(join(folder, 'nested', 'empty'), '')
  })
  after(() => local.stop())

  it('is prepared, proposed, published by two providers, active, ended, settled, and the money is back', async () => {
    const { client, context, filecoin, owner, provider } = local
    const made = await makeDeal(
      {
        inputs: [folder],
        replicas: 2,
        pricePerEpoch: PRICE,
        clientCollateral: CLIENT_COLLATERAL,
        wait: 'active',
        deadlineMs: 60_000,
        everyMs: 100,
      },
      context,
    )
    const [proposal] = made.proposals
    if (proposal === undefined) throw new Error('nothing was proposed')
    expect(proposal.deals.map(({ state }) => state)).to.deep.equal(['active', 'active'])
    expect(proposal.deals.map(({ provider: id }) => id)).to.have.members(['f01000', 'f01001'])

    const duration = BigInt(proposal.endEpoch - proposal.startEpoch)
    const each = PRICE * duration + CLIENT_COLLATERAL
    expect(await client.funds()).to.deep.equal({
      escrow: each * 2n,
      locked: each * 2n,
      reserved: 0n,
      available: 0n,
      balance: 0n,
    })

    await mineTo(filecoin.provider, BigInt(proposal.endEpoch))
    const ended = await listDeals(context, proposal.proposalId)
    expect(ended.proposals[0]?.deals.map(({ state }) => state)).to.deep.equal(['ended', 'ended'])

    const dealIds = proposal.deals.map(({ dealId }) => BigInt(dealId))
    const { settled } = await client.settle(dealIds)
    expect(settled.map(({ paid }) => paid)).to.deep.equal([PRICE * duration, PRICE * duration])
    expect(settled.every(({ completed }) => completed)).to.equal(true)
    const left = CLIENT_COLLATERAL * 2n
    expect(await client.funds()).to.include({ escrow: left, locked: 0n, available: left })

    const { taken } = await client.withdrawEscrow(left)
    expect(taken).to.equal(left)
    const stranger = '0x00000000000000000000000000000000000000aa'
    await client.withdraw(stranger, left)
    expect(await provider.getBalance(stranger)).to.equal(left)
    expect(await provider.getBalance(client.address)).to.equal(0n)
    expect(await owner.getAddress()).to.equal(await client.owner())

    const after = await listDeals(context, proposal.proposalId)
    expect(after.proposals[0]?.deals.map(({ state }) => state)).to.deep.equal(['ended', 'ended'])
  })

  it('is proposed once, however often it is asked for', async () => {
    const request = { inputs: [folder], replicas: 2, wait: 'active', everyMs: 100 } as const
    const first = await makeDeal(request, local.context)
    const again = await makeDeal(request, local.context)
    expect(first.proposals[0]?.tx).to.be.a('string')
    expect(again.proposals[0]?.tx).to.equal(null)
    expect(again.proposals[0]?.proposalId).to.equal(first.proposals[0]?.proposalId)
    const all = (await listDeals(local.context)).proposals
    expect(
      new Set(all.map(({ label }) => label)).size,
      'a second attempt has a new label',
    ).to.equal(2)
  })

  it('comes back from a provider when the depot has lost it', async () => {
    const { context } = local
    const piece = await context.depot.get((await context.depot.list())[0]?.pieceCid ?? '')
    await context.depot.remove(piece.pieceCidV2)
    const target = join(local.folder, 'back')
    const retrieved = await retrieveDeal(piece.root, target, context)
    expect(retrieved).to.include({
      root: piece.root,
      pieceCid: piece.pieceCid,
      files: 2,
      verified: true,
    })
    expect(retrieved.source).to.match(/^f0100[01]$/)
    expect(await readFile(join(target, 'hello.txt'), 'utf8')).to.equal('hello world')
    expect(await readFile(join(target, 'nested', 'empty'), 'utf8')).to.equal('')
  })
})
