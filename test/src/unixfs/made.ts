/** Blocks of a file or folder in the order in which they were made: here, and by ipfs-unixfs-importer. */
import { hash } from 'node:crypto'
import { importer, type WritableStorage } from 'ipfs-unixfs-importer'
import { DirSharded } from 'ipfs-unixfs-importer/utils'
import type { CID } from 'multiformats/cid'
import { encodeVarint } from '../../../src/bytes/varint.ts'
import { RAW } from '../../../src/car/cid.ts'
import { cidOf, type Block, type Node } from '../../../src/unixfs/node.ts'

export const MIB = 2 ** 20

/** What is compared: CIDs stand for bytes. */
export interface Made {
  readonly root: string
  readonly size: number
  readonly blocks: readonly string[]
}

/** A link as DAGs of tests have it: the digest of a number, which nothing hashes to. */
export function fakeNode(index: number, size: number, codec = RAW): Node {
  return { codec, digest: digestOf(`${index}`), size }
}

export function digestOf(content: string | Uint8Array): Uint8Array {
  return hash('sha256', content, 'buffer')
}

export function cidText(node: Pick<Node, 'codec' | 'digest'>): string {
  return `${cidOf(node)}`
}

export function sectionSize(blockSize: number): number {
  return encodeVarint(36 + blockSize).length + 36 + blockSize
}

export function sectionsSize(blocks: Iterable<Block>): number {
  let sum = 0
  for (const { bytes } of blocks) sum += sectionSize(bytes.length)
  return sum
}

/** Runs a generator of blocks to its end. */
export function drained<T>(blocks: Generator<Block, T>): { blocks: Block[]; result: T } {
  const all: Block[] = []
  for (;;) {
    const step = blocks.next()
    if (step.done === true) return { blocks: all, result: step.value }
    all.push(step.value)
  }
}

export function made(node: Node, blocks: Iterable<Block>): Made {
  return { root: cidText(node), size: node.size, blocks: [...blocks].map(cidText) }
}

/** Keeps what the importer puts. */
export class Recorder implements WritableStorage {
  readonly blocks: string[] = []
  /** Sum of the CAR sections. */
  sections = 0

  put(cid: CID, bytes: unknown): CID {
    if (!(bytes instanceof Uint8Array)) throw new Error(`the block ${cid} came as a stream`)
    this.blocks.push(`${cid}`)
    this.sections += sectionSize(bytes.length)
    return cid
  }
}

/**
 * The importer's file of `count` leaves, all of `leafSize` bytes but the last: blocks above the leaves, and the bytes
 * of all CAR sections.
 */
export async function importedFile(
  count: number,
  leafSize: number,
  lastSize = leafSize,
): Promise<Made & { sections: number }> {
  const recorder = new Recorder()
  const sizeOf = (index: number) => (index === count - 1 ? lastSize : leafSize)
  async function* leaves() {
    for (let i = 0; i < count; i++)
      yield async () => ({
        cid: cidOf(fakeNode(i, 0)),
        size: BigInt(sizeOf(i)),
        block: new Uint8Array(0),
      })
  }
  const options = { profile: 'unixfs-v1-2025', bufferImporter: leaves } as const
  for await (const { cid, size } of importer([{ content: new Uint8Array(1) }], recorder, options)) {
    const leafSections = (count - 1) * sectionSize(leafSize) + sectionSize(lastSize)
    const { blocks, sections } = recorder
    return { root: `${cid}`, size: Number(size), blocks, sections: sections + leafSections }
  }
  throw new Error('nothing was imported')
}

/** The importer's shards of a folder. */
export async function importedShards(entries: Iterable<readonly [string, Node]>): Promise<Made> {
  const recorder = new Recorder()
  const shape = { root: true, dir: true, path: '', dirty: true, flat: false }
  const folder = new DirSharded(shape, { cidVersion: 1 })
  for (const [name, node] of entries)
    await folder.put(name, { path: name, cid: cidOf(node), size: BigInt(node.size) })
  let last: { cid: CID; size: bigint } | undefined
  for await (const shard of folder.flush(recorder)) last = shard
  return { root: `${last?.cid}`, size: Number(last?.size), blocks: recorder.blocks }
}

/** Pseudo-random whole numbers below a bound, the same in every run (mulberry32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Letters of one to four bytes in UTF-8, those around the surrogates among them. */
const LETTERS = ['a', 'Z', '0', ' ', '.', '\0', '\u007f', 'é', '\u07ff', 'ह', '\ud7ff', '\ue000']
const WIDE_LETTERS = ['\uff21', '\uffff', '😀', '\u{10000}', '\u{10ffff}']

export function randomName(random: (below: number) => number, length: number): string {
  const letters = [...LETTERS, ...WIDE_LETTERS]
  return Array.from({ length }, () => letters[random(letters.length)] ?? '').join('')
}
