import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { refused } from '../../support/refused.ts'

describe('bytes/hex', () => {
  it('writes lower case with 0x and reads either case', () => {
    expect(toHex(Uint8Array.of(0, 0xab, 0xff))).to.equal('0x00abff')
    expect(fromHex('0x00ABff')).to.deep.equal(Uint8Array.of(0, 0xab, 0xff))
    expect(fromHex('0x')).to.deep.equal(new Uint8Array(0))
  })

  it('writes a view, not the buffer behind it', () =>
    expect(toHex(Uint8Array.of(1, 2, 3).subarray(1, 2))).to.equal('0x02'))

  it('refuses text without 0x, odd digits and other characters', async () => {
    for (const text of ['', '00', '0x0', '0xgg', '0x00 ', '0X00', '0x00\n'])
      await refused('ARGUMENT_INVALID', () => fromHex(text))
  })
})
