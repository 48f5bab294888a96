/**
 * Where a piece can really be had. Before a keeper proposes copies it makes sure that whoever fetches them finds them: a place is
 * sampled, then read whole against the commitment, and what was found is remembered for some epochs. Where the place that the next
 * attempt would name is dead, and the policy allows it, another is named: one of the policy's, or the keeper's own depot, into which it
 * fetches the piece from whoever still holds it.
 */
import type { Depot } from '../depot/depot.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV2 } from '../piece/piece-cid.ts'
import { aborted } from '../prepare/fault.ts'
import { download } from '../retrieve/download.ts'
import type { Source } from '../retrieve/sources.ts'
import { requireServed } from './probe.ts'
import type { PieceFacts } from './ports.ts'

export interface SourceQuery {
  readonly piece: PieceFacts
  /** Where the next attempt would have it fetched, and where later ones would. */
  readonly next: string
  readonly others: readonly string[]
  /** A keeper may name another place for this attempt. */
  readonly mayName: boolean
  readonly epoch: number
  /** Servers of those who hold copies; asked for when nothing else serves. */
  readonly urls: () => Promise<readonly Source[]>
}

export type Found =
  /** The place that the next attempt names will do. */
  | { readonly kind: 'policy'; readonly why: string | undefined }
  | { readonly kind: 'named'; readonly location: string; readonly why: string }
  | { readonly kind: 'nowhere'; readonly why: string }

export interface Sources {
  /** @throws DEPOT_FULL, DEPOT_READ_ONLY, ABORTED */
  find(query: SourceQuery): Promise<Found>
}

export interface SourcesOptions {
  readonly depot: Depot
  /** Base URL under which providers reach the depot; empty: they do not. */
  readonly depotUrl: string
  readonly signal: AbortSignal
  /** Milliseconds of silence after which a server is given up. */
  readonly stallMs?: number | undefined
  /** Epochs for which a place that served the whole piece counts as one that does. */
  readonly trustedFor?: number | undefined
}

const DAY = 2_880
/** Places that are remembered. */
const MAX_REMEMBERED = 100_000
/** Failures that lie here: another place would not help. */
const OURS: ReadonlySet<string> = new Set(['DEPOT_FULL', 'DEPOT_READ_ONLY', 'ABORTED', 'INTERNAL'])

export function openSources(options: SourcesOptions): Sources {
  const { depot, depotUrl, trustedFor = DAY } = options
  const good = new Map<string, number>()

  /** Undefined: it serves the piece; else why not. */
  const failing = async (
    url: string,
    piece: PieceFacts,
    epoch: number,
  ): Promise<string | undefined> => {
    const key = `${piece.pieceCid} ${url}`
    if (epoch < (good.get(key) ?? 0)) return undefined
    try {
      await requireServed(url, piece, options)
    } catch (error) {
      good.delete(key)
      return reasonOf(error, options.signal)
    }
    if (good.size >= MAX_REMEMBERED) good.clear()
    good.set(key, epoch + trustedFor)
    return undefined
  }

  /** In our depot, whole; fetched from the first of the places that has it. */
  const keep = async (
    piece: PieceFacts,
    places: readonly Source[],
    why: string[],
  ): Promise<boolean> => {
    if ((await depot.find(piece.pieceCid)) !== undefined) return true
    for (const { name, url } of places)
      try {
        using found = await download(url, options)
        const { pieceCid, size } = piece
        await depot.put(found.bytes, { pieceCid, size }, { signal: options.signal })
        return true
      } catch (error) {
        why.push(`${name}: ${reasonOf(error, options.signal)}`)
      }
    return false
  }

  return {
    async find({ piece, next, others, mayName, epoch, urls }) {
      const broken = await failing(next, piece, epoch)
      if (broken === undefined) return { kind: 'policy', why: undefined }
      const why = [`${next}: ${broken}`]
      for (const other of others) {
        const reason = await failing(other, piece, epoch)
        if (reason !== undefined) {
          why.push(`${other}: ${reason}`)
          continue
        }
        if (mayName) return { kind: 'named', location: other, why: `${next} is dead: ${broken}` }
        // This attempt comes to nothing, the next names another place.
        return { kind: 'policy', why: `${next} is dead, and no other may be named now: ${broken}` }
      }
      if (!mayName || depotUrl === '')
        return {
          kind: 'nowhere',
          why: `nothing that may be named serves the piece; ${why.join('; ')}`,
        }
      const own = ownUrl(depotUrl, piece)
      const holders = (await urls()).flatMap(({ name, url }) => placesAt(name, url, piece))
      if (!(await keep(piece, holders, why)))
        return { kind: 'nowhere', why: `nothing serves the piece; ${why.join('; ')}` }
      const unserved = await failing(own, piece, epoch)
      if (unserved !== undefined)
        return {
          kind: 'nowhere',
          why: `the depot has the piece, but ${own} does not serve it: ${unserved}`,
        }
      return {
        kind: 'named',
        location: own,
        why: `${next} is dead: ${broken}; served by the keeper's depot`,
      }
    },
  }
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) throw aborted(signal)
  if (!isStorageError(error) || OURS.has(error.code)) throw error
  return error.message
}

/** By both names of the piece, and by its root. */
function placesAt(name: string, url: string, piece: PieceFacts): Source[] {
  const base = url.replace(/\/+$/, '')
  const places = [`${base}/piece/${piece.pieceCid}`]
  if (piece.root !== '') places.push(`${base}/ipfs/${piece.root}`)
  return places.map((place) => ({ name, url: place }))
}

function ownUrl(depotUrl: string, { pieceCid, size, pieceSize }: PieceFacts): string {
  const base = depotUrl.replace(/\/+$/, '')
  const { root } = parsePieceCid(pieceCid)
  return `${base}/piece/${namedBySize(root, size, pieceSize) ?? pieceCid}`
}

/** With its size in it, which one byte more or less would change; not for a piece that is padded further than it needs. */
function namedBySize(root: Uint8Array, size: number, pieceSize: number): string | undefined {
  try {
    return pieceCidV2({ root, size, pieceSize })
  } catch (error) {
    if (error instanceof StorageError) return undefined
    throw error
  }
}
