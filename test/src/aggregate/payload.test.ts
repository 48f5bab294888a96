import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { Aggregate } from '../../../src/aggregate/aggregate.ts'
import { encodeEntries } from '../../../src/aggregate/entry.ts'
import { readIndex } from '../../../src/aggregate/foreign-index.ts'
import { decodeLayout, encodeLayout } from '../../../src/aggregate/layout.ts'
import { extentsOf, type FilledSegment, rawIndexRange } from '../../../src/aggregate/payload.ts'
import { placeSegments } from '../../../src/aggregate/segment.ts'
import { indexStart } from '../../../src/aggregate/size.ts'
import { toHex } from '../../../src/bytes/hex.ts'
import { unpadFr32 } from '../../../src/piece/fr32.ts'
import { PieceHasher } from '../../../src/piece/hasher.ts'
import { pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import { payload } from '../../support/payload.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { segmentIndex, type VectorAggregate } from './vector-aggregates.ts'

const seed = process.env['SEED'] ?? 'payload'
const laidOut = segmentIndex.aggregates.filter(({ unpaddedImage }) => unpaddedImage !== undefined)

describe('aggregate/payload', () => {
  describe('the bytes are those that others lay out', () => {
    for (const vector of laidOut)
      it(vector.name, () => {
        const { aggregate, payloads } = filled(vector)
        const whole = bytesOf(aggregate, payloads)
        expect(whole.length).to.equal(vector.unpaddedImage?.size)
        expect(createHash('sha256').update(whole).digest('hex')).to.equal(
          vector.unpaddedImage?.sha256,
        )
        expect(pieceCidV2(new PieceHasher().update(whole).digest())).to.equal(vector.pieceCidV2)
      })
  })

  it(`any stretch is that of the whole, seed ${seed}`, () => {
    for (const vector of laidOut) {
      const { aggregate, payloads } = filled(vector)
      const whole = bytesOf(aggregate, payloads)
      const numbers = new Uint32Array(random(400 * 4, `${seed} ${vector.name}`).buffer)
      for (let i = 0; i < numbers.length; i += 2) {
        const [a = 0, b = 0] = [...numbers.subarray(i, i + 2)].map((n) => n % (whole.length + 1))
        const [start, end] = a < b ? [a, b] : [b, a]
        const part = bytesOf(aggregate, payloads, start, end)
        expect(Buffer.compare(part, whole.subarray(start, end)), `${start} to ${end}`).to.equal(0)
      }
    }
  })

  it('bytes outside of the piece are refused', async () => {
    const { aggregate } = filled(laidOut[0] ?? expect.fail('no vector'))
    for (const [start, end] of [
      [-1, 1],
      [2, 1],
      [0, aggregate.size + 1],
      [Number.NaN, 1],
    ] as const)
      await refused('ARGUMENT_INVALID', () => [...extentsOf(aggregate, start, end)])
  })

  it('its index is found by who knows only the size', () => {
    for (const vector of laidOut) {
      const { aggregate, payloads } = filled(vector)
      const { start, end } = rawIndexRange(aggregate.pieceSize)
      const { segments } = readIndex(bytesOf(aggregate, payloads, start, end), aggregate.pieceSize)
      expect(segments.map(({ root, offset }) => [toHex(root), offset])).to.deep.equal(
        aggregate.segments.map(({ root, offset }) => [toHex(root), offset]),
      )
    }
  })

  describe('entries that are valid and of no use are told', () => {
    const pieceSize = 2 ** 16
    for (const [why, offset, size] of [
      ['no piece', 0, 384],
      ['multiple', 256, 512],
      ['behind the data', 2 ** 15, 2 ** 15],
    ] as const)
      it(why, () => {
        const area = new Uint8Array(pieceSize - indexStart(pieceSize))
        area.set(encodeEntries([{ root: new Uint8Array(32), offset, pieceSize: size }]))
        const read = readIndex(unpadFr32(area), pieceSize)
        expect(read.segments).to.have.length(0)
        expect(read.useless[0]?.why).to.include(why)
      })
  })

  describe('aggregate/layout', () => {
    const { aggregate } = filled(laidOut[2] ?? expect.fail('no vector'))
    const text = encodeLayout(aggregate)

    it('gives the aggregate back', () => {
      const back = decodeLayout(text)
      expect(back.segments).to.deep.equal(aggregate.segments)
      expect(pieceCidV2(back)).to.equal(pieceCidV2(aggregate))
    })

    it('of another aggregate, or cut short, is refused', async () => {
      const document = JSON.parse(text) as { pieceCidV2: string; segments: [string, number][] }
      const other = new Aggregate<FilledSegment>([], aggregate.pieceSize)
      for (const damaged of [
        text.slice(0, -1),
        '',
        JSON.stringify({ ...document, version: 2 }),
        JSON.stringify({ ...document, more: 1 }),
        JSON.stringify({ ...document, segments: document.segments.slice(1) }),
        JSON.stringify({ ...document, segments: document.segments.toReversed() }),
        JSON.stringify({ ...document, pieceCidV2: pieceCidV2(other) }),
        JSON.stringify({
          ...document,
          pieceCidV2: 'baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq',
        }),
      ])
        await refused('SEGMENT_INVALID', () => decodeLayout(damaged))
    })
  })
})

interface Filled {
  aggregate: Aggregate<FilledSegment>
  payloads: Uint8Array[]
}

function filled({ pieces, dealSize }: VectorAggregate): Filled {
  const payloads = pieces.map(({ generator, payloadSize = 0 }) =>
    generator === undefined ? expect.fail('no generator') : payload(generator, payloadSize),
  )
  const committed = payloads.map((bytes) => {
    const { root, size, pieceSize } = new PieceHasher().update(bytes).digest()
    return { root, size, pieceSize }
  })
  const pieceSize = Number(dealSize)
  return { aggregate: new Aggregate(placeSegments(committed, pieceSize), pieceSize), payloads }
}

function bytesOf(
  aggregate: Filled['aggregate'],
  payloads: readonly Uint8Array[],
  start?: number,
  end?: number,
): Uint8Array {
  const parts: Uint8Array[] = []
  for (const extent of extentsOf(aggregate, start, end)) {
    if (extent.kind === 'zeros') parts.push(new Uint8Array(extent.length))
    else if (extent.kind === 'bytes') parts.push(extent.bytes)
    else parts.push(payloads[extent.segment]?.subarray(extent.from, extent.to) ?? expect.fail())
  }
  return Buffer.concat(parts)
}
