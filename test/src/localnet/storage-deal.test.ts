import { expect } from 'chai'
import {
  activateDeal,
  currentEpoch,
  readDeal,
  terminateDeal,
} from '../../../src/localnet/controls.ts'
import { COLLATERAL, failure, type Market, market } from './support/market.ts'

const METHOD = 'Filecoin.StateMarketStorageDeal'

describe('localnet/storage-deal', () => {
  let own: Market
  before(async () => {
    own = await market()
  })

  const ask = (id: unknown): Promise<unknown> =>
    own.provider.request({ method: METHOD, params: [id, []] })

  it('tells of a deal as Lotus does, before and after its activation', async () => {
    const dealId = await own.deal({ label: 'a label', pricePerEpoch: 7n, clientCollateral: 3n })
    const { startEpoch, endEpoch, client } = await readDeal(own.provider, dealId)
    const Proposal = {
      PieceCID: { '/': 'baga6ea4seaqkxk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xky' },
      PieceSize: 262_144,
      VerifiedDeal: false,
      Client: `t0${client}`,
      Provider: 't01000',
      Label: 'a label',
      StartEpoch: Number(startEpoch),
      EndEpoch: Number(endEpoch),
      StoragePricePerEpoch: '7',
      ProviderCollateral: String(COLLATERAL),
      ClientCollateral: '3',
    }
    const State = { SectorNumber: 0, SectorStartEpoch: -1, LastUpdatedEpoch: -1, SlashEpoch: -1 }
    expect(await ask(Number(dealId))).to.deep.equal({ Proposal, State })
    const { sector } = await activateDeal(own.provider, dealId)
    const active = {
      ...State,
      SectorNumber: Number(sector),
      SectorStartEpoch: Number(await currentEpoch(own.provider)),
    }
    expect(await ask(Number(dealId))).to.deep.equal({ Proposal, State: active })
  })

  it('does not tell a deal that is gone from one that never was, as Lotus', async () => {
    const dealId = await own.deal()
    await activateDeal(own.provider, dealId)
    await terminateDeal(own.provider, dealId)
    for (const id of [dealId, dealId + 1n])
      expect(await failure(ask(Number(id))))
        .to.have.property('message')
        .that.contains(`deal ${id} not found`)
  })

  for (const id of [-1, 1.5, '7', null])
    it(`refuses ${JSON.stringify(id)} for a number`, async () => {
      expect(await failure(ask(id))).to.have.property('code', -32602)
    })
})
