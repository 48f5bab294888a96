import { expect } from 'chai'
import { type Log, type Provider, zeroPadValue } from 'ethers'
import { clientEvents, clientHistory } from '../../../src/chain/history.ts'
import { requestOf } from '../../../src/chain/views.ts'
import type { DealTerms } from '../../../src/deal/terms.ts'
import { refused } from '../../support/refused.ts'
import { CONTRACT, INTERFACE, OWNER } from './fake-node.ts'

const NOBODY = `0x${'00'.repeat(20)}`
const ID = `0x${'ab'.repeat(32)}`

const TERMS: DealTerms = {
  pieceCid: 'baga6ea4seaqkxk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xky',
  size: 200_000,
  pieceSize: 262_144,
  label: 'a–1/ipfs/bafy',
  url: 'https://depot.example/x',
  startEpoch: 5760n,
  endEpoch: 600_000n,
  pricePerEpoch: 3n,
  providerCollateral: 5n,
  clientCollateral: 7n,
  replicas: 2,
  providers: [1000n, 1001n],
  skipIpniAnnounce: true,
  removeUnsealedCopy: false,
}
/** 594,240 epochs at 3 attoFIL, and 7. */
const PER_REPLICA = 1_782_727n

const propose = (terms = TERMS): string =>
  INTERFACE.encodeFunctionData('propose', [requestOf(terms), terms.replicas, terms.providers])

interface Written {
  readonly block: number
  readonly index?: number
  readonly removed?: boolean
  readonly event: string
  readonly values: readonly unknown[]
}

function logOf({ block, index = 0, removed = false, event, values }: Written): Log {
  const { data, topics } = INTERFACE.encodeEventLog(event, values)
  const place = { blockNumber: block, index, transactionHash: '0xabc', removed }
  return { address: CONTRACT, data, topics, ...place } as unknown as Log
}

/** A node with these logs; `refuse` may throw for a range. */
class LogNode {
  readonly asked: (readonly [from: bigint, to: bigint])[] = []
  readonly provider: Provider

  constructor(logs: readonly Log[], head = 10_000, refuse?: (from: bigint, to: bigint) => void) {
    this.provider = {
      getBlockNumber: async () => head,
      getLogs: async (filter: { address: string; fromBlock: bigint; toBlock: bigint }) => {
        const { address, fromBlock, toBlock } = filter
        this.asked.push([fromBlock, toBlock])
        refuse?.(fromBlock, toBlock)
        expect(address).to.equal(CONTRACT)
        return logs.filter(({ blockNumber: at }) => at >= fromBlock && at <= toBlock)
      },
    } as unknown as Provider
  }
}

const CREATED: Written = { block: 100, event: 'OwnershipTransferred', values: [NOBODY, OWNER] }
const PROPOSED: readonly Written[] = [
  { block: 200, event: 'DealProposalCreate', values: [ID, 262_144n, false, 3n] },
  {
    block: 200,
    index: 1,
    event: 'ProposalMade',
    values: [ID, OWNER, 2n * PER_REPLICA, propose()],
  },
]

async function eventsOf(...written: Written[]) {
  const node = new LogNode(written.map(logOf))
  return (await clientEvents(node.provider, CONTRACT, { from: 0n })).events
}

async function termsOf(request: string): Promise<DealTerms | undefined> {
  const [event] = await eventsOf({
    block: 1,
    event: 'ProposalMade',
    values: [ID, OWNER, 0n, request],
  })
  return event?.name === 'ProposalMade' ? event.terms : undefined
}

const at7 = (event: string, ...values: unknown[]): Written => ({ block: 7, event, values })

