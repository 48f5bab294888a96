/**
 * test/vectors/sector-content-changed.json through the localnet: a miner that is given the pieces of a vector tells the receiver
 * exactly what the vector says, and judges each answer as the vector says; f05 is such a receiver itself.
 */
import { expect } from 'chai'
import { AbiCoder, getBytes } from 'ethers'
import {
  actorAddress,
  currentEpoch,
  encodePreCommit,
  encodeProveCommit,
  ethAddress,
  MARKET_ACTOR_ID,
  PRE_COMMIT_SECTOR_BATCH_2,
  PROVE_COMMIT_SECTORS_3,
  type SectorPiece,
  sendNative,
  workerOf,
} from '../../../../src/localnet/index.ts'
import { vectors as load } from '../../../support/vectors.ts'
import { createWorld, deployAnswer, sent, type World } from './harness.ts'
import { setExpiration } from './state.ts'

interface SectorVector {
  readonly sector: string
  readonly minimumCommitmentEpoch: string
  readonly added: readonly {
    readonly pieceCid: string
    readonly size: string
    readonly payload: string
  }[]
}

interface Params {
  readonly name: string
  readonly params: string
  readonly decoded: { readonly sectors: readonly SectorVector[] }
  readonly rejectAll: string
  readonly alternating: {
    readonly accepted: readonly (readonly boolean[])[]
    readonly cbor: string
  }
  readonly calldata: string
  readonly acceptAllReturnAbi: string
}

interface File {
  readonly params: {
    readonly method: string
    readonly valid: readonly Params[]
    readonly edge: readonly Params[]
    readonly invalid: readonly {
      readonly name: string
      readonly params: string
      readonly optional?: boolean
    }[]
  }
  readonly returns: {
    readonly valid: readonly {
      readonly accepted: readonly (readonly boolean[])[]
      readonly cbor: string
    }[]
    readonly invalid: readonly { readonly name: string; readonly cbor: string }[]
  }
  readonly shapeMismatch: readonly {
    readonly base: string
    readonly return: string
    readonly reason: string
  }[]
}

const { params, returns, shapeMismatch } = load<File>('sector-content-changed')
const MINER = 1000n
const BASE_EPOCH = 4_000_000n
const USR_ILLEGAL_ARGUMENT = 16
const USR_SERIALIZATION = 21
/** A method that wants params and gets none: the FVM's own exit code, or the decoder's. */
const NO_PARAMS = [USR_ILLEGAL_ARGUMENT, USR_SERIALIZATION]
const RESPONSE_INVALID = 1003
const REJECTED = 1004

/** What a miner never says, and why. */
const NEVER_SAID: Readonly<Record<string, string>> = {
  'no sectors': 'without a piece for it a receiver is not called',
  'sector without pieces': 'without a piece for it a receiver is not called',
  'size not a power of two': 'such a piece fits no sector',
}

