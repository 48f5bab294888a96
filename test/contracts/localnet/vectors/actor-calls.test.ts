/**
 * Params and returns of f05, f04 and miners as test/vectors/f05-cbor.json has them: params are taken, and returns are what the
 * actors of the localnet answer in a state that calls for them.
 */
import { decode, encode } from '@ipld/dag-cbor'
import { expect } from 'chai'
import { getBytes } from 'ethers'
import {
  activate,
  actorAddress,
  callNative,
  currentEpoch,
  ethAddress,
  fault,
  idAddress,
  MARKET_ACTOR_ID,
  mineTo,
  POWER_ACTOR_ID,
  type ProposalTerms,
  publish,
  terminate,
} from '../../../../src/localnet/index.ts'
import { encodeRlePlus } from '../../../../src/localnet/rle-plus.ts'
import { vectors as load } from '../../../support/vectors.ts'
import { CLIENT, goldenWith, nextDealIs, settleIn } from './golden.ts'
import { addBalance, createWorld, hex, sent, type World } from './harness.ts'
import { nameActor } from './state.ts'
import type { ActorCall, Vectors } from './types.ts'

const { actorCalls } = load<Vectors>('f05-cbor')
const MINER = 17_840n
const SECTOR = 77n
const DAY = 2880n
const TWO_TO_90 = 2n ** 90n
const FIL = 10n ** 18n
const PIECE = { pieceCid: getBytes(`0x0181e203922020${'ab'.repeat(32)}`), pieceSize: 262_144n }

/** Returns that no state of the localnet calls for, and why. */
const CANNOT: Readonly<Record<string, string>> = {
  'GetDealActivation 0/-1': 'no message is executed in epoch 0',
  'GetDealActivation 5200001/5300000': 'a terminated deal is removed at once and answers 32',
  'GetDealVerified true': 'there is no DataCap to make a verified deal with (FIP-0118)',
  'SettleDealPayments none': 'f05 answers 32, not 17, for an id that it has not given out yet',
  'MinerRawPower power': 'it would take 2^54 sectors of 64 GiB',
  'MinerPower power': 'without DataCap the two powers are the same',
  'GenerateSectorLocation status 1': 'where a sector is proven is of the chain',
  'GenerateSectorLocation status 2': 'where a sector is proven is of the chain',
}
/** Params that are taken and refused, and how. */
const REFUSED: Readonly<Record<string, number>> = {
  // f0102 is no actor: below f01000 the localnet has singletons only.
  'PublishStorageDeals known': 17,
  // No sector of the localnet is at those places.
  'ValidateSectorStatus status 1': 17,
  'ValidateSectorStatus status 2': 17,
}

