import { expect } from 'chai'
import {
  actorIdOf,
  addressFromBytes,
  addressFromString,
  addressToString,
  ethFromAddress,
  f410FromEth,
  idAddress,
} from '../../../src/bytes/address.ts'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'

interface Vectors {
  address: {
    valid: {
      name: string
      bytes: string
      string: string
      testnetString: string
      actorId?: string
      maskedIdAddress?: string
      ethAddress?: string
    }[]
    invalid: { name: string; bytes: string; reason: string }[]
    invalidStrings: { string: string; reason: string }[]
  }
}

describe('bytes/address', () => {
  const { valid, invalid, invalidStrings } = vectors<Vectors>('f05-cbor').address

  for (const c of valid)
    it(`writes and reads ${c.name}`, () => {
      const address = addressFromBytes(fromHex(c.bytes))
      expect(addressToString(address, 'f')).to.equal(c.string)
      expect(addressToString(address.bytes, 't')).to.equal(c.testnetString)
      expect(addressFromString(c.string)).to.deep.equal(address)
      expect(addressFromString(c.testnetString)).to.deep.equal(address)
      expect(address.protocol).to.equal(Number(c.string.charAt(1)))
      if (c.actorId !== undefined) {
        expect(actorIdOf(address.bytes)).to.equal(BigInt(c.actorId))
        expect(toHex(idAddress(BigInt(c.actorId)))).to.equal(c.bytes)
      } else if (address.protocol !== 0) expect(actorIdOf(address.bytes)).to.equal(undefined)
      if (c.maskedIdAddress !== undefined) {
        expect(ethFromAddress(address.bytes)).to.equal(c.maskedIdAddress)
        expect(toHex(addressFromString(c.maskedIdAddress).bytes)).to.equal(c.bytes)
      }
      if (c.ethAddress !== undefined) {
        expect(ethFromAddress(address.bytes)).to.equal(c.ethAddress)
        expect(toHex(f410FromEth(c.ethAddress))).to.equal(c.bytes)
        expect(toHex(f410FromEth(fromHex(c.ethAddress)))).to.equal(c.bytes)
        expect(toHex(addressFromString(c.ethAddress).bytes)).to.equal(c.bytes)
      }
    })

  for (const { name, bytes, reason } of invalid)
    it(`refuses bytes ${name}: ${reason}`, () =>
      refused('ADDRESS_INVALID', () => addressFromBytes(fromHex(bytes))))

  for (const { string, reason } of invalidStrings)
    it(`refuses text ${string}: ${reason}`, () =>
      refused('ADDRESS_INVALID', () => addressFromString(string)))

  it('refuses every address text with one character changed, cut off or added', async () => {
    for (const { string } of valid.filter((c) => c.string.charAt(1) !== '0')) {
      const body = string.slice(2)
      const last = body.endsWith('a') ? 'b' : 'a'
      const first = body.charAt(20) === 'a' ? 'b' : 'a'
      for (const text of [
        string.slice(0, -1) + last,
        string.slice(0, 22) + first + string.slice(23),
        string.slice(0, -1),
        `${string}a`,
        `${string}=`,
        string.toUpperCase(),
      ])
        await refused('ADDRESS_INVALID', () => addressFromString(text))
    }
  })

  it('refuses an actor id with leading zeros, a sign or more than 64 bits', async () => {
    for (const text of ['f007', 'f0', 'f0-1', 'f0+1', 'f018446744073709551616', 'f01 ', ''])
      await refused('ADDRESS_INVALID', () => addressFromString(text))
    await refused('ADDRESS_INVALID', () => idAddress(-1n))
    await refused('ADDRESS_INVALID', () => idAddress(1n << 64n))
  })

  it('reads Ethereum addresses in lower case, upper case and EIP-55, and refuses wrong letters', async () => {
    // https://eips.ethereum.org/EIPS/eip-55, test cases
    for (const eth of [
      '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
      '0x52908400098527886E0F7030069857D2E4169EE7',
      '0xde709f2102306220921060314715629080e2fb77',
    ])
      expect(ethFromAddress(addressFromString(eth).bytes)).to.equal(eth.toLowerCase())
    for (const eth of [
      '0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
      '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd',
      '0xzzAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    ])
      await refused('ADDRESS_INVALID', () => addressFromString(eth))
    await refused('ADDRESS_INVALID', () => f410FromEth(new Uint8Array(19)))
  })

  it('gives no f410 to a masked actor id and no Ethereum form to f1, f2 and f3', async () => {
    await refused('ADDRESS_INVALID', () => f410FromEth(`0xff${'0'.repeat(35)}3e8`))
    for (const { bytes } of valid.filter((c) => /^f[123]/.test(c.string)))
      await refused('ADDRESS_INVALID', () => ethFromAddress(fromHex(bytes)))
  })

  it('keeps its own copy of the bytes', () => {
    const bytes = idAddress(1000n)
    const address = addressFromBytes(bytes)
    bytes[1] = 0
    expect(addressToString(address, 'f')).to.equal('f01000')
  })
})
