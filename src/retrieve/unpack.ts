/**
 * A verified CAR → files and folders in a folder of our own. Every name is judged before it is used, and nothing that
 * exists is written to, so nothing can land outside.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { walkUnixfs } from '../car/unixfs-walk.ts'
import { StorageError } from '../errors.ts'
import { readBlock } from '../prepare/block-reader.ts'
import { errnoOf, requireLive, sinkFault } from '../prepare/fault.ts'
import type { TakenCar } from '../prepare/take-car.ts'

export interface Unpacked {
  /** Whether the root is a folder; a file lies in `folder` under the name that was given. */
  readonly isFolder: boolean
  readonly bytes: number
  readonly files: number
}

/**
 * Unpacks into `folder`, which must not exist. A root that is a file gets `name`.
 * @throws TARGET_UNSAFE for names that lead elsewhere, cannot be written or occur twice, and for symbolic links;
 *   CAR_INVALID; DEPOT_FULL, DEPOT_READ_ONLY; ABORTED
 */
export async function unpack(
  { root, index }: TakenCar,
  car: FileHandle,
  folder: string,
  name: string,
  signal?: AbortSignal,
): Promise<Unpacked> {
  let isFolder = true
  let bytes = 0
  let files = 0
  for await (const entry of walkUnixfs(root, (cid) => readBlock(car, index, cid))) {
    requireLive(signal)
    const { path } = entry
    if (path.length > 0) requireSafeName(path.at(-1) ?? '')
    if (entry.kind === 'symlink')
      throw new StorageError('TARGET_UNSAFE', {
        what: `${path.join('/')} is a symbolic link; links are not unpacked`,
      })
    if (path.length === 0 && entry.kind === 'file') {
      isFolder = false
      await mkdir(folder)
    }
    const place = isFolder ? join(folder, ...path) : join(folder, requireSafeName(name))
    if (entry.kind === 'folder') await creating(place, () => mkdir(place))
    else {
      files += 1
      bytes += await writeFile(place, entry.content(), signal)
    }
  }
  return { isFolder, bytes, files }
}

/**
 * A name that stays in its folder on every system.
 * @throws TARGET_UNSAFE for an empty one, `.`, `..`, and one with `/`, `\` or NUL
 */
function requireSafeName(name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)) return name
  throw new StorageError('TARGET_UNSAFE', {
    what: `the payload has a name that could lead out of the target folder`,
    got: JSON.stringify(name),
    hint: 'do not unpack it; its maker is not to be trusted',
  })
}

async function writeFile(
  path: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const file = await creating(path, () => open(path, 'wx'))
  try {
    let size = 0
    for await (const bytes of content) {
      requireLive(signal)
      await creating(path, () => file.writeFile(bytes))
      size += bytes.length
    }
    return size
  } finally {
    await file.close()
  }
}

const UNWRITABLE_NAMES = new Set<string | undefined>(['EEXIST', 'ENAMETOOLONG', 'EILSEQ', 'EINVAL'])

async function creating<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!UNWRITABLE_NAMES.has(errnoOf(error))) throw sinkFault(path, error)
    throw new StorageError('TARGET_UNSAFE', {
      what: `the payload has a name that cannot be written here (${errnoOf(error)})`,
      got: path,
      hint: 'two names may fall together here, or one is too long for this disk',
      cause: error,
    })
  }
}
