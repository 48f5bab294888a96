import { expect } from 'chai'
import { openClient } from '../../../src/chain/client-contract.ts'
import { openFactory } from '../../../src/chain/factory.ts'
import type { DealTerms } from '../../../src/deal/terms.ts'
import { refused } from '../../support/refused.ts'
import { CONTRACT, FakeNode, INTERFACE, OWNER, reverted } from './fake-node.ts'
import { VALID } from '../deal/vector-proposals.ts'

const ID = `0x${'ab'.repeat(32)}`
/** Its version 1 piece CID stands in the vectors. */
const COMMITMENT = `0x${'ab'.repeat(32)}`
const OTHER = `0x${'cd'.repeat(32)}`

const TERMS: DealTerms = {
  pieceCid: 'baga6ea4seaqkxk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xky',
  size: 200_000,
  pieceSize: 262_144,
  label: 'a-1/ipfs/bafy',
  url: 'https://depot.example/x',
  startEpoch: 5760n,
  endEpoch: 600_000n,
  pricePerEpoch: 12_208n,
  providerCollateral: 5n,
  clientCollateral: 6n,
  replicas: 2,
  providers: [1000n, 1001n],
  skipIpniAnnounce: true,
  removeUnsealedCopy: false,
}

function rawProposal(state: number) {
  return {
    pieceCommitment: COMMITMENT,
    pieceSize: 262_144n,
    startEpoch: 5760n,
    endEpoch: 600_000n,
    pricePerEpoch: 12_208n,
    providerCollateral: 5n,
    clientCollateral: 6n,
    label: 'l',
    locationRef: 'https://depot.example/x',
    carSize: 200_000n,
    skipIpniAnnounce: true,
    removeUnsealedCopy: false,
    replicas: 2n,
    published: 1n,
    providers: [1000n],
    dealIds: [7n],
    state,
  }
}

function rawDeal(dealId: bigint, state: number, activatedAt = -1n) {
  return {
    proposalId: ID,
    dealId,
    provider: 1000n,
    publishedAt: 90n,
    activatedAt,
    startEpoch: 5760n,
    endEpoch: 600_000n,
    state,
  }
}

