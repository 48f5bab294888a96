/**
 * The file system as the depot uses it: the port through which tests let a disk be full, read-only or broken. What is
 * written here is on the disk, not only in the page cache, when the promise resolves.
 */
import type { FileHandle } from 'node:fs/promises'
import * as disk from 'node:fs/promises'
import { dirname } from 'node:path'

export type Files = Pick<
  typeof disk,
  'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm' | 'stat'
>

export const diskFiles: Files = disk

/** Writes all of `bytes` at the end of the file; a single write may be short. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0
  while (offset < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, offset)
    offset += bytesWritten
  }
}

/** Creates a file that must not exist and puts its bytes on the disk. Text is written as UTF-8. */
export async function writeDurably(
  files: Files,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const handle = await files.open(path, 'wx')
  try {
    await writeAll(handle, typeof content === 'string' ? Buffer.from(content) : content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Puts a file in the place of what is there, whole and on the disk, in a folder that is made when missing. Errors: system
 * errors; then nothing of it is there, unless only the last step failed, which puts the name on the disk.
 *
 * @param draft a path on the same disk for the file while it is written
 */
export async function replaceDurably(
  files: Files,
  draft: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const folder = dirname(path)
  try {
    const top = await makeFolder(files, folder)
    if (top !== undefined) await syncUp(files, folder, dirname(top))
    await writeDurably(files, draft, content)
    await files.rename(draft, path)
  } catch (error) {
    await files.rm(draft, { force: true })
    throw error
  }
  await syncFolder(files, folder)
}

/**
 * Makes a folder and what is missing above it; returns the topmost that was made. Node's own recursive mkdir never returns where a folder that exists lets
 * nothing be made in it and says ENOENT, as procfs does (seen with Node 24.21).
 */
export async function makeFolder(files: Files, path: string): Promise<string | undefined> {
  try {
    await files.mkdir(path)
    return path
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await files.stat(path)).isDirectory()) return undefined
    const above = dirname(path)
    if (errnoOf(error) !== 'ENOENT' || above === path || (await exists(files, above))) throw error
    const top = await makeFolder(files, above)
    // Another process may have made it meanwhile.
    const own = await makeFolder(files, path)
    return top ?? own
  }
}

async function exists(files: Files, path: string): Promise<boolean> {
  try {
    await files.stat(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Puts renames within a folder on the disk. Windows has no such call and opens no folders. */
export async function syncFolder(files: Files, path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await files.open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Puts the folders above `from` on the disk, up to and with `to`. */
async function syncUp(files: Files, from: string, to: string): Promise<void> {
  for (let at = from; at !== to; at = dirname(at)) await syncFolder(files, dirname(at))
}

/** Errno of a system error (`ENOENT`, …); undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
