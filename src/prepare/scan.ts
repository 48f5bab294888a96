/**
 * What lies at the paths that a user named, before anything is read: names, sizes and identities, folders sorted by the
 * UTF-8 bytes of their names so that every machine reads in the same order. Nothing is opened but folders.
 */
import type { BigIntStats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { StorageError } from '../errors.ts'
import { inputFault, requireLive } from './fault.ts'

/** What a file was when it was found; `readUnchanged` compares. */
export interface FileEntry {
  readonly kind: 'file'
  readonly name: string
  readonly path: string
  readonly size: number
  readonly device: bigint
  readonly inode: bigint
  readonly modifiedNs: bigint
}

export interface FolderEntry {
  readonly kind: 'folder'
  readonly name: string
  readonly path: string
  readonly entries: readonly Entry[]
}

export type Entry = FileEntry | FolderEntry

export interface ScanOptions {
  readonly followSymlinks?: boolean
  readonly signal?: AbortSignal
}

/**
 * One file or folder with all that is in it, hidden files included.
 * @throws INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_UNSUPPORTED (devices, pipes, sockets, names that are not UTF-8 or have a
 *   backslash), SYMLINK_REFUSED (also for a followed link that leads back to a folder it lies in), ABORTED
 */
export function scan(input: string, options: ScanOptions = {}): Promise<Entry> {
  const path = resolve(input)
  return look(path, basename(path) || path, options, [])
}

/** Whether a directory of ours can hold `name`: what could not be unpacked everywhere is not stored. */
export function isStorable(name: string): boolean {
  return name !== '' && !/[/\\\0]/.test(name)
}

/** Bytes and number of the files under `entry`. */
export function totals(entry: Entry): { bytes: number; files: number } {
  if (entry.kind === 'file') return { bytes: entry.size, files: 1 }
  const sum = { bytes: 0, files: 0 }
  for (const inner of entry.entries) {
    const { bytes, files } = totals(inner)
    sum.bytes += bytes
    sum.files += files
  }
  return sum
}

/** `above`: identities of the folders that `path` lies in. */
async function look(
  path: string,
  name: string,
  options: ScanOptions,
  above: readonly string[],
): Promise<Entry> {
  requireLive(options.signal)
  const facts = await identify(path, options.followSymlinks ?? false)
  if (facts.isFile()) return fileEntry(path, name, facts)
  if (!facts.isDirectory())
    throw new StorageError('INPUT_UNSUPPORTED', {
      what: `${path} is a ${specialKind(facts)}`,
      expected: 'a regular file or a folder',
      hint: 'leave it out, or name the files that you want',
    })
  const identity = `${facts.dev}:${facts.ino}`
  if (above.includes(identity))
    throw new StorageError('SYMLINK_REFUSED', {
      what: `the link ${path} leads back to a folder that it lies in`,
      hint: 'remove the link, or leave the folder out',
    })
  const entries: Entry[] = []
  for (const inner of await namesIn(path))
    entries.push(await look(join(path, inner), inner, options, [...above, identity]))
  return { kind: 'folder', name, path, entries }
}

async function identify(path: string, follow: boolean): Promise<BigIntStats> {
  try {
    const facts = await lstat(path, { bigint: true })
    if (!facts.isSymbolicLink()) return facts
    if (follow) return await stat(path, { bigint: true })
  } catch (error) {
    throw inputFault(path, error)
  }
  throw new StorageError('SYMLINK_REFUSED', {
    what: `${path} is a symbolic link`,
    hint: 'Name the file that it points to, or have links followed with --follow-symlinks.',
  })
}

/** Sorted by bytes. Read as bytes, because a name on disk need not be text. */
async function namesIn(path: string): Promise<string[]> {
  const names = await readdir(path, { encoding: 'buffer' }).catch((error: unknown) => {
    throw inputFault(path, error)
  })
  return names.toSorted(Buffer.compare).map((name) => decodeName(path, name))
}

function decodeName(folder: string, bytes: Uint8Array): string {
  const name = tryDecode(bytes)
  if (name !== undefined && isStorable(name)) return name
  throw new StorageError('INPUT_UNSUPPORTED', {
    what: `a name in ${folder} ${name === undefined ? 'is not UTF-8' : 'has a backslash'}`,
    got: name ?? Buffer.from(bytes).toString('latin1'),
    hint: 'rename it: it could not be unpacked under this name everywhere',
  })
}

function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function fileEntry(path: string, name: string, facts: BigIntStats): FileEntry {
  return {
    kind: 'file',
    name,
    path,
    size: Number(facts.size),
    device: facts.dev,
    inode: facts.ino,
    modifiedNs: facts.mtimeNs,
  }
}

function specialKind(facts: BigIntStats): string {
  if (facts.isFIFO()) return 'named pipe'
  if (facts.isSocket()) return 'socket'
  return 'device'
}
