/**
 * The bit fields of test/vectors/f05-cbor.json as params of SettleDealPayments: which deals f05 takes them for shows in what it
 * answers about each.
 */
import { decode } from '@ipld/dag-cbor'
import { expect } from 'chai'
import { getBytes } from 'ethers'
import { idAddress, MARKET_ACTOR_ID, publish } from '../../../../src/localnet/index.ts'
import { vectors as load } from '../../../support/vectors.ts'
import { goldenWith, nextDealIs, settleIn } from './golden.ts'
import { bytesItem, createWorld, sent, type World } from './harness.ts'
import type { Vectors } from './types.ts'

const { rlePlus } = load<Vectors>('f05-cbor')
const SETTLE = 1900091594n
const EX_DEAL_EXPIRED = 32
const USR_SERIALIZATION = 21

describe('localnet and the wire vectors: bit fields', function () {
  this.timeout(60_000)
  let world: World
  let snapshot: unknown
  before(async () => {
    world = await createWorld([17840n])
    await settleIn(world, 17840n)
  })
  beforeEach(async () => {
    snapshot = await world.ask('evm_snapshot')
  })
  afterEach(() => world.ask('evm_revert', snapshot))

  const settle = (params: string) =>
    sent(world.provider, {
      from: world.account,
      to: MARKET_ACTOR_ID,
      method: SETTLE,
      params: getBytes(params),
    })

  it('are 28, and 16 that are none', () => {
    expect([rlePlus.valid.length, rlePlus.invalid.length]).to.deep.equal([28, 16])
    expect(rlePlus.valid.filter(({ ids }) => ids === undefined)).to.have.length(2)
  })

  for (const { name, ids, cbor } of rlePlus.valid) {
    if (ids === undefined) {
      // So many deals fit no message: on the chain its gas ends, here f05 refuses to count them.
      it(`are refused when they are too many: ${name}`, async () => {
        expect(await settle(cbor)).to.include({ exit: USR_SERIALIZATION })
      })
      continue
    }
    it(`name the deals ${name}`, async () => {
      const ascending = ids.map(BigInt)
      const [last] = ascending.slice(-1)
      if (last !== undefined) {
        await nextDealIs(world, last)
        const deal = goldenWith({ provider: idAddress(17840n) })
        const { dealIds } = await publish(world.provider, { miner: 17840n, proposals: [deal] })
        expect(dealIds).to.deep.equal([last])
      }
      const answer = await settle(cbor)
      if (!('data' in answer)) throw new Error(answer.why)
      const [[successes, failures], settlements] = decode(getBytes(answer.data)) as [
        [number, [number, number][]],
        unknown[],
      ]
      // Ids below 5 are among those that made room for the counter.
      const known = ascending
        .map((id, index) => ({ id, index }))
        .filter(({ id }) => id < 5n || id === last)
      expect(successes).to.equal(known.length)
      expect(settlements).to.have.length(known.length)
      const unknown = ascending
        .map((_, index) => index)
        .filter((index) => !known.some((one) => one.index === index))
      expect(failures).to.deep.equal(unknown.map((index) => [index, EX_DEAL_EXPIRED]))
    })
  }

  for (const { name, bytes } of rlePlus.invalid) {
    it(`are refused with ${name}`, async () => {
      expect(await settle(bytesItem(bytes))).to.include({ exit: USR_SERIALIZATION })
    })
  }
})
