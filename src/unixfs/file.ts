/**
 * The nodes of a file, from its leaves in order: a balanced tree of 1024 links per node. A node is made as soon as it
 * is full; what is left over at the end gets one node per level, however few links that has. A file of one leaf is that
 * leaf.
 * @see IPIP-0499
 */
import { RAW } from '../car/cid.ts'
import { StorageError } from '../errors.ts'
import { linkBound, sectionSize } from './bound.ts'
import { encodeFileData, fileDataSize, partFieldSize } from './file-data.ts'
import { Links } from './links.ts'
import { LINKS_PER_NODE, nodeAbove, nodeBlock, nodeSize, type Block, type Node } from './node.ts'

const NO_BLOCKS: readonly Block[] = []

/** Parts of a file that have no parent yet, all of the same height. */
class Level {
  readonly links = new Links()
  /** Bytes of the file that each part holds. */
  readonly contents: number[] = []
  /** Bytes that these sizes take in the data of the parent. */
  fieldsSize = 0

  add(part: Node, content: number): void {
    this.links.add('', part)
    this.contents.push(content)
    this.fieldsSize += partFieldSize(content)
  }

  clear(): void {
    this.links.clear()
    this.contents.length = 0
    this.fieldsSize = 0
  }
}

/** Makes one file after another. */
export class FileBuilder {
  /** From the leaves up; the first `#height` belong to the file being made, the others are kept for the next. */
  readonly #levels: Level[] = []
  #height = 0

  /** Adds a leaf of `size` bytes, whose block the caller has; returns the nodes that are full with it. */
  leaf(digest: Uint8Array, size: number): readonly Block[] {
    if (this.#add({ codec: RAW, digest, size }, size, 0) < LINKS_PER_NODE) return NO_BLOCKS
    const blocks: Block[] = []
    this.#closeLevel(0, blocks)
    return blocks
  }

  /**
   * Ends the file: the nodes that were still open, and the root. The next leaf begins another file.
   * @throws INTERNAL for a file without leaves; an empty file has one, of 0 bytes
   */
  finish(): { node: Node; blocks: readonly Block[] } {
    const blocks: Block[] = []
    for (let height = 0; height < this.#height; height++) {
      const { links } = this.#level(height)
      if (height === this.#height - 1 && links.length === 1) {
        const node = links.node(0)
        this.#level(height).clear()
        this.#height = 0
        return { node, blocks }
      }
      if (links.length > 0) this.#closeLevel(height, blocks)
    }
    throw new StorageError('INTERNAL', { what: 'a file was closed before its first leaf' })
  }

  /** Most bytes that the CAR sections of the blocks of `finish` would take now. */
  closingBound(): number {
    let bound = 0
    /** Parts that come from the level below. */
    let risen = 0
    for (let height = 0; height < this.#height; height++) {
      const { links, fieldsSize } = this.#level(height)
      const parts = links.length + risen
      if (parts === 0 || (parts === 1 && height === this.#height - 1)) continue
      const linksSize = links.encodedSize + risen * linkBound(0)
      const dataSize = fileDataSize(
        Number.MAX_SAFE_INTEGER,
        fieldsSize + risen * partFieldSize(Number.MAX_SAFE_INTEGER),
      )
      bound += sectionSize(nodeSize(linksSize, dataSize))
      risen = 1
    }
    return bound
  }

  /** Adds a part at a height; returns how many are there. */
  #add(part: Node, content: number, height: number): number {
    const level = this.#level(height)
    level.add(part, content)
    this.#height = Math.max(this.#height, height + 1)
    return level.links.length
  }

  /** Makes one part of the next level of all parts of this one. */
  #closeLevel(height: number, blocks: Block[]): void {
    const level = this.#level(height)
    const block = nodeBlock(level.links, encodeFileData(level.contents))
    const node = nodeAbove(level.links.size, block)
    const content = level.contents.reduce((sum, part) => sum + part, 0)
    blocks.push(block)
    level.clear()
    if (this.#add(node, content, height + 1) === LINKS_PER_NODE)
      this.#closeLevel(height + 1, blocks)
  }

  #level(height: number): Level {
    return (this.#levels[height] ??= new Level())
  }
}
