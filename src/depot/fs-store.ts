/**
 * A depot in a folder: content-addressed, shared by any number of processes, with no database.
 *
 *     <folder>/staging/      files being written; what a dead process left is removed when the depot is opened
 *     <folder>/pieces/       bytes and records of pieces (record.ts)
 *     <folder>/manifests/    what joins payloads of several pieces (manifests.ts)
 *     <folder>/unfinished/   parts of payloads that are being prepared (unfinished.ts)
 *
 * Bytes are fsynced and renamed into place, then their record is: a crash leaves a staged file, or bytes without a record,
 * which nobody sees and the next store of that piece replaces. Pieces never change, so readers need no lock. The last two
 * folders are made when something is put there.
 */
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { StorageError } from '../errors.ts'
import { commitmentOf } from '../piece/commitment.ts'
import { pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import type { Manifest } from '../prepare/manifest.ts'
import type { FinishedPart, PieceRecord, Staging, StoredPiece } from '../prepare/sink.ts'
import { abortable } from './abortable.ts'
import { requireRoot } from './car-root.ts'
import { Catalog, type Entry } from './catalog.ts'
import type { Depot, Expected, PutOptions } from './depot.ts'
import { depotFault } from './fault.ts'
import { diskFiles, errnoOf, type Files, makeFolder, syncFolder } from './files.ts'
import { cidKey } from './keys.ts'
import { type Self, stagingName, sweep, thisProcess } from './leftovers.ts'
import { Manifests } from './manifests.ts'
import { corrupt, PieceReader } from './piece-reader.ts'
import { publish, seal } from './publish.ts'
import { receive } from './receive.ts'
import { checkRecord, RECORD_SUFFIX } from './record.ts'
import { requireKey, Unfinished } from './unfinished.ts'

/**
 * Opens the depot of a folder, which is made when missing. One on a read-only disk can be opened and read.
 * Errors: DEPOT_READ_ONLY, DEPOT_FULL.
 */
export async function openDepot(folder: string, files: Files = diskFiles): Promise<Depot> {
  const depot = new FolderDepot(resolve(folder), files, thisProcess())
  await depot.open()
  return depot
}

class FolderDepot implements Depot {
  readonly folder: string
  readonly #files: Files
  readonly #self: Self
  readonly #pieces: string
  readonly #staging: string
  readonly #catalog: Catalog
  readonly #manifests: Manifests
  readonly #unfinished: Unfinished
  /** Renames and removals of this process come one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(folder: string, files: Files, self: Self) {
    this.folder = folder
    this.#files = files
    this.#self = self
    this.#pieces = join(folder, 'pieces')
    this.#staging = join(folder, 'staging')
    this.#catalog = new Catalog(files, this.#pieces)
    this.#manifests = new Manifests(files, join(folder, 'manifests'))
    this.#unfinished = new Unfinished(files, join(folder, 'unfinished'), () => this.#draft())
  }

  async open(): Promise<void> {
    try {
      await makeFolder(this.#files, this.#pieces)
      await makeFolder(this.#files, this.#staging)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT')
        throw depotFault(error, `make the depot folder ${this.folder}`)
      throw new StorageError('DEPOT_READ_ONLY', {
        what: `nothing can be made at ${this.folder}`,
        hint: 'Choose another depot folder.',
        cause: error,
      })
    }
    await sweep(this.#files, this.#staging, this.#self)
    await this.#unfinished.tidy()
    await this.#catalog.refresh()
  }

  async stage(): Promise<Staging> {
    const path = this.#draft()
    try {
      await (await this.#files.open(path, 'wx')).close()
    } catch (error) {
      throw depotFault(error, `write in the depot folder ${this.folder}`)
    }
    return { path, discard: () => this.#files.rm(path, { force: true }) }
  }

  async commit(staging: Staging, record: PieceRecord): Promise<StoredPiece> {
    return this.#store(staging, record.name, async () => {
      const root = record.root === '' ? '' : cidKey(record.root)
      const canonical = { ...record, root }
      checkRecord(canonical)
      const got = await seal(this.#files, staging, record.size)
      if (root !== '') requireRoot(root, got)
      return canonical
    })
  }

  finishedParts(key: string): Promise<FinishedPart[]> {
    return this.#unfinished.finished(key, (v2) => this.find(v2))
  }

  async finishPart(key: string, index: number, part: FinishedPart): Promise<void> {
    const doing = `note part ${index} of "${part.piece.name}" in the depot folder ${this.folder}`
    try {
      await this.#inTurn(() => this.#unfinished.finish(key, index, part))
    } catch (error) {
      throw depotFault(error, doing)
    }
  }

  async commitManifest(key: string, manifest: Manifest): Promise<string> {
    requireKey(key)
    const doing = `store the manifest of "${manifest.name}" in the depot folder ${this.folder}`
    try {
      return await this.#inTurn(async () => {
        const path = await this.#manifests.commit(manifest, this.#draft())
        await this.#unfinished.forget(key)
        return path
      })
    } catch (error) {
      throw depotFault(error, doing)
    }
  }

  async put(
    source: AsyncIterable<Uint8Array>,
    expect: Expected = {},
    { name, root: expectedRoot, files = 1, signal }: PutOptions = {},
  ): Promise<StoredPiece> {
    const staging = await this.stage()
    return this.#store(staging, name ?? 'a piece', async () => {
      const bytes = abortable(source, signal)
      const commitment = await receive(this.#files, staging, bytes, expect)
      const root = await seal(this.#files, staging, commitment.size)
      if (expectedRoot !== undefined) requireRoot(cidKey(expectedRoot), root)
      const v2 = pieceCidV2(commitment)
      return {
        name: name ?? v2,
        root: root ?? '',
        pieceCid: pieceCidV1(commitment),
        pieceCidV2: v2,
        size: commitment.size,
        pieceSize: commitment.pieceSize,
        files,
      }
    })
  }

  async find(cid: string): Promise<StoredPiece | undefined> {
    const key = cidKey(cid)
    const known = await this.#firstWhole(key)
    if (known?.piece !== undefined) return known.piece
    await this.#catalog.refresh()
    const entry = await this.#firstWhole(key)
    if (entry?.fault !== undefined) throw entry.fault
    return entry?.piece
  }

  async get(cid: string): Promise<StoredPiece> {
    const piece = await this.find(cid)
    if (piece !== undefined) return piece
    throw new StorageError('CID_NOT_FOUND', {
      what: `the depot ${this.folder} has no ${cid}`,
      hint: 'prepare the data first, or name another depot folder',
      next: 'npx hardhat prepare PATH',
    })
  }

  async findManifest(root: string): Promise<Manifest | undefined> {
    return this.#manifests.find(cidKey(root))
  }

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

  read(piece: StoredPiece, start?: number, end?: number): Readable {
    return new PieceReader(this.#files, piece, start, end)
  }

  async remove(cid: string): Promise<boolean> {
    const key = cidKey(cid)
    await this.#catalog.refresh()
    const v2 = this.#catalog.lookup(key)[0]?.pieceCidV2
    if (v2 === undefined) return false
    try {
      await this.#inTurn(async () => {
        for (const suffix of [RECORD_SUFFIX, '.car', '.bin']) {
          await this.#files.rm(join(this.#pieces, `${v2}${suffix}`), { force: true })
        }
        await syncFolder(this.#files, this.#pieces)
        await this.#catalog.take(v2)
      })
    } catch (error) {
      throw depotFault(error, `remove ${v2} from the depot folder ${this.folder}`)
    }
    return true
  }

  async verify(
    cid: string,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<StoredPiece> {
    const piece = await this.get(cid)
    const bytes = this.read(piece)
    try {
      const commitment = await commitmentOf(abortable(bytes, signal))
      const got = pieceCidV2(commitment)
      if (got !== piece.pieceCidV2) throw corrupt(piece, `${commitment.size} bytes of ${got}`)
      return piece
    } finally {
      bytes.destroy()
    }
  }

  /** `check` finds out what was staged. Whatever fails, the staged file goes. */
  async #store(
    staging: Staging,
    name: string,
    check: () => Promise<PieceRecord>,
  ): Promise<StoredPiece> {
    const doing = `store "${name}" in the depot folder ${this.folder}`
    if (dirname(staging.path) !== this.#staging) {
      throw new StorageError('INTERNAL', { what: `cannot ${doing}: it was staged elsewhere` })
    }
    let record: PieceRecord
    try {
      record = await check()
    } catch (error) {
      await staging.discard()
      throw error
    }
    try {
      return await this.#inTurn(async () => {
        const known = await this.#catalog.take(record.pieceCidV2)
        const draft = this.#draft()
        const piece = await publish(this.#files, this.#pieces, staging, record, draft, known)
        await this.#catalog.take(record.pieceCidV2)
        return piece
      })
    } catch (error) {
      await staging.discard()
      throw depotFault(error, doing)
    }
  }

  #draft(): string {
    return join(this.#staging, stagingName(this.#self))
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act)
    this.#turn = turn.catch(() => undefined)
    return turn
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

  /** The entry, with a fault when the file of a piece is missing or has another size. */
  async #examined(entry: Entry): Promise<Entry> {
    const { pieceCidV2: v2, piece } = entry
    if (piece === undefined) return entry
    try {
      const { size } = await this.#files.stat(piece.path)
      return size === piece.size
        ? entry
        : { pieceCidV2: v2, fault: corrupt(piece, `${size} bytes`) }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { pieceCidV2: v2, fault: corrupt(piece, 'no file') }
      throw depotFault(error, `look for ${piece.path}`)
    }
  }
}
