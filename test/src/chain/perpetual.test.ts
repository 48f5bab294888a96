import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { BrowserProvider } from 'ethers'
import hre from 'hardhat'
import { NETWORKS } from '../../../src/chain/networks.ts'
import type { PerpetualEvent } from '../../../src/chain/perpetual-events.ts'
import { openPerpetual, type PerpetualStorage } from '../../../src/chain/perpetual.ts'
import { readArtifact } from '../../../src/flow/artifact.ts'
import { deployClient, deployPerpetual } from '../../../src/flow/deploy.ts'
import { type LocalFilecoin, startLocalFilecoin } from '../../../src/flow/local-filecoin.ts'
import {
  activateDeal,
  currentEpoch,
  mineTo,
  publishProposal,
} from '../../../src/localnet/controls.ts'
import { refused } from '../../support/refused.ts'
import { STORE_POLICY } from '../../support/store-policy.ts'

/** test/vectors/known-piece-cids.json, lotus-zero zero-127. */
const PIECE = {
  pieceCid: 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy',
  pieceSize: 128,
  size: 127,
  root: 'bafkqaaa',
}
const FIL = 10n ** 18n

describe('PerpetualStorage, opened', () => {
  let folder: string
  let filecoin: LocalFilecoin
  let storage: PerpetualStorage
  let stranger: PerpetualStorage
  let account: string
  let from: bigint
  let proposalId: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-perpetual-'))
    filecoin = await startLocalFilecoin({
      folder: join(folder, 'depot'),
      providers: 2,
      behaviours: [{ kind: 'manual' }, { kind: 'manual' }],
    })
    await filecoin.provider.request({ method: 'evm_setIntervalMining', params: [0] })
    const provider = new BrowserProvider(filecoin.provider, undefined, { cacheTimeout: -1 })
    const signer = await provider.getSigner(filecoin.accounts[0])
    account = await signer.getAddress()
    from = await currentEpoch(filecoin.provider)
    const options = {
      network: NETWORKS.localnet,
      artifact: (name: string) => readArtifact(hre, name),
      signer,
      folder: join(folder, 'deployments'),
    }
    const first = await deployClient({ ...options, perpetual: true })
    expect(first.deployed).to.deep.equal([
      'DealClientFactory',
      'DealClient',
      'StoreClientFactory',
      'PerpetualStorage',
    ])
    const again = await deployClient({ ...options, perpetual: true })
    expect(again).to.deep.equal({ ...first, deployed: [] })
    const [clients, made] = await deployPerpetual(options)
    const address = first.perpetual?.address ?? ''
    expect(made).to.include({ contract: 'PerpetualStorage', address, fresh: false })
    const record = JSON.parse(
      await readFile(join(folder, 'deployments', 'localnet', 'PerpetualStorage.json'), 'utf8'),
    ) as { constructorArguments: unknown[] }
    expect(record.constructorArguments).to.deep.equal([clients.address])
    storage = openPerpetual(address, signer)
    stranger = openPerpetual(address, await provider.getSigner(filecoin.accounts[1]))
  })
  after(async () => {
    await filecoin.stop()
    await rm(folder, { recursive: true })
  })

  async function events(range: { from: bigint; window?: bigint }): Promise<PerpetualEvent[]> {
    const found: PerpetualEvent[] = []
    for await (const { logs } of storage.events(range)) found.push(...logs)
    return found
  }

  it('stores, and tells what it stored', async () => {
    const stored = await storage.store(PIECE, STORE_POLICY, { value: FIL })
    expect(stored.id).to.equal(1n)
    ;({ proposalId } = stored)
    expect(await storage.storeCount()).to.equal(1)
    expect(await storage.policyCount()).to.equal(1)
    expect(await storage.policyOf(1)).to.deep.equal(STORE_POLICY)
    const client = await storage.clientOf(account)
    expect(await storage.storeOf(1n)).to.deep.equal({
      account,
      client,
      policy: 1,
      attempts: 1,
      step: 0,
      cancelled: false,
      placedByKeeper: false,
      proposals: [1],
      shunned: [],
    })
    const now = Number(stored.block)
    const facts = await storage.factsOf(1n)
    expect(facts).to.include({
      epoch: now,
      openCopies: 2,
      openSince: now,
      openStart: now + STORE_POLICY.startDelay,
      pieceSize: 128,
      price: STORE_POLICY.price,
      cancelled: false,
      crowded: false,
    })
    expect(facts.deals).to.deep.equal([])
    const { next, why, ...counts } = await storage.statusOf(1n)
    expect(counts).to.deep.equal({ active: 0, published: 0, open: 2 })
    expect(next.reason).to.equal('awaiting')
    expect(next.dueAt).to.equal(now + STORE_POLICY.startDelay + 1)
    expect(why).to.match(/waits for providers/)
    const { stores, free, client: own } = await storage.accountOf(account)
    expect([stores, own]).to.deep.equal([1, client])
    expect(free < FIL).to.equal(true)
    const names = (await events({ from: stored.block })).map(({ name }) => name)
    expect(names).to.deep.equal(['policy-defined', 'stored', 'client-opened', 'proposed'])
    const [, told] = await events({ from: stored.block })
    expect(told).to.deep.include({ name: 'stored', id: 1n, account, pieceCid: PIECE.pieceCid })
  })

  it('tells of deals, of what is due and of what a poke did', async () => {
    const { provider } = filecoin
    const client = await storage.clientOf(account)
    for (const miner of [1000n, 1001n])
      await activateDeal(provider, await publishProposal(provider, { client, proposalId, miner }))
    const { deals } = await storage.factsOf(1n)
    expect(deals.map(({ provider: id, standing }) => [id, standing])).to.deep.equal([
      [1001n, 'active'],
      [1000n, 'active'],
    ])
    expect(await storage.pokeable(0, 10)).to.deep.equal([])
    const idle = await stranger.poke([1n])
    expect([idle.poked, idle.failed]).to.deep.equal([[], []])
    const end = deals[0]?.endEpoch ?? 0
    await mineTo(provider, BigInt(end - STORE_POLICY.lead))
    expect(await storage.pokeable(0, 10)).to.deep.equal([1n])
    const { poked, failed, block, tx } = await stranger.pokeFrom(1n, 'https://other.example/x')
    expect(failed).to.deep.equal([])
    const [event] = poked
    expect(event).to.deep.include({ name: 'poked', id: 1n, reason: 'renewal', block, tx })
    expect(event?.paid).to.equal((await storage.accountOf(account)).paidInWindow)
    const windows = await events({ from, window: 700n })
    expect(windows.filter(({ name }) => name === 'poked')).to.deep.equal([event])
  })

  it('says why it refuses', async () => {
    await refused('CONTRACT_REFUSED', storage.factsOf(99n))
    await refused('CONTRACT_REFUSED', storage.policyOf(99))
    await refused('CONTRACT_REFUSED', stranger.cancel(1n))
    await refused('TERM_INVALID', storage.store(PIECE, { ...STORE_POLICY, replicas: 0 }))
    await refused('NO_MONEY', stranger.store(PIECE, STORE_POLICY))
    await refused('TERM_INVALID', storage.topUp(1n, { value: 0n }))
  })

  it('takes money and new terms, ends a store and gives the rest back', async () => {
    const before = await storage.accountOf(account)
    await stranger.topUp(1n, { value: 5n })
    expect((await storage.accountOf(account)).free).to.equal(before.free + 5n)
    await storage.extendPolicy(1n, { ...STORE_POLICY, replicas: 3 })
    expect((await storage.storeOf(1n)).policy).to.equal(2)
    expect(await storage.runway(1n)).to.be.a('bigint')
    const { atFirstOffer, atCeiling } = await storage.endowment(2 ** 30, STORE_POLICY, 518_400n)
    expect(atFirstOffer).to.equal(2n * 50_000_000n * 518_400n)
    expect(atCeiling).to.equal(2n * 400_000_000n * 518_400n)
    await storage.cancel(1n)
    expect((await storage.statusOf(1n)).next.reason).to.equal('cancelled')
    const { taken } = await storage.withdraw(account, 10n ** 30n)
    expect(taken > before.free).to.equal(true)
    expect((await storage.accountOf(account)).free).to.equal(0n)
  })
})
