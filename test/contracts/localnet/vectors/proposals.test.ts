/**
 * The proposals of test/vectors/f05-cbor.json through f05 of the localnet: what is legal is published as it is and comes back
 * from every getter, whatever else decodes is refused by a rule, and what does not decode is refused.
 */
import { decode, encode } from '@ipld/dag-cbor'
import { expect } from 'chai'
import { AbiCoder, concat, getBytes } from 'ethers'
import {
  actorAddress,
  callNative,
  MARKET_ACTOR_ID,
  mineTo,
} from '../../../../src/localnet/index.ts'
import { vectors as load } from '../../../support/vectors.ts'
import {
  addBalance,
  bytesItem,
  type Call,
  createWorld,
  hex,
  idBytes,
  publishParams,
  senderOf,
  sent,
  type World,
} from './harness.ts'
import { bindAddress, demandNoCollateral, nameActor, placeMiner, setNextDealId } from './state.ts'
import type { ValidProposal, Vectors } from './types.ts'

const vectors = load<Vectors>('f05-cbor')
const { valid, invalid } = vectors.dealProposal
const PUBLISH = 2236929350n
const USR_ILLEGAL_ARGUMENT = 16
const USR_NOT_FOUND = 17
const USR_SERIALIZATION = 21
/** Where a client stands whose address in the vector is no Ethereum address. */
const STAND_IN = '0x00000000000000000000000000000000000c11e0'
const RICH = 10n ** 32n

/** Vectors that cannot pass for a reason of principle; what the localnet answers to each instead is checked. */
const CANNOT: Readonly<Record<string, RegExp>> = {
  // The zero address stands for nobody there.
  'client-f410-zero': /client/,
  // The localnet's miners begin at f01000 (contracts/localnet/Native.sol): below are singletons.
  ...Object.fromEntries(
    [
      'golden-provider-f00',
      'known-filecoin-solidity-account',
      'known-filecoin-solidity-market',
      'golden-terms-changed',
      'provider-id-0',
      'provider-id-127',
      'provider-id-128',
      'random-0',
    ].map((name) => [name, /provider is not a storage miner|no code ID for the provider/]),
  ),
}

const actorId = (text: string): bigint | undefined =>
  /^f0\d+$/.test(text) ? BigInt(text.slice(2)) : undefined

const providers = [...new Set(valid.map(({ decoded }) => actorId(decoded.provider.string) ?? 0n))]
/** Ids from 2^40 on are those of EVM actors, and no configuration has such a miner: these are placed by hand. */
const MINERS = providers.filter((id) => id >= 1000n && id < 2n ** 40n)
const GIANTS = providers.filter((id) => id >= 2n ** 40n)

/** The actor that the vector names as provider. */
function minerOf({ decoded }: Pick<ValidProposal, 'decoded'>): bigint {
  return actorId(decoded.provider.string) ?? 17840n
}

async function placeClient(world: World, { decoded }: ValidProposal): Promise<string> {
  const { bytes, string } = decoded.client
  const at = bytes.startsWith('0x040a') ? `0x${bytes.slice(6)}` : STAND_IN
  if (BigInt(at) !== 0n) await world.place(at)
  const id = actorId(string)
  if (id !== undefined) await nameActor(world, id, at)
  else if (at === STAND_IN) await bindAddress(world, bytes, at)
  return at
}

async function publish(world: World, cbor: string, miner: bigint, signature?: string) {
  const from = await senderOf(world, MINERS.includes(miner) || miner >= 2n ** 40n ? miner : 17840n)
  const params = publishParams(cbor, signature)
  return sent(world.provider, { from, to: MARKET_ACTOR_ID, method: PUBLISH, params })
}

/** What f05 tells of a deal, as CBOR. */
async function query(world: World, name: string, dealId: bigint): Promise<string> {
  return hex(
    await callNative(world.provider, {
      from: world.account,
      to: MARKET_ACTOR_ID,
      method: BigInt(vectors.methodNumbers[name] ?? 0),
      params: encode(dealId),
    }),
  )
}

