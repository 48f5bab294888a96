import { expect } from 'chai'
import * as dagCbor from '@ipld/dag-cbor'
import { addressFromString } from '../../../src/bytes/address.ts'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import type { Codec } from '../../../src/deal/cbor.ts'
import { mk12AskRequest, mk12AskResponse } from '../../../src/deal/mk12-ask.ts'
import { mk12StatusRequest, mk12StatusResponse } from '../../../src/deal/mk12-status.ts'
import { decodeHttpTransfer, encodeHttpTransfer } from '../../../src/deal/mk12-transfer.ts'
import { dealUuidOf, uuidText } from '../../../src/deal/mk12-uuid.ts'
import { mk12DealParams, mk12DealResponse } from '../../../src/deal/mk12.ts'
import { isStorageError } from '../../../src/errors.ts'
import { pieceCidV1, parsePieceCid } from '../../../src/piece/piece-cid.ts'
import { Dice } from '../../support/dice.ts'
import { vectors } from '../../support/vectors.ts'
import { agrees, isRefused } from './wire.ts'

const { cases } = vectors<{ cases: Record<string, string> }>('mk12')
const of = (name: string): string => cases[name] ?? expect.fail(`no case ${name}`)

// The values that test/vectors/mk12.json was made of.
const UUID = fromHex('0x6f2c1d0e9b8a876583210123456789ab')
const ROOT = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const PIECE = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
const BLS_DEAD = fromHex('0x02dead')
const MINER = addressFromString('f017840').bytes
const SIGNED = 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae'
const PUBLISH = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'

const proposal = {
  pieceCid: fromHex(`0x0181e203922020${toHex(parsePieceCid(PIECE).root).slice(2)}`),
  pieceSize: 34359738368n,
  verifiedDeal: false,
  client: fromHex('0x040a5fbdb2315678afecb367f032d93f642f64180aa3'),
  provider: MINER,
  label: ROOT as string | Uint8Array,
  startEpoch: 5000000n,
  endEpoch: 6555200n,
  storagePricePerEpoch: 1600000000n,
  providerCollateral: 11000000000000000n,
  clientCollateral: 0n,
}

const online = {
  dealUuid: UUID,
  transfer: {
    size: 34091302912n,
    type: 'http',
    params: new TextEncoder().encode(of('transferParams')),
    clientId: '',
  },
  isOffline: false,
  dealDataRoot: ROOT,
  skipIpniAnnounce: true,
  deal: { proposal, signature: BLS_DEAD },
  removeUnsealedCopy: false,
}

const status = {
  error: '',
  dealUuid: UUID,
  isOffline: false,
  status: {
    error: '',
    status: 'Processing',
    sealingStatus: 'Not assigned to sector',
    proposal,
    signedProposalCid: SIGNED,
    publishCid: null,
    chainDealId: 0n,
  },
  transferSize: 1n,
  bytesReceived: 1n,
}

const ask = {
  miner: MINER,
  price: 50000000n,
  sequence: 3n,
  expiry: 14512000n,
  timestamp: 4000000n,
  maxPieceSize: 32n << 30n,
  minPieceSize: 16n << 30n,
  verifiedPrice: 0n,
}

