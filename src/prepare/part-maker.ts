/**
 * Makes a payload that does not fit one piece into several, each a CAR of its own with the share that lies in it
 * (manifest.ts). A file is cut between two of its leaves; the folders around the cut, and the file, go on in the next part.
 *
 * A part is full when the next leaf, with all that closes the part behind it, would not fit. That follows from the input
 * alone, so the same input is always cut alike. The root of the whole is computed along the way. Parts that an earlier run
 * finished are not made again: of their leaves the digests are told, and only that root needs them.
 */
import { HEADER_SIZE } from '../car/writer.ts'
import { StorageError } from '../errors.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import { SHA2_256_SIZE as DIGEST_SIZE } from '../car/cid.ts'
import { fileSectionsBound, folderSectionsBound } from '../unixfs/bound.ts'
import { CHUNK_SIZE, cidOf } from '../unixfs/node.ts'
import { CarFile, type CarFileOptions, tooLarge } from './car-file.ts'
import { CarMaker } from './car-maker.ts'
import type { Leaf } from './leaf-source.ts'
import type { Listing } from './listing.ts'
import {
  encodeManifest,
  type Manifest,
  MANIFEST_NAME,
  type ManifestPart,
  PAYLOAD_NAME,
} from './manifest.ts'
import { recordOf } from './record.ts'
import { RootMaker } from './root-of.ts'
import type { FinishedPart, PieceSink, StoredPiece } from './sink.ts'
import { StagedCar } from './staged-car.ts'
import type { Going, Listener } from './traverse.ts'

export interface PartsPlan {
  /** Under which the sink remembers finished parts. */
  readonly key: string
  readonly name: string
  readonly listing: Listing
  readonly sink: PieceSink
  /** For the CAR of each part. */
  readonly car: CarFileOptions
}

export interface MadeParts {
  readonly root: string
  readonly pieces: readonly StoredPiece[]
  readonly manifest: Manifest
}

/** What one more leaf, the name of its file and the end of the manifest add: bytes, generously. */
const RESERVE = 2 ** 13
/** A manifest is one leaf of the last part, and what a server answers at once: bytes, with room for its first lines. */
const MAX_MANIFEST_SIZE = CHUNK_SIZE - RESERVE
/** What a folder without files adds besides its name: a link, its block, and its share of a shard. */
const EMPTY_FOLDER_SIZE = 2 ** 9

/** The part that is told about now. */
interface Part {
  /** Undefined when an earlier run made it. */
  readonly made: { readonly staged: StagedCar; readonly maker: CarMaker } | undefined
  readonly finished: FinishedPart | undefined
  /** Digests of its leaves so far. */
  readonly leaves: Digests
  first: ManifestPart['first'] | undefined
  files: number
  /** Whether the open file has a leaf in it. */
  isInFile: boolean
}

/** @throws PIECE_TOO_LARGE when a part of that size cannot hold even one leaf of the largest file */
export function requireDivisible(listing: Listing, maxPieceSize: number): void {
  const capacity = unpaddedCapacity(maxPieceSize)
  let largest = 0
  for (let entry = 0; entry < listing.length; entry++)
    if (listing.isFile(entry)) largest = Math.max(largest, listing.size(entry))
  const least = HEADER_SIZE + fileSectionsBound(Math.min(largest, CHUNK_SIZE)) + RESERVE
  if (least > capacity) throw tooLarge(least, capacity)
}

export class PartMaker implements Listener {
  readonly #plan: PartsPlan
  readonly #capacity: number
  readonly #whole = new RootMaker()
  readonly #earlier: readonly FinishedPart[]
  readonly #pieces: StoredPiece[] = []
  readonly #entries: ManifestPart[] = []
  /** Bytes of the entries in the manifest. */
  #entriesSize = 0
  /** Names of the open folders, the outermost called `payload`. */
  readonly #folders: string[] = []
  /** The open file; `gap` is what follows it up to the next file. */
  #file = { name: '', entry: 0, offset: 0, gap: 0 }
  #part: Part

  private constructor(plan: PartsPlan, earlier: readonly FinishedPart[], part: Part) {
    this.#plan = plan
    this.#earlier = earlier
    this.#capacity = unpaddedCapacity(plan.car.maxPieceSize)
    this.#part = part
  }

  /** @param earlier Parts that an earlier run finished. */
  static async start(plan: PartsPlan, earlier: readonly FinishedPart[]): Promise<PartMaker> {
    const [finished] = earlier
    return new PartMaker(plan, earlier, await openPart(plan, finished, []))
  }

  openFolder(name: string): Going {
    this.#whole.openFolder(name)
    const inPart = this.#nameInPart(name)
    this.#folders.push(inPart)
    return this.#part.made?.maker.openFolder(inPart)
  }

  openFile(name: string, entry: number): undefined {
    this.#whole.openFile(name)
    this.#file = { name: this.#nameInPart(name), entry, offset: 0, gap: this.#gapAfter(entry) }
    this.#part.isInFile = false
  }

  leaf(leaf: Leaf): Going {
    return this.#fits(leaf) ? this.#take(leaf) : this.#takeInNextPart(leaf)
  }

  closeFile(): Going {
    this.#whole.closeFile()
    return this.#part.made?.maker.closeFile()
  }

  closeFolder(): Going {
    this.#whole.closeFolder()
    this.#folders.pop()
    return this.#part.made?.maker.closeFolder()
  }