/** Cuts the CBOR of a proposal with f0 parties into its fields; other implementations wrote it. */
function fieldsOf(cbor: string): string[] {
  const fields = decode(getBytes(cbor)) as unknown[]
  return fields.map((field) => hex(encode(field)))
}

describe('localnet and the wire vectors: proposals', function () {
  this.timeout(120_000)

  describe('that decode', () => {
    let world: World
    const outcomes = { published: 0, refused: 0, cannot: 0 }
    before(async () => {
      world = await createWorld(MINERS, 5n)
      await demandNoCollateral(world)
      for (const miner of MINERS) await addBalance(world, getBytes(idBytes(miner)), RICH)
      for (const miner of GIANTS) {
        await placeMiner(world, miner)
        await addBalance(world, getBytes(idBytes(miner)), RICH)
      }
      await bindAddress(world, providerF2(), actorAddress(17840n))
    })
    after(() => {
      expect(outcomes).to.deep.equal({ published: 39, refused: 19, cannot: 9 })
    })

    let snapshot: unknown
    beforeEach(async () => {
      snapshot = await world.ask('evm_snapshot')
    })
    afterEach(() => world.ask('evm_revert', snapshot))

    for (const vector of valid) {
      const { name, legal, decoded, cbor } = vector
      const cannot = CANNOT[name]
      const verb = cannot === undefined ? (legal ? 'publishes' : 'refuses') : 'cannot publish'
      it(`${verb} ${name}`, async () => {
        const start = BigInt(decoded.startEpoch)
        await mineTo(world.provider, start - 20n)
        await placeClient(world, vector)
        if (legal && cannot === undefined)
          await addBalance(world, getBytes(decoded.client.bytes), RICH)
        const answer = await publish(world, cbor, minerOf(vector))
        if (!('hash' in answer)) {
          if (cannot !== undefined) {
            outcomes.cannot += 1
            expect(answer.exit).to.be.oneOf([USR_ILLEGAL_ARGUMENT, USR_NOT_FOUND])
            expect(answer.why).to.match(cannot)
            return
          }
          expect(answer.exit, answer.why).to.equal(USR_ILLEGAL_ARGUMENT)
          expect(legal, answer.why).to.equal(false)
          outcomes.refused += 1
          return
        }
        expect(legal && cannot === undefined).to.equal(true)
        outcomes.published += 1
        const [[dealId = -1]] = decode(getBytes(answer.data)) as [number[]]
        await compare(vector, BigInt(dealId), answer.hash)
      })
    }

    async function compare(vector: ValidProposal, dealId: bigint, hash: string): Promise<void> {
      const { decoded, cbor } = vector
      const f = fieldsOf(cbor)
      const ask = (getter: string) => query(world, getter, dealId)
      const duration = BigInt(decoded.endEpoch) - BigInt(decoded.startEpoch)
      expect(await ask('GetDealDataCommitment')).to.equal(concat(['0x82', f[0] ?? '', f[1] ?? '']))
      expect(await ask('GetDealVerified')).to.equal(f[2])
      expect(await ask('GetDealProvider')).to.equal(hex(encode(minerOf(vector))))
      expect(await ask('GetDealLabel')).to.equal(f[5])
      expect(await ask('GetDealTerm')).to.equal(
        concat(['0x82', f[6] ?? '', hex(encode(Number(duration)))]),
      )
      const price = BigInt(decoded.storagePricePerEpoch) * duration
      expect(await ask('GetDealTotalPrice')).to.equal(amountItem(price))
      expect(await ask('GetDealProviderCollateral')).to.equal(f[9])
      expect(await ask('GetDealClientCollateral')).to.equal(f[10])
      const client = BigInt(decode(getBytes(await ask('GetDealClient'))) as number)
      const named = actorId(decoded.client.string)
      if (named !== undefined) expect(client).to.equal(named)
      // The notification carries the proposal with both parties as f0 addresses, else byte for byte.
      const normalised = concat([
        '0x8b',
        ...f.slice(0, 3),
        bytesItem(idBytes(client)),
        bytesItem(idBytes(minerOf(vector))),
        ...f.slice(5),
      ])
      const notice = (await world.callsOf(hash)).find(({ input }) =>
        input.startsWith(selectorOf('MarketNotifyDeal')),
      )
      const params = concat(['0x82', bytesItem(normalised), hex(encode(dealId))])
      expect(notice?.input).to.equal(calldata('MarketNotifyDeal', params))
    }
  })

  describe('that are wrong', () => {
    let world: World
    const outcomes = { 16: 0, 21: 0, published: 0 }
    before(async () => {
      world = await createWorld([17840n])
      await demandNoCollateral(world)
      const golden = valid.find(({ name }) => name === 'golden')
      if (golden === undefined) throw new Error('no golden proposal')
      await placeClient(world, golden)
      await addBalance(world, getBytes(golden.decoded.client.bytes), RICH)
      await addBalance(world, getBytes(idBytes(17840n)), RICH)
    })
    after(() => {
      expect(outcomes[16] + outcomes[21] + outcomes.published).to.equal(invalid.length)
      expect(outcomes.published).to.equal(13)
    })

    let snapshot: unknown
    beforeEach(async () => {
      snapshot = await world.ask('evm_snapshot')
    })
    afterEach(() => world.ask('evm_revert', snapshot))

    for (const { name, layer, rule, cbor } of invalid) {
      // f05 reads amounts with a sign or zeros in front (ref-fvm shared/src/bigint/bigint_ser.rs), and does not know how
      // large a sector is: what is refused here by the project, the market takes.
      const isTaken =
        layer === 'non-canonical' || (rule === 'project' && !name.includes('verified'))
      it(`${isTaken ? 'reads' : 'refuses'} ${name}`, async () => {
        const answer = await publish(world, cbor, 17840n)
        if ('hash' in answer) {
          expect(isTaken).to.equal(true)
          outcomes.published += 1
          if (layer === 'non-canonical') expectCanonicalAmounts(await world.callsOf(answer.hash))
          return
        }
        expect(isTaken, answer.why).to.equal(false)
        // An f410 address of 19 bytes is one of f4, of somebody whom nobody knows.
        const isUnknown = name === 'provider: f410 19 bytes' && answer.exit === USR_NOT_FOUND
        const exit = isUnknown ? USR_ILLEGAL_ARGUMENT : answer.exit
        expect(exit).to.be.oneOf([USR_ILLEGAL_ARGUMENT, USR_SERIALIZATION])
        if (layer === 'semantic') expect(answer.exit).to.equal(USR_ILLEGAL_ARGUMENT)
        outcomes[exit as 16 | 21] += 1
      })
    }
  })

  describe('that a client is asked about', () => {
    let world: World
    const asked: string[] = []
    /** f05 of the localnet looks at a proposal itself before it asks. */
    const neverAsked = ['dead / random-3', 'dead / price-u256-max', 'dead / random-0']
    before(async () => {
      world = await createWorld(MINERS)
      await demandNoCollateral(world)
      for (const miner of MINERS) await addBalance(world, getBytes(idBytes(miner)), RICH)
      await bindAddress(world, providerF2(), actorAddress(17840n))
    })
    after(() => {
      const { length } = vectors.authenticateMessage.valid
      expect(asked).to.have.length(length - neverAsked.length - 1)
    })

    let snapshot: unknown
    beforeEach(async () => {
      snapshot = await world.ask('evm_snapshot')
    })
    afterEach(() => world.ask('evm_revert', snapshot))

    for (const { name, proposal, signature, calldata: expected } of vectors.authenticateMessage
      .valid) {
      const vector = valid.find((one) => one.name === proposal)
      if (vector === undefined) throw new Error(`no proposal ${proposal}`)
      const cannot = CANNOT[proposal]
      it(`${cannot === undefined ? '' : 'never '}with the calldata of ${name}`, async () => {
        await placeClient(world, vector)
        await addBalance(world, getBytes(vector.decoded.client.bytes), RICH)
        const answer = await publish(
          world,
          vector.cbor,
          minerOf(vector),
          `0x02${signature.slice(2)}`,
        )
        if (neverAsked.includes(name) || cannot !== undefined) {
          expect(answer.exit).to.be.oneOf([USR_ILLEGAL_ARGUMENT, USR_NOT_FOUND])
          return
        }
        if (!('hash' in answer)) throw new Error(answer.why)
        const calls = (await world.callsOf(answer.hash)).filter(({ input }) => input === expected)
        expect(calls).to.have.length(1)
        expect(calls[0]?.output).to.equal(vectors.authenticateMessage.acceptReturn.abi)
        asked.push(name)
      })
    }
  })

  describe('that a client is told of', () => {
    let world: World
    let last = -1n
    before(async () => {
      world = await createWorld([17840n, 17841n])
      await demandNoCollateral(world)
      for (const miner of [17840n, 17841n]) await addBalance(world, getBytes(idBytes(miner)), RICH)
    })

    for (const { name, proposal, dealId, calldata: expected } of vectors.marketNotifyDeal.valid) {
      const vector = valid.find((one) => one.name === proposal)
      if (vector === undefined) throw new Error(`no proposal ${proposal}`)
      const isLast = BigInt(dealId) === 2n ** 64n - 1n
      it(
        isLast
          ? 'never with the last number: the next would not fit'
          : `with the calldata of ${name}`,
        async () => {
          await placeClient(world, vector)
          const id = await snapshotted(async () => {
            // One deal, so that the counter is found.
            await publishAnother()
            await setNextDealId(world, last, BigInt(dealId))
            const answer = await publish(world, vector.cbor, minerOf(vector))
            if (isLast) return answer.exit
            if (!('hash' in answer)) throw new Error(answer.why)
            const calls = (await world.callsOf(answer.hash)).filter(
              ({ input }) => input === expected,
            )
            expect(calls.map(({ from }) => from)).to.deep.equal([actorAddress(MARKET_ACTOR_ID)])
            return 0
          })
          expect(id).to.equal(isLast ? 24 : 0)
        },
      )
    }

    async function snapshotted<T>(act: () => Promise<T>): Promise<T> {
      const snapshot = await world.ask('evm_snapshot')
      const done = await act()
      await world.ask('evm_revert', snapshot)
      last = -1n
      return done
    }

    async function publishAnother(): Promise<void> {
      // The counter must hold a number that nothing else holds.
      for (let label = 0; label < 7; label++) {
        const another = valid.find(
          ({ name }) => name === `label-text-${[0, 1, 23, 24, 255, 256][label]}`,
        )
        if (another === undefined) continue
        await placeClient(world, another)
        const answer = await publish(world, another.cbor, 17840n)
        if ('hash' in answer) last += 1n
      }
      if (last < 4n) throw new Error('too few deals to find the counter by')
    }
  })
})