describe('deal/mk12', () => {
  it('writes and reads the deal params as Curio does', () => {
    expect(pieceCidV1({ root: proposal.pieceCid.slice(-32) })).to.equal(PIECE)
    agrees(mk12DealParams, of('dealParamsOnline'), online)
    agrees(mk12DealParams, of('dealParamsOffline'), {
      ...online,
      transfer: { size: 0n, type: '', params: new Uint8Array(0), clientId: 'größe' },
      isOffline: true,
      skipIpniAnnounce: false,
      removeUnsealedCopy: true,
      deal: {
        proposal: { ...proposal, label: Uint8Array.of(1, 2, 3), clientCollateral: 255n },
        signature: BLS_DEAD,
      },
    })
  })

  it('writes and reads the answers as Curio does', () => {
    agrees(mk12DealResponse, of('accepted'), { accepted: true, message: '' })
    agrees(mk12DealResponse, of('refused'), {
      accepted: false,
      message: 'failed validation: invalid signature',
    })
  })

  it('writes and reads status and ask as Curio does', () => {
    agrees(mk12StatusRequest, of('statusRequest'), { dealUuid: UUID, signature: BLS_DEAD })
    agrees(mk12StatusResponse, of('statusProcessing'), status)
    agrees(mk12StatusResponse, of('statusSealed'), {
      ...status,
      isOffline: true,
      status: {
        ...status.status,
        error: 'no',
        status: 'Sealed',
        sealingStatus: 'Sealed and Indexed',
        publishCid: PUBLISH,
        chainDealId: 123456789n,
      },
    })
    agrees(mk12StatusResponse, of('statusUnknown'), {
      ...status,
      error: 'failed to get sealed deal status',
      status: null,
      transferSize: 0n,
      bytesReceived: 0n,
    })
    agrees(mk12AskRequest, of('askRequest'), { miner: MINER })
    const signature = Uint8Array.of(1, ...new Uint8Array(65).fill(7))
    agrees(mk12AskResponse, of('ask'), { ask: { ask, signature } })
    agrees(mk12AskResponse, of('askUnsigned'), {
      ask: { ask: { ...ask, price: 0n, timestamp: -1n }, signature: null },
    })
    agrees(mk12AskResponse, of('askNone'), { ask: null })
  })

  it('refuses other shapes', () => {
    isRefused(mk12DealResponse, dagCbor.encode({ Message: '', Accepted: 1 }))
    isRefused(mk12DealResponse, dagCbor.encode({ Message: '', Accepted: true, More: 1 }))
    isRefused(mk12DealResponse, dagCbor.encode({ message: '', Accepted: true }))
    isRefused(mk12DealResponse, dagCbor.encode(['', true]))
    isRefused(mk12DealResponse, dagCbor.encode(null))
    isRefused(mk12DealResponse, dagCbor.encode({ Message: 'x'.repeat(8193), Accepted: true }))
    isRefused(
      mk12StatusRequest,
      dagCbor.encode({ DealUUID: new Uint8Array(15), Signature: BLS_DEAD }),
    )
    isRefused(mk12StatusRequest, dagCbor.encode({ DealUUID: UUID, Signature: new Uint8Array(201) }))
    // Keys the other way round, a longer head, an indefinite map, text that is not UTF-8.
    isRefused(mk12DealResponse, fromHex('0xa2684163636570746564f5674d65737361676560'))
    isRefused(mk12DealResponse, fromHex('0xb802674d65737361676560684163636570746564f5'))
    isRefused(mk12DealResponse, fromHex('0xbf674d65737361676560684163636570746564f5ff'))
    isRefused(mk12DealResponse, fromHex('0xa2674d65737361676561ff684163636570746564f5'))
    // The same key twice.
    isRefused(mk12AskRequest, fromHex('0xa2654d696e65724400b08b01654d696e65724400b08b01'))
    // A hundred thousand arrays in each other: no depth of the stack.
    isRefused(mk12DealParams, new Uint8Array(100_000).fill(0x81))
  })

  it('either refuses changed bytes or reads what writing gives again', () => {
    const seed = 'mk12-mutations-1'
    const dice = new Dice(seed)
    const codecs: [string, Codec<unknown>][] = [
      ['dealParamsOnline', mk12DealParams as Codec<unknown>],
      ['dealParamsOffline', mk12DealParams as Codec<unknown>],
      ['statusSealed', mk12StatusResponse as Codec<unknown>],
      ['ask', mk12AskResponse as Codec<unknown>],
      ['refused', mk12DealResponse as Codec<unknown>],
    ]
    let refused = 0
    for (let round = 0; round < 4000; round++) {
      const [name, codec] = codecs[round % codecs.length] ?? expect.fail('no codec')
      const bytes = fromHex(of(name))
      for (let change = dice.int(1, 3); change > 0; change--)
        bytes[dice.int(0, bytes.length - 1)] = dice.int(0, 255)
      try {
        const value = codec.decode(bytes)
        expect(toHex(codec.encode(value)), `${seed} round ${round}`).to.equal(toHex(bytes))
      } catch (error) {
        if (!isStorageError(error, 'CBOR_INVALID'))
          expect.fail(`${seed} round ${round}: ${error} for ${toHex(bytes)}`)
        refused += 1
      }
    }
    expect(refused).to.be.greaterThan(1000)
  })
})

describe('deal/mk12-transfer', () => {
  it('reads what Go writes and escapes what JSON must', () => {
    expect(decodeHttpTransfer(new TextEncoder().encode(of('transferParams')))).to.deep.equal({
      url: 'https://depot.example/piece/baga?by=f017840',
      headers: {},
    })
    const odd = { url: 'https://x/"},"Headers":{"a":"b\\', headers: { 'X-A': '"' } }
    expect(decodeHttpTransfer(encodeHttpTransfer(odd))).to.deep.equal(odd)
  })

  for (const text of [
    '',
    '[]',
    'null',
    '{}',
    '{"URL":1}',
    '{"URL":"x","Headers":[]}',
    '{"URL":"x","Headers":{"a":1}}',
    '{"URL":"x"',
  ])
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => decodeHttpTransfer(new TextEncoder().encode(text))).to.throw('cannot be read')
    })

  it('refuses text that is not UTF-8', () => {
    expect(() => decodeHttpTransfer(Uint8Array.of(0x22, 0xff, 0x22))).to.throw('not JSON')
  })
})

describe('deal/mk12-uuid', () => {
  // Computed with Python's hashlib and uuid from the construction that the module states.
  it('follows from proposal and provider', () => {
    const id = `0x${'ab'.repeat(32)}`
    expect(uuidText(dealUuidOf(id, 1000n))).to.equal('11791286-dbca-80ea-8283-3515a5f12f39')
    expect(uuidText(dealUuidOf(id.toUpperCase().replace('0X', '0x'), 1000n))).to.equal(
      '11791286-dbca-80ea-8283-3515a5f12f39',
    )
    expect(uuidText(dealUuidOf(id, 1001n))).to.equal('b847b281-7b7a-8c61-8656-c25ac2a61399')
    expect(uuidText(dealUuidOf(`0x${'00'.repeat(31)}01`, (1n << 64n) - 1n))).to.equal(
      'aa2e3e8d-c874-852f-a910-9a1062956d12',
    )
  })
})
