import { expect } from 'chai'
import { heightFor, isPieceSize, paddedSize, unpaddedCapacity } from '../../../src/piece/size.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'

interface Sized {
  size: number
  paddedSize: number
  height: number
}

describe('piece/size', () => {
  it('pads as the vectors do', () => {
    const { cases } = vectors<{ cases: Sized[] }>('piece-cids')
    const { groups } = vectors<{ groups: { cases: Sized[] }[] }>('known-piece-cids')
    for (const c of [...cases, ...groups.flatMap((group) => group.cases)]) {
      expect(paddedSize(c.size)).to.equal(c.paddedSize)
      expect(heightFor(c.size)).to.equal(c.height)
    }
  })

  it('steps where a piece is full: 127 of every 128 bytes', () => {
    for (const [size, pieceSize] of [
      [0, 128],
      [1, 128],
      [126, 128],
      [127, 128],
      [128, 256],
      [254, 256],
      [255, 512],
      [1016, 1024],
      [1017, 2048],
      [34_091_302_912, 34_359_738_368],
      [34_091_302_913, 68_719_476_736],
      [68_182_605_824, 68_719_476_736],
    ] as const)
      expect(paddedSize(size), String(size)).to.equal(pieceSize)
  })

  it('holds exactly what pads to it, for every piece size', () => {
    for (let pieceSize = 128; pieceSize < 2 ** 52; pieceSize *= 2) {
      expect(isPieceSize(pieceSize)).to.equal(true)
      const capacity = unpaddedCapacity(pieceSize)
      expect(BigInt(capacity)).to.equal((BigInt(pieceSize) * 127n) / 128n)
      expect(paddedSize(capacity)).to.equal(pieceSize)
      expect(paddedSize(capacity + 1)).to.equal(2 * pieceSize)
    }
  })

  it('knows no other piece sizes', async () => {
    for (const n of [0, 1, 32, 64, 127, 129, 192, 2 ** 53, -128, 128.5, NaN, Infinity]) {
      expect(isPieceSize(n), String(n)).to.equal(false)
      await refused('ARGUMENT_INVALID', () => unpaddedCapacity(n))
    }
  })

  it('refuses sizes that are no whole numbers, and those beyond 2^52 padded bytes', async () => {
    for (const n of [-1, 0.5, NaN, Infinity, 2 ** 53])
      await refused('ARGUMENT_INVALID', () => paddedSize(n))
    await refused('PIECE_TOO_LARGE', () => paddedSize(2 ** 52))
  })
})
