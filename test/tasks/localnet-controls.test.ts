import { expect } from 'chai'
import { ActorExit, ControlError, currentEpoch } from '../../src/localnet/controls.ts'
import { activateOne, expireOne, skipOne } from '../../tasks/localnet-deal.ts'
import { mineEpochs } from '../../tasks/localnet-mine.ts'
import { makeNullRounds } from '../../tasks/localnet-null-rounds.ts'
import { type Localnet, tellControl } from '../../tasks/localnet-open.ts'
import { publishOne } from '../../tasks/localnet-publish.ts'
import { actOnSector } from '../../tasks/localnet-sector.ts'
import { type Market, market } from '../src/localnet/support/market.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'

const PROPOSAL_ID = `0x${'12'.repeat(32)}`

const minedDocument = (mined: number, epoch: number) => ({
  version: 1,
  kind: 'localnet-mine',
  mined,
  epoch,
})

const tell = (error: unknown) =>
  tellControl('localnet', async () => {
    throw error
  })

describe('tasks/localnet-*', () => {
  let own: Market
  let at: Localnet
  before(async () => {
    own = await market()
    at = { provider: own.provider, name: 'localnet', miners: [1000n, 1001n] }
  })

  const mine = (args: { epochs?: string; to?: string }) =>
    actJson((run) => mineEpochs({ epochs: args.epochs, to: args.to }, run, at))

  describe('mine', () => {
    it('lets one epoch pass, or as many as asked, or up to one', async () => {
      const head = Number(await currentEpoch(own.provider))
      expect((await mine({})).document).to.deep.equal(minedDocument(1, head + 1))
      const twenty = await mine({ epochs: '20' })
      expect(twenty.document).to.deep.equal(minedDocument(20, head + 21))
      expect(twenty.io.err()).to.equal('mining 20 epochs\n')
      expect((await mine({ to: String(head + 30) })).document).to.deep.equal(
        minedDocument(9, head + 30),
      )
      expect((await mine({ to: String(head) })).document).to.deep.equal(minedDocument(0, head + 30))
    })

    it('refuses what is no number of epochs', async () => {
      const bad = [
        { epochs: '0' },
        { epochs: 'x' },
        { epochs: '10512001' },
        { to: '-1' },
        { to: '999999999999' },
        { epochs: '1', to: '9' },
      ]
      for (const args of bad) {
        const { document, io } = await mine(args)
        expect(document, JSON.stringify(args)).to.include({ code: 'ARGUMENT_INVALID' })
        expect(io.exitCode()).to.equal(1)
      }
    })
  })

  it('null-rounds: jumps, and refuses none', async () => {
    const head = Number(await currentEpoch(own.provider))
    const { document } = await actJson(() => makeNullRounds({ count: '5' }, at))
    const kind = 'localnet-null-rounds'
    expect(document).to.deep.equal({ version: 1, kind, nullEpochs: 5, epoch: head + 6 })
    for (const count of ['0', '28801', 'x'])
      await refused('ARGUMENT_INVALID', makeNullRounds({ count }, at))
  })

  it('activate, expire: tell a person what comes next', async () => {
    const dealId = await own.deal()
    const io = await actPlain(() => activateOne({ deal: String(dealId) }, at))
    expect(io.out()).to.match(
      /^Deal \d+ is active: t01000 committed sector \d+ until epoch [\d,]+\.\n/,
    )
    expect(io.out()).to.include(`Next: npx hardhat deals ${dealId} --network localnet\n`)
    const deal = String(dealId)
    const expired = await actJson((run) => expireOne({ deal, settle: true }, run, at))
    expect(expired.document).to.deep.include({
      kind: 'localnet-expire',
      settled: { payment: '518400', completed: true },
    })
    expect(expired.io.err()).to.equal(`mining to the end epoch of deal ${deal}\n`)
  })

  it('skip-activation: leaves the deal where it is when it is active', async () => {
    const deal = String(await own.deal())
    await activateOne({ deal }, at)
    const { document } = await actJson((run) =>
      tellControl('localnet', () => skipOne({ deal }, run, at)),
    )
    expect(document).to.include({ kind: 'error', code: 'CONTRACT_REFUSED' })
    expect(document['hint']).to.include('--manual')
  })

  it('terminate: a sector by its deal, or by miner and number', async () => {
    const [first, second] = [String(await own.deal()), String(await own.deal())]
    const { document } = await activateOne({ deal: first }, at)
    await activateOne({ deal: second }, at)
    const none = { deal: undefined, miner: undefined, sector: undefined }
    const bySector = { ...none, miner: 't01000', sector: String(document.sector) }
    expect((await actOnSector('terminate', bySector, at)).document).to.include({
      kind: 'localnet-terminate',
      dealId: null,
      sector: document.sector,
    })
    const byDeal = await actOnSector('terminate', { ...none, deal: second }, at)
    expect(byDeal.document).to.include({ dealId: Number(second), provider: 't01000' })
    const unclear = [
      none,
      { ...none, miner: 'f01000' },
      { ...none, sector: '1' },
      { deal: '1', miner: 'f01000', sector: '1' },
      { ...none, deal: 'x' },
      { ...none, miner: 'f01000,f01001', sector: '1' },
      { ...none, miner: 'f01000', sector: '-1' },
    ]
    for (const args of unclear)
      await refused('ARGUMENT_INVALID', actOnSector('terminate', args, at))
  })

  it('publish: refuses what is no proposal id and no miner', async () => {
    const bad = [
      { proposal: '7', miner: undefined },
      { proposal: PROPOSAL_ID, miner: 'f01000,f01001' },
    ]
    for (const args of bad) await refused('ARGUMENT_INVALID', publishOne(args, at, own.address))
    const one = { proposal: PROPOSAL_ID, miner: undefined }
    const error = await refused(
      'PROPOSAL_NOT_FOUND',
      tellControl('localnet', () => publishOne(one, at, own.address)),
    )
    expect(error.next).to.equal('npx hardhat deals --network localnet')
  })

  it('tell every failure with a way out', async () => {
    const { next } = await refused(
      'UNKNOWN_NETWORK',
      tell(new ControlError('NOT_A_LOCALNET', 'no')),
    )
    expect(next).to.equal('npx hardhat localnet')
    await refused('EPOCH_PAST', tell(new ControlError('START_PASSED', 'no')))
    await refused('ARGUMENT_INVALID', tell(new ControlError('MINER_UNKNOWN', 'no')))
    for (const [exitCode, hint] of [
      [17, /no such number/],
      [32, /over/],
    ] as const) {
      const error = await refused('CONTRACT_REFUSED', tell(new ActorExit(exitCode, 'no')))
      expect(error.hint).to.match(hint)
    }
    await refused('CONTRACT_REFUSED', tell(new ActorExit(16, 'no')))
    await refused('NODE_UNREACHABLE', tell(new TypeError('fetch failed')))
  })
})
