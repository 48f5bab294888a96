import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { DealView, ProposalView } from '../../src/chain/chain.ts'
import type { MarketDeal } from '../../src/chain/market-deal.ts'
import { NETWORKS } from '../../src/chain/networks.ts'
import type { DealState } from '../../src/deal/state.ts'
import { StorageError } from '../../src/errors.ts'
import type { ReceiptChain } from '../../src/flow/verify-receipt.ts'
import type { Receipt } from '../../src/receipt/schema.ts'
import { checkReceiptFile, type WithChain } from '../../tasks/verify-receipt.ts'
import { CLIENT, files, sample } from '../src/receipt/sample.ts'
import { PROPOSAL } from '../src/watch/fake-chain.ts'
import { actJson, actPlain } from './support/act.ts'
import { temporaryFolder } from './support/temporary.ts'

const receipt = sample()

const MARKET: MarketDeal = {
  pieceCid: receipt.aggregate.pieceCid,
  pieceSize: receipt.aggregate.pieceSize,
  client: 1004n,
  provider: 1234n,
  label: receipt.proposal.label,
  startEpoch: receipt.deal.startEpoch,
  endEpoch: receipt.deal.endEpoch,
  activatedAt: 4000,
}

/** A chain on which the receipt is sound, but for what is changed. */
function chain(
  state: DealState = 'active',
  changes: {
    deal?: Partial<DealView>
    proposal?: Partial<ProposalView>
    market?: MarketDeal | 'absent' | undefined
    chain?: Partial<ReceiptChain>
  } = {},
): ReceiptChain {
  const { proposal, deal, aggregate } = receipt
  const market = 'market' in changes ? changes.market : MARKET
  return {
    network: NETWORKS.calibration,
    epoch: async () => 9000n,
    proposals: async () => [
      {
        ...PROPOSAL,
        proposalId: proposal.proposalId,
        pieceCid: aggregate.pieceCid,
        ...changes.proposal,
      },
    ],
    deals: async () => [
      {
        dealId: 123n,
        proposalId: proposal.proposalId,
        provider: 1234n,
        publishedAt: 3000n,
        activatedAt: 4000n,
        startEpoch: BigInt(deal.startEpoch),
        endEpoch: BigInt(deal.endEpoch),
        state,
        ...changes.deal,
      },
    ],
    marketDeal: async () => market,
    clientId: async () => 1004n,
    ...changes.chain,
  }
}

const on =
  (asked: ReceiptChain | undefined): WithChain =>
  (_address, use) =>
    use(asked)

const args = (json: boolean, file?: string) => ({ path: 'r.json', file, json })

const absent = async (): Promise<never> => {
  throw new StorageError('CONTRACT_REFUSED', { what: 'no such deal' })
}

const none = async (): Promise<never> => {
  throw new StorageError('PROPOSAL_NOT_FOUND', { what: 'no such proposal' })
}

