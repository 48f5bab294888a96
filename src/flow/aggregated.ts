/** What was aggregated, as the JSON documents show it. */
import { type ProofDocument, proofDocument } from '../aggregate/proof-form.ts'
import type { Aggregated, NamedSegment } from './aggregate.ts'
import type { AggregatedDocument, AggregateDocument, SegmentDocument } from './documents.ts'

/** @param proofs Whether each segment has its proof, some 3 kB. */
export function aggregatedDocument(
  [first, ...more]: readonly [Aggregated, ...Aggregated[]],
  proofs: boolean,
): AggregatedDocument {
  return {
    version: 1,
    kind: 'aggregated',
    ...aggregateDocument(first, proofs),
    more: more.map((each) => aggregateDocument(each, proofs)),
  }
}

/** @param i Number of the segment. */
export function segmentDocument({ aggregate }: Aggregated, i: number): SegmentDocument {
  return { ...described(aggregate.segments[i] as NamedSegment), proof: proofOf(aggregate, i) }
}

function aggregateDocument(made: Aggregated, proofs: boolean): AggregateDocument {
  const { pieceCid, pieceCidV2, size, pieceSize } = made.piece
  const segments = made.aggregate.segments.map((segment, i) =>
    proofs ? segmentDocument(made, i) : described(segment),
  )
  return { pieceCid, pieceCidV2, size, pieceSize, segments }
}

function described({ names, piece, offset }: NamedSegment): SegmentDocument {
  const { root, pieceCid, pieceCidV2, size, pieceSize } = piece
  return {
    name: names[0] ?? piece.name,
    ...(names.length > 1 ? { names } : {}),
    root,
    pieceCid,
    pieceCidV2,
    size,
    pieceSize,
    offset,
  }
}

function proofOf(aggregate: Aggregated['aggregate'], i: number): ProofDocument {
  return proofDocument(aggregate.proof(i))
}
