import { expect } from 'chai'
import { decodeBigInt, encodeBigInt } from '../../../src/bytes/bigint.ts'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'

interface Vectors {
  bigint: {
    valid: { name: string; value: string; bytes: string }[]
    nonCanonical: { name: string; bytes: string; reason: string }[]
    invalid: { name: string; cbor: string; code: string; reason: string }[]
  }
}

describe('bytes/bigint', () => {
  const { valid, nonCanonical, invalid } = vectors<Vectors>('f05-cbor').bigint

  for (const { name, value, bytes } of valid)
    it(`writes and reads ${name}`, () => {
      expect(toHex(encodeBigInt(BigInt(value)))).to.equal(bytes)
      expect(decodeBigInt(fromHex(bytes))).to.equal(BigInt(value))
    })

  for (const { name, bytes, reason } of nonCanonical)
    it(`refuses ${name}: ${reason}`, () =>
      refused('CBOR_INVALID', () => decodeBigInt(fromHex(bytes))))

  // The other refused cases are about the CBOR head in front, which is not this module's.
  const heads: Record<string, number> = { 'bigint-sign': 1, 'bigint-too-long': 2 }
  for (const { name, cbor, code, reason } of invalid.filter((c) => c.code in heads))
    it(`refuses ${name}: ${reason}`, () =>
      refused('CBOR_INVALID', () => decodeBigInt(fromHex(cbor).subarray(heads[code]))))

  it('refuses to write more than 127 bytes of magnitude', () =>
    refused('ARGUMENT_INVALID', () => encodeBigInt(1n << 1016n)))
})
