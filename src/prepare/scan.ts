/**
 * What lies at the paths that a user named, before anything is read: names, sizes and identities, folders sorted by the
 * UTF-8 bytes of their names so that every machine reads in the same order. Nothing is opened but folders.
 */
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { StorageError } from '../errors.ts'
import { Breath } from './breath.ts'
import { inputFault, requireLive } from './fault.ts'
import type { Listing } from './listing.ts'

export interface ScanOptions {
  readonly followSymlinks?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Adds one file or folder with all that is in it, hidden files included.
 * @param path Absolute.
 * @throws INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_UNSUPPORTED (devices, pipes, sockets, names that are not UTF-8 or have a
 *   backslash), SYMLINK_REFUSED (also for a followed link that leads back to a folder it lies in), ABORTED
 */
export async function scan(
  listing: Listing,
  path: string,
  name: string,
  options: ScanOptions = {},
): Promise<void> {
  requireLive(options.signal)
  await new Scan(listing, options).look(path, name, path, [])
}

/** Whether a directory of ours can hold `name`: what could not be unpacked everywhere is not stored. */
export function isStorable(name: string): boolean {
  return name !== '' && !/[/\\\0]/.test(name)
}

/** In the order of the UTF-8 bytes, which differs from that of UTF-16 where surrogates meet U+E000 to U+FFFF. */
export function sortedByBytes(names: string[]): string[] {
  return names.some((name) => /[\ud800-\uffff]/.test(name))
    ? names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    : names.toSorted()
}

class Scan {
  readonly #listing: Listing
  readonly #options: ScanOptions
  readonly #breath = new Breath()

  constructor(listing: Listing, options: ScanOptions) {
    this.#listing = listing
    this.#options = options
  }

  /**
   * A file is added at once; a folder takes a promise, as a promise for each file would cost more than looking at it.
   * @param stated The path, where it does not follow from the folder around it.
   * @param above Identities of the folders that `path` lies in.
   */
  look(
    path: string,
    name: string,
    stated: string | undefined,
    above: readonly string[],
  ): Promise<void> | undefined {
    const facts = identify(path, this.#options.followSymlinks ?? false)
    if (!facts.isFile() && !facts.isDirectory()) throw unsupported(path, facts)
    if (facts.isDirectory()) return this.#lookInto(path, name, facts, stated, above)
    this.#listing.addFile(name, facts, stated)
    return undefined
  }

  async #lookInto(
    path: string,
    name: string,
    facts: Stats,
    stated: string | undefined,
    above: readonly string[],
  ): Promise<void> {
    const identity = `${facts.dev}:${facts.ino}`
    if (above.includes(identity))
      throw new StorageError('SYMLINK_REFUSED', {
        what: `the link ${path} leads back to a folder that it lies in`,
        hint: 'remove the link, or leave the folder out',
      })
    this.#listing.openFolder(name, stated)
    for (const inner of namesIn(path)) {
      requireLive(this.#options.signal)
      if (this.#breath.isDue) await this.#breath.take()
      const folder = this.look(join(path, inner), inner, undefined, [...above, identity])
      if (folder !== undefined) await folder
    }
    this.#listing.closeFolder()
  }
}

function identify(path: string, follow: boolean): Stats {
  try {
    const facts = lstatSync(path)
    if (!facts.isSymbolicLink()) return facts
    if (follow) return statSync(path)
  } catch (error) {
    throw inputFault(path, error)
  }
  throw new StorageError('SYMLINK_REFUSED', {
    what: `${path} is a symbolic link`,
    hint: 'Name the file that it points to, or have links followed with --follow-symlinks.',
  })
}

/** @throws INPUT_UNSUPPORTED for a name that could not be unpacked everywhere */
function namesIn(folder: string): string[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    throw inputFault(folder, error)
  }
  for (const name of names) {
    // Where bytes are not UTF-8 the text has U+FFFD; so it has where the name really has that character.
    if (name.includes('\ufffd')) requireUtf8(folder)
    if (!isStorable(name)) throw unstorable(folder, 'has a backslash', name)
  }
  return sortedByBytes(names)
}

function requireUtf8(folder: string): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    try {
      utf8.decode(name)
    } catch {
      throw unstorable(folder, 'is not UTF-8', name.toString('latin1'))
    }
  }
}

function unstorable(folder: string, why: string, name: string): StorageError {
  return new StorageError('INPUT_UNSUPPORTED', {
    what: `a name in ${folder} ${why}`,
    got: name,
    hint: 'rename it: it could not be unpacked under this name everywhere',
  })
}

function unsupported(path: string, facts: Stats): StorageError {
  const kind = facts.isFIFO() ? 'named pipe' : facts.isSocket() ? 'socket' : 'device'
  return new StorageError('INPUT_UNSUPPORTED', {
    what: `${path} is a ${kind}`,
    expected: 'a regular file or a folder',
    hint: 'leave it out, or name the files that you want',
  })
}
