import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { decodeVarint, encodeVarint } from '../../../src/bytes/varint.ts'
import { refused } from '../../support/refused.ts'

describe('bytes/varint', () => {
  // https://github.com/multiformats/unsigned-varint and FIP addresses of the test vectors
  for (const [value, bytes] of [
    [0n, '0x00'],
    [1n, '0x01'],
    [127n, '0x7f'],
    [128n, '0x8001'],
    [255n, '0xff01'],
    [300n, '0xac02'],
    [16384n, '0x808001'],
    [0xf101n, '0x81e203'],
    [(1n << 64n) - 1n, '0xffffffffffffffffff01'],
  ] as const)
    it(`writes and reads ${value}`, () => {
      expect(toHex(encodeVarint(value))).to.equal(bytes)
      const next = fromHex(bytes).length
      expect(decodeVarint(fromHex(bytes))).to.deep.equal({ value, next })
      expect(decodeVarint(fromHex(`0xff${bytes.slice(2)}aa`), 1)).to.deep.equal({
        value,
        next: next + 1,
      })
    })

  it('writes numbers like big integers', () =>
    expect(encodeVarint(2 ** 40)).to.deep.equal(encodeVarint(1n << 40n)))

  for (const [why, bytes] of [
    ['nothing', '0x'],
    ['an unfinished value', '0x80'],
    ['a redundant last group', '0x8100'],
    ['a long zero', '0x8000'],
    ['65 bits', '0xffffffffffffffffff02'],
    ['eleven groups', '0x8080808080808080808001'],
  ] as const)
    it(`refuses ${why} with the code of the caller`, async () => {
      await refused('ARGUMENT_INVALID', () => decodeVarint(fromHex(bytes)))
      await refused('CAR_INVALID', () => decodeVarint(fromHex(bytes), 0, 'CAR_INVALID'))
    })

  it('refuses to write what is no whole number of 64 bits', async () => {
    for (const n of [-1, 1.5, NaN, 2 ** 53, -1n, 1n << 64n])
      await refused('ARGUMENT_INVALID', () => encodeVarint(n))
  })
})
