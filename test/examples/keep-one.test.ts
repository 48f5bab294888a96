/** A contract of twenty lines, from its deployment to the last of its money. */
import { expect } from 'chai'
import type { Contract } from 'ethers'
import type { StoredPiece } from '../../src/prepare/sink.ts'
import {
  act,
  ask,
  asPiece,
  asPolicy,
  COPIES,
  FIL,
  reverts,
  startWorld,
  TERM,
  termCost,
  type World,
} from './world.ts'

describe('examples/KeepOne', function () {
  this.timeout(120_000)
  let world: World
  let piece: StoredPiece
  before(async () => {
    world = await startWorld()
    piece = await world.piece('photo')
  })
  after(() => world.stop())

  it('stores when it is deployed, is renewed for ever by anyone, and gives back what is left', async () => {
    const { perpetual, policy, deploy } = world
    const values = [perpetual.address, asPiece(piece), asPolicy(policy)]
    const keepOne = await deploy(1, 'KeepOne', values, FIL)
    const account = await keepOne.getAddress()
    const id = await ask<bigint>(keepOne, 'id')
    expect((await perpetual.storeOf(id)).account).to.equal(account)
    await world.untilActive(id)
    expect((await perpetual.statusOf(id)).why).to.equal(
      'all copies are stored, and none is near its end',
    )
    expect(await world.keep(), 'nothing is due, nobody is paid').to.equal(0n)

    // Two renewals: the third pair of deals follows the second follows the first.
    let keepers = 0n
    for (const renewal of [1, 2]) {
      const { deals } = await perpetual.factsOf(id)
      // The newest come first.
      const ends = deals
        .filter(({ standing }) => standing === 'active')
        .slice(0, COPIES)
        .map(({ endEpoch }) => endEpoch)
      expect(ends, `renewal ${renewal}`).to.have.length(COPIES)
      await world.travelTo(Math.max(...ends) - policy.lead)
      expect((await perpetual.statusOf(id)).next.reason).to.equal('renewal')
      const paid = await world.keep()
      expect(paid > 0n && paid <= policy.maxPay).to.equal(true)
      keepers += paid
      // Published before the old ones end, active beside them.
      await world.untilActive(id, COPIES * 2)
      const renewed = (await perpetual.factsOf(id)).deals.slice(0, COPIES)
      for (const { startEpoch, endEpoch } of renewed) {
        expect(startEpoch <= Math.min(...ends), 'without a gap').to.equal(true)
        expect(endEpoch).to.equal(startEpoch + TERM)
      }
    }

    // It ends: what is published runs on, the rest comes back; when the deals are over nothing is left behind.
    const stranger = keepOne.connect(await world.provider.getSigner(world.accounts[2])) as Contract
    await reverts(keepOne, 'NotOwner', act(stranger, 'cancel'))
    await reverts(keepOne, 'NotOwner', act(stranger, 'withdraw', 1n))
    await act(keepOne, 'cancel')
    const { deals } = await perpetual.factsOf(id)
    await world.travelTo(Math.max(...deals.map(({ endEpoch }) => endEpoch)) + 1)
    keepers += await world.keep()
    const client = await perpetual.clientOf(account)
    const free = (await perpetual.accountOf(account)).free
    expect(free).to.equal(FIL - 3n * termCost(piece) - keepers)
    await act(keepOne, 'withdraw', FIL)
    expect(await perpetual.accountOf(account)).to.include({ free: 0n, stores: 0, perEpoch: 0n })
    expect(await world.balanceOf(client)).to.equal(0n)
    expect(await world.balanceOf(account), 'nothing is stuck in the example').to.equal(0n)
  })
})
