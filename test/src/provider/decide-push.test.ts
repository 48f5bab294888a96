import { expect } from 'chai'
import { idAddress } from '../../../src/bytes/address.ts'
import { encodeHttpTransfer } from '../../../src/deal/mk12-transfer.ts'
import type { Mk12DealParams, Mk12Transfer } from '../../../src/deal/mk12.ts'
import type { DealProposal } from '../../../src/deal/proposal.ts'
import { BOOST_ASK, GIB } from '../../../src/provider/ask.ts'
import { decidePush, type PushCircumstances } from '../../../src/provider/decide-push.ts'
import { PROVIDER, proposalFor, sampleCar } from './support/proposals.ts'

const sample = await sampleCar()
const SIZE = sample.pieceSize
const START = 1100n
const URL_OF_IT = 'http://127.0.0.1:1/piece/x?by=f01000'

const circumstances: PushCircumstances = {
  id: PROVIDER,
  ask: { ...BOOST_ASK, pricePerGiBEpoch: GIB },
  head: 1000n,
  auth: { ok: true },
  bounds: { min: 1000n, max: 10n ** 27n },
  escrow: { balance: 10n ** 18n, locked: 0n },
  known: false,
  proposalCid: 'bafyCID',
  uuidKnown: false,
}

interface Row {
  readonly rule: string
  /** Curio's words; undefined: accepted. */
  readonly words?: string
  readonly proposal?: Partial<DealProposal>
  readonly transfer?: Partial<Mk12Transfer>
  readonly params?: Partial<Mk12DealParams>
  readonly circumstances?: Partial<PushCircumstances>
}

// The words stand in curio market/mk12/mk12.go at the commit that test/vectors/mk12.json names.
const ROWS: Row[] = [
  { rule: 'a proposal that every rule likes' },
  {
    rule: 'a client that does not authenticate',
    words: 'failed validation: invalid signature',
    circumstances: { auth: { ok: false, reason: 'exit 33' } },
  },
  {
    rule: 'another provider',
    words:
      'failed validation: incorrect provider for deal; proposal.Provider: f01001; provider.Address: [f01000]',
    proposal: { provider: idAddress(1001n) },
  },
  {
    rule: 'a label of 257 bytes',
    words: 'failed validation: deal label can be at most 256 bytes, is 257',
    proposal: { label: new Uint8Array(257) },
  },
  { rule: 'a label of bytes, which Boost refuses', proposal: { label: Uint8Array.of(1) } },
  {
    rule: 'a piece of 64 bytes',
    words: 'failed validation: proposal piece size is invalid: minimum piece size is 128 bytes',
    proposal: { pieceSize: 64n },
  },
  {
    rule: 'a piece size that is no power of two',
    words:
      'failed validation: proposal piece size is invalid: padded piece size must be a power of 2',
    proposal: { pieceSize: 2049n },
  },
  {
    rule: 'an end that is the start',
    words: 'failed validation: proposal end 1100 before proposal start 1100',
    proposal: { endEpoch: START },
  },
  { rule: 'a start that is now', circumstances: { head: START } },
  {
    rule: 'a start that has passed',
    words: 'failed validation: deal start epoch 1100 has already elapsed (current epoch: 1101)',
    circumstances: { head: START + 1n },
  },
  {
    rule: 'a deal of one epoch less than 180 days',
    words:
      'failed validation: deal duration out of bounds (min, max, provided): 518400, 3680640, 518399',
    proposal: { endEpoch: START + 518_399n },
  },
  {
    rule: 'an end of more than 1278 days from now',
    words:
      'failed validation: invalid deal end epoch 3681641: cannot be more than 3680640 past current epoch 1000',
    proposal: { endEpoch: 1000n + 3_680_641n },
    circumstances: { escrow: { balance: 10n ** 30n, locked: 0n } },
  },
  {
    rule: 'too little collateral',
    words: 'failed validation: proposed provider collateral 999 below minimum 1000',
    proposal: { providerCollateral: 999n },
  },
  { rule: 'twice the least collateral', proposal: { providerCollateral: 2000n } },
  {
    rule: 'more than twice the least collateral',
    words: 'failed validation: proposed provider collateral 2001 above maximum 2000',
    proposal: { providerCollateral: 2001n },
  },
  {
    rule: 'any collateral where no bounds are known',
    proposal: { providerCollateral: 0n },
    circumstances: { bounds: undefined },
  },
  {
    rule: 'an escrow that lacks one attoFIL',
    words: `failed validation: client available funds in escrow ${SIZE * 520_000n - 1n} not enough to meet storage cost for deal ${SIZE * 520_000n}`,
    circumstances: { escrow: { balance: SIZE * 520_000n, locked: 1n } },
  },
  {
    rule: 'a deal with DataCap',
    words: 'failed validation: client is not a verified client',
    proposal: { verifiedDeal: true },
  },
  {
    rule: 'an offline deal',
    words: 'offline deals are not allowed on this provider',
    params: { isOffline: true },
  },
  {
    rule: 'a price below the ask',
    words: 'internal server error: failed to apply filters',
    proposal: { storagePricePerEpoch: SIZE - 1n },
  },
  {
    rule: 'a piece smaller than the ask',
    words: 'internal server error: failed to apply filters',
    circumstances: { ask: { ...circumstances.ask, minPieceSize: SIZE * 2n } },
  },
  {
    rule: 'a transfer over libp2p',
    words: 'libp2p URLs are not supported by this provider',
    transfer: { type: 'libp2p' },
  },
  {
    rule: 'bytes of another piece size',
    words: `deal proposal piece size ${SIZE} doesn't match padded piece size ${SIZE / 2n}`,
    transfer: { size: 1n + (SIZE / 4n / 128n) * 127n },
  },
  {
    rule: 'more bytes than a number holds',
    words: `deal proposal piece size ${SIZE} doesn't match padded piece size 18446744073709551615`,
    transfer: { size: (1n << 64n) - 1n },
  },
  {
    rule: 'params that are no JSON',
    words: 'failed to de-serialize transport params bytes:',
    transfer: { params: new Uint8Array(3) },
  },
  {
    rule: 'a proposal that is there already',
    words: 'store deal: market deal with the same proposalCID bafyCID already exists: 1',
    circumstances: { known: true, uuidKnown: true },
  },
  {
    rule: 'a UUID that is there already',
    words: 'store deal: store deal success: updated 0 rows instead of 1',
    circumstances: { uuidKnown: true },
  },
]

