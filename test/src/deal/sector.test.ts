import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import {
  decodeSectorContentChangedReturn,
  encodeSectorContentChangedReturn,
  sectorContentChangedParams,
  type SectorChanges,
} from '../../../src/deal/sector.ts'
import { refused } from '../../support/refused.ts'
import { agrees, isRefused } from './wire.ts'

// From the project's vectors `sector-content-changed.json`, confirmed with filecoin-project/fvm-solidity@86f0be49.
const ONE =
  '0x818318181a0050df208183d82a5828000181e2039220202092befb14b601048c242b9a854b1e1f988989fc039f29489e159429b0c9910a1b0000000800000000451a00023ec6'
const ONE_DECODED: SectorChanges[] = [
  {
    sector: 24n,
    minimumCommitmentEpoch: 5300000n,
    added: [
      {
        pieceCid: fromHex(
          '0x0181e2039220202092befb14b601048c242b9a854b1e1f988989fc039f29489e159429b0c9910a',
        ),
        size: 34359738368n,
        payload: fromHex('0x1a00023ec6'),
      },
    ],
  },
]
const TWO_SECTORS =
  '0x82831901001a005b8d818183d82a5828000181e203922020d0e00b2977c23681ddd2a5be72d708494ea81025e932b17db762f8bf8e8192241a400000005820ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff831a000100001a005b8d828283d82a5828000181e2039220202c87ed19a62a90aa2fd9bf108e7aa4d9e1f1445f21c38b61c5e5f581a726191c1910005820000000000000000000000000000000000000000000000000000000000000000383d82a5828000181e203922020b9b8eead8626cdffbac76eaf4ee6c422e76d43d4deadbb09c0054d10fa1a171e19200058200000000000000000000000000000000000000000000000000000000000000004'
const PIECE =
  '83d82a5828000181e203922020abababababababababababababababababababababababababababababababab1a0004000058200000000000000000000000000000000000000000000000000000000000000001'

const INVALID = {
  'the outer list wrapped in a struct': `0x818183184d1a0067138081${PIECE}`,
  'a commitment epoch beyond int64': `0x8183184d1b800000000000000081${PIECE}`,
  'a version 2 piece CID':
    '0x8183184d1a006713808183d82a5828000155912022000dabababababababababababababababababababababababababababababababab1a0004000058200000000000000000000000000000000000000000000000000000000000000001',
  'a head that promises 2^32 sectors': `0x9b000000010000000083184d1a0067138081${PIECE}`,
  'a head that promises 2^32 pieces': `0x8183184d1a006713809b0000000100000000${PIECE}`,
}

describe('deal/sector: SectorContentChanged', () => {
  it('writes and reads a deal id for f05', () =>
    agrees(sectorContentChangedParams, ONE, ONE_DECODED))

  for (const [name, cbor] of Object.entries(INVALID))
    it(`refuses ${name}`, () => isRefused(sectorContentChangedParams, fromHex(cbor)))

  it('returns one answer per piece', () => {
    const asked = sectorContentChangedParams.decode(fromHex(TWO_SECTORS))
    const accepted = [[true], [false, true]]
    expect(toHex(encodeSectorContentChangedReturn(accepted))).to.equal('0x8281f582f4f5')
    expect(decodeSectorContentChangedReturn(fromHex('0x8281f582f4f5'), asked)).to.deep.equal(
      accepted,
    )
  })

  for (const [why, cbor] of Object.entries({
    'one sector is missing': '0x8181f5',
    'the counts are exchanged': '0x8282f5f581f5',
    'there is a sector too many': '0x8381f582f5f580',
    'it is flat': '0x8183f5f5f5',
    'a bool is a number': '0x82810182f4f5',
    'it is empty': '0x',
  }))
    it(`refuses a return when ${why}`, () =>
      refused('CBOR_INVALID', () =>
        decodeSectorContentChangedReturn(
          fromHex(cbor),
          sectorContentChangedParams.decode(fromHex(TWO_SECTORS)),
        ),
      ))
})
