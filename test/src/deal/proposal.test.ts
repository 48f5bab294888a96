import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import {
  decodeProposal,
  encodeProposal,
  proposalCid,
  proposalCodec,
} from '../../../src/deal/proposal.ts'
import { validateProposal } from '../../../src/deal/rules.ts'
import { isStorageError } from '../../../src/errors.ts'
import { INVALID, VALID } from './vector-proposals.ts'
import { isRefused, refusesOtherLengths } from './wire.ts'

function verdict(act: () => void): string {
  try {
    act()
    return 'accepted'
  } catch (error) {
    if (isStorageError(error)) return error.code
    throw error
  }
}

describe('deal/proposal', () => {
  for (const { name, cbor, proposal, proposalCid: cid } of VALID)
    it(`writes, reads and names ${name}`, () => {
      const bytes = fromHex(cbor)
      expect(decodeProposal(bytes)).to.deep.equal(proposal)
      expect(toHex(encodeProposal(proposal))).to.equal(cbor)
      expect(proposalCid(bytes)).to.equal(cid)
      refusesOtherLengths(proposalCodec, bytes)
    })

  for (const { name, reason, cbor } of INVALID.filter(({ layer }) => layer !== 'semantic'))
    it(`refuses ${name}: ${reason}`, () => isRefused(proposalCodec, fromHex(cbor)))

  it('gives bytes that do not change with the message they came from', () => {
    const bytes = fromHex(VALID[0]?.cbor ?? '')
    const before = decodeProposal(bytes)
    const client = toHex(before.client)
    bytes.fill(0)
    expect(toHex(before.client)).to.equal(client)
  })

  it('says which field is wrong', () => {
    const bytes = fromHex(VALID[0]?.cbor ?? '')
    bytes[1 + 4 + 40 + 5] = 0xf6 // after head, CID and size: the flag becomes null
    expect(() => decodeProposal(bytes)).to.throw('the deal proposal: verifiedDeal')
  })
})

describe('deal/rules', () => {
  for (const { name, legal, proposal } of VALID)
    it(`${legal ? 'accepts' : 'refuses'} ${name}`, () => {
      const result = verdict(() => validateProposal(proposal))
      expect(result === 'accepted').to.equal(legal)
      expect(result).to.be.oneOf(['accepted', 'TERM_INVALID', 'PIECE_TOO_LARGE'])
    })

  for (const { name, reason, cbor } of INVALID.filter(({ layer }) => layer === 'semantic'))
    it(`refuses ${name}: ${reason}`, () => {
      const proposal = decodeProposal(fromHex(cbor))
      const expected = name.startsWith('label:')
        ? 'LABEL_TOO_LONG'
        : name.includes('2^37')
          ? 'PIECE_TOO_LARGE'
          : 'TERM_INVALID'
      expect(verdict(() => validateProposal(proposal))).to.equal(expected)
    })
})
