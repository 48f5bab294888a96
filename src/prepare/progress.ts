/** How far a preparation is: told when a file is begun and when a part of it is done. */
import type { Leaf } from './leaf-source.ts'
import type { Listing } from './listing.ts'
import type { Going, Listener } from './traverse.ts'

export interface PrepareProgress {
  /** Bytes done so far, of all files. */
  readonly bytes: number
  readonly total: number
  /** Path of the file that is being read. */
  readonly file: string
}

/** Tells `onProgress` what it tells `listener`. */
export function withProgress(
  listener: Listener,
  listing: Listing,
  onProgress: (progress: PrepareProgress) => void,
): Listener {
  const total = listing.bytes
  let bytes = 0
  let file = ''
  return {
    openFolder: (name) => listener.openFolder(name),
    openFile(name, entry) {
      file = listing.path(entry)
      onProgress({ bytes, total, file })
      return listener.openFile(name, entry)
    },
    leaf(leaf: Leaf): Going {
      const going = listener.leaf(leaf)
      bytes += leaf.length
      if (leaf.length > 0) onProgress({ bytes, total, file })
      return going
    },
    closeFile: () => listener.closeFile(),
    closeFolder: () => listener.closeFolder(),
  }
}
