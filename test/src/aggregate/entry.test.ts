import { expect } from 'chai'
import { encodeEntries, readEntries } from '../../../src/aggregate/entry.ts'
import { readIndex } from '../../../src/aggregate/foreign-index.ts'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { segmentIndex } from './vector-aggregates.ts'

describe('aggregate/entry', () => {
  describe('reads as others do', () => {
    for (const { name, commDs, offset, size, encoded, valid } of segmentIndex.entries)
      it(`${name} is ${valid ? 'valid' : 'passed over'}`, () => {
        const entries = readEntries(fromHex(encoded))
        expect(entries).to.have.length(valid ? 1 : 0)
        if (!valid) return
        const [entry] = entries
        expect(entry?.root).to.deep.equal(fromHex(commDs))
        expect([entry?.offset, entry?.size]).to.deep.equal([BigInt(offset), BigInt(size)])
      })
  })

  describe('writes as others do', () => {
    for (const { name, commDs, offset, size, encoded, valid } of segmentIndex.entries)
      if (valid && Number.isSafeInteger(Number(size)) && Number.isSafeInteger(Number(offset)))
        it(name, () => {
          const segment = { root: fromHex(commDs), offset: Number(offset), pieceSize: Number(size) }
          expect(toHex(encodeEntries([segment]))).to.equal(encoded)
        })
  })

  it('any changed bit makes an entry invalid', () => {
    const [{ encoded } = expect.fail('no entry')] = segmentIndex.entries
    const entry = fromHex(encoded)
    for (let bit = 0; bit < entry.length * 8; bit++) {
      const changed = entry.slice()
      changed[bit >>> 3] = (changed[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      expect(readEntries(changed), `bit ${bit}`).to.have.length(0)
    }
  })

  describe('of index areas that came from elsewhere', () => {
    for (const { name, dealSize, padded, unpadded, validEntries } of segmentIndex.indexImages) {
      const expected = validEntries.map(({ slot, commDs, offset, size }) => [
        slot,
        commDs,
        offset,
        size,
      ])
      it(`${name}: the valid ones are read, the rest is passed over`, () => {
        const read = readEntries(fromHex(padded))
        expect(
          read.map(({ slot, root, offset, size }) => [slot, toHex(root), `${offset}`, `${size}`]),
        ).to.deep.equal(expected)
      })
      it(`${name}: from raw bytes`, () => {
        const { segments, useless } = readIndex(fromHex(unpadded), Number(dealSize))
        expect(useless).to.deep.equal([])
        expect(
          segments.map(({ slot, root, offset, pieceSize }) => [
            slot,
            toHex(root),
            `${offset}`,
            `${pieceSize}`,
          ]),
        ).to.deep.equal(expected)
      })
    }
  })
})
