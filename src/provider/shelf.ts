/**
 * The segments of aggregates that a provider found to be true, on disk, so that it serves them after a restart:
 *
 *     <folder>/<piece CID v2 of the aggregate>.json    {version: 1, segments: [{pieceCid, pieceSize, offset, used, root}, …]}
 */
import { join } from 'node:path'
import { z } from 'zod/v4'
import { rawOffset } from '../aggregate/size.ts'
import type { Depot } from '../depot/depot.ts'
import { depotFault } from '../depot/fault.ts'
import { diskFiles, makeFolder, replaceDurably } from '../depot/files.ts'
import { cidKey } from '../depot/keys.ts'
import { isStorageError, StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import { unpaddedCapacity } from '../piece/size.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import type { TrueSegment } from './segments-in.ts'

/** A segment as a piece of its own: raw bytes from `first` of the aggregate on. */
export interface Slice extends StoredPiece {
  readonly within: StoredPiece
  readonly first: number
}

interface Placed extends TrueSegment {
  /** Piece CID v2 of the aggregate. */
  readonly owner: string
}

const SUFFIX = '.json'
const count = z.number().int().nonnegative()
const shape = z.strictObject({
  version: z.literal(1),
  segments: z.array(
    z.strictObject({
      pieceCid: z.string(),
      pieceSize: count,
      offset: count,
      used: count,
      root: z.string(),
    }),
  ),
})

export class Shelf {
  readonly #folder: string
  readonly #owners = new Set<string>()
  /** By piece CID v1 and by root, in the order of their coming. */
  readonly #placed = new Map<string, Placed[]>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws DEPOT_READ_ONLY, DEPOT_FULL, DEPOT_CORRUPT */
  static async open(folder: string): Promise<Shelf> {
    const shelf = new Shelf(folder)
    try {
      await makeFolder(diskFiles, folder)
      for (const name of await diskFiles.readdir(folder)) {
        if (!name.endsWith(SUFFIX)) continue
        const text = await diskFiles.readFile(join(folder, name), 'utf8')
        shelf.#place(name.slice(0, -SUFFIX.length), decode(text, join(folder, name)))
      }
      return shelf
    } catch (error) {
      throw depotFault(error, `open the provider's segments ${folder}`)
    }
  }

  has(owner: StoredPiece): boolean {
    return this.#owners.has(owner.pieceCidV2)
  }

  /** Durable when it resolves. @throws DEPOT_READ_ONLY, DEPOT_FULL */
  async add({ pieceCidV2: owner }: StoredPiece, segments: readonly TrueSegment[]): Promise<void> {
    const path = join(this.#folder, `${owner}${SUFFIX}`)
    try {
      const text = JSON.stringify({ version: 1, segments })
      await diskFiles.rm(`${path}.draft`, { force: true })
      await replaceDurably(diskFiles, `${path}.draft`, path, text)
    } catch (error) {
      throw depotFault(error, `write ${path}`)
    }
    this.#place(owner, segments)
  }

  /**
   * The segment that a CID means, while the depot has its aggregate. A piece CID v2 says how many of the zeros at its end are
   * data; by any other all of its place is served, as providers do.
   * @throws CID_INVALID, DEPOT_CORRUPT
   */
  async find(cid: string, depot: Pick<Depot, 'find'>): Promise<Slice | undefined> {
    const key = cidKey(cid)
    const { version, root, size, pieceSize } = pieceNamed(key)
    const placed = this.#placed.get(root === undefined ? key : pieceCidV1({ root })) ?? []
    for (const segment of placed) {
      if (version === 2 && !(pieceSize === segment.pieceSize && size >= segment.used)) continue
      const within = await depot.find(segment.owner)
      if (within !== undefined) return sliceOf(segment, within, size)
    }
    return undefined
  }

  #place(owner: string, segments: readonly TrueSegment[]): void {
    if (this.#owners.has(owner)) return
    this.#owners.add(owner)
    for (const segment of segments)
      for (const key of [segment.pieceCid, segment.root]) {
        if (key === '') continue
        const known = this.#placed.get(key) ?? []
        known.push({ ...segment, owner })
        this.#placed.set(key, known)
      }
  }
}

function sliceOf(
  { pieceCid, pieceSize, offset, root }: Placed,
  within: StoredPiece,
  size = unpaddedCapacity(pieceSize),
): Slice {
  const commitment = { root: parsePieceCid(pieceCid).root, size, pieceSize }
  const v2 = pieceCidV2(commitment)
  return {
    name: v2,
    root,
    pieceCid,
    pieceCidV2: v2,
    size,
    pieceSize,
    files: 1,
    path: within.path,
    within,
    first: rawOffset(offset),
  }
}

/** Of the CID of something else nothing. */
function pieceNamed(
  cid: string,
):
  | ReturnType<typeof parsePieceCid>
  | { readonly [k in 'version' | 'root' | 'size' | 'pieceSize']?: undefined } {
  try {
    return parsePieceCid(cid)
  } catch (error) {
    if (isStorageError(error, 'CID_INVALID')) return {}
    throw error
  }
}

function decode(text: string, path: string): readonly TrueSegment[] {
  try {
    return shape.parse(JSON.parse(text)).segments
  } catch (cause) {
    throw new StorageError('DEPOT_CORRUPT', {
      what: `${path} does not list the segments of an aggregate`,
      hint: 'remove the file: the provider then serves the aggregate as a whole only',
      cause,
    })
  }
}