describe('chain/client-contract', () => {
  let node: FakeNode
  beforeEach(() => {
    node = new FakeNode()
  })
  const open = () => openClient(CONTRACT, node.signer, { network: 'calibration' })
  const lastSent = () => INTERFACE.parseTransaction({ data: String(node.sent.at(-1)?.data) })

  it('proposes with the starter kit structure and reads the id from topic 1', async () => {
    node.logs = [
      { event: 'EscrowDeposited', values: [1n] },
      {
        address: `0x${'99'.repeat(20)}`,
        event: 'DealProposalCreate',
        values: [OTHER, 1n, false, 1n],
      },
      { event: 'DealProposalCreate', values: [ID, 262_144n, false, 12_208n] },
    ]
    const proposed = await open().propose(TERMS, { value: 9n })
    expect(proposed.proposalId).to.equal(ID)
    expect(proposed.tx).to.match(/^0x/)
    expect(node.sent[0]).to.deep.include({ to: CONTRACT, value: 9n })
    expect(lastSent()?.name).to.equal('propose')
    expect(lastSent()?.args.toArray(true)).to.deep.equal([
      [
        `0x0181e203922020${'ab'.repeat(32)}`,
        262_144n,
        false,
        'a-1/ipfs/bafy',
        5760n,
        600_000n,
        12_208n,
        5n,
        6n,
        1n,
        ['https://depot.example/x', 200_000n, true, false],
      ],
      2n,
      [1000n, 1001n],
    ])
  })

  it('does not take an event of another contract for its own', async () => {
    node.logs = [
      { address: `0x${'99'.repeat(20)}`, event: 'DealProposalCreate', values: [ID, 1n, false, 1n] },
    ]
    await refused('INTERNAL', open().propose(TERMS))
  })

  it('gives proposals as values of ours', async () => {
    node.answers['getProposal'] = () => [rawProposal(1)]
    const [view] = await open().proposals([ID])
    expect(view).to.deep.equal({
      proposalId: ID,
      pieceCid: 'baga6ea4seaqkxk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xky',
      pieceSize: 262_144,
      size: 200_000,
      label: 'l',
      url: 'https://depot.example/x',
      startEpoch: 5760n,
      endEpoch: 600_000n,
      pricePerEpoch: 12_208n,
      providerCollateral: 5n,
      clientCollateral: 6n,
      skipIpniAnnounce: true,
      removeUnsealedCopy: false,
      replicas: 2,
      published: 1,
      providers: [1000n],
      dealIds: [7n],
      state: 'open',
    })
  })

  for (const [index, state] of ['open', 'filled', 'lapsed', 'cancelled'].entries())
    it(`names the proposal state ${index + 1} ${state}`, async () => {
      node.answers['getProposal'] = () => [rawProposal(index + 1)]
      expect((await open().proposals([ID]))[0]?.state).to.equal(state)
    })

  for (const [index, state] of ['published', 'active', 'missed', 'ended', 'terminated'].entries())
    it(`names the deal state ${index + 1} ${state}`, async () => {
      node.answers['getDeal'] = (id) => [rawDeal(id as bigint, index + 1)]
      expect((await open().deals([7n]))[0]?.state).to.equal(state)
    })

  it('says undefined of an activation that was never seen', async () => {
    node.answers['getDeal'] = (id) => [rawDeal(id as bigint, 2, id === 8n ? 95n : -1n)]
    const deals = await open().deals([7n, 8n])
    expect(deals.map(({ activatedAt }) => activatedAt)).to.deep.equal([undefined, 95n])
  })

  it('lists all, page by page, in order', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => `0x${String(index).padStart(64, '0')}`)
    node.answers['proposalCount'] = [230n]
    node.answers['proposalIds'] = (cursor, n) => [
      ids.slice(Number(cursor), Number(cursor) + Number(n)),
    ]
    node.answers['getProposal'] = () => [rawProposal(1)]
    const proposals = await open().proposals()
    expect(proposals.map(({ proposalId }) => proposalId)).to.deep.equal(ids)
    expect(node.calls.filter((name) => name === 'proposalIds')).to.have.length(3)
  })

  it('lists no deals without asking for any', async () => {
    node.answers['dealCount'] = [0n]
    expect(await open().deals()).to.deep.equal([])
    expect(node.calls).to.deep.equal(['dealCount'])
  })

  it('does not find a proposal that the contract does not know', async () => {
    node.failure = reverted('ProposalUnknown', [ID])
    const error = await refused('PROPOSAL_NOT_FOUND', open().proposals([ID]))
    expect(error.next).to.equal('npx hardhat deals --network calibration')
  })

  it('decodes what providers are given', async () => {
    const vector = VALID.find(({ name }) => name === 'golden-provider-f00')
    node.answers['getDealProposal'] = [vector?.cbor]
    node.answers['getExtraParams'] = [
      '0x847768747470733a2f2f782e6578616d706c652f612e6361721a00039b9df4f4',
    ]
    expect(await open().getDealProposal(ID)).to.deep.equal(vector?.proposal)
    expect(await open().getExtraParams(ID)).to.deep.equal({
      locationRef: 'https://x.example/a.car',
      carSize: 236_445n,
      skipIpniAnnounce: false,
      removeUnsealedCopy: false,
    })
  })

  it('tells the funds', async () => {
    node.answers['funds'] = [1n, 2n, 3n, 4n, 5n]
    expect(await open().funds()).to.deep.equal({
      escrow: 1n,
      locked: 2n,
      reserved: 3n,
      available: 4n,
      balance: 5n,
    })
  })

  it('tells owner, actor id and epoch', async () => {
    node.answers['owner'] = [OWNER]
    node.answers['actorId'] = [1234n]
    expect(await open().owner()).to.equal(OWNER)
    expect(await open().actorId()).to.equal(1234n)
    expect(await open().epoch()).to.equal(100n)
  })

  it('settles in ascending order, each deal once, and tells what was paid', async () => {
    node.logs = [
      { event: 'DealSettled', values: [7n, 50n, true] },
      { event: 'DealSettled', values: [9n, 0n, false] },
    ]
    const { settled } = await open().settle([9n, 7n, 9n])
    expect(lastSent()?.args.toArray(true)).to.deep.equal([[7n, 9n]])
    expect(settled).to.deep.equal([
      { dealId: 7n, paid: 50n, completed: true },
      { dealId: 9n, paid: 0n, completed: false },
    ])
  })

  it('tells how much came out of the escrow', async () => {
    node.logs = [{ event: 'EscrowWithdrawn', values: [30n] }]
    expect((await open().withdrawEscrow(50n)).taken).to.equal(30n)
    node.logs = []
    expect((await open().withdrawEscrow(50n)).taken).to.equal(0n)
  })

  it('calls the contract by the names of its ABI', async () => {
    const client = open()
    await client.cancel(ID)
    await client.reannounce(ID)
    await client.release([ID])
    await client.deposit(5n, { value: 5n })
    await client.withdraw(OWNER, 5n)
    await client.observe([7n])
    const names = node.sent.map(
      ({ data }) => INTERFACE.parseTransaction({ data: String(data) })?.name,
    )
    expect(names).to.deep.equal([
      'cancel',
      'reannounce',
      'release',
      'deposit',
      'withdraw',
      'observe',
    ])
  })

  it('reads with a provider alone and cannot write with it', async () => {
    const client = openClient(CONTRACT, node.provider)
    node.answers['dealCount'] = [0n]
    expect(await client.deals()).to.deep.equal([])
    await refused('NO_KEY', client.cancel(ID))
  })

  it('says so when there is no contract at the address', async () => {
    const provider = { ...node.provider, call: async () => '0x' } as typeof node.provider
    Object.assign(provider, { provider })
    const error = await refused('NOT_DEPLOYED', openClient(CONTRACT, provider).funds())
    expect(error.next).to.equal('npx hardhat deploy')
  })
})

describe('chain/factory', () => {
  it('tells the client of an owner, or that there is none', async () => {
    const node = new FakeNode()
    const factory = openFactory(CONTRACT, node.signer)
    node.answers['clientOf'] = [OWNER]
    node.answers['predictClient'] = [OWNER]
    expect(await factory.clientOf(OWNER)).to.equal(OWNER)
    expect(await factory.predictClient(OWNER)).to.equal(OWNER)
    node.answers['clientOf'] = [`0x${'00'.repeat(20)}`]
    expect(await factory.clientOf(OWNER)).to.equal(undefined)
  })

  it('creates a client and tells its address', async () => {
    const node = new FakeNode()
    const client = `0x${'33'.repeat(20)}`
    node.logs = [{ event: 'ClientCreated', values: [OWNER, client, `0x040a${client.slice(2)}`] }]
    const created = await openFactory(CONTRACT, node.signer).createClient(OWNER)
    expect(created.client).to.equal(client)
  })
})
