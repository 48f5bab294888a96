/** The aggregates of the vectors that others laid out byte by byte, in a depot. */
import { Aggregate } from '../../../../src/aggregate/aggregate.ts'
import type { FilledSegment } from '../../../../src/aggregate/payload.ts'
import type { Depot } from '../../../../src/depot/depot.ts'
import { parsePieceCid } from '../../../../src/piece/piece-cid.ts'
import { type PayloadGenerator, payload } from '../../../support/payload.ts'
import { vectors } from '../../../support/vectors.ts'
import { stream } from './fixture.ts'

export interface LaidOut {
  readonly name: string
  readonly dealSize: string
  readonly pieces: readonly {
    readonly pieceCidV1: string
    readonly pieceCidV2: string
    readonly size: string
    readonly offset: string
    readonly generator: PayloadGenerator
    readonly payloadSize: number
  }[]
  readonly pieceCidV1: string
  readonly pieceCidV2: string
  readonly unpaddedImage: { readonly size: number; readonly sha256: string }
}

export const laidOut: readonly LaidOut[] = vectors<{ aggregates: LaidOut[] }>(
  'segment-index',
).aggregates.filter(({ unpaddedImage }) => unpaddedImage !== undefined)

export function named(name: string): LaidOut {
  const found = laidOut.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no vector ${name}`)
  return found
}

export function aggregateOf({ pieces, dealSize }: LaidOut): Aggregate<FilledSegment> {
  const segments = pieces.map(({ pieceCidV1, size, offset, payloadSize }) => ({
    root: parsePieceCid(pieceCidV1).root,
    pieceSize: Number(size),
    offset: Number(offset),
    size: payloadSize,
  }))
  return new Aggregate(segments, Number(dealSize))
}

export async function putPieces(depot: Depot, { pieces }: LaidOut): Promise<void> {
  for (const { generator, payloadSize, pieceCidV2 } of pieces)
    await depot.put(stream(payload(generator, payloadSize)), { pieceCid: pieceCidV2 })
}