  /** Commits the last part and the manifest. Undefined, and nothing is kept, when one part was enough. */
  async finish(): Promise<MadeParts | undefined> {
    const { made } = this.#part
    if (this.#pieces.length === 0) return void (await made?.staged.discard())
    const root = cidOf(this.#whole.node).toString()
    const count = this.#pieces.length + 1
    if (made !== undefined) {
      const text = encodeManifest(this.#manifest(root, count))
      await made.maker.addFile(MANIFEST_NAME, Buffer.from(text))
    }
    await this.#endPart()
    const manifest = this.#manifest(root, count)
    return { root, pieces: this.#pieces, manifest }
  }

  /** Removes what is not committed; finished parts stay for the next run. */
  async discard(): Promise<void> {
    await this.#part.made?.staged.discard()
  }

  #nameInPart(name: string): string {
    return this.#folders.length === 0 ? PAYLOAD_NAME : name
  }

  #fits(leaf: Leaf): boolean {
    const { made, finished, leaves } = this.#part
    if (made === undefined) return leaves.size < (finished?.leaves.length ?? 0)
    const closed = made.maker.closedSize + leaf.section.length + this.#file.gap
    return closed + this.#entriesSize + RESERVE <= this.#capacity
  }

  /** Bytes of the folders without files that follow a file: they end the part that has its last leaf. */
  #gapAfter(entry: number): number {
    const { listing } = this.#plan
    let size = 0
    for (let next = entry + 1; next < listing.length && !listing.isFile(next); next++)
      size += EMPTY_FOLDER_SIZE + folderSectionsBound(1, listing.nameSize(next))
    return size
  }

  #take(leaf: Leaf): Going {
    const part = this.#part
    const { name, entry, offset } = this.#file
    if (!part.isInFile) {
      part.made?.maker.openFile(name)
      part.isInFile = true
      part.files += 1
      part.first ??= { path: this.#plan.listing.pathBelowRoot(entry), offset }
    }
    this.#file.offset += leaf.length
    part.leaves.add(leaf.digest)
    this.#whole.leaf(leaf)
    return part.made?.maker.leaf(leaf)
  }

  async #takeInNextPart(leaf: Leaf): Promise<void> {
    if (this.#part.leaves.size === 0) throw tooLarge(this.#capacity + 1, this.#capacity)
    if (this.#part.isInFile) await this.#part.made?.maker.closeFile()
    for (const _ of this.#folders) await this.#part.made?.maker.closeFolder()
    await this.#endPart()
    this.#part = await openPart(this.#plan, this.#earlier[this.#pieces.length], this.#folders)
    if (!this.#fits(leaf)) throw tooLarge(this.#capacity + 1, this.#capacity)
    await this.#take(leaf)
  }

  /** Everything in the part is closed but the folder around the payload. */
  async #endPart(): Promise<void> {
    const { made, finished, files, leaves, first = { path: '', offset: 0 } } = this.#part
    const index = this.#pieces.length
    let piece = finished?.piece
    if (made !== undefined) {
      await made.maker.closeFolder()
      const commitment = await made.maker.finish()
      const name = `${this.#plan.name}, part ${index + 1}`
      const record = recordOf(name, cidOf(made.maker.root), files, commitment)
      piece = await made.staged.commit(record)
      await this.#plan.sink.finishPart(this.#plan.key, index, { piece, leaves: leaves.bytes })
    }
    if (piece === undefined) return
    const { root, pieceCid, pieceCidV2, size, pieceSize } = piece
    const entry = { root, pieceCid, pieceCidV2, size, pieceSize, files, first }
    this.#pieces.push(piece)
    this.#entries.push(entry)
    // Indented as in the manifest, with room for characters of three bytes in a path.
    this.#entriesSize += JSON.stringify(entry, undefined, 6).length + 2 * first.path.length
    if (this.#entriesSize > MAX_MANIFEST_SIZE)
      throw new StorageError('PIECE_TOO_LARGE', {
        what: 'the input needs more pieces than a manifest can list',
        got: `${this.#pieces.length} pieces and more`,
        hint: 'use a larger piece size',
      })
  }

  #manifest(root: string, count: number): Manifest {
    const { name, listing } = this.#plan
    const { bytes: size, files } = listing
    const parts = [...this.#entries]
    return { version: 1, kind: 'manifest', name, root, size, files, count, parts }
  }
}

async function openPart(
  { sink, car }: PartsPlan,
  finished: FinishedPart | undefined,
  folders: readonly string[],
): Promise<Part> {
  const part = { finished, leaves: new Digests(), first: undefined, files: 0, isInFile: false }
  if (finished !== undefined) return { ...part, made: undefined }
  const staged = await StagedCar.open(sink, CarFile.forBlocks, car)
  const maker = new CarMaker(staged.car)
  maker.openFolder('')
  for (const folder of folders) maker.openFolder(folder)
  return { ...part, made: { staged, maker } }
}

/** SHA-256 digests in a row. */
class Digests {
  #bytes = new Uint8Array(1024 * DIGEST_SIZE)
  #size = 0

  /** Bytes of all digests. */
  get size(): number {
    return this.#size
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  add(digest: Uint8Array): void {
    if (this.#size === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(digest, this.#size)
    this.#size += DIGEST_SIZE
  }
}