describe('localnet and the wire vectors: sector content', function () {
  this.timeout(120_000)
  let world: World
  let worker: string
  let snapshot: unknown
  before(async () => {
    world = await createWorld([MINER], BASE_EPOCH)
    worker = await workerOf(world.provider, MINER)
  })
  beforeEach(async () => {
    snapshot = await world.ask('evm_snapshot')
  })
  afterEach(() => world.ask('evm_revert', snapshot))

  /** Commits the sectors of a vector with their pieces told to a receiver that answers `answerAbi`. */
  async function commit(sectors: readonly SectorVector[], answerAbi: string, required = true) {
    const receiver = await deployAnswer(world, answerAbi)
    const now = await currentEpoch(world.provider)
    const usual = now + 1_000_003n
    for (const { sector, minimumCommitmentEpoch } of sectors) {
      const wanted = BigInt(minimumCommitmentEpoch)
      const isPossible = wanted > now + 520_000n && wanted < now + 3_600_000n
      const expiration = isPossible ? wanted : usual
      await sendNative(world.provider, {
        from: worker,
        to: MINER,
        method: PRE_COMMIT_SECTOR_BATCH_2,
        params: encodePreCommit([{ number: BigInt(sector), expiration }]),
      })
      if (!isPossible)
        await setExpiration(world, MINER, BigInt(sector), { from: usual, to: wanted })
    }
    const manifests = sectors.map(({ sector, added }) => ({
      number: BigInt(sector),
      pieces: added.map(({ pieceCid, size, payload }): SectorPiece => ({
        pieceCid: getBytes(pieceCid),
        pieceSize: BigInt(size),
        notify: [{ address: ethAddress(receiver), payload: getBytes(payload) }],
      })),
    }))
    const outcome = await sent(world.provider, {
      from: worker,
      to: MINER,
      method: PROVE_COMMIT_SECTORS_3,
      params: encodeProveCommit(manifests, required),
    })
    return { receiver, outcome }
  }

  const toldBy = async (hash: string, receiver: string): Promise<string[]> =>
    (await world.callsOf(hash))
      .filter(({ to, from }) => to === receiver.toLowerCase() && from === actorAddress(MINER))
      .map(({ input }) => input)

  it('are all here', () => {
    const { valid, edge, invalid } = params
    expect([valid.length, edge.length, invalid.length]).to.deep.equal([16, 5, 59])
    expect([returns.valid.length, returns.invalid.length]).to.deep.equal([9, 11])
    expect(shapeMismatch).to.have.length(6)
  })

  for (const vector of [...params.valid, ...params.edge]) {
    const { name, decoded, calldata, acceptAllReturnAbi, rejectAll, alternating } = vector
    const why = NEVER_SAID[name]
    if (why !== undefined) {
      it(`never says ${name}: ${why}`, async () => {
        const { outcome, receiver } = await commit(decoded.sectors, acceptAllReturnAbi)
        if (!('hash' in outcome)) expect(outcome.exit).to.equal(USR_ILLEGAL_ARGUMENT)
        else expect(await toldBy(outcome.hash, receiver)).to.deep.equal([])
      })
      continue
    }
    it(`says ${name}`, async () => {
      const { outcome, receiver } = await commit(decoded.sectors, acceptAllReturnAbi)
      if (!('hash' in outcome)) throw new Error(outcome.why)
      expect(await toldBy(outcome.hash, receiver)).to.deep.equal([calldata])
    })

    it(`takes no for an answer to ${name}, and does without where none is required`, async () => {
      const no = abiOf(rejectAll)
      expect((await commit(decoded.sectors, no)).outcome.exit).to.equal(REJECTED)
      await world.ask('evm_revert', snapshot)
      snapshot = await world.ask('evm_snapshot')
      expect((await commit(decoded.sectors, no, false)).outcome.exit).to.equal(0)
    })

    it(`takes a yes and a no by turns for a no to ${name}`, async () => {
      const isYes = alternating.accepted.flat().every(Boolean)
      const { outcome } = await commit(decoded.sectors, abiOf(alternating.cbor))
      expect(outcome.exit).to.equal(isYes ? 0 : REJECTED)
    })
  }

  for (const { accepted, cbor } of returns.valid) {
    const shape = accepted.map(({ length }) => length).join(', ')
    if (accepted.flat().length === 0) {
      it(`has no receiver that could answer ${cbor}: nothing was told`, () => {
        expect(accepted.flat()).to.deep.equal([])
      })
      continue
    }
    it(`judges an answer about [${shape}] pieces: ${cbor.slice(0, 20)}`, async () => {
      const { outcome } = await commit(sectorsOf(accepted.map(({ length }) => length)), abiOf(cbor))
      expect(outcome.exit).to.equal(accepted.flat().every(Boolean) ? 0 : REJECTED)
    })
  }

  for (const { name, cbor } of returns.invalid) {
    it(`refuses an answer that is ${name}`, async () => {
      const { outcome } = await commit(sectorsOf([1]), abiOf(cbor))
      expect(outcome.exit).to.equal(RESPONSE_INVALID)
    })
  }

  for (const { base, return: cbor, reason } of shapeMismatch) {
    it(`refuses an answer of another shape: ${reason}`, async () => {
      const asked = params.valid.find(({ name }) => name === base)?.decoded.sectors ?? []
      const { outcome } = await commit(asked, abiOf(cbor))
      expect(outcome.exit).to.equal(RESPONSE_INVALID)
    })
  }

  describe('told to f05', () => {
    const from = actorAddress(MINER)
    const tell = async (text: string) => {
      await world.ask('hardhat_impersonateAccount', from)
      await world.ask('hardhat_setBalance', from, `0x${(10n ** 20n).toString(16)}`)
      return sent(world.provider, {
        from,
        to: MARKET_ACTOR_ID,
        method: BigInt(params.method),
        params: getBytes(text),
      })
    }

    for (const { name, params: text, rejectAll } of [...params.valid, ...params.edge]) {
      it(`belongs to no deal: ${name}`, async () => {
        expect(await tell(text)).to.include({ exit: 0, data: rejectAll })
      })
    }

    for (const { name, params: text, optional } of params.invalid) {
      // A CID of another kind is a CID, and a sector above int64 is a number: both belong to no deal.
      const isReadable = optional === true || /^cid (sealed|sha2|short|long|v2)/.test(name)
      it(`is ${isReadable ? 'no piece of a deal, or not read' : 'not read'}: ${name}`, async () => {
        const outcome = await tell(text)
        if (isReadable && 'data' in outcome) expect(outcome.data).to.equal('0x8181f4')
        else expect(outcome.exit).to.be.oneOf(text === '0x' ? NO_PARAMS : [USR_SERIALIZATION])
      })
    }
  })
})

/** As a contract returns it: `abi (uint32 0, uint64 codec, bytes cbor)`. */
function abiOf(cbor: string): string {
  const codec = cbor === '0x' ? 0 : 0x51
  return AbiCoder.defaultAbiCoder().encode(['uint32', 'uint64', 'bytes'], [0, codec, cbor])
}

/** Sectors of so many small pieces each. */
function sectorsOf(pieces: readonly number[]): SectorVector[] {
  return pieces.map((length, index) => ({
    sector: String(100 + index),
    minimumCommitmentEpoch: '6000000',
    added: Array.from({ length }, () => ({
      pieceCid: `0x0181e203922020${'ab'.repeat(32)}`,
      size: '2048',
      payload: '0x01',
    })),
  }))
}
