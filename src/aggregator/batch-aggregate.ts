/** Between plans, facts and aggregates. */
import { Aggregate } from '../aggregate/aggregate.ts'
import type { FilledSegment } from '../aggregate/payload.ts'
import type { PlannedAggregate } from '../aggregate/plan.ts'
import { StorageError } from '../errors.ts'
import { parsePieceCid } from '../piece/piece-cid.ts'
import type { BatchSegment } from './facts.ts'

export function segmentsOf({ segments }: PlannedAggregate): BatchSegment[] {
  return segments.map(({ pieceCid, offset, ids }) => ({ pieceCidV2: pieceCid, offset, ids }))
}

/** @throws SEGMENT_INVALID, AGGREGATE_FULL, CID_INVALID for segments that no plan has */
export function aggregateOf(
  segments: readonly BatchSegment[],
  pieceSize: number,
): Aggregate<FilledSegment> {
  return new Aggregate(
    segments.map(({ pieceCidV2, offset }) => ({ ...sized(pieceCidV2), offset })),
    pieceSize,
  )
}

export function sized(cid: string): Omit<FilledSegment, 'offset'> {
  const { root, size, pieceSize } = parsePieceCid(cid)
  if (size !== undefined && pieceSize !== undefined) return { root, size, pieceSize }
  throw new StorageError('CID_INVALID', {
    what: 'a piece CID of version 1 does not say the size',
    expected: 'version 2, bafkz…',
    got: cid,
  })
}
