/**
 * A tree of files and folders, told as it is walked: open, leaves, close. Blocks come back as they are complete, those
 * below before those above; of everything above the open file and its folders only links are kept.
 */
import { StorageError } from '../errors.ts'
import { linkBound, linksSectionsBound } from './bound.ts'
import { FileBuilder } from './file.ts'
import { folderBlocks } from './folder.ts'
import { Links } from './links.ts'
import type { Block, Node } from './node.ts'

interface Folder {
  readonly name: string
  readonly links: Links
  /** Most bytes of the sections of all folders around this one, if they got no entry after it. */
  readonly around: number
  /** Whether its blocks are being read. */
  isClosing: boolean
}

export class TreeBuilder {
  /** Open folders from the outermost in. */
  readonly #folders: Folder[] = []
  readonly #file = new FileBuilder()
  #fileName: string | undefined
  #root: Node | undefined

  /** How many files and folders are open. */
  get depth(): number {
    return this.#folders.length + (this.#fileName === undefined ? 0 : 1)
  }

  /** What was opened first. @throws INTERNAL until it is closed */
  get root(): Node {
    if (this.#root === undefined) throw misuse('the root is not closed')
    return this.#root
  }

  /** The name of the root is not used. @throws INTERNAL while a file is open, and for a second root */
  openFolder(name: string): void {
    const around = this.#boundWith(this.#parentFor(name), name)
    this.#folders.push({ name, links: new Links(), around, isClosing: false })
  }

  /** The name of the root is not used. @throws INTERNAL while a file is open, and for a second root */
  openFile(name: string): void {
    this.#parentFor(name)
    this.#fileName = name
  }

  /** Adds a leaf of `size` bytes to the open file; its block is the caller's. @throws INTERNAL without an open file */
  leaf(digest: Uint8Array, size: number): readonly Block[] {
    if (this.#fileName === undefined) throw misuse('a leaf came without an open file')
    return this.#file.leaf(digest, size)
  }

  /** @throws INTERNAL without an open file, and when it has no leaf */
  closeFile(): readonly Block[] {
    const name = this.#fileName
    if (name === undefined) throw misuse('a file was closed that is not open')
    const { node, blocks } = this.#file.finish()
    this.#fileName = undefined
    this.#finished(name, node)
    return blocks
  }

  /**
   * Blocks of the innermost open folder, which is closed when all of them are read.
   * @throws INTERNAL without an open folder, and while a file is open
   * @throws INPUT_UNSUPPORTED, from the generator, when it is sharded and two names have the same hash
   */
  closeFolder(): Generator<Block, void> {
    const folder = this.#folders.at(-1)
    if (folder === undefined || folder.isClosing || this.#fileName !== undefined)
      throw misuse('a folder was closed that is not the innermost open one')
    folder.isClosing = true
    return this.#close(folder)
  }

  /**
   * Most bytes that the CAR sections of all blocks still to come would take if everything were closed now: a number that
   * one leaf raises by less than 1 KiB, the blocks that it returns included. Names chosen to have like hashes may
   * exceed it (`folderSectionsBound`).
   */
  closingBound(): number {
    const file = this.#file.closingBound()
    const folder = this.#folders.at(-1)
    if (folder === undefined) return file
    const { links, around } = folder
    return this.#fileName === undefined
      ? around + linksSectionsBound(links.encodedSize, links.length)
      : file + this.#boundWith(folder, this.#fileName)
  }

  *#close(folder: Folder): Generator<Block, void> {
    const node = yield* folderBlocks(folder.links)
    this.#folders.pop()
    this.#finished(folder.name, node)
  }

  #finished(name: string, node: Node): void {
    const parent = this.#folders.at(-1)
    if (parent === undefined) this.#root = node
    else parent.links.add(name, node)
  }

  /** The folder that an entry would be opened in; none for the root. */
  #parentFor(name: string): Folder | undefined {
    const parent = this.#folders.at(-1)
    if (this.#fileName !== undefined) throw misuse(`${JSON.stringify(name)} was opened in a file`)
    if (parent?.isClosing === true)
      throw misuse(`${JSON.stringify(name)} was opened in a folder that is being closed`)
    if (parent === undefined && this.#root !== undefined)
      throw misuse(`${JSON.stringify(name)} was opened beside the root`)
    return parent
  }

  /** Most bytes of the sections of a folder and those around it, with one more entry. */
  #boundWith(folder: Folder | undefined, name: string): number {
    if (folder === undefined) return 0
    const { links, around } = folder
    const linksSize = links.encodedSize + linkBound(Buffer.byteLength(name))
    return around + linksSectionsBound(linksSize, links.length + 1)
  }
}

function misuse(what: string): StorageError {
  return new StorageError('INTERNAL', { what })
}
