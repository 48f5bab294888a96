import { expect } from 'chai'
import { offerAt, offerPerEpoch } from '../../../src/keep/offer.ts'

describe('keep/offer', () => {
  it('goes from the first offer to the ceiling in eighths, rounded up', () => {
    expect([0, 1, 4, 8].map((step) => offerAt(100n, 181n, step))).to.deep.equal([
      100n,
      111n,
      141n,
      181n,
    ])
    expect(offerAt(7n, 7n, 5)).to.equal(7n)
  })

  it('is per GiB, rounded up', () => {
    expect(offerPerEpoch(5n, 5n, 0, 2 ** 30)).to.equal(5n)
    expect(offerPerEpoch(5n, 5n, 0, 2 ** 31)).to.equal(10n)
    expect(offerPerEpoch(5n, 5n, 0, 2 ** 29)).to.equal(3n)
    expect(offerPerEpoch(5n, 5n, 0, 128)).to.equal(1n)
    expect(offerPerEpoch(0n, 0n, 8, 128)).to.equal(0n)
  })
})
