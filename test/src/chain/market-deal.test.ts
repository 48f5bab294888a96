import { expect } from 'chai'
import { marketDeal } from '../../../src/chain/market-deal.ts'
import { refused } from '../../support/refused.ts'
import { FakeNode } from './fake-node.ts'

const METHOD = 'Filecoin.StateMarketStorageDeal'
const PIECE = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'

/** As Lotus answers (api/docgen, MarketDeal). */
const ANSWER = {
  Proposal: {
    PieceCID: { '/': PIECE },
    PieceSize: 128,
    VerifiedDeal: false,
    Client: 't01004',
    Provider: 't01000',
    Label: 'a label',
    StartEpoch: 10101,
    EndEpoch: 510101,
    StoragePricePerEpoch: '0',
    ProviderCollateral: '0',
    ClientCollateral: '0',
  },
  State: { SectorNumber: 9, SectorStartEpoch: -1, LastUpdatedEpoch: -1, SlashEpoch: -1 },
}

const deal = (answer: () => unknown) => {
  const node = new FakeNode()
  node.rpc[METHOD] = ([id, tipset]) => {
    expect([id, tipset]).to.deep.equal([7, []])
    return answer()
  }
  return marketDeal(node.provider, 7n)
}

const missing = () => {
  throw new Error('deal 7 not found - deal may not have completed sealing before its start')
}

const unknown = () => {
  throw Object.assign(new Error('method not found'), { code: -32601 })
}

describe('marketDeal', () => {
  it('reads a deal that is not active, and one that is', async () => {
    const read = {
      pieceCid: PIECE,
      pieceSize: 128,
      client: 1004n,
      provider: 1000n,
      label: 'a label',
      startEpoch: 10101,
      endEpoch: 510101,
    }
    expect(await deal(() => ANSWER)).to.deep.equal({ ...read, activatedAt: null })
    const active = { ...ANSWER, State: { ...ANSWER.State, SectorStartEpoch: 0 } }
    expect(await deal(() => active)).to.deep.equal({ ...read, activatedAt: 0 })
  })

  it('tells a deal that the market does not have from a node that does not tell', async () => {
    expect(await deal(missing)).to.equal('absent')
    expect(await deal(unknown)).to.equal(undefined)
  })

  it('does not guess at an answer of another form', async () => {
    await refused(
      'NODE_UNREACHABLE',
      deal(() => ({ Proposal: {} })),
    )
  })
})
