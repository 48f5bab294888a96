import { expect } from 'chai'
import { BOOST_ASK, DEVNET_WINDOW, GIB } from '../../../src/provider/ask.ts'
import {
  type Circumstances,
  type RefusalCode,
  type Transfer,
  decide,
} from '../../../src/provider/decide.ts'
import type { DealProposal } from '../../../src/deal/proposal.ts'
import { proposalFor, sampleCar } from './support/proposals.ts'

const sample = await sampleCar()
const SIZE = sample.car.length
const START = 1100n
const DAY = 2880n

const transfer: Transfer = { url: 'http://127.0.0.1:7777/piece/x', size: SIZE }
const circumstances: Circumstances = {
  ask: { ...BOOST_ASK, pricePerGiBEpoch: GIB },
  window: DEVNET_WINDOW,
  sectorSize: 32n * GIB,
  head: 1000n,
  auth: { ok: true },
  bounds: { min: 1000n, max: 10n ** 27n },
  escrow: { balance: 10n ** 18n, locked: 0n },
  known: false,
}
const price = sample.pieceSize
const cost = price * 520_000n

interface Row {
  readonly rule: string
  readonly code?: RefusalCode
  readonly proposal?: Partial<DealProposal>
  readonly transfer?: Partial<Transfer>
  readonly circumstances?: Partial<Circumstances>
}

const CID_TEXT = sample.root

/** Each `é` takes two bytes. */
function labelOfBytes(length: number): string {
  const tail = `/ipfs/${CID_TEXT}`
  return `${'é'.repeat(10)}${'x'.repeat(length - 20 - tail.length)}${tail}`
}

