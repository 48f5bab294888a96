import { expect } from 'chai'
import {
  activateDeal,
  currentEpoch,
  fault,
  faultDeal,
  freeSector,
  mine,
  readDeal,
  recover,
  recoverDeal,
  sectorStatus,
  settle,
  terminate,
  workerOf,
} from '../../../src/localnet/controls.ts'
import { exits, failure, type Market, market, MINER, refuses } from './support/market.ts'

const NOWHERE = 77_777n

describe('localnet/sectors', () => {
  let own: Market
  before(async () => {
    own = await market()
  })

  const status = (number: bigint) => sectorStatus(own.provider, { miner: MINER, number })

  async function activeSector(): Promise<{ dealId: bigint; sector: bigint }> {
    const dealId = await own.deal()
    const { sector } = await activateDeal(own.provider, dealId)
    return { dealId, sector }
  }

  it('are sent for by the worker that the miner names', async () => {
    expect(await workerOf(own.provider, MINER)).to.equal(own.accounts.at(-1)?.toLowerCase())
    expect(await workerOf(own.provider, 1001n)).to.equal(own.accounts.at(-2)?.toLowerCase())
    await refuses('MINER_UNKNOWN', workerOf(own.provider, 1002n))
  })

  it('are faulty when declared so, and recover; the deal goes on and is paid', async () => {
    const { dealId, sector } = await activeSector()
    expect(await status(sector)).to.equal('active')
    expect(await faultDeal(own.provider, dealId)).to.deep.equal({ miner: MINER, sector })
    expect(await status(sector)).to.equal('faulty')
    const { startEpoch } = await readDeal(own.provider, dealId)
    await mine(own.provider, startEpoch - (await currentEpoch(own.provider)) + 9n)
    expect(await settle(own.provider, dealId)).to.deep.equal({ payment: 10n, completed: false })
    expect(await recoverDeal(own.provider, dealId)).to.deep.equal({ miner: MINER, sector })
    expect(await status(sector)).to.equal('active')
  })

  it('stay faulty when declared again', async () => {
    const { sector } = await activeSector()
    const numbers = [sector]
    await fault(own.provider, { miner: MINER, numbers })
    await fault(own.provider, { miner: MINER, numbers })
    expect(await status(sector)).to.equal('faulty')
    await recover(own.provider, { miner: MINER, numbers })
    expect(await status(sector)).to.equal('active')
  })

  it('can be given up while faulty', async () => {
    const { dealId, sector } = await activeSector()
    await faultDeal(own.provider, dealId)
    await terminate(own.provider, { miner: MINER, numbers: [sector] })
    expect(await status(sector)).to.equal('dead')
    expect(await failure(readDeal(own.provider, dealId))).to.have.property('exitCode', 32)
  })

  it('are dead where there is none', async () => {
    expect(await status(NOWHERE)).to.equal('dead')
  })

  it('cannot be lost where there is none, nor by another', async () => {
    const { sector } = await activeSector()
    for (const act of [fault, recover, terminate]) {
      const error = await failure(act(own.provider, { miner: MINER, numbers: [NOWHERE] }))
      expect(error).to.have.property('exitCode').that.is.oneOf([16, 17])
      const worker = own.accounts[0] ?? ''
      await exits(18, act(own.provider, { miner: MINER, numbers: [sector], worker }))
    }
  })

  it('have free numbers from the one asked for', async () => {
    const { sector } = await activeSector()
    expect(await freeSector(own.provider, { miner: MINER, from: sector })).to.equal(sector + 1n)
    expect(await freeSector(own.provider, { miner: MINER, from: NOWHERE })).to.equal(NOWHERE)
    const worker = own.accounts[0] ?? ''
    await exits(18, freeSector(own.provider, { miner: MINER, from: NOWHERE, worker }))
  })
})
