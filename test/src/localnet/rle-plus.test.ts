import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { hexOf } from '../../../src/localnet/native.ts'
import { encodeRlePlus } from '../../../src/localnet/rle-plus.ts'

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

  it('drops the zero byte that a long run can end in', () => {
    const ids = Array.from({ length: 128 }, (_, i) => BigInt(i))
    expect(hexOf(encodeRlePlus(ids))).to.equal('0430')
  })

  it('takes ids in any order and more than once', () => {
    expect(encodeRlePlus([7n, 5n, 6n, 5n])).to.deep.equal(encodeRlePlus([5n, 6n, 7n]))
  })
})
