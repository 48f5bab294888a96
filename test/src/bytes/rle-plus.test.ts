import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import {
  decodeRanges,
  decodeRlePlus,
  encodeRanges,
  encodeRlePlus,
} from '../../../src/bytes/rle-plus.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'

interface Vectors {
  rlePlus: {
    valid: { name: string; bytes: string; ids?: string[]; ranges?: [string, string][] }[]
    invalid: { name: string; bytes: string; reason: string }[]
  }
}

describe('bytes/rle-plus', () => {
  const { valid, invalid } = vectors<Vectors>('f05-cbor').rlePlus

  for (const { name, bytes, ids, ranges } of valid)
    it(`writes and reads ${name}`, () => {
      if (ids !== undefined) {
        expect(toHex(encodeRlePlus(ids.map(BigInt)))).to.equal(bytes)
        expect(decodeRlePlus(fromHex(bytes))).to.deep.equal(ids.map(BigInt))
      }
      if (ranges !== undefined) {
        const wanted = ranges.map(([start, end]) => ({ start: BigInt(start), end: BigInt(end) }))
        expect(toHex(encodeRanges(wanted))).to.equal(bytes)
        expect(decodeRanges(fromHex(bytes))).to.deep.equal(wanted)
      }
    })

  for (const { name, bytes, reason } of invalid)
    it(`refuses ${name}: ${reason}`, () =>
      refused('CBOR_INVALID', () => decodeRlePlus(fromHex(bytes))))

  it('refuses every valid field with a zero byte behind it', async () => {
    for (const { bytes } of valid)
      await refused('CBOR_INVALID', () => decodeRanges(fromHex(`${bytes}00`)))
  })

  it('takes ids in any order, once or more often', () =>
    expect(encodeRlePlus([7n, 5n, 6n, 5n])).to.deep.equal(encodeRlePlus([5n, 6n, 7n])))

  it('does not unfold a few bytes into 2^64 ids', () =>
    refused('CBOR_INVALID', () => decodeRlePlus(fromHex('0xe4ffffffffffffffff3f'))))

  it('refuses to write ids that no field can hold', async () => {
    await refused('ARGUMENT_INVALID', () => encodeRlePlus([-1n]))
    await refused('ARGUMENT_INVALID', () => encodeRlePlus([(1n << 64n) - 1n]))
  })
})
