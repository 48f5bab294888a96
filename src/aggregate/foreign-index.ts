/**
 * The index of an aggregate that came from elsewhere. Entries that are not valid are passed over, as FRC-0058 says; of the valid
 * ones those are of use that name a piece within the data. That the data there has the commitment is for the reader to check.
 */
import { padFr32 } from '../piece/fr32.ts'
import { isPieceSize, QUAD_SIZE } from '../piece/size.ts'
import { type IndexEntry, readEntries } from './entry.ts'
import type { Segment } from './segment.ts'
import { indexStart } from './size.ts'

export interface ForeignSegment extends Segment {
  readonly slot: number
}

export interface ForeignIndex {
  readonly segments: readonly ForeignSegment[]
  /** Valid entries that name no piece within the data, and why. */
  readonly useless: readonly { readonly slot: number; readonly why: string }[]
}

/**
 * @param raw The bytes of `rawIndexRange`, as a provider or depot serves them.
 * @param pieceSize Padded bytes of the aggregate.
 * @throws AGGREGATE_FULL when no aggregate has that size
 */
export function readIndex(raw: Uint8Array, pieceSize: number): ForeignIndex {
  const end = indexStart(pieceSize)
  const segments: ForeignSegment[] = []
  const useless: { slot: number; why: string }[] = []
  for (const entry of readEntries(padded(raw))) {
    const why = whyUseless(entry, end)
    if (why !== undefined) useless.push({ slot: entry.slot, why })
    else segments.push(segmentOf(entry))
  }
  return { segments, useless }
}

function whyUseless({ offset, size }: IndexEntry, end: number): string | undefined {
  const bytes = Number(size)
  if (!isPieceSize(bytes)) return `no piece has ${size} padded bytes`
  if (offset % size !== 0n) return `${offset} is not a multiple of its size ${size}`
  if (offset + size > BigInt(end)) return `it ends at ${offset + size}, behind the data at ${end}`
  return undefined
}

function segmentOf({ slot, root, offset, size }: IndexEntry): ForeignSegment {
  return { slot, root, offset: Number(offset), pieceSize: Number(size) }
}

/** What is missing of the last quad is zeros: no entry that counts. */
function padded(raw: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(raw.length / QUAD_SIZE) * QUAD_SIZE)
  whole.set(raw)
  return padFr32(whole)
}