describe('chain/history', () => {
  it('rebuilds a client from windows of 2880 epochs up to the head', async () => {
    const node = new LogNode([CREATED, ...PROPOSED].map(logOf), 6000)
    const history = await clientHistory(node.provider, CONTRACT, { from: 100n })
    expect(node.asked).to.deep.equal([
      [100n, 2979n],
      [2980n, 5859n],
      [5860n, 6000n],
    ])
    expect(history).to.include({ owner: OWNER, through: 6000n })
    expect(history.proposals.get(ID)?.terms).to.deep.equal(TERMS)
    expect(history.accounts.reserved).to.equal(3_565_454n)
  })

  it('looks no further than it is asked to', async () => {
    const node = new LogNode([CREATED, ...PROPOSED].map(logOf))
    const history = await clientHistory(node.provider, CONTRACT, { from: 100n, to: 199n })
    expect(history.through).to.equal(199n)
    expect(history.proposals.size).to.equal(0)
  })

  it('decodes every event of the contract', async () => {
    expect(
      await eventsOf(
        at7('OwnershipTransferStarted', OWNER, CONTRACT),
        at7('OwnershipTransferred', OWNER, CONTRACT),
        at7('ProposerSet', OWNER, 5n, 6n),
        at7('PausedSet', true),
        at7('DealProposalCreate', ID, 262_144n, false, 3n),
        at7('ProposalMade', ID, OWNER, 9n, propose()),
        at7('ProposalCancelled', ID, 8n),
        at7('ProposalReleased', ID, 9n),
        at7('DealPublished', ID, 0n, 1000n),
        at7('DealActivated', 0n, 90n),
        at7('DealSettled', 0n, 50n, true),
        at7('DealClosed', 0n, 3),
        at7('DealClosed', 0n, 4),
        at7('DealClosed', 0n, 5),
        at7('EscrowSeen', 10n, 4n),
        at7('EscrowDeposited', 11n),
        at7('EscrowWithdrawn', 12n),
        at7('Received', OWNER, 13n),
        at7('Withdrawn', OWNER, 14n),
      ),
    ).to.deep.equal(
      [
        { name: 'OwnershipTransferStarted', from: OWNER, to: CONTRACT },
        { name: 'OwnershipTransferred', from: OWNER, to: CONTRACT },
        { name: 'ProposerSet', proposer: OWNER, limit: 5n, window: 6n },
        { name: 'PausedSet', paused: true },
        { name: 'DealProposalCreate', proposalId: ID, pieceSize: 262_144, pricePerEpoch: 3n },
        { name: 'ProposalMade', proposalId: ID, proposer: OWNER, reserved: 9n, terms: TERMS },
        { name: 'ProposalCancelled', proposalId: ID, released: 8n },
        { name: 'ProposalReleased', proposalId: ID, released: 9n },
        { name: 'DealPublished', proposalId: ID, dealId: 0n, provider: 1000n },
        { name: 'DealActivated', dealId: 0n, activatedAt: 90n },
        { name: 'DealSettled', dealId: 0n, paid: 50n, completed: true },
        { name: 'DealClosed', dealId: 0n, outcome: 'missed' },
        { name: 'DealClosed', dealId: 0n, outcome: 'ended' },
        { name: 'DealClosed', dealId: 0n, outcome: 'terminated' },
        { name: 'EscrowSeen', escrow: 10n, locked: 4n },
        { name: 'EscrowDeposited', amount: 11n },
        { name: 'EscrowWithdrawn', amount: 12n },
        { name: 'Received', from: OWNER, amount: 13n },
        { name: 'Withdrawn', to: OWNER, amount: 14n },
      ].map((event) => ({ ...event, epoch: 7n })),
    )
  })

  describe('the request', () => {
    it('may be one of the starter kit: one replica, any provider', async () => {
      const request = INTERFACE.encodeFunctionData('makeDealProposal', [requestOf(TERMS)])
      expect(await termsOf(request)).to.deep.equal({ ...TERMS, replicas: 1, providers: [] })
    })

    it('may have the 00 of a link before its piece CID', async () => {
      const deal = requestOf(TERMS)
      const cid = `0x00${Buffer.from(deal['piece_cid'] as Uint8Array).toString('hex')}`
      const request = INTERFACE.encodeFunctionData('propose', [
        { ...deal, piece_cid: cid },
        2,
        [1000n, 1001n],
      ])
      expect(await termsOf(request)).to.deep.equal(TERMS)
    })

    it('may end with bytes that nobody reads, or before the padding of its last word', async () => {
      expect(await termsOf(`${propose()}${'ff'.repeat(40)}`)).to.deep.equal(TERMS)
      // The last value of this call is the URL, 23 bytes in a word of 32.
      const request = INTERFACE.encodeFunctionData('makeDealProposal', [requestOf(TERMS)])
      expect(request.endsWith('00'.repeat(9))).to.equal(true)
      expect(await termsOf(request.slice(0, -18))).to.include({ url: TERMS.url })
    })

    it('is refused cut short, or as a call of something else', async () => {
      await refused('NOT_DEPLOYED', termsOf(propose().slice(0, 300)))
      await refused('NOT_DEPLOYED', termsOf(INTERFACE.encodeFunctionData('cancel', [ID])))
      await refused('NOT_DEPLOYED', termsOf('0x12345678'))
      await refused('NOT_DEPLOYED', termsOf('0x'))
    })
  })

  it('leaves out what has left the chain, and takes the rest in its order', async () => {
    const [announcement, made] = PROPOSED as [Written, Written]
    const events = await eventsOf(
      made,
      { ...made, removed: true },
      announcement,
      { block: 150, removed: true, event: 'PausedSet', values: [true] },
      CREATED,
    )
    expect(events.map(({ name }) => name)).to.deep.equal([
      'OwnershipTransferred',
      'DealProposalCreate',
      'ProposalMade',
    ])
  })

  it('finds its way around epochs without blocks', async () => {
    const empty = new Set([2979n, 2980n, 5000n])
    const node = new LogNode([CREATED, ...PROPOSED].map(logOf), 6000, (from, to) => {
      for (const bound of [from, to])
        if (empty.has(bound)) throw new Error(`requested epoch was a null round (${bound})`)
    })
    const history = await clientHistory(node.provider, CONTRACT, { from: 100n })
    expect(history.proposals.size).to.equal(1)
    expect(history.through).to.equal(6000n)
    const answered = node.asked.filter((bounds) => !bounds.some((bound) => empty.has(bound)))
    const covered = answered.reduce((sum, [from, to]) => sum + (to - from + 1n), 0n)
    expect(covered, 'all epochs but the two at bounds').to.equal(5901n - 2n)
  })

  it('passes on what else the node says', async () => {
    const node = new LogNode([], 6000, () => {
      throw new Error('database is locked')
    })
    await refused('NODE_UNREACHABLE', clientHistory(node.provider, CONTRACT, { from: 100n }))
    expect(node.asked).to.have.length(1)
  })

  it('refuses a range that starts late or beyond the head', async () => {
    const node = new LogNode([CREATED, ...PROPOSED].map(logOf))
    await refused('ARGUMENT_INVALID', clientHistory(node.provider, CONTRACT, { from: 101n }))
    await refused('ARGUMENT_INVALID', clientHistory(node.provider, CONTRACT, { from: 10_001n }))
  })

  it('refuses the logs of something that is no client', async () => {
    const strange = {
      ...logOf(CREATED),
      topics: [`0x${'12'.repeat(32)}`],
    } as unknown as Log
    const bare = { ...logOf(CREATED), topics: [] } as unknown as Log
    const cut = {
      ...logOf(PROPOSED[0] as Written),
      data: zeroPadValue('0x01', 32),
    } as unknown as Log
    const noOutcome = logOf({ block: 7, event: 'DealClosed', values: [0n, 2] })
    for (const log of [strange, bare, cut, noOutcome]) {
      const node = new LogNode([log])
      await refused('NOT_DEPLOYED', clientEvents(node.provider, CONTRACT, { from: 0n }))
    }
  })
})
