/**
 * Where unpacked files end up. They are made in a temporary folder on the same disk and moved at the end, so that
 * nothing half-written is ever seen and nothing that exists is overwritten.
 */
import { constants } from 'node:fs'
import {
  copyFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { StorageError } from '../errors.ts'
import { errnoOf, sinkFault } from '../prepare/fault.ts'

/** The temporary folder: beside a target that is new, inside one that exists (it may be a disk of its own). */
export interface Workshop {
  readonly folder: string
  /** Removes it, and the parents of the target that were made for it and are still empty. */
  remove(): Promise<void>
}

/** @throws TARGET_EXISTS when `target` is not a folder, DEPOT_FULL, DEPOT_READ_ONLY */
export async function openWorkshop(target: string): Promise<Workshop> {
  const path = resolve(target)
  const parent = (await isFolder(path)) ? path : dirname(path)
  try {
    const made = await mkdir(parent, { recursive: true })
    const folder = await mkdtemp(join(parent, '.sealift-'))
    return {
      folder,
      async remove() {
        await rm(folder, { recursive: true, force: true })
        if (made !== undefined) await removeEmpty(parent, made)
      },
    }
  } catch (error) {
    throw sinkFault(parent, error)
  }
}

/** An empty folder at `path`, whatever was there. @throws DEPOT_FULL, DEPOT_READ_ONLY */
export async function emptyFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
    await mkdir(path)
  } catch (error) {
    throw sinkFault(path, error)
  }
}

/**
 * Moves everything in `from` to `target`: all of it or nothing.
 * @throws TARGET_EXISTS when something of the same name is there
 */
export async function moveInto(from: string, target: string): Promise<void> {
  const path = resolve(target)
  if (!(await isFolder(path))) {
    await moveFolder(from, path)
    return
  }
  const names = await readdir(from)
  for (const name of names) await requireFree(join(path, name))
  const moved: string[] = []
  try {
    for (const name of names) {
      await moveOne(join(from, name), join(path, name))
      moved.push(join(path, name))
    }
  } catch (error) {
    for (const place of moved) await rm(place, { recursive: true, force: true })
    throw sinkFault(path, error)
  }
}

/** Refuses early what would be refused at the end. @throws TARGET_EXISTS */
async function requireFree(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw sinkFault(path, error)
  })
  if (found !== undefined) throw exists(path)
}

async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw sinkFault(path, error)
    await requireFree(path) // a link that leads nowhere
    return false
  }
  throw exists(path)
}

async function moveOne(from: string, to: string): Promise<void> {
  if ((await lstat(from)).isDirectory()) await moveFolder(from, to)
  else await moveFile(from, to)
}

/** rename refuses a folder that holds something, and a file. */
async function moveFolder(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    throw clash(error, to)
  }
}

/** rename would overwrite a file; link does not. Disks without links get a copy. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to).catch(async (error: unknown) => {
      if (errnoOf(error) === 'EEXIST') throw error
      await copyFile(from, to, constants.COPYFILE_EXCL)
    })
  } catch (error) {
    throw clash(error, to)
  }
}

const CLASHES = new Set<string | undefined>(['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR'])

function clash(error: unknown, path: string): unknown {
  return CLASHES.has(errnoOf(error)) ? exists(path, error) : sinkFault(path, error)
}

function exists(path: string, cause?: unknown): StorageError {
  return new StorageError('TARGET_EXISTS', {
    what: `${path} exists and is not overwritten`,
    hint: 'name another target folder, or move it away',
    cause,
  })
}

async function removeEmpty(from: string, upTo: string): Promise<void> {
  for (let folder = from; folder.startsWith(upTo); folder = dirname(folder)) {
    try {
      await rmdir(folder)
    } catch {
      return // it is in use
    }
  }
}
