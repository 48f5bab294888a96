/**
 * Who fetched a piece. The depot is public, so anybody can write any name and, from many addresses, any number of readers
 * into its log: a name counts only where the relay gave it away, and everybody else is a bounded number of strangers.
 */
import { type Fetch, type FetchRecord, fetchesOf } from '../depot/fetch-record.ts'
import type { FetchKnown } from '../timeline/facts.ts'
import { idOf } from '../timeline/provider-steps.ts'
import { furthest, providerText } from '../timeline/words.ts'

/** Strangers that are told apart, those who came first; all that came later are one reader, as far as the furthest. */
const MAX_STRANGERS = 4

export interface ReadersOptions {
  readonly pieceCid: string
  /** Actor ids of the providers that were given a URL with their name. */
  readonly pushed: ReadonlySet<bigint>
  /** Unix milliseconds: fetches that ended before are left out. */
  readonly since?: number | undefined
}

/** At most one for each of `pushed`, and `MAX_STRANGERS` + 1. */
export function readersOf(
  records: readonly FetchRecord[],
  { pieceCid, pushed, since }: ReadersOptions,
): FetchKnown[] {
  const own = records.filter((record) => record.pieceCid === pieceCid)
  const all = fetchesOf(
    own.map((record) => ({ ...record, by: nameOf(record.by, pushed) })),
    pieceCid,
    since,
  )
  const strangers = all.filter(({ by }) => by === undefined).toSorted(byComing)
  const rest = strangers.slice(MAX_STRANGERS)
  const last = furthest(rest)
  return [
    ...all.flatMap((fetch) => (fetch.by === undefined ? [] : { ...fetch, reader: fetch.by })),
    ...strangers
      .slice(0, MAX_STRANGERS)
      .map((fetch, index) => ({ ...fetch, reader: `somebody-${index + 1}` })),
    ...(last === undefined ? [] : [{ ...last, reader: 'others', others: rest.length }]),
  ]
}

/** In one spelling: `f0001000` is no reader of its own. */
function nameOf(by: string | undefined, pushed: ReadonlySet<bigint>): string | undefined {
  const id = idOf(by)
  return id !== undefined && pushed.has(id) ? providerText(id) : undefined
}

function byComing(a: Fetch, b: Fetch): number {
  return a.first - b.first || (a.from < b.from ? -1 : 1)
}