const ROWS: Row[] = [
  { rule: 'a proposal that every rule likes' },
  {
    rule: 'a client that does not authenticate',
    code: 'AUTH_REFUSED',
    circumstances: { auth: { ok: false, reason: 'exit 33' } },
  },
  { rule: 'a label of bytes', code: 'LABEL_NOT_TEXT', proposal: { label: Uint8Array.of(1, 2) } },
  { rule: 'a label of 256 bytes', proposal: { label: labelOfBytes(256) } },
  {
    rule: 'a label of 257 bytes, though of fewer characters',
    code: 'LABEL_TOO_LONG',
    proposal: { label: labelOfBytes(257) },
  },
  { rule: 'a label without a CID', code: 'LABEL_NOT_CID', proposal: { label: 'holiday' } },
  {
    rule: 'a label with nothing behind /ipfs/',
    code: 'LABEL_NOT_CID',
    proposal: { label: 'x/ipfs/' },
  },
  { rule: 'a label that is a CID', proposal: { label: CID_TEXT } },
  {
    rule: 'a piece size that is no power of two',
    code: 'PIECE_SIZE_INVALID',
    proposal: { pieceSize: sample.pieceSize + 1n },
  },
  { rule: 'a piece of 64 bytes', code: 'PIECE_SIZE_INVALID', proposal: { pieceSize: 64n } },
  { rule: 'a piece of 0 bytes', code: 'PIECE_SIZE_INVALID', proposal: { pieceSize: 0n } },
  {
    rule: 'a piece larger than a sector',
    code: 'PIECE_TOO_LARGE',
    circumstances: { sectorSize: sample.pieceSize / 2n },
  },
  {
    rule: 'a piece larger than its bytes need',
    code: 'PIECE_SIZE_INVALID',
    proposal: { pieceSize: sample.pieceSize * 2n },
  },
  {
    rule: 'more bytes than a number can count',
    code: 'PIECE_SIZE_INVALID',
    transfer: { size: 2 ** 60 },
  },
  { rule: 'no bytes', code: 'PIECE_SIZE_INVALID', transfer: { size: 0 } },
  {
    rule: 'a piece CID of another codec',
    code: 'PIECE_CID_INVALID',
    proposal: { pieceCid: Uint8Array.of(0x01, 0x82, ...sample.pieceCid.slice(2)) },
  },
  {
    rule: 'a piece CID that is one byte short',
    code: 'PIECE_CID_INVALID',
    proposal: { pieceCid: sample.pieceCid.slice(0, -1) },
  },
  { rule: 'an end at the start', code: 'EPOCHS_INVALID', proposal: { endEpoch: START } },
  { rule: 'a start before the head', code: 'START_PASSED', circumstances: { head: START + 1n } },
  {
    rule: 'one epoch less than 180 days',
    code: 'DURATION_OUT_OF_BOUNDS',
    proposal: { endEpoch: START + 180n * DAY - 1n },
  },
  { rule: '180 days', proposal: { endEpoch: START + 180n * DAY } },
  {
    rule: 'one epoch more than 1278 days',
    code: 'DURATION_OUT_OF_BOUNDS',
    proposal: { endEpoch: START + 1278n * DAY + 1n },
  },
  {
    rule: 'an end more than 1278 days after the head',
    code: 'END_TOO_LATE',
    proposal: { endEpoch: START + 1278n * DAY },
  },
  {
    rule: 'an end of 1278 days after the head',
    proposal: { endEpoch: 1000n + 1278n * DAY },
    circumstances: { escrow: { balance: 10n ** 20n, locked: 0n } },
  },
  {
    rule: 'a collateral below the minimum',
    code: 'COLLATERAL_OUT_OF_BOUNDS',
    proposal: { providerCollateral: 999n },
  },
  { rule: 'the minimal collateral', proposal: { providerCollateral: 1000n } },
  { rule: 'twice the minimal collateral', proposal: { providerCollateral: 2000n } },
  {
    rule: 'a collateral above twice the minimum',
    code: 'COLLATERAL_OUT_OF_BOUNDS',
    proposal: { providerCollateral: 2001n },
  },
  {
    rule: 'any collateral where the chain names no bounds',
    proposal: { providerCollateral: 0n },
    circumstances: { bounds: undefined },
  },
  {
    rule: 'a price below the ask',
    code: 'PRICE_TOO_LOW',
    proposal: { storagePricePerEpoch: price - 1n },
  },
  { rule: 'the price asked for', proposal: { storagePricePerEpoch: price } },
  {
    rule: 'a piece smaller than asked for',
    code: 'SIZE_NOT_ASKED',
    circumstances: {
      ask: { ...BOOST_ASK, pricePerGiBEpoch: 0n, minPieceSize: sample.pieceSize * 2n },
    },
  },
  {
    rule: 'a piece larger than asked for',
    code: 'SIZE_NOT_ASKED',
    circumstances: {
      ask: { ...BOOST_ASK, pricePerGiBEpoch: 0n, maxPieceSize: sample.pieceSize / 2n },
    },
  },
  {
    rule: 'one attoFIL too little in escrow',
    code: 'ESCROW_TOO_LOW',
    proposal: { storagePricePerEpoch: price, clientCollateral: 5n },
    circumstances: { escrow: { balance: cost + 4n + 7n, locked: 7n } },
  },
  {
    rule: 'an escrow that just suffices',
    proposal: { storagePricePerEpoch: price, clientCollateral: 5n },
    circumstances: { escrow: { balance: cost + 5n + 7n, locked: 7n } },
  },
  { rule: 'a deal with DataCap', code: 'VERIFIED_DEALS_ENDED', proposal: { verifiedDeal: true } },
  { rule: 'no URL', code: 'URL_INVALID', transfer: { url: 'piece.car' } },
  { rule: 'a libp2p URL', code: 'URL_INVALID', transfer: { url: 'libp2p:///p2p/x' } },
  {
    rule: 'a proposal accepted before',
    code: 'PROPOSAL_IDENTICAL',
    circumstances: { known: true },
  },
  {
    rule: 'a start before the provider can have sealed',
    code: 'START_TOO_SOON',
    circumstances: { head: START - DEVNET_WINDOW.minLead + 1n },
  },
  {
    rule: 'a start when the provider can just have sealed',
    circumstances: { head: START - DEVNET_WINDOW.minLead },
  },
  {
    rule: 'a start further away than the provider plans',
    code: 'START_TOO_LATE',
    circumstances: { window: { minLead: 4n, maxLead: 99n } },
  },
]

describe('decide', () => {
  for (const row of ROWS)
    it(`${row.code === undefined ? 'takes' : 'refuses'} ${row.rule}`, () => {
      const decision = decide(
        proposalFor(sample, { storagePricePerEpoch: price, ...row.proposal }),
        { ...transfer, ...row.transfer },
        { ...circumstances, ...row.circumstances },
      )
      expect(decision.accept ? undefined : decision.code).to.equal(row.code)
    })

  it('names the first rule that is broken, in the order of Boost', () => {
    const decision = decide(
      proposalFor(sample, { label: 'holiday', storagePricePerEpoch: 0n, verifiedDeal: true }),
      transfer,
      { ...circumstances, known: true },
    )
    expect(decision).to.include({ accept: false, code: 'LABEL_NOT_CID' })
  })

  it('says both what was expected and what was got', () => {
    const decision = decide(
      proposalFor(sample, { storagePricePerEpoch: 1n }),
      transfer,
      circumstances,
    )
    expect(decision).to.have.property('reason').that.includes('1 attoFIL').and.includes(`${price}`)
  })
})
