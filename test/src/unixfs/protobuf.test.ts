import { expect } from 'chai'
import { encodeVarint } from '../../../src/bytes/varint.ts'
import { varintSize, writeVarint } from '../../../src/unixfs/protobuf.ts'

describe('varints of numbers', () => {
  const powers = Array.from({ length: 53 }, (_, exponent) => 2 ** exponent)
  const numbers = [0, ...powers.flatMap((n) => [n - 1, n, n + 1]), Number.MAX_SAFE_INTEGER]

  it('are those of bigints, at the powers of two', () => {
    for (const n of numbers) {
      const into = new Uint8Array(10)
      const next = writeVarint(n, into, 1)
      expect(next, `${n}`).to.equal(1 + varintSize(n))
      expect(Buffer.from(into.subarray(1, next))).to.deep.equal(Buffer.from(encodeVarint(n)))
    }
  })
})
