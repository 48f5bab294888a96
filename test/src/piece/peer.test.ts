/** Piece CIDs as go-fil-commcid makes them (SOURCES.md §7). */
import { expect } from 'chai'
import { fromHex } from '../../../src/bytes/hex.ts'
import { parsePieceCid, pieceCidV1, pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import { paddedSize } from '../../../src/piece/size.ts'
import { vectors } from '../../support/vectors.ts'

const { pieceCids } = vectors<{
  pieceCids: { root: string; size: number; pieceSize: number; v1: string; v2: string }[]
}>('peer-wire')

describe('piece CIDs: the same as go-fil-commcid', () => {
  it(`${pieceCids.length} sizes, around every padded size`, () => {
    for (const { root, size, pieceSize, v1, v2 } of pieceCids) {
      expect(paddedSize(size)).to.equal(pieceSize)
      const commitment = { root: fromHex(root), size, pieceSize }
      expect(pieceCidV1(commitment)).to.equal(v1)
      expect(pieceCidV2(commitment)).to.equal(v2)
      expect(parsePieceCid(v2)).to.deep.include({ version: 2, ...commitment })
    }
  })
})
