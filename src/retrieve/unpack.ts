/**
 * A verified CAR → files and folders in a folder of our own. Every name is judged before it is used, and nothing that
 * exists is written to but what an earlier part of the same payload began, so nothing can land outside.
 */
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { walkUnixfs } from '../unixfs/walk.ts'
import { StorageError } from '../errors.ts'
import { readBlock } from '../prepare/block-reader.ts'
import { errnoOf, requireLive, sinkFault } from '../prepare/fault.ts'
import type { TakenCar } from '../prepare/take-car.ts'
import { requireSafeName } from './names.ts'
import { comparePaths, type Path } from './order.ts'

/** What is there already of a payload whose parts are unpacked one behind the other. */
export interface Begun {
  /** The last entry of the parts before: it and the folders that it lies in may come again, once each. */
  readonly last: Path
  /** Whether that entry may go on here if it is a file; the bytes that it has so far, where they are known. */
  readonly goesOn: boolean
  readonly offset?: number
}

export interface UnpackOptions {
  readonly signal?: AbortSignal | undefined
  /** Bytes that all files together may have at most. */
  readonly maxBytes?: number
  /** Default: nothing but the folder itself. */
  readonly begun?: Begun
}

export interface Unpacked {
  /** Whether the root is a folder; a file lies in `folder` under the name that was given. */
  readonly isFolder: boolean
  /** Written here. */
  readonly bytes: number
  /** Of which bytes were written here, and whether one of them was there before. */
  readonly files: number
  readonly wentOn: boolean
  /** In the order of the payload. */
  readonly firstFile: Path | undefined
  readonly last: Path
}

const NOTHING: Begun = { last: [], goesOn: false }

/**
 * Unpacks into `folder`, which exists. A root that is a file gets `name`.
 * @throws TARGET_UNSAFE for names that lead elsewhere, cannot be written or occur twice, and for symbolic links;
 *   PIECE_MISMATCH when a file that goes on has other bytes than `begun` states, and for more bytes than `maxBytes`;
 *   CAR_INVALID; DEPOT_FULL, DEPOT_READ_ONLY; ABORTED
 */
export async function unpack(
  { root, index }: TakenCar,
  car: FileHandle,
  folder: string,
  name: string,
  { signal, maxBytes = Infinity, begun = NOTHING }: UnpackOptions = {},
): Promise<Unpacked> {
  const known = new Known(begun)
  const budget = { bytes: maxBytes }
  let isFolder = true
  let [bytes, files] = [0, 0]
  let firstFile: Path | undefined
  let last: Path = []
  for await (const entry of walkUnixfs(root, (cid) => readBlock(car, index, cid))) {
    requireLive(signal)
    const { path } = entry
    if (path.length > 0) requireSafeName(path.at(-1) ?? '')
    if (entry.kind === 'symlink')
      throw new StorageError('TARGET_UNSAFE', {
        what: `${path.join('/')} is a symbolic link; links are not unpacked`,
      })
    if (path.length === 0) isFolder = entry.kind === 'folder'
    const place = isFolder ? join(folder, ...path) : join(folder, requireSafeName(name))
    if (comparePaths(path, last) > 0) last = path
    if (entry.kind === 'folder') {
      await enter(place, path, known)
      continue
    }
    if (firstFile === undefined || comparePaths(path, firstFile) < 0) firstFile = path
    files += 1
    const file = await openFile(place, path, known)
    bytes += await write(place, file, entry.content(), budget, signal)
  }
  return { isFolder, bytes, files, wentOn: known.hasGoneOn, firstFile, last }
}

/** What may exist, each taken once: a name that comes twice in one CAR is refused. */
class Known {
  hasGoneOn = false
  readonly #begun: Begun
  readonly #folders: Set<string>

  constructor(begun: Begun) {
    this.#begun = begun
    const { last } = begun
    this.#folders = new Set([last, ...last.map((_, depth) => last.slice(0, depth))].map(textOf))
  }

  takeFolder(path: Path): boolean {
    return this.#folders.delete(textOf(path))
  }

  /** Where a file goes on; undefined for every other. */
  takeFile(path: Path): Begun | undefined {
    const { last, goesOn } = this.#begun
    if (!goesOn || this.hasGoneOn || comparePaths(path, last) !== 0) return undefined
    this.hasGoneOn = true
    return this.#begun
  }
}

/** Names have no slash: joined, they stay apart. */
function textOf(path: Path): string {
  return path.join('/')
}

async function enter(place: string, path: Path, known: Known): Promise<void> {
  try {
    await mkdir(place)
  } catch (error) {
    const isThere = errnoOf(error) === 'EEXIST' && (await lstat(place)).isDirectory()
    if (!isThere || !known.takeFolder(path)) throw unwritable(place, error)
  }
}

async function openFile(place: string, path: Path, known: Known): Promise<FileHandle> {
  const begun = known.takeFile(path)
  if (begun === undefined) return creating(place, () => open(place, 'wx'))
  // unlike the flag "a", this makes no file
  const file = await creating(place, () => open(place, constants.O_WRONLY | constants.O_APPEND))
  const { size } = await file.stat()
  if (size === (begun.offset ?? size)) return file
  await file.close()
  throw new StorageError('PIECE_MISMATCH', {
    what: `bytes of ${path.join('/') || 'the file'} in the parts before`,
    expected: begun.offset ?? size,
    got: size,
  })
}

/** Writes to the end and closes. Returns the bytes written and takes them from the budget. */
async function write(
  path: string,
  file: FileHandle,
  content: AsyncIterable<Uint8Array>,
  budget: { bytes: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  try {
    let size = 0
    for await (const bytes of content) {
      requireLive(signal)
      budget.bytes -= bytes.length
      if (budget.bytes < 0)
        throw new StorageError('PIECE_MISMATCH', {
          what: 'the payload has more bytes than its manifest states',
        })
      await creating(path, () => file.writeFile(bytes))
      size += bytes.length
    }
    return size
  } finally {
    await file.close()
  }
}

const UNWRITABLE_NAMES = new Set<string | undefined>([
  'EEXIST',
  'EISDIR',
  'ENAMETOOLONG',
  'EILSEQ',
  'EINVAL',
])

async function creating<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw unwritable(path, error)
  }
}

function unwritable(path: string, error: unknown): unknown {
  if (!UNWRITABLE_NAMES.has(errnoOf(error))) return sinkFault(path, error)
  return new StorageError('TARGET_UNSAFE', {
    what: `the payload has a name that cannot be written here (${errnoOf(error)})`,
    got: path,
    hint: 'two names may fall together here, or one is too long for this disk',
    cause: error,
  })
}
