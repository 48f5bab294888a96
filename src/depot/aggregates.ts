/**
 * Aggregates of a depot, served from the pieces they are made of. To decode a layout takes a second for 100,000 segments, so
 * the last few are kept in memory: they never change. What one can no longer be read with is decoded anew.
 */
import type { Readable } from 'node:stream'
import type { Aggregate } from '../aggregate/aggregate.ts'
import { decodeLayout } from '../aggregate/layout.ts'
import type { FilledSegment } from '../aggregate/payload.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { pieceCidV2 } from '../piece/piece-cid.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { readAggregate } from './aggregate-reader.ts'
import type { Catalog } from './catalog.ts'
import { depotFault } from './fault.ts'
import { errnoOf, type Files } from './files.ts'
import { corrupt } from './piece-reader.ts'
import { LAYOUT_SUFFIX } from './record.ts'

/** Aggregates in memory: each takes some 300 bytes a segment. */
const MAX_DECODED = 4

/** Where pieces of an aggregate come from; one of them may be an aggregate itself. */
interface Pieces {
  find(v2: string): Promise<StoredPiece | undefined>
  read(piece: StoredPiece, start: number, end: number): Readable
}

export class Aggregates {
  readonly #files: Files
  readonly #folder: string
  readonly #catalog: Catalog
  readonly #pieces: Pieces
  /** By piece CID v2, the one that was used last at the end. */
  readonly #decoded = new Map<string, Promise<Aggregate<FilledSegment>>>()

  constructor(files: Files, folder: string, catalog: Catalog, pieces: Pieces) {
    this.#files = files
    this.#folder = folder
    this.#catalog = catalog
    this.#pieces = pieces
  }

  /** Errors: ARGUMENT_INVALID at once, DEPOT_CORRUPT from the stream. */
  read(piece: StoredPiece, start?: number, end?: number): Readable {
    return readAggregate(
      piece,
      {
        aggregate: () => this.aggregateOf(piece),
        segment: (v2, from, to) => this.#segment(piece, v2, from, to),
        onCorrupt: () => this.forget(piece.pieceCidV2),
      },
      start,
      end,
    )
  }

  /** Errors: DEPOT_CORRUPT, those of `depotFault`. */
  aggregateOf(piece: StoredPiece): Promise<Aggregate<FilledSegment>> {
    const { pieceCidV2: v2 } = piece
    const known = this.#decoded.get(v2)
    const decoded = known ?? this.#decode(piece)
    this.#decoded.delete(v2)
    this.#decoded.set(v2, decoded)
    const [oldest] = this.#decoded.keys()
    if (this.#decoded.size > MAX_DECODED && oldest !== undefined) this.forget(oldest)
    return decoded
  }

  forget(v2: string): void {
    this.#decoded.delete(v2)
  }

  /** An aggregate that has piece `v2` among its own. Every layout in the folder is looked at. Errors: system errors. */
  async madeOf(v2: string): Promise<StoredPiece | undefined> {
    for (const name of await this.#files.readdir(this.#folder)) {
      if (!name.endsWith(LAYOUT_SUFFIX)) continue
      const owner = name.slice(0, -LAYOUT_SUFFIX.length)
      const piece = owner === v2 ? undefined : await this.#catalog.take(owner)
      if (piece?.segments === undefined) continue
      // in a damaged layout too the CIDs that can be read count
      if ((await this.#textOf(piece))?.includes(`"${v2}"`) === true) return piece
    }
    return undefined
  }

  /** Whether the depot has these bytes already: as such, or by this very layout. Errors: those of `depotFault`. */
  async isStored(known: StoredPiece, layout: string): Promise<boolean> {
    try {
      if (known.segments !== undefined) return (await this.#textOf(known)) === layout
      return (await this.#files.stat(known.path)).size === known.size
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false
      throw depotFault(error, `look for ${known.path}`)
    }
  }

  /** The first segment that has no record in the depot. Errors: those of `depotFault`. */
  async missingOf({ segments }: Aggregate<FilledSegment>): Promise<string | undefined> {
    await this.#catalog.refresh()
    return segments.map(pieceCidV2).find((v2) => this.#catalog.lookup(v2).length === 0)
  }

  /** Undefined when there is none. Errors: system errors. */
  async #textOf({ path }: StoredPiece): Promise<string | undefined> {
    try {
      return await this.#files.readFile(path, 'utf8')
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  async #decode(piece: StoredPiece): Promise<Aggregate<FilledSegment>> {
    try {
      const text = await this.#textOf(piece)
      if (text === undefined) throw corrupt(piece, 'no file')
      const aggregate = decodeLayout(text)
      const [got, count] = [pieceCidV2(aggregate), aggregate.segments.length]
      if (got !== piece.pieceCidV2) throw corrupt(piece, `the layout of ${got}`)
      if (count !== piece.segments) throw corrupt(piece, `a layout of ${count} segments`)
      return aggregate
    } catch (error) {
      if (isStorageError(error, 'SEGMENT_INVALID')) throw corrupt(piece, 'no layout', error)
      throw depotFault(error, `read ${piece.path}`)
    }
  }

  async #segment(owner: StoredPiece, v2: string, from: number, to: number): Promise<Readable> {
    const piece = await this.#pieces.find(v2)
    if (piece !== undefined) return this.#pieces.read(piece, from, to)
    throw new StorageError('DEPOT_CORRUPT', {
      what: `the aggregate "${owner.name}" is made of a piece that the depot no longer has`,
      expected: v2,
      got: `none in ${this.#folder}`,
      hint: 'store that piece again',
    })
  }
}