describe('localnet and the wire vectors: params and returns', function () {
  this.timeout(60_000)
  let world: World
  let snapshot: unknown
  before(async () => {
    world = await createWorld([MINER])
    await settleIn(world, MINER)
    await world.ask('hardhat_impersonateAccount', CLIENT)
    await world.ask('hardhat_setBalance', CLIENT, `0x${(10n ** 30n).toString(16)}`)
  })
  beforeEach(async () => {
    snapshot = await world.ask('evm_snapshot')
  })
  afterEach(() => world.ask('evm_revert', snapshot))

  const methodOf = (name: string): bigint =>
    BigInt(actorCalls.find((call) => call.name === name)?.method ?? 0)
  const toMarket = (name: string, params: Uint8Array, from = world.account) =>
    sent(world.provider, { from, to: MARKET_ACTOR_ID, method: methodOf(name), params })
  async function answer(name: string, params: Uint8Array, from?: string): Promise<string> {
    const outcome = await toMarket(name, params, from)
    if (!('data' in outcome)) throw new Error(outcome.why)
    return outcome.data
  }
  const ask = async (to: bigint, name: string, params: Uint8Array): Promise<string> =>
    hex(
      await callNative(world.provider, {
        from: world.account,
        to,
        method: methodOf(name),
        params,
      }),
    )
  const tell = (name: string, dealId: bigint) => ask(MARKET_ACTOR_ID, name, encode(dealId))

  async function deal(terms: Partial<ProposalTerms> = {}): Promise<bigint> {
    const { dealIds } = await publish(world.provider, {
      miner: MINER,
      proposals: [goldenWith(terms)],
    })
    return dealIds[0] ?? -1n
  }
  async function commit(dealId: bigint, number: bigint, expiration: bigint): Promise<void> {
    const deals = [{ dealId, ...PIECE }]
    await activate(world.provider, { miner: MINER, number, expiration, deals })
  }
  async function dealTold(name: string, terms: Partial<ProposalTerms> = {}): Promise<string> {
    return tell(name, await deal(terms))
  }
  async function withdraw(amount: bigint): Promise<string> {
    const item = encode([
      ethAddress(CLIENT),
      amount === 0n ? new Uint8Array() : getBytes(`0x00${even(amount)}`),
    ])
    return answer('WithdrawBalance', item, CLIENT)
  }
  /** A client that is nobody yet, with so much in escrow and a deal that holds so much of it. */
  async function balance(escrow: bigint, locked: bigint): Promise<string> {
    const at = `0x${'5e'.repeat(20)}`
    await world.place(at)
    if (escrow > 0n) await addBalance(world, ethAddress(at), escrow)
    if (locked > 0n) await deal({ client: ethAddress(at), clientCollateral: locked })
    return ask(MARKET_ACTOR_ID, 'GetBalance', encode(ethAddress(at)))
  }
  async function inSector(number: bigint): Promise<string> {
    const dealId = await deal()
    await commit(dealId, number, 6_755_200n)
    return tell('GetDealSector', dealId)
  }
  async function activatedAt(epoch: bigint): Promise<string> {
    const dealId = await deal({ startEpoch: epoch + 5n })
    await mineTo(world.provider, epoch - 2n)
    await commit(dealId, SECTOR, 6_755_200n)
    expect(await currentEpoch(world.provider)).to.equal(epoch)
    return tell('GetDealActivation', dealId)
  }
  async function oneSettled(): Promise<string> {
    const dealId = await deal({ pricePerEpoch: FIL / 10n })
    await commit(dealId, SECTOR, 6_755_200n)
    await mineTo(world.provider, 5_200_009n)
    return answer('SettleDealPayments', encode(encodeRlePlus([dealId])))
  }
  async function twoOfThree(): Promise<string> {
    const startEpoch = (await currentEpoch(world.provider)) + 100n
    const endEpoch = startEpoch + 2n ** 19n
    await deal({ startEpoch: endEpoch + 1000n, endEpoch: endEpoch + 1000n + 180n * DAY })
    const terminated = await deal({ endEpoch: 6_755_201n })
    const ended = await deal({ startEpoch, endEpoch, pricePerEpoch: 2n ** 71n })
    await commit(ended, SECTOR, endEpoch)
    await commit(terminated, SECTOR + 1n, 6_755_201n)
    await terminate(world.provider, { miner: MINER, numbers: [SECTOR + 1n] })
    await mineTo(world.provider, endEpoch)
    // Deals 0, 1 and 2.
    return answer('SettleDealPayments', encode(encodeRlePlus([0n, 1n, 2n])))
  }

  const RETURNS: Readonly<Record<string, () => Promise<string>>> = {
    'WithdrawBalance 0': () => withdraw(0n),
    'WithdrawBalance 1000': () => withdraw(1000n),
    [`WithdrawBalance ${FIL}`]: () => withdraw(FIL),
    [`WithdrawBalance ${TWO_TO_90}`]: () => withdraw(TWO_TO_90),
    'GetBalance 0/0': () => balance(0n, 0n),
    [`GetBalance ${FIL}/0`]: () => balance(FIL, 0n),
    [`GetBalance ${TWO_TO_90}/${FIL}`]: () => balance(TWO_TO_90, FIL),
    'GetDealActivation -1/-1': () => dealTold('GetDealActivation'),
    'GetDealActivation 5200001/-1': () => activatedAt(5_200_001n),
    'GetDealTerm term': () => dealTold('GetDealTerm'),
    'GetDealDataCommitment commitment': () => dealTold('GetDealDataCommitment'),
    'GetDealClient id': async () => {
      await nameActor(world, 1234n, CLIENT)
      await addBalance(world, idAddress(1234n), 1n)
      return dealTold('GetDealClient', { client: idAddress(1234n) })
    },
    'GetDealProvider id': () => dealTold('GetDealProvider'),
    'GetDealLabel text': () => dealTold('GetDealLabel'),
    'GetDealLabel bytes': () =>
      dealTold('GetDealLabel', {
        label: getBytes(`0x${vectorOf('GetDealLabel', 'bytes').slice(4)}`),
      }),
    'GetDealTotalPrice 0': () => dealTold('GetDealTotalPrice'),
    [`GetDealTotalPrice ${FIL}`]: () =>
      dealTold('GetDealTotalPrice', { endEpoch: 6_200_000n, pricePerEpoch: 10n ** 12n }),
    'GetDealClientCollateral 0': () => dealTold('GetDealClientCollateral'),
    [`GetDealClientCollateral ${FIL}`]: () =>
      dealTold('GetDealClientCollateral', { clientCollateral: FIL }),
    'GetDealProviderCollateral 0': () => dealTold('GetDealProviderCollateral'),
    [`GetDealProviderCollateral ${FIL}`]: () =>
      dealTold('GetDealProviderCollateral', { providerCollateral: FIL }),
    'GetDealVerified false': () => dealTold('GetDealVerified'),
    'GetDealSector 0': () => inSector(0n),
    'GetDealSector 77': () => inSector(77n),
    'GetDealSector 1099511627776': () => inSector(2n ** 40n),
    'SettleDealPayments one settled': oneSettled,
    'SettleDealPayments two of three': twoOfThree,
    'PublishStorageDeals all valid': async () => {
      await nextDealIs(world, 147_142n)
      return publishRaw([goldenWith({}), goldenWith({ label: 'another' })])
    },
    'PublishStorageDeals first dropped': async () => {
      await nextDealIs(world, 147_143n)
      return publishRaw([goldenWith({ pieceSize: 3n }), goldenWith({})])
    },
    'GenerateSectorLocation status 0': () => ask(MINER, 'GenerateSectorLocation', encode([SECTOR])),
    'ValidateSectorStatus true': () =>
      ask(MINER, 'ValidateSectorStatus', getBytes(vectorOf('ValidateSectorStatus', 'status 0'))),
    'ValidateSectorStatus false': async () => {
      await commit(await deal(), SECTOR, 6_755_200n)
      const [, place] = decode(
        getBytes(await ask(MINER, 'GenerateSectorLocation', encode([SECTOR]))),
      ) as [number, Uint8Array]
      await fault(world.provider, { miner: MINER, numbers: [SECTOR] })
      const isActive = 1
      return ask(MINER, 'ValidateSectorStatus', encode([SECTOR, isActive, place]))
    },
    'GetNominalSectorExpiration epoch': async () => {
      await commit(await deal(), SECTOR, 6_755_205n)
      return ask(MINER, 'GetNominalSectorExpiration', encode(SECTOR))
    },
  }

  async function publishRaw(proposals: Uint8Array[]): Promise<string> {
    const signed = proposals.map((proposal) => `82${hex(proposal).slice(2)}4302dead`)
    const worker = (await worldWorker()) ?? ''
    return answer('PublishStorageDeals', getBytes(`0x8182${signed.join('')}`), worker)
  }
  async function worldWorker(): Promise<string | undefined> {
    return ((await world.ask('eth_accounts')) as string[]).at(-1)
  }

  const params = actorCalls.filter(({ direction }) => direction === 'params')
  const returns = actorCalls.filter(({ direction }) => direction === 'return')

  it('are all here', () => {
    expect([params.length, returns.length]).to.deep.equal([21, 41])
    const listed = [...Object.keys(RETURNS), ...Object.keys(CANNOT)]
    expect(listed).to.have.members(returns.map(keyOf))
  })

  for (const call of returns) {
    const why = CANNOT[keyOf(call)]
    if (why !== undefined) {
      it(`cannot answer ${keyOf(call)}: ${why}`, () => {
        expect(RETURNS).to.not.have.property(keyOf(call))
      })
      continue
    }
    it(`answers ${keyOf(call)}`, async () => {
      expect(await RETURNS[keyOf(call)]?.()).to.equal(call.cbor)
    })
  }

  for (const call of params) {
    it(`takes the params of ${keyOf(call)}`, async () => {
      const to = { f04: POWER_ACTOR_ID, f05: MARKET_ACTOR_ID, miner: MINER }[call.actor]
      if (call.actor === 'f04') await world.ask('hardhat_setCode', actorAddress(to), f04Code)
      const from = call.name === 'WithdrawBalance' ? CLIENT : ((await worldWorker()) ?? '')
      if (call.name.startsWith('GetDeal')) {
        const dealId = BigInt(
          `0x${call.cbor.length === 4 ? call.cbor.slice(2) : call.cbor.slice(4)}`,
        )
        await nextDealIs(world, dealId)
        expect(await deal()).to.equal(dealId)
      }
      if (call.actor === 'miner' && call.name !== 'ValidateSectorStatus')
        await commit(await deal(), SECTOR, 6_755_200n)
      const value = call.name === 'AddBalance' ? 1n : 0n
      const message = { from, to, method: BigInt(call.method), params: getBytes(call.cbor), value }
      const outcome = await sent(world.provider, message)
      expect(outcome.exit, 'why' in outcome ? outcome.why : '').to.equal(REFUSED[keyOf(call)] ?? 0)
    })
  }

  let f04Code = ''
  before(async () => {
    const fresh = await createWorld([MINER])
    f04Code = String(await fresh.ask('eth_getCode', actorAddress(POWER_ACTOR_ID), 'latest'))
  })
})

function keyOf(call: ActorCall): string {
  return `${call.name} ${call.case}`
}

function vectorOf(name: string, caseName: string): string {
  return actorCalls.find((call) => call.name === name && call.case === caseName)?.cbor ?? ''
}

function even(value: bigint): string {
  const digits = value.toString(16)
  return digits.length % 2 === 0 ? digits : `0${digits}`
}
