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

/** Creates a file that must not exist and puts its bytes on the disk. */
export async function writeDurably(files: Files, path: string, text: string): Promise<void> {
  const handle = await files.open(path, 'wx')
  try {
    await writeAll(handle, new TextEncoder().encode(text))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes a folder and what is missing above it. Node's own recursive mkdir never returns where a folder that exists lets
 * nothing be made in it and says ENOENT, as procfs does (seen with Node 24.21).
 */
export async function makeFolder(files: Files, path: string): Promise<void> {
  try {
    await files.mkdir(path)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await files.stat(path)).isDirectory()) return
    const above = dirname(path)
    if (errnoOf(error) !== 'ENOENT' || above === path || (await exists(files, above))) throw error
    await makeFolder(files, above)
    // Another process may have made it meanwhile.
    await makeFolder(files, path)
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

/** Errno of a system error (`ENOENT`, …); undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