describe('tasks/verify-receipt', () => {
  const folder = temporaryFolder()

  async function verified(value: unknown, asked?: ReceiptChain, file?: string) {
    await writeFile(join(folder(), 'r.json'), JSON.stringify(value))
    const options = { cwd: folder() }
    return actJson((run) => checkReceiptFile(args(true, file), run, on(asked)), options)
  }

  it('says without a network what it checked, and plainly what it did not', async () => {
    await writeFile(join(folder(), 'r.json'), JSON.stringify(receipt))
    const addresses: string[] = []
    const io = await actPlain(
      (run) =>
        checkReceiptFile(args(false), run, (address, use) => {
          addresses.push(address)
          return use(undefined)
        }),
      { cwd: folder() },
    )
    expect(io.exitCode()).to.equal(0)
    expect(addresses).to.deep.equal([CLIENT])
    expect(io.out()).to.include(`a.txt: ${receipt.sentence}\n`)
    expect(io.out()).to.include('checked      the segment is in the aggregate')
    expect(io.out()).to.include('not checked  that the deal exists')
    const { document } = await verified(receipt)
    expect(document).to.deep.include({ version: 1, kind: 'verified-receipt', epoch: null })
    expect(document['deal']).to.include({ dealId: 123, provider: 'f01234', state: null })
  })

  it('asks contract and market with one', async () => {
    const { document, io } = await verified(receipt, chain())
    expect(io.exitCode()).to.equal(0)
    expect(document).to.include({ epoch: 9000, sentence: receipt.sentence })
    expect(document['unchecked']).to.deep.equal([
      'that the root is in the piece: needs the bytes of the file',
    ])
  })

  it('says when the market was not asked', async () => {
    const { document, io } = await verified(receipt, chain('active', { market: undefined }))
    expect(io.exitCode()).to.equal(0)
    expect(document['unchecked']).to.include('what the market itself says: the node does not tell')
  })

  it('ends with 2 for a sound receipt whose deal is over', async () => {
    for (const state of ['ended', 'terminated', 'missed'] as const) {
      const { document, io } = await verified(receipt, chain(state, { market: 'absent' }))
      expect(io.exitCode()).to.equal(2)
      expect(document['deal']).to.include({ state })
      expect(document['sentence']).to.not.equal(receipt.sentence)
    }
    const unseen = { deal: { activatedAt: undefined }, market: 'absent' as const }
    expect((await verified(receipt, chain('ended', unseen))).io.exitCode()).to.equal(2)
    const { document } = await verified(receipt, chain('published', { deal: {} }))
    expect(document['deal']).to.include({ state: 'published' })
  })

  it('fails with the field in which the chain says something else', async () => {
    const cases: [ReceiptChain, string][] = [
      [
        chain('active', { deal: { provider: 1235n } }),
        'deal.provider: expected f01235, got f01234',
      ],
      [chain('active', { deal: { proposalId: `0x${'00'.repeat(32)}` } }), 'proposal.proposalId'],
      [chain('active', { deal: { startEpoch: 1n } }), 'deal.startEpoch'],
      [chain('active', { deal: { endEpoch: 1n } }), 'deal.endEpoch'],
      [chain('active', { deal: { activatedAt: 4001n } }), 'deal.activatedAt'],
      [chain('published', { deal: { activatedAt: undefined } }), 'deal.activatedAt'],
      [chain('active', { proposal: { pieceCid: PROPOSAL.pieceCid } }), 'aggregate.pieceCid'],
      [chain('active', { market: 'absent' }), 'deal.dealId'],
      [chain('active', { market: { ...MARKET, provider: 9n } }), 'deal.provider'],
      [chain('active', { market: { ...MARKET, client: 9n } }), 'client.address'],
      [chain('active', { market: { ...MARKET, label: 'x' } }), 'proposal.label'],
      [chain('active', { market: { ...MARKET, pieceSize: 128 } }), 'aggregate.pieceSize'],
      [chain('active', { market: { ...MARKET, endEpoch: 1 } }), 'deal.endEpoch'],
      [chain('active', { chain: { clientId: async () => 1005n } }), 'client.id'],
      [chain('active', { chain: { deals: absent } }), 'deal.dealId'],
      [chain('active', { chain: { deals: async () => [] } }), 'deal.dealId'],
      [chain('active', { chain: { proposals: none } }), 'proposal.proposalId'],
    ]
    for (const [asked, words] of cases) {
      const { document, io } = await verified(receipt, asked)
      expect(io.exitCode(), words).to.equal(1)
      expect(document).to.include({ kind: 'error', code: 'RECEIPT_INVALID' })
      expect(document['message']).to.include(words)
    }
  })

  it('does not take another chain for that of the receipt', async () => {
    const other = chain('active', { chain: { network: NETWORKS.filecoin } })
    const { document } = await verified(receipt, other)
    expect(document).to.include({ code: 'UNKNOWN_NETWORK' })
    expect(document['hint']).to.include('--network calibration')
    const young = sample(2, { network: { ...receipt.network, genesis: 1 } })
    expect((await verified(young, chain())).document).to.include({ code: 'RECEIPT_INVALID' })
  })

  it('fails with the field for a receipt that was tampered with, and asks nobody', async () => {
    const tampered: Receipt = { ...receipt, piece: { ...receipt.piece, size: 501 } }
    const { document, io } = await verified(tampered, {} as ReceiptChain)
    expect(io.exitCode()).to.equal(1)
    expect(document).to.include({ code: 'RECEIPT_INVALID' })
    expect(document['message']).to.include('piece.size: expected 500, got 501')
  })

  it('fails for a file that is no receipt, or not there', async () => {
    expect((await verified('text')).document).to.include({ code: 'RECEIPT_INVALID' })
    await writeFile(join(folder(), 'r.json'), '{')
    const options = { cwd: folder() }
    const read = (path: string) =>
      actJson((run) => checkReceiptFile({ ...args(true), path }, run, on(undefined)), options)
    expect((await read('r.json')).document).to.include({ code: 'RECEIPT_INVALID' })
    expect((await read('none.json')).document).to.include({ code: 'INPUT_NOT_FOUND' })
    await writeFile(join(folder(), 'long.json'), ' '.repeat(2 ** 20 + 1))
    expect((await read('long.json')).document).to.include({ code: 'RECEIPT_INVALID' })
  })

  it('checks the file itself where it is at hand', async () => {
    const raw = sample(2, { file: { name: 'raw', root: null } })
    await writeFile(join(folder(), 'raw'), files[2] as Uint8Array)
    const { document } = await verified(raw, undefined, 'raw')
    expect(document['unchecked']).to.have.length(1)
    await writeFile(join(folder(), 'other'), files[1] as Uint8Array)
    const wrong = await verified(raw, undefined, 'other')
    expect(wrong.document).to.include({ code: 'RECEIPT_INVALID' })
    // These bytes are the segment's, but no CAR of that root.
    expect((await verified(receipt, undefined, 'raw')).document).to.include({
      code: 'RECEIPT_INVALID',
    })
  })
})
