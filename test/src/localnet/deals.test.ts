import { expect } from 'chai'
import { idAddress } from '../../../src/localnet/address.ts'
import {
  activateDeal,
  ActorExit,
  currentEpoch,
  expire,
  faultDeal,
  freeSector,
  fund,
  mine,
  mineTo,
  publish,
  publishProposal,
  readDeal,
  settle,
  skipActivation,
  terminateDeal,
} from '../../../src/localnet/controls.ts'
import {
  COLLATERAL,
  DURATION,
  exits,
  failure,
  type Market,
  market,
  MINER,
  PIECE_CID,
  refuses,
} from './support/market.ts'

describe('localnet/deals', () => {
  let own: Market
  before(async () => {
    own = await market()
  })

  const balance = async (address: string): Promise<bigint> =>
    BigInt(
      String(await own.provider.request({ method: 'eth_getBalance', params: [address, 'latest'] })),
    )
  const burnt = (): Promise<bigint> => balance(`0xff${'0'.repeat(36)}63`)
  const inF05 = (): Promise<bigint> => balance(`0xff${'0'.repeat(37)}5`)

  it('funds any actor from any account, and refuses what is no address', async () => {
    const before = await inF05()
    await fund(own.provider, own.address, 5n)
    await fund(own.provider, 'f01001', 7n, own.accounts[3])
    expect((await inF05()) - before).to.equal(12n)
    expect(await failure(fund(own.provider, 'f1', 1n))).to.be.instanceOf(TypeError)
    await exits(16, fund(own.provider, 'f01777', 1n))
    await exits(16, fund(own.provider, 'f01000', 0n))
  })

  it('publishes several proposals and says which were dropped', async () => {
    const past = (await currentEpoch(own.provider)) - 1n
    const proposals = [
      await own.propose(),
      await own.propose({ startEpoch: past, endEpoch: past + DURATION }),
      await own.propose(),
      await own.propose({ pieceSize: 3n }),
    ]
    const { dealIds, dropped } = await publish(own.provider, { miner: MINER, proposals })
    expect(dealIds).to.have.length(2)
    expect(dropped).to.deep.equal([1, 3])
    expect(await readDeal(own.provider, dealIds[1] ?? -1n)).to.include({ miner: MINER })
  })

  it('publishes more proposals than a CBOR byte counts', async () => {
    const proposals: Uint8Array[] = []
    for (let i = 0; i < 25; i++)
      proposals.push(await own.propose({ providerCollateral: 65_536_000_000n }))
    const { dealIds, dropped } = await publish(own.provider, { miner: MINER, proposals })
    expect([dealIds.length, dropped.length]).to.deep.equal([25, 0])
  })

  it('gives the exit code where no proposal is good, and where none is given', async () => {
    const proposals = [await own.propose({ label: 'x'.repeat(257) })]
    const error = await failure(publish(own.provider, { miner: MINER, proposals }))
    expect(error).to.be.instanceOf(ActorExit).with.property('exitCode', 16)
    expect(error).to.have.property('message').that.contains('label longer than 256 bytes')
    await exits(16, publish(own.provider, { miner: MINER, proposals: [] }))
    await refuses('MINER_UNKNOWN', publish(own.provider, { miner: 1777n, proposals }))
    await refuses('MINER_UNKNOWN', publish(own.provider, { miner: 5n, proposals }))
  })

  it('reads what f05 knows of a deal', async () => {
    const dealId = await own.deal()
    const deal = await readDeal(own.provider, dealId)
    expect(deal).to.deep.include({
      dealId,
      miner: MINER,
      pieceCid: PIECE_CID,
      pieceSize: 262_144n,
      activatedAt: undefined,
      sector: undefined,
    })
    expect(deal.endEpoch - deal.startEpoch).to.equal(DURATION)
    await exits(17, readDeal(own.provider, dealId + 1n))
  })

  it('activates a deal by its number alone', async () => {
    const dealId = await own.deal()
    const { miner, sector, expiration } = await activateDeal(own.provider, dealId)
    const deal = await readDeal(own.provider, dealId)
    expect(deal).to.include({ miner, sector, activatedAt: await currentEpoch(own.provider) })
    expect(expiration).to.equal(deal.endEpoch)
    expect(sector).to.equal(dealId)
    await refuses('DEAL_ACTIVE', activateDeal(own.provider, dealId))
    await exits(17, activateDeal(own.provider, dealId + 1n))
  })

  it('takes the next sector number where one is taken', async () => {
    const first = await own.deal()
    const second = await own.deal()
    await activateDeal(own.provider, second)
    await terminateDeal(own.provider, second)
    const third = await own.deal()
    expect((await activateDeal(own.provider, first)).sector).to.equal(first)
    expect((await activateDeal(own.provider, third)).sector).to.equal(third)
    const { miner } = await readDeal(own.provider, first)
    expect(await freeSector(own.provider, { miner, from: first })).to.equal(third + 1n)
  })

  it('activates up to the start epoch and not behind it', async () => {
    const late = await own.deal()
    const later = await own.deal()
    const { startEpoch } = await readDeal(own.provider, late)
    await mineTo(own.provider, startEpoch - 2n)
    await activateDeal(own.provider, late)
    const { activatedAt } = await readDeal(own.provider, late)
    expect(activatedAt).to.equal(startEpoch)
    await mineTo(own.provider, (await readDeal(own.provider, later)).startEpoch - 1n)
    await refuses('START_PASSED', activateDeal(own.provider, later))
  })

  it('skips the activation: the deal can never be active, and its collateral burns', async () => {
    const dealId = await own.deal()
    const { startEpoch } = await readDeal(own.provider, dealId)
    expect(await skipActivation(own.provider, dealId)).to.equal(startEpoch + 1n)
    // Nothing is left to skip.
    expect(await skipActivation(own.provider, dealId)).to.equal(startEpoch + 1n)
    await refuses('START_PASSED', activateDeal(own.provider, dealId))
    const before = await burnt()
    await exits(32, settle(own.provider, dealId))
    expect((await burnt()) - before).to.equal(COLLATERAL)
    await exits(32, skipActivation(own.provider, dealId))
  })

  it('does not skip what is active', async () => {
    const dealId = await own.deal()
    await activateDeal(own.provider, dealId)
    const before = await currentEpoch(own.provider)
    await refuses('DEAL_ACTIVE', skipActivation(own.provider, dealId))
    expect(await currentEpoch(own.provider)).to.equal(before)
    await exits(17, skipActivation(own.provider, dealId + 1n))
  })

  it('terminates a deal by its number, and knows it no more', async () => {
    const dealId = await own.deal()
    await refuses('DEAL_NOT_ACTIVE', terminateDeal(own.provider, dealId))
    const { sector } = await activateDeal(own.provider, dealId)
    expect(await terminateDeal(own.provider, dealId)).to.deep.equal({ miner: MINER, sector })
    for (const act of [terminateDeal, activateDeal, faultDeal, skipActivation, expire])
      await exits(32, act(own.provider, dealId))
    await exits(17, terminateDeal(own.provider, dealId + 1n))
  })

  it('lets a deal expire, and settles it when asked to', async () => {
    const dealId = await own.deal()
    await activateDeal(own.provider, dealId)
    const { endEpoch } = await readDeal(own.provider, dealId)
    expect(await expire(own.provider, dealId)).to.deep.equal({
      epoch: endEpoch,
      settlement: undefined,
    })
    await mine(own.provider, 5n)
    const { epoch, settlement } = await expire(own.provider, dealId, { settle: true })
    expect(settlement).to.deep.equal({ payment: DURATION, completed: true })
    expect(epoch).to.equal(endEpoch + 6n)
    await exits(32, expire(own.provider, dealId))
    await exits(17, expire(own.provider, dealId + 1n))
  })

  it('expires what was never activated: settling it burns the collateral', async () => {
    const dealId = await own.deal()
    const before = await burnt()
    await exits(32, expire(own.provider, dealId, { settle: true }))
    expect((await burnt()) - before).to.equal(COLLATERAL)
  })

  it('settles a deal that has not started without effect', async () => {
    const dealId = await own.deal()
    expect(await settle(own.provider, dealId)).to.deep.equal({ payment: 0n, completed: false })
  })

  it('sends for a worker whose key the node has not', async () => {
    const worker = '0x00000000000000000000000000000000000077aa'
    const other = await market({ miners: [{ worker }] })
    const { dealIds } = await publish(other.provider, {
      miner: MINER,
      proposals: [await other.propose({ provider: idAddress(MINER) })],
    })
    expect(dealIds).to.deep.equal([0n])
    await activateDeal(other.provider, 0n)
    expect((await readDeal(other.provider, 0n)).sector).to.equal(0n)
  })

  it('publishes no proposal that the client does not give', async () => {
    const proposalId = `0x${'12'.repeat(32)}`
    // A contract without the method reverts; an account answers nothing.
    for (const client of [own.address, own.accounts[0] ?? '']) {
      await refuses(
        'CLIENT_REFUSED',
        publishProposal(own.provider, { client, proposalId, miner: MINER }),
      )
    }
  })
})
