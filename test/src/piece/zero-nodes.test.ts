import { expect } from 'chai'
import { toHex } from '../../../src/bytes/hex.ts'
import { pieceCidV1, pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import { zeroNode } from '../../../src/piece/zero-nodes.ts'
import { vectors } from '../../support/vectors.ts'

interface Vectors {
  zeroTree: {
    levels: { level: number; nodeHex: string }[]
    pieces: {
      height: number
      paddedSize: number
      size: number
      rootHex: string
      pieceCidV1: string
      pieceCidV2: string
    }[]
  }
}

describe('piece/zero-nodes', () => {
  const { levels, pieces } = vectors<Vectors>('known-piece-cids').zeroTree

  it('has the node of every level that others computed', () => {
    for (const { level, nodeHex } of levels) expect(toHex(zeroNode(level))).to.equal(nodeHex)
  })

  it('gives the CIDs of pieces of zeros from 128 bytes to 2 TiB', () => {
    for (const piece of pieces) {
      const root = zeroNode(piece.height)
      expect(toHex(root)).to.equal(piece.rootHex)
      expect(pieceCidV1({ root })).to.equal(piece.pieceCidV1)
      const { size, paddedSize: pieceSize } = piece
      expect(pieceCidV2({ root, size, pieceSize })).to.equal(piece.pieceCidV2)
    }
  })
})
