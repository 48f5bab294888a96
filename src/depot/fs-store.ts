/**
 * A depot in a folder: content-addressed, shared by any number of processes, with no database.
 *
 *     <folder>/staging/      files being written; what a dead process left is removed when the depot is opened
 *     <folder>/pieces/       bytes of pieces or layouts of aggregates, and records (record.ts)
 *     <folder>/manifests/    what joins payloads of several pieces (manifests.ts)
 *     <folder>/unfinished/   parts of payloads that are being prepared (unfinished.ts)
 *
 * Bytes are fsynced and renamed into place, then their record is: a crash leaves a staged file, or bytes without a record,
 * which nobody sees and the next store of that piece replaces. Pieces never change, so readers need no lock. The last two
 * folders are made when something is put there.
 */
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import type { Aggregate } from '../aggregate/aggregate.ts'
import { encodeLayout } from '../aggregate/layout.ts'
import type { FilledSegment } from '../aggregate/payload.ts'
import { StorageError } from '../errors.ts'
import { commitmentOf } from '../piece/commitment.ts'
import { pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import type { Manifest } from '../prepare/manifest.ts'
import type { FinishedPart, PieceRecord, Staging, StoredPiece } from '../prepare/sink.ts'
import { abortable } from './abortable.ts'
import { Aggregates } from './aggregates.ts'
import { requireRoot } from './car-root.ts'
import { Catalog } from './catalog.ts'
import type { Depot, Expected, PutAggregateOptions, PutOptions } from './depot.ts'
import { depotFault } from './fault.ts'
import { diskFiles, errnoOf, type Files, makeFolder, writeDurably } from './files.ts'
import { Finder } from './finder.ts'
import { cidKey } from './keys.ts'
import { type Self, stagingName, sweep, thisProcess } from './leftovers.ts'
import { Manifests } from './manifests.ts'
import { corrupt, PieceReader } from './piece-reader.ts'
import { publish, seal } from './publish.ts'
import { receive } from './receive.ts'
import { checkRecord, recordOfAggregate } from './record.ts'
import { removePiece } from './removal.ts'
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
  readonly #finder: Finder
  readonly #aggregates: Aggregates
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
    this.#finder = new Finder(files, this.#catalog)
    this.#aggregates = new Aggregates(files, this.#pieces, this.#catalog, this)
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
      // what is staged are bytes, whatever form the piece had where the record is from
      const { segments: _, ...canonical } = { ...record, root }
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

  async putAggregate(
    aggregate: Aggregate<FilledSegment>,
    { name }: PutAggregateOptions = {},
  ): Promise<StoredPiece> {
    const record = { ...recordOfAggregate(aggregate), ...(name === undefined ? {} : { name }) }
    for (const segment of aggregate.segments)
      record.files += (await this.get(pieceCidV2(segment))).files
    const layout = encodeLayout(aggregate)
    const known = await this.#catalog.take(record.pieceCidV2)
    if (known !== undefined && (await this.#aggregates.isStored(known, layout))) return known
    const staging = await this.#stageText(layout)
    const piece = await this.#store(staging, record.name, () => Promise.resolve(record))
    this.#aggregates.forget(piece.pieceCidV2)
    const missing = await this.#aggregates.missingOf(aggregate)
    if (missing === undefined) return piece
    await this.remove(piece.pieceCidV2)
    throw this.#notFound(missing)
  }

  async find(cid: string): Promise<StoredPiece | undefined> {
    return this.#finder.find(cidKey(cid))
  }

  async get(cid: string): Promise<StoredPiece> {
    const piece = await this.find(cid)
    if (piece !== undefined) return piece
    throw this.#notFound(cid)
  }

  async findManifest(root: string): Promise<Manifest | undefined> {
    return this.#manifests.find(cidKey(root))
  }

  list(): Promise<StoredPiece[]> {
    return this.#finder.list()
  }

  async aggregateOf(piece: StoredPiece): Promise<Aggregate<FilledSegment>> {
    if (piece.segments !== undefined) return this.#aggregates.aggregateOf(piece)
    throw new StorageError('ARGUMENT_INVALID', {
      what: `${piece.pieceCidV2} is not stored as an aggregate in the depot ${this.folder}`,
    })
  }

  read(piece: StoredPiece, start?: number, end?: number): Readable {
    return piece.segments === undefined
      ? new PieceReader(this.#files, piece, start, end)
      : this.#aggregates.read(piece, start, end)
  }

  async remove(cid: string): Promise<boolean> {
    const key = cidKey(cid)
    await this.#catalog.refresh()
    const v2 = this.#catalog.lookup(key)[0]?.pieceCidV2
    if (v2 === undefined) return false
    try {
      await this.#inTurn(async () => {
        const madeOf = () => this.#aggregates.madeOf(v2)
        await removePiece(this.#files, this.#pieces, v2, this.#draft(), madeOf)
        this.#aggregates.forget(v2)
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
    this.#aggregates.forget(piece.pieceCidV2)
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

  async #stageText(text: string): Promise<Staging> {
    const path = this.#draft()
    const discard = () => this.#files.rm(path, { force: true })
    try {
      await writeDurably(this.#files, path, text)
    } catch (error) {
      await discard().catch(() => undefined) // what failed first is what the user must know
      throw depotFault(error, `write in the depot folder ${this.folder}`)
    }
    return { path, discard }
  }

  #notFound(cid: string): StorageError {
    return new StorageError('CID_NOT_FOUND', {
      what: `the depot ${this.folder} has no ${cid}`,
      hint: 'prepare the data first, or name another depot folder',
      next: 'npx hardhat prepare PATH',
    })
  }

  #draft(): string {
    return join(this.#staging, stagingName(this.#self))
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act)
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}
