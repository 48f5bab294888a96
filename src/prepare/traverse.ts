/** A listing told as a story, with the leaves of its files: what the makers of CARs and of roots listen to. */
import { StorageError } from '../errors.ts'
import { CHUNK_SIZE } from '../unixfs/node.ts'
import { Breath } from './breath.ts'
import type { Leaf, LeafSource } from './leaf-source.ts'
import type { Listing } from './listing.ts'

/** To be waited for, where there is something: a promise for every small leaf would cost more than the leaf. */
export type Going = Promise<void> | undefined

/** What is told, in the order of the listing. */
export interface Listener {
  openFolder(name: string): Going
  openFile(name: string, entry: number): Going
  leaf(leaf: Leaf): Going
  closeFile(): Going
  closeFolder(): Going
}

/** @throws what `leaves` and `listener` throw */
export async function traverse(
  listing: Listing,
  leaves: Pick<LeafSource, 'next' | 'load'>,
  listener: Listener,
): Promise<void> {
  const breath = new Breath()
  const open: number[] = []
  for (let entry = 0; ; entry++) {
    while (isEnd(listing, open, entry)) {
      open.pop()
      const going = listener.closeFolder()
      if (going !== undefined) await going
    }
    if (entry === listing.length) return
    const name = listing.name(entry)
    if (!listing.isFile(entry)) {
      open.push(entry)
      const going = listener.openFolder(name)
      if (going !== undefined) await going
      continue
    }
    const opening = listener.openFile(name, entry)
    if (opening !== undefined) await opening
    for (let left = leavesIn(listing.size(entry)); left > 0; left--) {
      let leaf = leaves.next()
      if (leaf === undefined) {
        await leaves.load()
        leaf = leaves.next()
      }
      if (leaf === undefined) throw new StorageError('INTERNAL', { what: 'a leaf is missing' })
      const going = listener.leaf(leaf)
      if (going !== undefined) await going
    }
    const closing = listener.closeFile()
    if (closing !== undefined) await closing
    if (breath.isDue) await breath.take()
  }
}

/** An empty file has one leaf, of no bytes. */
function leavesIn(size: number): number {
  return Math.max(Math.ceil(size / CHUNK_SIZE), 1)
}

function isEnd(listing: Listing, open: readonly number[], entry: number): boolean {
  const folder = open.at(-1)
  return folder !== undefined && listing.end(folder) === entry
}
