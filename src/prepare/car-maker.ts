/** Makes the blocks of a tree into a CAR as they come: leaves before what links to them. */
import { hash } from 'node:crypto'
import { RAW } from '../car/cid.ts'
import type { PieceCommitment } from '../piece/piece-cid.ts'
import { type Block, CHUNK_SIZE, cidOf, type Node } from '../unixfs/node.ts'
import { TreeBuilder } from '../unixfs/tree-builder.ts'
import type { CarFile } from './car-file.ts'
import type { Leaf } from './leaf-source.ts'
import type { Going, Listener } from './traverse.ts'

export class CarMaker implements Listener {
  readonly #car: CarFile
  readonly #tree = new TreeBuilder()

  constructor(car: CarFile) {
    this.#car = car
  }

  /** When everything is closed. */
  get root(): Node {
    return this.#tree.root
  }

  /** Most bytes that the CAR would have if everything that is open were closed now. */
  get closedSize(): number {
    return this.#car.size + this.#tree.closingBound()
  }

  openFolder(name: string): undefined {
    this.#tree.openFolder(name)
  }

  openFile(name: string): undefined {
    this.#tree.openFile(name)
  }

  leaf(leaf: Leaf): Going {
    const going = this.#car.put(leaf, leaf.section, leaf.hold)
    const blocks = this.#tree.leaf(leaf.digest, leaf.length)
    return blocks.length === 0 ? going : this.#putAfter(going, blocks)
  }

  closeFile(): Going {
    const blocks = this.#tree.closeFile()
    return blocks.length === 0 ? undefined : this.#putAfter(undefined, blocks)
  }

  closeFolder(): Going {
    return this.#putAfter(undefined, this.#tree.closeFolder())
  }

  /** A file whose bytes are at hand. */
  async addFile(name: string, bytes: Uint8Array): Promise<void> {
    this.openFile(name)
    for (let at = 0; at === 0 || at < bytes.length; at += CHUNK_SIZE) {
      const block = rawBlock(bytes.subarray(at, at + CHUNK_SIZE))
      await this.#putAfter(
        this.#car.putBlock(block),
        this.#tree.leaf(block.digest, block.bytes.length),
      )
    }
    await this.closeFile()
  }

  /** Writes the rest. */
  finish(): Promise<PieceCommitment> {
    return this.#car.finish(cidOf(this.root))
  }

  async #putAfter(going: Going, blocks: Iterable<Block>): Promise<void> {
    if (going !== undefined) await going
    for (const block of blocks) {
      const putting = this.#car.putBlock(block)
      if (putting !== undefined) await putting
    }
  }
}

function rawBlock(bytes: Uint8Array): Block {
  return { codec: RAW, digest: hash('sha256', bytes, 'buffer'), bytes }
}
