import { expect } from 'chai'
import { indexStart, maxEntries, rawOffset } from '../../../src/aggregate/size.ts'
import { refused } from '../../support/refused.ts'
import { segmentIndex } from './vector-aggregates.ts'

describe('aggregate/size', () => {
  for (const { dealSize, ...expected } of segmentIndex.sizing)
    it(`an aggregate of ${dealSize} bytes has ${expected.maxEntries} entries`, () => {
      const size = Number(dealSize)
      const start = indexStart(size)
      expect({
        maxEntries: String(maxEntries(size)),
        indexSize: String(size - start),
        indexStart: String(start),
        indexStartUnpadded: String(rawOffset(start)),
      }).to.deep.equal(expected)
    })

  for (const size of [0, 127, 128, 256, 513, 1000, 2 ** 53])
    it(`none has ${size} bytes`, () => refused('AGGREGATE_FULL', () => maxEntries(size)))
})