function paramsOf({ proposal, transfer, params }: Row): Mk12DealParams {
  return {
    dealUuid: new Uint8Array(16),
    transfer: {
      size: BigInt(sample.car.length),
      type: 'http',
      params: encodeHttpTransfer({ url: URL_OF_IT, headers: {} }),
      clientId: '',
      ...transfer,
    },
    isOffline: false,
    dealDataRoot: sample.root,
    skipIpniAnnounce: false,
    deal: {
      proposal: proposalFor(sample, { storagePricePerEpoch: SIZE, ...proposal }),
      signature: Uint8Array.of(2, 0xde, 0xad),
    },
    removeUnsealedCopy: false,
    ...params,
  }
}

describe('provider/decide-push', () => {
  for (const row of ROWS)
    it(`${row.words === undefined ? 'accepts' : 'refuses'} ${row.rule}`, () => {
      const decision = decidePush(paramsOf(row), { ...circumstances, ...row.circumstances })
      if (row.words === undefined)
        expect(decision).to.deep.equal({
          accept: true,
          transfer: { url: URL_OF_IT, size: sample.car.length },
        })
      else
        expect(decision)
          .to.have.property('reason')
          .that.satisfies((said: string) => said.startsWith(row.words ?? ''), row.words)
    })

  it('says the first of several reasons, in Curio’s order', () => {
    const all = ROWS.filter(({ words }) => words !== undefined)
    const merged = all.toReversed().reduce<Row>(
      (sum, row) => ({
        rule: '',
        proposal: { ...sum.proposal, ...row.proposal },
        transfer: { ...sum.transfer, ...row.transfer },
        params: { ...sum.params, ...row.params },
        circumstances: { ...sum.circumstances, ...row.circumstances },
      }),
      { rule: '' },
    )
    const decision = decidePush(paramsOf(merged), { ...circumstances, ...merged.circumstances })
    expect(decision).to.have.property('reason', 'failed validation: invalid signature')
  })
})
