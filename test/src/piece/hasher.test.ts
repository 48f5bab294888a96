import { createHash, randomBytes } from 'node:crypto'
import { Piece } from '@web3-storage/data-segment'
import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { BATCH_SIZE } from '../../../src/piece/batch.ts'
import { BLOCK_SIZE } from '../../../src/piece/block.ts'
import { padFr32 } from '../../../src/piece/fr32.ts'
import { hashBackend, pairHasher, parentOf } from '../../../src/piece/hash-pairs.ts'
import { PieceHasher } from '../../../src/piece/hasher.ts'
import { type PieceCommitment, pieceCidV1, pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import { zeroNode } from '../../../src/piece/zero-nodes.ts'
import { chunksOf, payload, type PayloadGenerator } from '../../support/payload.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'

interface Case {
  name: string
  generator: PayloadGenerator
  size: number
  paddedSize: number
  pieceCidV1: string
  pieceCidV2: string
  rootHex: string
  payloadSha256: string
}
interface SegmentMap extends Case {
  segmentHeight: number
  segmentBytes: number
  segments: string[]
  height: number
}

/** Set SEED to repeat a run; the seed stands in the names of the tests that use it. */
const seed = process.env['SEED'] ?? randomBytes(8).toString('hex')

const CHUNKINGS = [1, 31, 32, 64, 127, 128, 509, 4096, 65536, BATCH_SIZE, BLOCK_SIZE + 1]
/** Bytes that are fed in the smallest chunks; the rest of a larger payload follows at once, to save half a minute. */
const SMALL = 300_000

describe('piece/hasher', () => {
  const generated = vectors<{ cases: Case[]; segmentMaps: SegmentMap[] }>('piece-cids')
  const known = vectors<{ groups: { id: string; cases: Case[] }[] }>('known-piece-cids')

  for (const { id, cases } of [{ id: 'generated', cases: generated.cases }, ...known.groups])
    describe(`commits as others do: ${id}`, () => {
      for (const c of cases)
        it(c.name, () => {
          const bytes = payload(c.generator, c.size)
          const sha256 = createHash('sha256').update(bytes).digest('hex')
          expect(sha256, 'the generator itself').to.equal(c.payloadSha256)
          expectCase(new PieceHasher().update(bytes).digest(), c)
          for (const chunking of CHUNKINGS) {
            const hasher = new PieceHasher()
            const few = chunking < 509 ? bytes.subarray(0, SMALL) : bytes
            for (const chunk of chunksOf(few, chunking)) hasher.update(chunk)
            expectCase(hasher.update(bytes.subarray(few.length)).digest(), c)
          }
        })
    })

  it('commits the same without native code', () => {
    for (const c of generated.cases.filter(({ size }) => size <= SMALL)) {
      const hasher = new PieceHasher({ backend: 'as-sha256' })
      expectCase(hasher.update(payload(c.generator, c.size)).digest(), c)
    }
  })

  for (const map of generated.segmentMaps)
    it(`is the fold of the commitments of its segments: ${map.name}`, () => {
      const bytes = payload(map.generator, map.size)
      const whole = map.segmentHeight === map.height
      let nodes = Array.from(
        chunksOf(bytes, whole ? bytes.length : map.segmentBytes),
        (segment) => {
          const padded = new Uint8Array(map.segmentBytes)
          padded.set(segment)
          return new PieceHasher().update(padded).digest().root
        },
      )
      expect(nodes.map(toHex)).to.deep.equal(map.segments)
      const hashPairs = pairHasher()
      for (let level = map.segmentHeight; level < map.height; level++)
        nodes = Array.from({ length: Math.ceil(nodes.length / 2) }, (_, i) =>
          parentOf(nodes[2 * i] ?? zeroNode(level), nodes[2 * i + 1] ?? zeroNode(level), hashPairs),
        )
      expect(nodes.map(toHex)).to.deep.equal([map.rootHex])
      expect(toHex(new PieceHasher().update(bytes).digest().root)).to.equal(map.rootHex)
    })

  it(`equals @web3-storage/data-segment for random bytes (SEED=${seed})`, () => {
    for (let i = 0; i < 60; i++) {
      const at = `round ${i}`
      // Half of the sizes lie within two bytes of a multiple of 127.
      const roll = payload({ type: 'sha256-counter', seed: `${seed}/${i}` }, 8)
      const near = (roll[0] ?? 0) % 2 === 0
      const any = new DataView(roll.buffer).getUint32(1) % 65_537
      const size = near ? Math.max(0, any - (any % 127) - 2 + ((roll[6] ?? 0) % 5)) : any
      const bytes = payload({ type: 'sha256-counter', seed: `${seed}/bytes/${i}` }, size)
      const theirs = Piece.fromPayload(bytes)
      const ours = new PieceHasher()
      for (const chunk of chunksOf(bytes, 1 + (roll[7] ?? 0) * 37)) ours.update(chunk)
      expect(pieceCidV2(ours.digest()), at).to.equal(theirs.link.toString())
      expect(BigInt(ours.digest().pieceSize), at).to.equal(theirs.size)
    }
  })

  it('can go on after a digest', () => {
    const bytes = payload({ type: 'sha256-counter', seed: 'go on' }, 3 * BATCH_SIZE)
    const hasher = new PieceHasher()
    let at = 0
    for (const end of [
      0,
      1,
      127,
      5000,
      BATCH_SIZE,
      BATCH_SIZE + 1,
      2 * BATCH_SIZE,
      3 * BATCH_SIZE,
    ]) {
      hasher.update(bytes.subarray(at, end))
      at = end
      expect(hasher.digest()).to.deep.equal(
        new PieceHasher().update(bytes.subarray(0, end)).digest(),
      )
      expect(hasher.digest()).to.deep.equal(hasher.digest())
    }
  })

  describe('with a kept level', () => {
    for (const map of generated.segmentMaps)
      it(`keeps the nodes that others commit segments to: ${map.name}`, () => {
        const bytes = payload(map.generator, map.size)
        const { tree } = new PieceHasher({ keepLevel: map.segmentHeight }).update(bytes).digest()
        const count = 2 ** (map.height - map.segmentHeight)
        const nodes = Array.from({ length: count }, (_, i) => tree.node(map.segmentHeight, i))
        // Segments of nothing but padding are not in the vectors; their nodes are zero nodes.
        const padding = toHex(zeroNode(map.segmentHeight))
        expect(nodes.map(toHex)).to.deep.equal(nodes.map((_, i) => map.segments[i] ?? padding))
      })

    it('proves every node of every level against the root, at every size around the units', async () => {
      const hashPairs = pairHasher()
      const bytes = payload({ type: 'tiled', seed: 'kept', tile: 8192 }, 2 * BLOCK_SIZE + 9)
      for (const size of [
        0,
        1,
        127,
        128,
        1016,
        1017,
        BATCH_SIZE,
        BATCH_SIZE + 1,
        BLOCK_SIZE,
        2 * BLOCK_SIZE + 9,
      ])
        for (const keepLevel of [0, 2, 4, 5, 6, 11, 12, 16]) {
          // The lowest levels of the largest sizes have 32 bytes of node for 32 bytes of piece.
          if (keepLevel < 5 && size > BATCH_SIZE + 1) continue
          const plain = new PieceHasher().update(bytes.subarray(0, size)).digest()
          const { tree, root } = new PieceHasher({ keepLevel })
            .update(bytes.subarray(0, size))
            .digest()
          const at = `${size} bytes, level ${keepLevel}`
          expect(toHex(root), at).to.equal(toHex(plain.root))
          expect(tree.level, at).to.equal(Math.min(keepLevel, tree.height))
          const last = 2 ** (tree.height - tree.level) - 1
          for (const index of new Set([0, 1, last >> 1, last].filter((i) => i <= last))) {
            let node = tree.node(tree.level, index)
            for (const [up, sibling] of tree.proof(tree.level, index).entries())
              node =
                ((index >> up) & 1) === 0
                  ? parentOf(node, sibling, hashPairs)
                  : parentOf(sibling, node, hashPairs)
            expect(toHex(node), `${at}, node ${index}`).to.equal(toHex(root))
          }
          await refused('ARGUMENT_INVALID', () => tree.node(tree.level, last + 1))
          await refused('ARGUMENT_INVALID', () => tree.node(tree.height + 1, 0))
        }
      for (const keepLevel of [-1, 17, 1.5])
        await refused('ARGUMENT_INVALID', () => new PieceHasher({ keepLevel }))
    })

    it('has leaves that are the padded bytes', () => {
      const bytes = payload({ type: 'sha256-counter', seed: 'leaves' }, 127 * 40)
      const { tree } = new PieceHasher({ keepLevel: 0 }).update(bytes).digest()
      expect(toHex(tree.nodes(0))).to.equal(toHex(padFr32(bytes)))
    })
  })

  it('does not keep or change the chunk of the caller', () => {
    const bytes = payload({ type: 'sha256-counter', seed: 'mine' }, 1000)
    const before = bytes.slice()
    const hasher = new PieceHasher().update(bytes)
    expect(bytes).to.deep.equal(before)
    bytes.fill(0)
    expect(hasher.digest()).to.deep.equal(new PieceHasher().update(before).digest())
  })
})

describe('piece/hash-pairs', () => {
  it('hashes pairs with SHA-256, two top bits cleared, in either backend', () => {
    expect(hashBackend()).to.be.oneOf(['hashtree', 'as-sha256'])
    const input = payload({ type: 'sha256-counter', seed: 'pairs' }, 64 * 9)
    const expected = Array.from(chunksOf(input, 64), (pair) => {
      const hash = createHash('sha256').update(pair).digest()
      hash[31] = (hash[31] ?? 0) & 0x3f
      return hash
    })
    for (const backend of ['hashtree', 'as-sha256'] as const) {
      const output = new Uint8Array(32 * 9)
      pairHasher(backend)(input, output)
      expect(toHex(output), backend).to.equal(toHex(Buffer.concat(expected)))
    }
  })
})

function expectCase(commitment: PieceCommitment, c: Case): void {
  expect(toHex(commitment.root)).to.equal(c.rootHex)
  expect(commitment.size).to.equal(c.size)
  expect(commitment.pieceSize).to.equal(c.paddedSize)
  expect(pieceCidV1(commitment)).to.equal(c.pieceCidV1)
  expect(pieceCidV2(commitment)).to.equal(c.pieceCidV2)
  expect(pieceCidV1({ root: fromHex(c.rootHex) })).to.equal(c.pieceCidV1)
}
