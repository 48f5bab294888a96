/**
 * What an aggregate is made of, written down: with the pieces at hand this is all that is needed to serve it.
 *
 *     {"version": 1, "pieceCidV2": "bafkz…", "segments": [["bafkz…", offset], …]}
 *
 * A piece CID v2 says commitment and both sizes, so the commitment of the whole can be computed from the layout, and is
 * compared when it is read.
 */
import { z } from 'zod/v4'
import { StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV2 } from '../piece/piece-cid.ts'
import { Aggregate } from './aggregate.ts'
import type { FilledSegment } from './payload.ts'

const shape = z.strictObject({
  version: z.literal(1),
  pieceCidV2: z.string(),
  segments: z.array(z.tuple([z.string(), z.number().int().nonnegative()])),
})

export function encodeLayout(aggregate: Aggregate<FilledSegment>): string {
  const document: z.infer<typeof shape> = {
    version: 1,
    pieceCidV2: pieceCidV2(aggregate),
    segments: aggregate.segments.map((segment) => [pieceCidV2(segment), segment.offset]),
  }
  return JSON.stringify(document)
}

/**
 * The aggregate that a layout describes; its tree is computed.
 * @throws SEGMENT_INVALID when the text is no layout, or its commitment is another one than it says
 */
export function decodeLayout(text: string): Aggregate<FilledSegment> {
  try {
    const { pieceCidV2: said, segments } = shape.parse(JSON.parse(text))
    const { pieceSize } = sized(said)
    const aggregate = new Aggregate(
      segments.map(([cid, offset]) => ({ ...sized(cid), offset })),
      pieceSize,
    )
    const got = pieceCidV2(aggregate)
    if (got === said) return aggregate
    throw new StorageError('SEGMENT_INVALID', {
      what: 'the segments make another aggregate',
      expected: said,
      got,
    })
  } catch (cause) {
    throw new StorageError('SEGMENT_INVALID', {
      what: 'the text is not the layout of an aggregate',
      cause,
    })
  }
}

function sized(cid: string): Omit<FilledSegment, 'offset'> {
  const piece = parsePieceCid(cid)
  if (piece.version === 2) return { root: piece.root, size: piece.size, pieceSize: piece.pieceSize }
  throw new StorageError('CID_INVALID', {
    what: 'a piece CID of version 1 does not say the size',
    expected: 'version 2, bafkz…',
    got: cid,
  })
}
