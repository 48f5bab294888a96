/** Which files and folders become one DAG, and what it is called. */
import { basename, resolve } from 'node:path'
import { StorageError } from '../errors.ts'
import { Listing } from './listing.ts'
import { isStorable, scan, type ScanOptions, sortedByBytes } from './scan.ts'

export interface Gathered {
  readonly listing: Listing
  readonly name: string
}

/**
 * One input as it is; several, or one with `wrap`, in a directory around them that is on no disk.
 * @throws ARGUMENT_INVALID without an input, or when two have the same name; and what `scan` throws
 */
export async function gather(
  inputs: readonly string[],
  options: ScanOptions & { readonly wrap?: boolean | undefined } = {},
): Promise<Gathered> {
  const paths = inputs.map((input) => resolve(input))
  const [first, ...more] = paths
  if (first === undefined)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'nothing was named to prepare',
      expected: 'at least one file or folder',
    })
  const listing = new Listing()
  if (more.length === 0 && options.wrap !== true) {
    await scan(listing, first, nameOf(first), options)
    return { listing, name: nameOf(first) }
  }
  const name = more.length === 0 ? nameOf(first) : `${nameOf(first)} and ${more.length} more`
  const byName = pathsByName(paths)
  listing.openFolder(name, '')
  for (const inner of sortedByBytes([...byName.keys()]))
    await scan(listing, byName.get(inner) ?? '', inner, options)
  listing.closeFolder()
  return { listing, name }
}

/** A root such as `/` has no other name than its path. */
function nameOf(path: string): string {
  return basename(path) || path
}

function pathsByName(paths: readonly string[]): Map<string, string> {
  const byName = new Map<string, string>()
  for (const path of paths) {
    const name = nameOf(path)
    if (!isStorable(name))
      throw new StorageError('ARGUMENT_INVALID', {
        what: `${path} has no name that a directory can hold`,
        hint: 'name what is in it, or rename it',
      })
    const same = byName.get(name)
    if (same !== undefined)
      throw new StorageError('ARGUMENT_INVALID', {
        what: `two inputs have the name ${name}: ${same} and ${path}`,
        hint: 'rename one, or put them into folders of different names',
      })
    byName.set(name, path)
  }
  return byName
}
