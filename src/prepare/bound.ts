/** How large the CAR of a listing can become, before anything of it is read. */
import { HEADER_SIZE } from '../car/writer.ts'
import { fileSectionsBound, folderSectionsBound } from '../unixfs/bound.ts'
import type { Listing } from './listing.ts'

/** Bytes: exact for files when no two blocks are the same, generous for folders of more than a few thousand entries. */
export function carSizeBound(listing: Listing): number {
  let size = HEADER_SIZE
  const open: { end: number; entries: number; nameBytes: number }[] = []
  for (let entry = 0; entry <= listing.length; entry++) {
    for (let folder; (folder = open.at(-1)) !== undefined && folder.end === entry; open.pop())
      size += folderSectionsBound(folder.entries, folder.nameBytes)
    if (entry === listing.length) break
    const around = open.at(-1)
    if (around !== undefined) {
      around.entries += 1
      around.nameBytes += listing.nameSize(entry)
    }
    if (listing.isFile(entry)) size += fileSectionsBound(listing.size(entry))
    else open.push({ end: listing.end(entry), entries: 0, nameBytes: 0 })
  }
  return size
}
