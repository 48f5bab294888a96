/** The root that files and folders have as one UnixFS DAG, without keeping any block of it. */
import { cidOf, type Node } from '../unixfs/node.ts'
import { TreeBuilder } from '../unixfs/tree-builder.ts'
import { gather } from './gather.ts'
import { LeafSource } from './leaf-source.ts'
import { prepareThreads } from './threads.ts'
import { type Listener, traverse } from './traverse.ts'

export interface RootOfOptions {
  readonly signal?: AbortSignal | undefined
  /** As for `prepare`. */
  readonly threads?: number | undefined
}

/** The root CID of a file or folder, as base32 text. @throws as `prepare` for its inputs */
export async function rootOf(path: string, options: RootOfOptions = {}): Promise<string> {
  const { listing } = await gather([path], options)
  const threads = prepareThreads(listing, options.threads)
  const leaves = new LeafSource(listing, threads, options)
  try {
    const root = new RootMaker()
    await traverse(listing, leaves, root)
    return cidOf(root.node).toString()
  } finally {
    await leaves.close()
    await threads.close()
  }
}

/** Listens only for the root. */
export class RootMaker implements Listener {
  readonly #tree = new TreeBuilder()

  /** When all is told. */
  get node(): Node {
    return this.#tree.root
  }

  openFolder(name: string): undefined {
    this.#tree.openFolder(name)
  }

  openFile(name: string): undefined {
    this.#tree.openFile(name)
  }

  leaf({ digest, length }: { readonly digest: Uint8Array; readonly length: number }): undefined {
    this.#tree.leaf(digest, length)
  }

  closeFile(): undefined {
    this.#tree.closeFile()
  }

  closeFolder(): undefined {
    // The blocks are made as they are read.
    for (const _ of this.#tree.closeFolder()) continue
  }
}
