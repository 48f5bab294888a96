import { createHash } from 'node:crypto'
import { Aggregate as Peer, Piece } from '@web3-storage/data-segment'
import { expect } from 'chai'
import { Aggregate } from '../../../src/aggregate/aggregate.ts'
import { inclusionOf } from '../../../src/aggregate/proof.ts'
import { placeSegments, type Segment } from '../../../src/aggregate/segment.ts'
import { toHex } from '../../../src/bytes/hex.ts'
import { PieceHasher } from '../../../src/piece/hasher.ts'
import { pieceCidV1, pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { piecesOf, segmentIndex } from './vector-aggregates.ts'

const seed = process.env['SEED'] ?? 'aggregate'

describe('aggregate/aggregate', () => {
  describe('commits as others do', () => {
    for (const vector of segmentIndex.aggregates)
      it(vector.name, () => {
        const pieceSize = Number(vector.dealSize)
        const segments = placeSegments(piecesOf(vector.pieces), pieceSize)
        const aggregate = new Aggregate(segments, pieceSize)
        expect(segments.map(({ offset }) => String(offset))).to.deep.equal(
          vector.pieces.map(({ offset }) => offset),
        )
        expect(toHex(aggregate.root)).to.equal(vector.root)
        expect(pieceCidV1(aggregate)).to.equal(vector.pieceCidV1)
        expect(pieceCidV2(aggregate)).to.equal(vector.pieceCidV2)
        expect(toHex(aggregate.entries)).to.equal(vector.indexEntries)
        expect(pieceCidV1({ root: aggregate.indexRoot })).to.equal(vector.indexPieceCidV1)
      })
  })

  describe('refuses what cannot be built', () => {
    for (const { name, dealSize, pieces } of segmentIndex.invalidAggregates)
      it(name, async () => {
        const error = await refusedAny(() => placeSegments(piecesOf(pieces), Number(dealSize)))
        expect(error).to.be.oneOf(['SEGMENT_INVALID', 'AGGREGATE_FULL'])
      })
  })

  it(`has the commitments and proofs that the library computes, seed ${seed}`, () => {
    for (let run = 0; run < 20; run++) {
      const bytes = random(64, `${seed} ${run}`)
      const pieceSize = 2 ** (13 + ((bytes[0] ?? 0) % 8))
      const pieces = Array.from({ length: 1 + ((bytes[1] ?? 0) % 4) }, (_, i) => {
        const size = 1 + Math.floor((pieceSize / 16) * ((bytes[2 + i] ?? 0) / 256))
        return new PieceHasher().update(random(size, `${seed} ${run} ${i}`)).digest()
      })
      const ours = new Aggregate(placeSegments(pieces, pieceSize), pieceSize)
      const links = pieces.map((piece) => Piece.fromString(pieceCidV2(piece)))
      const theirs = Peer.build({ pieces: links, size: Piece.Size.from(BigInt(pieceSize)) })
      expect(pieceCidV2(ours)).to.equal(theirs.link.toString())
      for (const [i, link] of links.entries()) {
        const { ok } = theirs.resolveProof(link.link)
        const [subtree, index] = ok ?? expect.fail('the library finds no proof')
        const proof = ours.proof(i)
        // The library proves the first of equal pieces.
        const first = pieces.findIndex(({ root }) => toHex(root) === toHex(pieces[i]?.root ?? root))
        if (first !== i) continue
        expect([BigInt(proof.proofSubtree.index), proof.proofSubtree.path]).to.deep.equal(subtree)
        expect([BigInt(proof.proofIndex.index), proof.proofIndex.path]).to.deep.equal(index)
      }
    }
  })

  it('proves every segment, and each against the same root', () => {
    const pieceSize = 2 ** 20
    const pieces = [14, 14, 10, 7, 16, 8].map((level, i) => ({
      root: rootOf(i),
      pieceSize: 2 ** level,
    }))
    const aggregate = new Aggregate(placeSegments(pieces, pieceSize), pieceSize)
    for (const [i, segment] of aggregate.segments.entries()) {
      const inclusion = inclusionOf(aggregate.proof(i), segment)
      expect(inclusion.slot).to.equal(i)
      expect(inclusion.segment.offset).to.equal(segment.offset)
      expect(toHex(inclusion.aggregate.root)).to.equal(toHex(aggregate.root))
      expect(inclusion.aggregate.pieceSize).to.equal(pieceSize)
    }
  })

  it('has no proof of a segment that is not there', async () => {
    const aggregate = new Aggregate([], 1024)
    await refused('ARGUMENT_INVALID', () => aggregate.proof(0))
  })

  describe('refuses segments that do not stand where they may', () => {
    it('not at a multiple of their size', () =>
      refused('SEGMENT_INVALID', () => new Aggregate([at(128, 256)], 4096)))
    it('one over the other', () =>
      refused('SEGMENT_INVALID', () => new Aggregate([at(0, 256), at(128, 128)], 4096)))
    it('not by ascending offset', () =>
      refused('SEGMENT_INVALID', () => new Aggregate([at(256, 256), at(0, 256)], 4096)))
    it('in the index', () => refused('AGGREGATE_FULL', () => new Aggregate([at(3840, 128)], 4096)))
    it('up to the index they may', () => {
      expect(new Aggregate([at(3840 - 128, 128)], 4096).segments).to.have.length(1)
    })
    it('with a commitment that is none', () =>
      refused(
        'SEGMENT_INVALID',
        () => new Aggregate([{ ...at(0, 128), root: new Uint8Array(31) }], 4096),
      ))
    it('more than the index has entries', () =>
      refused(
        'AGGREGATE_FULL',
        () =>
          new Aggregate(
            [0, 128, 256, 384, 512].map((o) => at(o, 128)),
            1024,
          ),
      ))
  })
})

function at(offset: number, pieceSize: number): Segment {
  return { root: rootOf(offset), pieceSize, offset }
}

function rootOf(n: number): Uint8Array {
  const root = new Uint8Array(createHash('sha256').update(`${n}`).digest())
  root[31] = (root[31] ?? 0) & 0x3f
  return root
}

async function refusedAny(act: () => unknown): Promise<string | undefined> {
  try {
    act()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}
