import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { bytesOf, hexOf } from '../../../src/localnet/native.ts'
import { decodeRlePlus, encodeRlePlus } from '../../../src/localnet/rle-plus.ts'

interface Vector {
  name: string
  ids?: string[]
  bytes: string
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/f05-cbor.json', import.meta.url), 'utf8'),
) as { rlePlus: { valid: Vector[] } }

describe('localnet/rle-plus', () => {
  it('encodes as other implementations do', () => {
    for (const { name, ids, bytes } of vectors.rlePlus.valid) {
      if (ids !== undefined)
        expect(`0x${hexOf(encodeRlePlus(ids.map(BigInt)))}`, name).to.equal(bytes)
    }
  })

  it('decodes what other implementations write', () => {
    let decoded = 0
    for (const { name, ids, bytes } of vectors.rlePlus.valid) {
      if (ids === undefined) continue
      decoded += 1
      expect(decodeRlePlus(bytesOf(bytes.slice(2))).map(String), name).to.deep.equal(ids)
    }
    expect(decoded).to.be.greaterThan(15)
  })

  it('drops the zero byte that a long run can end in', () => {
    const ids = Array.from({ length: 128 }, (_, i) => BigInt(i))
    expect(hexOf(encodeRlePlus(ids))).to.equal('0430')
  })

  it('takes ids in any order and more than once', () => {
    expect(encodeRlePlus([7n, 5n, 6n, 5n])).to.deep.equal(encodeRlePlus([5n, 6n, 7n]))
  })
})
