/**
 * Which pieces a depot has, by piece CID v1, v2 and root. It is an index in memory: it can be dropped at any time and is
 * rebuilt from the records, of which another process may add and remove some at any moment.
 *
 * Several pieces may share a root or a piece CID v1 (which does not tell zeros at the end from padding). Then the smallest
 * comes first, and of equally large ones the one whose piece CID v2 sorts first: the same choice in every process.
 */
import { join } from 'node:path'
import { isStorageError, type StorageError } from '../errors.ts'
import { pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { depotFault } from './fault.ts'
import { errnoOf, type Files } from './files.ts'
import { bytesName, commitmentIn, decodeRecord, RECORD_SUFFIX } from './record.ts'

/** A piece, or why it cannot be used. */
export type Entry = { readonly pieceCidV2: string } & (
  | { readonly piece: StoredPiece; readonly fault?: undefined }
  | { readonly piece?: undefined; readonly fault: StorageError }
)

/** A folder that changed this recently may change again with the same time stamp: FAT counts in 2 s. */
const SETTLED_MS = 3000
/** Records that are read at once: an aggregate may have a hundred thousand pieces. */
const AT_ONCE = 32

export class Catalog {
  readonly #files: Files
  readonly #folder: string
  /** By piece CID v2. */
  readonly #entries = new Map<string, Entry>()
  readonly #byKey = new Map<string, readonly Entry[]>()
  /** Time stamp of the folder when it was last listed, if a later change must alter it. */
  #settledAt: bigint | undefined
  #refreshing: Promise<void> = Promise.resolve()

  constructor(files: Files, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  /** What is known of a CID in the spelling of `cidKey`, best first. */
  lookup(key: string): readonly Entry[] {
    return this.#byKey.get(key) ?? []
  }

  /** Everything, sorted by piece CID v2. */
  all(): readonly Entry[] {
    return [...this.#entries.values()].toSorted((a, b) => (a.pieceCidV2 < b.pieceCidV2 ? -1 : 1))
  }

  /** Reads the record of one piece anew. Undefined when there is none that can be used. */
  async take(v2: string): Promise<StoredPiece | undefined> {
    this.#set(v2, await this.#read(v2))
    return this.#entries.get(v2)?.piece
  }

  /** Takes up what was added to and removed from the folder before the call. Errors: those of `depotFault`. */
  refresh(): Promise<void> {
    const turn = this.#refreshing.then(() => this.#scan())
    this.#refreshing = turn.catch(() => undefined)
    return turn
  }

  async #scan(): Promise<void> {
    try {
      const { mtimeNs, mtimeMs } = await this.#files.stat(this.#folder, { bigint: true })
      if (mtimeNs === this.#settledAt) return
      const settled = BigInt(Date.now()) - mtimeMs > SETTLED_MS
      const names = await this.#files.readdir(this.#folder)
      const found = names
        .filter((name) => name.endsWith(RECORD_SUFFIX))
        .map((name) => name.slice(0, -RECORD_SUFFIX.length))
        .filter(isPieceCidV2)
      await this.#takeUp(new Set(found))
      this.#settledAt = settled ? mtimeNs : undefined
    } catch (error) {
      throw depotFault(error, `list ${this.#folder}`)
    }
  }

  async #takeUp(found: ReadonlySet<string>): Promise<void> {
    for (const v2 of this.#entries.keys()) if (!found.has(v2)) this.#set(v2, undefined)
    // a record rarely changes (Finder takes it anew where it seems wrong), but a damaged one may be replaced
    const wanted = [...found].filter((v2) => this.#entries.get(v2)?.piece === undefined)
    for (let at = 0; at < wanted.length; at += AT_ONCE)
      await Promise.all(wanted.slice(at, at + AT_ONCE).map((v2) => this.take(v2)))
  }

  #set(v2: string, entry: Entry | undefined): void {
    const old = this.#entries.get(v2)
    if (old !== undefined) {
      for (const key of keysOf(old)) {
        const others = this.lookup(key).filter((same) => same !== old)
        if (others.length === 0) this.#byKey.delete(key)
        else this.#byKey.set(key, others)
      }
      this.#entries.delete(v2)
    }
    if (entry === undefined) return
    this.#entries.set(v2, entry)
    for (const key of keysOf(entry)) {
      this.#byKey.set(key, [...this.lookup(key), entry].toSorted(byPreference))
    }
  }

  /** Undefined when the record was removed meanwhile. */
  async #read(v2: string): Promise<Entry | undefined> {
    try {
      const text = await this.#files.readFile(join(this.#folder, `${v2}${RECORD_SUFFIX}`), 'utf8')
      const record = decodeRecord(text, v2)
      return { pieceCidV2: v2, piece: { ...record, path: join(this.#folder, bytesName(record)) } }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      return { pieceCidV2: v2, fault: depotFault(error, `read the record of ${v2}`) }
    }
  }
}

/** A damaged record is found by what its name says. */
function keysOf({ pieceCidV2: v2, piece }: Entry): Set<string> {
  const keys = new Set([v2, pieceCidV1(commitmentIn(v2))])
  if (piece !== undefined && piece.root !== '') keys.add(piece.root)
  return keys
}

/** Any other file in the folder is no business of the depot. */
function isPieceCidV2(name: string): boolean {
  try {
    return pieceCidV2(commitmentIn(name)) === name
  } catch (error) {
    if (isStorageError(error, 'CID_INVALID')) return false
    throw error
  }
}

function byPreference(a: Entry, b: Entry): number {
  if (a.piece === undefined || b.piece === undefined) {
    return Number(a.piece === undefined) - Number(b.piece === undefined)
  }
  if (a.piece.size !== b.piece.size) return a.piece.size - b.piece.size
  return a.piece.pieceCidV2 < b.piece.pieceCidV2 ? -1 : 1
}
