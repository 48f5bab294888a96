import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { Aggregate } from '../../../src/aggregate/aggregate.ts'
import { extentsOf, rawIndexRange } from '../../../src/aggregate/payload.ts'
import { encodeProof } from '../../../src/aggregate/proof-form.ts'
import { placeSegments } from '../../../src/aggregate/segment.ts'
import { pieceCidV1 } from '../../../src/piece/piece-cid.ts'
import { vectors } from '../../support/vectors.ts'

interface PeerAggregate {
  seed: string
  dealSize: string
  sizes: number[]
  pieceCid: string
  indexPieceCid: string
  indexSha256: string
  proofsSha256: string
  indexSize: number
}

const { aggregates } = vectors<{ aggregates: PeerAggregate[] }>('peer-aggregates')

describe('aggregates are those of go-data-segment', () => {
  for (const peer of aggregates)
    it(`${peer.seed}: ${peer.sizes.length} segments in ${peer.dealSize} bytes`, () => {
      const pieceSize = Number(peer.dealSize)
      const pieces = peer.sizes.map((size, i) => {
        const root = new Uint8Array(sha256(`${peer.seed}/${i}`))
        root[31] = (root[31] ?? 0) & 0x3f
        return { root, pieceSize: size, size: 1 }
      })
      const aggregate = new Aggregate(placeSegments(pieces, pieceSize), pieceSize)
      expect(pieceCidV1(aggregate)).to.equal(peer.pieceCid)
      expect(pieceCidV1({ root: aggregate.indexRoot })).to.equal(peer.indexPieceCid)

      const index = createHash('sha256')
      const { start, end } = rawIndexRange(pieceSize)
      expect(end - start).to.equal(peer.indexSize)
      for (const extent of extentsOf(aggregate, start, end))
        if (extent.kind === 'zeros') index.update(new Uint8Array(extent.length))
        else if (extent.kind === 'bytes') index.update(extent.bytes)
        else expect.fail('a segment in the index')
      expect(index.digest('hex')).to.equal(peer.indexSha256)

      const proofs = createHash('sha256')
      for (const i of pieces.keys()) proofs.update(encodeProof(aggregate.proof(i)))
      expect(proofs.digest('hex')).to.equal(peer.proofsSha256)
    })
})

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
