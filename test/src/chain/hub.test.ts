import { expect } from 'chai'
import { BrowserProvider } from 'ethers'
import hre from 'hardhat'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Aggregate } from '../../../src/aggregate/aggregate.ts'
import { placeSegments } from '../../../src/aggregate/segment.ts'
import type { HubEvent } from '../../../src/chain/hub-events.ts'
import { type Hub, openHub } from '../../../src/chain/hub.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { readArtifact } from '../../../src/flow/artifact.ts'
import { deployClient } from '../../../src/flow/deploy.ts'
import { type LocalFilecoin, startLocalFilecoin } from '../../../src/flow/local-filecoin.ts'
import { currentEpoch, mine, nullRounds } from '../../../src/localnet/controls.ts'
import { parsePieceCid } from '../../../src/piece/piece-cid.ts'
import { CID } from 'multiformats/cid'
import { refused } from '../../support/refused.ts'

/** test/vectors/known-piece-cids.json, lotus-zero zero-127, and its version 2. */
const PIECE = CID.parse('bafkzcibcaabdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy').bytes
const CONTENT = new TextEncoder().encode('bafkqaaa')

describe('the hub, opened', () => {
  let folder: string
  let filecoin: LocalFilecoin
  let hub: Hub
  let asking: Hub
  let aggregator: string
  let requester: string
  let from: bigint
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-hub-'))
    filecoin = await startLocalFilecoin({ folder: join(folder, 'depot'), providers: 0 })
    const provider = new BrowserProvider(filecoin.provider, undefined, { cacheTimeout: -1 })
    const signer = await provider.getSigner(filecoin.accounts[0])
    from = await currentEpoch(filecoin.provider)
    const options = {
      network: NETWORKS.localnet,
      artifact: (name: string) => readArtifact(hre, name),
      signer,
      folder: join(folder, 'deployments'),
      hub: true,
    }
    const first = await deployClient(options)
    const again = await deployClient(options)
    expect(first.deployed).to.deep.equal(['DealClientFactory', 'DealClient', 'AggregationHub'])
    expect(again).to.deep.equal({ ...first, deployed: [] })
    const path = join(folder, 'deployments', 'localnet', 'AggregationHub.json')
    const record = JSON.parse(await readFile(path, 'utf8')) as { constructorArguments: unknown[] }
    aggregator = await signer.getAddress()
    expect(record.constructorArguments).to.deep.equal([aggregator])
    const address = first.hub?.address ?? ''
    hub = openHub(address, signer)
    const other = await provider.getSigner(filecoin.accounts[1])
    requester = await other.getAddress()
    asking = openHub(address, other)
  })
  after(async () => {
    await filecoin.stop()
    await rm(folder, { recursive: true })
  })

  async function events(range: { from: bigint; window?: bigint }): Promise<HubEvent[]> {
    const found: HubEvent[] = []
    for await (const { logs } of hub.events(range)) found.push(...logs)
    return found
  }

  it('takes requests with and without terms, and tells them', async () => {
    const now = await currentEpoch(filecoin.provider)
    expect(await hub.aggregator()).to.equal(aggregator)
    const plain = await asking.submit(CONTENT)
    const terms = { deadline: now + 100n, storedUntil: now + 9_000n }
    const paid = await asking.submit(PIECE, terms, { value: 5n })
    expect([plain.id, paid.id]).to.deep.equal([1n, 2n])
    expect(await hub.requestOf(1n)).to.deep.equal({
      subject: 'content',
      aggregator,
      storedUntil: 0n,
      completions: 0,
      firstDealId: undefined,
      payment: 'none',
      amount: 0n,
      deadline: 0n,
    })
    expect(await hub.requestOf(2n)).to.deep.equal({
      subject: 'sized-piece',
      aggregator: undefined,
      completions: 0,
      firstDealId: undefined,
      payment: 'open',
      amount: 5n,
      ...terms,
    })
    expect(await hub.dealsOf(2n)).to.deep.equal([])
    expect(await hub.getAllDeals(PIECE)).to.deep.equal([])
    expect(await hub.getActiveDeals(PIECE)).to.deep.equal([])
    expect(await hub.isStored(PIECE)).to.deep.equal({ deals: 0n, activeUntil: -1n })
    const [submitted, told, ...more] = await events({ from: paid.block })
    expect(submitted).to.deep.equal({
      name: 'submitted',
      id: 2n,
      cid: PIECE,
      block: paid.block,
      tx: paid.tx,
    })
    expect(told).to.deep.equal({
      name: 'terms',
      id: 2n,
      requester,
      aggregator: undefined,
      payment: 5n,
      ...terms,
      block: paid.block,
      tx: paid.tx,
    })
    expect(more).to.deep.equal([])
  })

  it('is read across epochs without a block, in windows of any size', async () => {
    await nullRounds(filecoin.provider, 30n)
    await asking.submit(CONTENT)
    const all = await events({ from })
    expect(all.filter(({ name }) => name === 'submitted').map(({ id }) => id)).to.deep.equal([
      1n,
      2n,
      3n,
    ])
    expect(await events({ from, window: 7n })).to.deep.equal(all)
  })

  it('says why it refuses', async () => {
    const piece = { ...parsePieceCid(PIECE), pieceSize: 128 }
    const aggregate = new Aggregate(placeSegments([piece], 1024), 1024)
    const item = { id: 2n, proof: aggregate.proof(0), piece }
    const deal = { dealId: 77n, provider: 1000n }
    const unknown = await refused('CONTRACT_REFUSED', hub.completeBatch(deal, [item]))
    expect(unknown.message).to.match(/the market has no deal 77/)
    await refused('CONTRACT_REFUSED', hub.completeBatch(deal, []))
    await refused('CONTRACT_REFUSED', hub.claim(2n, 77n))
    await refused('CONTRACT_REFUSED', hub.claim(1n, 77n))
    await refused('CONTRACT_REFUSED', hub.requestOf(99n))
    await refused('TERM_INVALID', asking.submit(new Uint8Array(0)))
    await refused('EPOCH_PAST', asking.submit(PIECE, { deadline: 1n }, { value: 1n }))
  })

  it('gives a payment back after its deadline, to who asked', async () => {
    await refused('CONTRACT_REFUSED', asking.reclaim(2n, requester))
    await mine(filecoin.provider, 100n)
    await refused('CONTRACT_REFUSED', hub.reclaim(2n, aggregator))
    const { block } = await asking.reclaim(2n, requester)
    expect((await hub.requestOf(2n)).payment).to.equal('reclaimed')
    expect((await events({ from: block })).map(({ name }) => name)).to.deep.equal(['reclaimed'])
  })
})
