/** Addresses, amounts and bit fields as go-address, go-state-types and go-bitfield write them (SOURCES.md §7). */
import { expect } from 'chai'
import { addressFromString, addressToString } from '../../../src/bytes/address.ts'
import { decodeBigInt, encodeBigInt } from '../../../src/bytes/bigint.ts'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { decodeRlePlus, encodeRlePlus } from '../../../src/bytes/rle-plus.ts'
import { vectors } from '../../support/vectors.ts'

const peer = vectors<{
  addresses: { bytes: string; mainnet: string; testnet: string }[]
  bigints: { value: string; bytes: string }[]
  rlePlus: { ids: string[]; bytes: string }[]
}>('peer-wire')

describe('primitives: the same as the Go libraries', () => {
  it(`${peer.addresses.length} addresses, both prefixes`, () => {
    for (const { bytes, mainnet, testnet } of peer.addresses) {
      expect(addressToString(fromHex(bytes), 'f')).to.equal(mainnet)
      expect(addressToString(fromHex(bytes), 't')).to.equal(testnet)
      for (const text of [mainnet, testnet])
        expect(toHex(addressFromString(text).bytes)).to.equal(bytes)
    }
  })

  it(`${peer.bigints.length} amounts`, () => {
    for (const { value, bytes } of peer.bigints) {
      expect(toHex(encodeBigInt(BigInt(value)))).to.equal(bytes)
      expect(decodeBigInt(fromHex(bytes))).to.equal(BigInt(value))
    }
  })

  it(`${peer.rlePlus.length} bit fields`, () => {
    for (const { ids, bytes } of peer.rlePlus) {
      expect(toHex(encodeRlePlus(ids.map(BigInt)))).to.equal(bytes)
      expect(decodeRlePlus(fromHex(bytes))).to.deep.equal(ids.map(BigInt))
    }
  })
})