/** What f05 passes on has no sign before zero and no zeros in front. */
function expectCanonicalAmounts(calls: readonly Call[]): void {
  const notice = calls.find(({ input }) => input.startsWith(selectorOf('MarketNotifyDeal')))
  const [, , params] = AbiCoder.defaultAbiCoder().decode(
    ['uint64', 'uint64', 'bytes'],
    `0x${notice?.input.slice(10)}`,
  ) as unknown as [bigint, bigint, string]
  const [proposal] = decode(getBytes(params)) as [Uint8Array]
  const amounts = (decode(proposal) as unknown[]).slice(8) as Uint8Array[]
  expect(amounts).to.have.length(3)
  for (const amount of amounts) expect(hex(amount)).to.match(/^0x$|^0x00(?!00)/)
}

function providerF2(): string {
  return valid.find(({ name }) => name === 'provider-f2')?.decoded.provider.bytes ?? ''
}

function selectorOf(method: string): string {
  return calldata(method, '0x').slice(0, 2 + 8 + 64)
}

/** handle_filecoin_method(uint64 method, uint64 codec 0x51, bytes params) */
function calldata(method: string, params: string): string {
  const types = ['uint64', 'uint64', 'bytes']
  const values = [vectors.methodNumbers[method], 0x51, params]
  return concat(['0x868e10c4', AbiCoder.defaultAbiCoder().encode(types, values)])
}

/** CBOR of an amount: no bytes for zero, else 00 and the value. */
function amountItem(amount: bigint): string {
  if (amount === 0n) return '0x40'
  const digits = amount.toString(16)
  return bytesItem(`0x00${digits.length % 2 === 0 ? '' : '0'}${digits}`)
}
