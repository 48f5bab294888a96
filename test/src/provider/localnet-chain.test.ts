/** The provider against the real thing: client contract, f05 and miner of a simulated Filecoin, over real HTTP. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { BrowserProvider, ContractFactory, type InterfaceAbi } from 'ethers'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { idAddress } from '../../../src/bytes/address.ts'
import { type Client, openClient } from '../../../src/chain/client-contract.ts'
import { minerInfo } from '../../../src/chain/lotus.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { termsFor } from '../../../src/deal/terms.ts'
import localnet, { type Provider, mineTo } from '../../../src/localnet/index.ts'
import { type AlterableField, ALTERABLE_FIELDS } from '../../../src/provider/behaviour.ts'
import { localnetChain } from '../../../src/provider/localnet-chain.ts'
import {
  type PocketProvider,
  type ProviderOptions,
  startProvider,
} from '../../../src/provider/pocket-provider.ts'
import { authParams, publishParams } from '../../../src/provider/signed.ts'
import { refused } from '../../support/refused.ts'
import { CLIENT, proposalFor, sampleCar } from './support/proposals.ts'
import { type Server, honest, serve } from './support/server.ts'

const ARTIFACT = new URL(
  '../../../artifacts/contracts/DealClient.sol/DealClient.json',
  import.meta.url,
)
const MINER = 1000n
const OTHER_MINER = 1001n
const sample = await sampleCar(5000)

describe('a provider on a localnet', function () {
  this.timeout(20_000)
  let folder: string
  let eip1193: Provider
  let worker: string
  let otherWorker: string
  let client: Client
  let depot: Server
  let providers: PocketProvider[]
  let attempts = 0

  before(async () => {
    const hre = await createHardhatRuntimeEnvironment({
      plugins: [localnet],
      networks: { embedded: { type: 'edr-simulated', chainType: 'generic' } },
    })
    const connection = await hre.network.create('embedded')
    eip1193 = connection.provider
    const node = new BrowserProvider(eip1193, 31415926n, { cacheTimeout: -1 })
    const accounts = (await eip1193.request({ method: 'eth_accounts' })) as string[]
    worker = accounts.at(-1) ?? ''
    otherWorker = accounts.at(-2) ?? ''
    const { abi, bytecode } = JSON.parse(await readFile(ARTIFACT, 'utf8')) as {
      abi: InterfaceAbi
      bytecode: string
    }
    const signer = await node.getSigner(0)
    const contract = await new ContractFactory(abi, bytecode, signer).deploy()
    client = openClient(await contract.getAddress(), signer)
    depot = await serve(honest(sample.car))
  })
  after(() => depot.close())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-provider-'))
    providers = []
  })
  afterEach(async () => {
    for (const provider of providers) await provider.stop()
    await rm(folder, { recursive: true })
  })

  async function start(
    options: Partial<ProviderOptions> = {},
    id = MINER,
    account = worker,
  ): Promise<PocketProvider> {
    const provider = await startProvider({
      id,
      folder: join(folder, `f0${id}`),
      chain: localnetChain({ provider: eip1193, miner: id, worker: account }),
      pollMs: 20,
      batch: { waitMs: 5 },
      ...options,
    })
    providers.push(provider)
    return provider
  }

  async function propose(replicas = 1): Promise<string> {
    const epoch = await client.epoch()
    attempts += 1
    const terms = termsFor(
      {
        pieceCid: sample.pieceCidText,
        size: sample.car.length,
        pieceSize: Number(sample.pieceSize),
        label: `test-${attempts}/ipfs/${sample.root}`,
        url: `${depot.url}/piece/${sample.pieceCidText}`,
        startEpoch: epoch + 100n,
        replicas,
        // 1.1 times the least, as Lotus answers it.
        providerCollateral: (sample.pieceSize * 250_000n * 12n) / 10n,
      },
      { epoch, startWindow: NETWORKS.localnet.startWindow },
    )
    const { proposalId } = await client.propose(terms, { value: 10n ** 18n })
    return proposalId
  }

  it('publishes and activates a deal, which the contract then knows', async () => {
    const provider = await start()
    const proposalId = await propose()
    await provider.idle()
    expect(provider.history()).to.have.length(1)
    const [record] = provider.history()
    expect(record).to.include({ state: 'active', proposalId })
    const deals = (await client.deals()).filter((deal) => deal.proposalId === proposalId)
    expect(deals).to.have.length(1)
    expect(deals[0]).to.include({ provider: MINER, state: 'active' })
    expect(deals[0]?.dealId).to.equal(record !== undefined && 'dealId' in record && record.dealId)
  })

  it('fills two replicas with two providers', async () => {
    const both = [await start(), await start({}, OTHER_MINER, otherWorker)]
    const proposalId = await propose(2)
    for (const provider of both) await provider.idle()
    expect((await client.proposals([proposalId]))[0]).to.include({ state: 'filled', published: 2 })
    const deals = (await client.deals()).filter((deal) => deal.proposalId === proposalId)
    expect(deals.map(({ provider }) => provider).toSorted()).to.deep.equal([MINER, OTHER_MINER])
    expect(deals.map(({ state }) => state)).to.deep.equal(['active', 'active'])
  })

  it('registers where it serves', async () => {
    const { url } = await start()
    const info = await minerInfo(new BrowserProvider(eip1193, 31415926n), NETWORKS.localnet, MINER)
    expect(info?.urls).to.deep.equal([url])
  })

  it('is refused by the contract with the reason when one term is altered', async () => {
    for (const field of ALTERABLE_FIELDS) {
      const provider = await start({ behaviour: { kind: 'altered-terms', field } })
      const proposalId = await propose()
      await provider.idle()
      const record = provider.history().find((known) => known.proposalId === proposalId)
      expect(record, field).to.include({ state: 'failed', step: 'publish' })
      expect(record, field).to.have.property('reason').that.matches(REASON[field])
      await provider.stop()
      providers.pop()
      await client.cancel(proposalId)
    }
  })

  it('sends what it sends under one nonce once', async () => {
    const chain = localnetChain({ provider: eip1193, miner: MINER, worker })
    const terms = await client.getDealProposal(await propose(2))
    const proposal = { ...terms, provider: idAddress(MINER) }
    await chain.addCollateral(proposal.providerCollateral)
    const params = publishParams([proposal])
    const ticket = await chain.ticket()
    expect(await chain.publish(params, ticket)).to.equal('mined')
    expect(await chain.findDeal(proposal, ticket.fromDealId)).to.equal(ticket.fromDealId)
    expect(await chain.publish(params, ticket)).to.equal('stale')
    expect(await chain.publish(params, await chain.ticket())).to.equal('reverted')
    expect(await chain.findDeal(proposal, ticket.fromDealId + 1n)).to.equal(undefined)
    expect(await chain.findDeal({ ...proposal, label: 'x' }, 0n)).to.equal(undefined)
  })

  it('learns from f05 where a deal stands', async () => {
    const chain = localnetChain({ provider: eip1193, miner: MINER, worker })
    const { fromDealId } = await chain.ticket()
    expect(await chain.activation(fromDealId)).to.deep.equal({ state: 'unknown' })
    const provider = await start({ behaviour: { kind: 'never-activate' } })
    await propose()
    await provider.idle()
    expect(await chain.activation(fromDealId)).to.deep.equal({ state: 'published' })
    expect((await chain.ticket()).fromDealId).to.equal(fromDealId + 1n)
  })

  it('knows no client that is none', async () => {
    const chain = localnetChain({ provider: eip1193, miner: MINER, worker })
    const proposal = proposalFor(sample)
    expect(await chain.simulateAuth(proposal.client, authParams(proposal))).to.include({
      ok: false,
    })
    expect(await chain.escrow(proposal.client)).to.deep.equal({ balance: 0n, locked: 0n })
    expect(await chain.findDeal(proposal, 0n)).to.equal(undefined)
    await refused('CONTRACT_REFUSED', () => chain.readProposal(CLIENT, `0x${'01'.repeat(32)}`))
  })

  it('cannot publish twice', async () => {
    const provider = await start({ behaviour: { kind: 'double-publish' } })
    const proposalId = await propose(2)
    await provider.idle()
    expect(provider.history()[0]).to.include({ state: 'active' })
    expect(provider.history()[0]).to.have.property('republished').with.length(2)
    const deals = (await client.deals()).filter((deal) => deal.proposalId === proposalId)
    expect(deals).to.have.length(1)
  })

  it('is late: f05 does not take the proof, and the deal is missed', async () => {
    const provider = await start({ behaviour: { kind: 'late' } })
    const proposalId = await propose()
    await provider.idle()
    const [proposal] = await client.proposals([proposalId])
    await mineTo(eip1193, (proposal?.startEpoch ?? 0n) + 2n)
    await provider.idle()
    expect(provider.history()[0]).to.include({ state: 'failed', step: 'prove' })
    expect((await client.deals()).at(-1)).to.include({ proposalId, state: 'missed' })
  })

  it('terminates', async () => {
    const provider = await start({ behaviour: { kind: 'terminate', afterEpochs: 5n } })
    const proposalId = await propose()
    await provider.idle()
    await mineTo(eip1193, (await client.epoch()) + 5n)
    await provider.idle()
    expect(provider.history()[0]).to.include({ state: 'lost' })
    const deal = (await client.deals()).find((known) => known.proposalId === proposalId)
    expect(deal?.state).to.be.oneOf(['terminated', 'missed', 'ended'])
  })
})

const REASON: Record<AlterableField, RegExp> = {
  pieceCid: /piece CID/,
  pieceSize: /piece size/,
  client: /no contract|client/,
  label: /label/,
  startEpoch: /start epoch/,
  endEpoch: /end epoch/,
  price: /price/,
  collateral: /client collateral/,
  providerCollateral: /provider collateral/,
}
