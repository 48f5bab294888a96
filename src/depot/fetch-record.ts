/** What one reader got of one piece within a while: the lines of the fetch log, and how they add up. */
import { z } from 'zod/v4'
import { boundStretches, joinStretches, lengthOf } from './ranges.ts'

/** A reader that comes back later than that begins anew: Boost gives a download 24 h (MaxTransferDuration). */
const SAME_FETCH_MS = 24 * 60 * 60 * 1000
/** Of one record. Boost asks for 5 stretches at a time, so gaps are few. */
const MAX_STRETCHES = 64
/** Records that are kept. */
const MAX_RECORDS = 4096

const shape = z.strictObject({
  /** Of version 1, as deals have it. */
  pieceCid: z.string(),
  /** Bytes of the piece. */
  size: z.number(),
  /** `f01000`, where the URL that was asked for says so. */
  by: z.string().optional(),
  /** Network address of who asked. */
  from: z.string(),
  /** What was sent, each from its first byte up to, without, its second number. */
  sent: z.array(z.tuple([z.number(), z.number()])).readonly(),
  /** Unix milliseconds. */
  first: z.number(),
  last: z.number(),
})

export type FetchRecord = z.infer<typeof shape>

/** Undefined for a line that a crash cut off, or that is of something else. */
export function parseRecord(line: string): FetchRecord | undefined {
  if (line === '') return undefined
  try {
    return shape.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/**
 * Repeating what is in them already changes nothing. Of too many, those go first that got least of a piece of which there are
 * many: strangers who only ask, under whatever names, cannot push a download out, nor those of one piece that of another.
 */
export function joinRecords(records: Iterable<FetchRecord>): FetchRecord[] {
  const newest = new Map<string, FetchRecord>()
  const done: FetchRecord[] = []
  for (const record of [...records].toSorted((a, b) => a.first - b.first)) {
    const key = JSON.stringify([record.pieceCid, record.by, record.from])
    const before = newest.get(key)
    if (before !== undefined && record.first - before.last <= SAME_FETCH_MS) {
      newest.set(key, joined(before, record))
      continue
    }
    if (before !== undefined) done.push(before)
    newest.set(key, record)
  }
  const all = [...done, ...newest.values()]
  return (all.length > MAX_RECORDS ? mostTelling(all) : all).toSorted((a, b) => a.last - b.last)
}

function mostTelling(records: readonly FetchRecord[]): FetchRecord[] {
  const ranks = new Map<string, number>()
  return records
    .map((record) => ({ record, bytes: lengthOf(joinStretches(record.sent, [])) }))
    .toSorted((a, b) => b.bytes - a.bytes || b.record.last - a.record.last)
    .map(({ record }) => {
      const rank = ranks.get(record.pieceCid) ?? 0
      ranks.set(record.pieceCid, rank + 1)
      return { record, rank }
    })
    .toSorted((a, b) => a.rank - b.rank || b.record.last - a.record.last)
    .slice(0, MAX_RECORDS)
    .map(({ record }) => record)
}

function joined(a: FetchRecord, b: FetchRecord): FetchRecord {
  const sent = boundStretches(joinStretches(a.sent, b.sent), MAX_STRETCHES)
  return {
    ...a,
    sent: sent.map(([start, end]) => [start, end] as [number, number]),
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
  }
}

/** What one reader has of a piece in all. */
export interface Fetch {
  /** `f01000`; undefined: the URL that was asked for names nobody. */
  readonly by: string | undefined
  /** Network address, of a named reader the last one. */
  readonly from: string
  /** Distinct bytes that were sent, and all of the piece. */
  readonly bytes: number
  readonly size: number
  /** Unix milliseconds. */
  readonly first: number
  readonly last: number
}

/** Of a piece by its CID v1, those that ended at `since` or later. A named reader is one, from wherever it asks. */
export function fetchesOf(
  records: readonly FetchRecord[],
  pieceCid: string,
  since = Number.NEGATIVE_INFINITY,
): Fetch[] {
  const readers = new Map<string, FetchRecord>()
  for (const record of records.toSorted((a, b) => a.last - b.last)) {
    if (record.pieceCid !== pieceCid || record.last < since) continue
    const key = record.by ?? `from ${record.from}`
    const before = readers.get(key)
    readers.set(key, before ? { ...joined(before, record), from: record.from } : record)
  }
  return [...readers.values()].map(({ by, from, sent, size, first, last }) => ({
    by,
    from,
    bytes: Math.min(lengthOf(joinStretches(sent, [])), size),
    size,
    first,
    last,
  }))
}
