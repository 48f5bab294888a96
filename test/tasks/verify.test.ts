import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import hre, { artifacts, config, globalOptions, solidity } from 'hardhat'
import { chainDescriptors } from '../../src/chain/chain-descriptors.ts'
import { NETWORKS } from '../../src/chain/networks.ts'
import { readArtifact } from '../../src/flow/artifact.ts'
import { deployClient } from '../../src/flow/deploy.ts'
import type { DeployedDocument } from '../../src/flow/documents.ts'
import { type Verifiable, verifiableContracts } from '../../src/flow/verifiable.ts'
import { verifierOf } from '../../tasks/verify.ts'
import { type Chain, fundedKey, Power, startChain } from '../src/flow/cut-node.ts'
import { type FakeExplorer, startExplorer } from './support/fake-explorer.ts'

describe('tasks/verify', function () {
  this.timeout(60_000)
  let folder: string
  let chain: Chain
  let power: Power
  let explorer: FakeExplorer
  let document: DeployedDocument
  let contracts: Verifiable[]

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-verify-'))
    chain = await startChain()
    power = new Power(chain.node, await fundedKey(chain.node))
    document = await deployClient({
      network: NETWORKS.localnet,
      artifact: (name) => readArtifact(hre, name),
      signer: power.wallet,
      folder,
      hub: true,
      perpetual: true,
    })
    contracts = await verifiableContracts(document, power.provider)
  })
  after(async () => {
    await chain.close()
    await rm(folder, { recursive: true })
  })
  beforeEach(async () => {
    explorer = await startExplorer()
  })
  afterEach(() => explorer.close())

  function verifier() {
    const blockscout = { url: explorer.url, apiUrl: `${explorer.url}/api` }
    const descriptor = {
      name: 'fake',
      chainType: 'generic',
      blockExplorers: { blockscout },
    } as const
    const changed = {
      ...config,
      chainDescriptors: new Map([[31415926n, descriptor]]),
      verify: { ...config.verify, sourcify: { enabled: true, apiUrl: explorer.url } },
    }
    return verifierOf(
      { artifacts, config: changed, globalOptions, solidity },
      'fake',
      power.provider,
    )
  }

  function of(contract: string): Verifiable {
    const found = contracts.find((one) => one.contract === contract)
    if (found === undefined) throw new Error(`no ${contract}`)
    return found
  }

  it('finds every contract that has a source of its own', () => {
    expect(contracts.map(({ contract }) => contract)).to.deep.equal([
      'DealClientFactory',
      'DealClient',
      'MarketClerk',
      'ProposalClerk',
      'AggregationHub',
      'StoreClientFactory',
      'StoreClient',
      'MarketClerk',
      'ProposalClerk',
      'PerpetualStorage',
      'StoreClerk',
    ])
    // The clone that the owner uses has none.
    expect(contracts.map(({ address }) => address)).to.not.include(document.client.address)
  })

  it('gives Blockscout the sources, the compiler and the constructor’s arguments', async () => {
    expect(await verifier()('blockscout', of('AggregationHub'))).to.deep.equal({ kind: 'verified' })
    const [submission] = explorer.submissions
    expect(submission).to.include({
      explorer: 'blockscout',
      address: document.hub?.address.toLowerCase(),
      contract: 'project/contracts/AggregationHub.sol:AggregationHub',
      compiler: 'v0.8.30+commit.73712a01',
      constructorArguments: document.owner.slice(2).toLowerCase().padStart(64, '0'),
    })
    expect(submission?.sources).to.include('project/contracts/AggregationHub.sol')
    // Only what the contract needs.
    expect(submission?.sources).to.not.include('project/contracts/PerpetualStorage.sol')
  })

  it('gives Sourcify the creating transaction too', async () => {
    expect(await verifier()('sourcify', of('DealClientFactory'))).to.deep.equal({
      kind: 'verified',
    })
    expect(explorer.submissions[0]).to.include({
      explorer: 'sourcify',
      address: document.factory.address.toLowerCase(),
      transaction: document.contracts[0]?.transaction,
    })
  })

  it('knows the code of what our contracts created', async () => {
    for (const contract of ['DealClient', 'MarketClerk', 'ProposalClerk', 'StoreClerk'])
      expect(await verifier()('blockscout', of(contract)), contract).to.deep.equal({
        kind: 'verified',
      })
  })

  it('takes what is verified already for done', async () => {
    const { address } = of('DealClientFactory')
    explorer.shown.add(address.toLowerCase())
    expect(await verifier()('blockscout', of('DealClientFactory'))).to.deep.equal({
      kind: 'verified',
    })
    expect(await verifier()('sourcify', of('DealClientFactory'))).to.deep.equal({
      kind: 'verified',
    })
    expect(explorer.submissions).to.deep.equal([])
  })

  it('says when an explorer has not seen the contract, and when it does not answer', async () => {
    explorer.unseen.set(of('DealClientFactory').address.toLowerCase(), 1)
    expect(await verifier()('blockscout', of('DealClientFactory'))).to.include({ kind: 'later' })
    expect(await verifier()('blockscout', of('DealClientFactory'))).to.deep.equal({
      kind: 'verified',
    })
    await explorer.close()
    expect(await verifier()('sourcify', of('DealClientFactory'))).to.include({ kind: 'later' })
    explorer = await startExplorer()
  })

  it('says why an explorer refuses, and prints nothing itself', async () => {
    explorer.refuses = true
    const { log } = console
    const printed: unknown[] = []
    console.log = (...words) => printed.push(...words)
    try {
      const answer = await verifier()('blockscout', of('AggregationHub'))
      expect(answer).to.include({ kind: 'refused' })
      expect(answer).to.have.property('reason').that.contains('Fail - Unable to verify')
    } finally {
      console.log = log
    }
    expect(printed).to.deep.equal([])
  })

  it('has the explorers of both networks in the config', () => {
    expect(Object.keys(chainDescriptors)).to.deep.equal(['314', '314159'])
    const urls = [314n, 314159n].map(
      (id) => config.chainDescriptors.get(id)?.blockExplorers.blockscout?.apiUrl,
    )
    expect(urls).to.deep.equal([
      'https://filecoin.blockscout.com/api',
      'https://filecoin-testnet.blockscout.com/api',
    ])
  })
})
