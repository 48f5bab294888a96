/**
 * Finds pieces of a depot by any of their CIDs, and looks whether their files are there. What is known of them is a memory of
 * this process: before a piece is called damaged or missing, its record is read anew, because another process may have stored
 * it again in another form.
 */
import type { StoredPiece } from '../prepare/sink.ts'
import type { Catalog, Entry } from './catalog.ts'
import { depotFault } from './fault.ts'
import { errnoOf, type Files } from './files.ts'
import { corrupt } from './piece-reader.ts'

export class Finder {
  readonly #files: Files
  readonly #catalog: Catalog

  constructor(files: Files, catalog: Catalog) {
    this.#files = files
    this.#catalog = catalog
  }

  /** `key` in the spelling of `cidKey`. Errors: DEPOT_CORRUPT, those of `depotFault`. */
  async find(key: string): Promise<StoredPiece | undefined> {
    const known = await this.#firstWhole(key)
    if (known?.piece !== undefined) return known.piece
    await this.#catalog.refresh()
    const entry = await this.#firstWhole(key)
    if (entry?.fault !== undefined) throw entry.fault
    return entry?.piece
  }

  /** Sorted by piece CID v2. Errors: DEPOT_CORRUPT when one is damaged, those of `depotFault`. */
  async list(): Promise<StoredPiece[]> {
    await this.#catalog.refresh()
    const pieces: StoredPiece[] = []
    for (const entry of this.#catalog.all()) {
      const { piece, fault } = await this.#examined(entry)
      if (piece === undefined) throw fault
      pieces.push(piece)
    }
    return pieces
  }

  /** Of the pieces that a CID means, the first that is whole; else what is wrong with the first. */
  async #firstWhole(key: string): Promise<Entry | undefined> {
    let first: Entry | undefined
    for (const entry of this.#catalog.lookup(key)) {
      const examined = await this.#examined(entry)
      if (examined.piece !== undefined) return examined
      first ??= examined
    }
    return first
  }

  async #examined(entry: Entry): Promise<Entry> {
    if (entry.piece === undefined) return entry
    const { pieceCidV2: v2, piece } = entry
    const fault = await this.#faultOf(piece)
    if (fault === undefined) return entry
    const now = await this.#catalog.take(v2)
    if (now === undefined || now.path === piece.path) return { pieceCidV2: v2, fault }
    const other = await this.#faultOf(now)
    return other === undefined ? { pieceCidV2: v2, piece: now } : { pieceCidV2: v2, fault: other }
  }

  /** That the file of a piece is missing or has another size; of an aggregate only that the layout is missing. */
  async #faultOf(piece: StoredPiece) {
    try {
      const { size } = await this.#files.stat(piece.path)
      const isWhole = piece.segments !== undefined || size === piece.size
      return isWhole ? undefined : corrupt(piece, `${size} bytes`)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return corrupt(piece, 'no file')
      throw depotFault(error, `look for ${piece.path}`)
    }
  }
}
