/**
 * The raw bytes of an aggregate, as stretches of what they are made of: nothing of it is kept in memory or on disk. A segment's
 * bytes begin at a whole quad, because its place is a multiple of its size; zeros fill the rest of it, and the gaps.
 */
import { StorageError } from '../errors.ts'
import { unpadFr32 } from '../piece/fr32.ts'
import { PADDED_QUAD_SIZE, unpaddedCapacity } from '../piece/size.ts'
import type { Aggregate } from './aggregate.ts'
import type { Segment } from './segment.ts'
import { indexStart, rawOffset } from './size.ts'

/** A segment whose bytes can be had. */
export interface FilledSegment extends Segment {
  /** Raw bytes, without the zeros up to the end of its place. */
  readonly size: number
}

/** Raw bytes `from` up to, without, `to` of segment `segment`; or given bytes; or `length` zeros. */
export type Extent =
  | {
      readonly kind: 'segment'
      readonly segment: number
      readonly from: number
      readonly to: number
    }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'zeros'; readonly length: number }

/**
 * What the raw bytes `start` up to, without, `end` of an aggregate are made of.
 * @throws ARGUMENT_INVALID unless 0 <= start <= end <= its size
 */
export function* extentsOf(
  aggregate: Aggregate<FilledSegment>,
  start = 0,
  end = aggregate.size,
): Generator<Extent> {
  if (!(start >= 0 && start <= end && end <= aggregate.size))
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the aggregate has no such bytes',
      expected: `within 0 to ${aggregate.size}`,
      got: `${start} to ${end}`,
    })
  const { segments, pieceSize } = aggregate
  let at = start
  for (let i = firstBehind(segments, start); i < segments.length && at < end; i++) {
    const { offset, size } = segments[i] as FilledSegment
    const first = rawOffset(offset)
    if (first >= end) break
    if (at < first) yield { kind: 'zeros', length: first - at }
    const from = Math.max(at - first, 0)
    const to = Math.min(size, end - first)
    yield { kind: 'segment', segment: i, from, to }
    at = first + to
  }
  const index = rawOffset(indexStart(pieceSize))
  if (at < Math.min(index, end)) yield { kind: 'zeros', length: Math.min(index, end) - at }
  at = Math.max(at, Math.min(index, end))
  if (at === end) return
  const used = rawEntries(aggregate.entries)
  const bytes = used.subarray(Math.min(at - index, used.length), end - index)
  if (bytes.length > 0) yield { kind: 'bytes', bytes }
  if (at + bytes.length < end) yield { kind: 'zeros', length: end - at - bytes.length }
}

/** Raw bytes of an index area at most: what a reader needs to find every segment. */
export function rawIndexRange(pieceSize: number): { readonly start: number; readonly end: number } {
  return { start: rawOffset(indexStart(pieceSize)), end: unpaddedCapacity(pieceSize) }
}

/** The entries without FR32 padding, up to the end of a quad. */
function rawEntries(entries: Uint8Array): Uint8Array {
  const quads = Math.ceil(entries.length / PADDED_QUAD_SIZE)
  const padded = new Uint8Array(quads * PADDED_QUAD_SIZE)
  padded.set(entries)
  return unpadFr32(padded)
}

/** The first segment whose last byte is not before the raw byte `start`. */
function firstBehind(segments: readonly FilledSegment[], start: number): number {
  let low = 0
  let high = segments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const { offset, size } = segments[middle] as FilledSegment
    if (rawOffset(offset) + size <= start) low = middle + 1
    else high = middle
  }
  return low
}
