/** Which files and folders become one DAG, and what it is called. */
import { StorageError } from '../errors.ts'
import { type Entry, isStorable, scan, type ScanOptions } from './scan.ts'

/**
 * One input as it is; several, or one with `wrap`, in a directory around them that is on no disk.
 * @throws ARGUMENT_INVALID without an input, or when two have the same name; and what `scan` throws
 */
export async function gather(
  inputs: readonly string[],
  options: ScanOptions & { readonly wrap?: boolean },
): Promise<Entry> {
  const found: Entry[] = []
  for (const input of inputs) found.push(await scan(input, options))
  const [first, ...more] = found
  if (first === undefined)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'nothing was named to prepare',
      expected: 'at least one file or folder',
    })
  if (more.length === 0 && options.wrap !== true) return first
  const entries = found.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  for (const [i, entry] of entries.entries()) requireDistinct(entry, entries[i + 1])
  const name = more.length === 0 ? first.name : `${first.name} and ${more.length} more`
  return { kind: 'folder', name, path: '', entries }
}

function requireDistinct(entry: Entry, next: Entry | undefined): void {
  if (!isStorable(entry.name))
    throw new StorageError('ARGUMENT_INVALID', {
      what: `${entry.path} has no name that a directory can hold`,
      hint: 'name what is in it, or rename it',
    })
  if (entry.name === next?.name)
    throw new StorageError('ARGUMENT_INVALID', {
      what: `two inputs have the name ${entry.name}: ${entry.path} and ${next.path}`,
      hint: 'rename one, or put them into folders of different names',
    })
}
