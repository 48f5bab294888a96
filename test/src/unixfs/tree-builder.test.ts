/**
 * Trees against ipfs-unixfs-importer, with real bytes; and the bound of what is still to come, over random trees.
 */
import { expect } from 'chai'
import { importer } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { DAG_PB, RAW } from '../../../src/car/cid.ts'
import type { Block } from '../../../src/unixfs/node.ts'
import { TreeBuilder } from '../../../src/unixfs/tree-builder.ts'
import { refused } from '../../support/refused.ts'
import {
  cidText,
  digestOf,
  drained,
  fakeNode,
  importedShards,
  MIB,
  randomNumbers,
  Recorder,
  sectionsSize,
  type Made,
} from './made.ts'

/** Names and what they hold; bytes, or another folder. */
interface Tree {
  readonly [name: string]: Uint8Array | Tree
}

function bytesOf(size: number, step = 1): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i >> 12) * 7 + i * step)
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

/** The blocks of a tree, leaves included, in the order in which a caller has them. */
function build(builder: TreeBuilder, name: string, tree: Uint8Array | Tree, blocks: string[]) {
  const take = (some: Iterable<Block>) => {
    for (const block of some) blocks.push(cidText(block))
  }
  if (tree instanceof Uint8Array) {
    builder.openFile(name)
    for (let at = 0; at === 0 || at < tree.length; at += MIB) {
      const leaf = tree.subarray(at, at + MIB)
      const digest = digestOf(leaf)
      blocks.push(cidText({ codec: RAW, digest }))
      take(builder.leaf(digest, leaf.length))
    }
    take(builder.closeFile())
  } else {
    builder.openFolder(name)
    for (const [inner, content] of Object.entries(tree)) build(builder, inner, content, blocks)
    take(builder.closeFolder())
  }
}

/** Folders with entries need no mention of their own. */
function* candidates(tree: Tree, path: string): Generator<{ path: string; content?: Uint8Array }> {
  const entries = Object.entries(tree)
  if (entries.length === 0) yield { path }
  for (const [name, content] of entries) {
    const inner = `${path}/${name}`
    if (content instanceof Uint8Array) yield { path: inner, content }
    else yield* candidates(content, inner)
  }
}

async function imported(tree: Tree): Promise<Made> {
  const recorder = new Recorder()
  const options = { profile: 'unixfs-v1-2025', wrapWithDirectory: true } as const
  const root = (await all(importer(candidates(tree, ''), recorder, options))).at(-1)
  return { root: `${root?.cid}`, size: Number(root?.size), blocks: recorder.blocks }
}

function built(tree: Uint8Array | Tree): Made {
  const builder = new TreeBuilder()
  const blocks: string[] = []
  build(builder, 'not used', tree, blocks)
  return { root: cidText(builder.root), size: builder.root.size, blocks }
}

/** The importer works at several files at once. */
function unordered({ root, size, blocks }: Made) {
  return { root, size, blocks: [...new Set(blocks)].toSorted() }
}

function started(): TreeBuilder {
  const builder = new TreeBuilder()
  builder.openFolder('')
  return builder
}

function inFile(): TreeBuilder {
  const builder = started()
  builder.openFile('a')
  return builder
}

/** Its blocks are not read. */
function halfClosed(): TreeBuilder {
  const builder = started()
  builder.closeFolder()
  return builder
}

function done(): TreeBuilder {
  const builder = started()
  drained(builder.closeFolder())
  return builder
}

function fileDone(): TreeBuilder {
  const builder = new TreeBuilder()
  builder.openFile('')
  builder.leaf(digestOf('x'), 1)
  builder.closeFile()
  return builder
}

/** Grows a tree at random and checks the bound at each leaf; leaves some of it open. */
function grown(seed: number) {
  const random = randomNumbers(seed)
  const builder = new TreeBuilder()
  let names = 0
  const nextName = (length: number) => `${names++}`.padEnd(length, 'n')
  const leaf = () => {
    const before = builder.closingBound()
    const blocks = builder.leaf(fakeNode(names, 0).digest, 1 + random(MIB))
    expect(builder.closingBound() + sectionsSize(blocks)).to.be.below(before + 1024)
  }
  const file = (leaves: number, nameLength: number) => {
    builder.openFile(nextName(nameLength))
    for (let i = 0; i < leaves; i++) leaf()
  }
  if (random(10) > 0) builder.openFolder('root')
  for (let rounds = random(12); rounds > 0 && builder.depth > 0; rounds--) {
    const nameLength = 1 + random(255) * random(2)
    const what = random(4)
    if (what === 0) builder.openFolder(nextName(nameLength))
    else if (what === 1 && builder.depth > 1) drained(builder.closeFolder())
    else
      for (let count = what === 2 ? 2 ** random(13) : 1; count > 0; count--) {
        file(what === 2 ? 1 : 2 ** random(12), nameLength)
        builder.closeFile()
      }
  }
  const isFileOpen = random(2) === 0 || builder.depth === 0
  if (isFileOpen) file(1 + random(3000), 10)
  return { builder, isFileOpen }
}

/** Bytes of the sections of all blocks that come when everything open is closed. */
function closedSize({ builder, isFileOpen }: ReturnType<typeof grown>): number {
  let size = isFileOpen ? sectionsSize(builder.closeFile()) : 0
  while (builder.depth > 0) size += sectionsSize(drained(builder.closeFolder()).blocks)
  return size
}

describe('TreeBuilder', () => {
  it('makes the file that the importer makes of the same bytes', async () => {
    for (const size of [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 9]) {
      const content = bytesOf(size)
      const recorder = new Recorder()
      const [root] = await all(importer([{ content }], recorder, { profile: 'unixfs-v1-2025' }))
      expect(built(content), `${size} bytes`).to.deep.equal({
        root: `${root?.cid}`,
        size: Number(root?.size),
        blocks: recorder.blocks,
      })
    }
  })

  it('makes the folders that the importer makes, empty and nested ones too', async () => {
    const tree: Tree = {
      'a file': bytesOf(10),
      empty: new Uint8Array(0),
      large: bytesOf(2 * MIB + 1),
      'an empty folder': {},
      folder: { deeper: { deepest: { 'one more': bytesOf(3) }, other: bytesOf(MIB) } },
      'ünïcode 😀': { '\uff21': bytesOf(1), '\u{10000}': bytesOf(2), z: bytesOf(3) },
    }
    const ours = built(tree)
    expect(unordered(ours)).to.deep.equal(unordered(await imported(tree)))
    expect(ours.blocks.at(-1)).to.equal(ours.root)
  })

  it('makes a sharded folder of files and folders', async () => {
    const file = bytesOf(5)
    const folder = { x: file }
    const names = Array.from({ length: 6000 }, (_, i) => `entry ${i}`)
    const tree = Object.fromEntries(names.map((name, i) => [name, i % 2 === 0 ? file : folder]))
    const { root, size } = await imported(folder)
    const nodes = [
      { codec: RAW, digest: digestOf(file), size: file.length },
      { codec: DAG_PB, digest: CID.parse(root).multihash.digest, size },
    ]
    const entries = names.map((name, i) => [name, nodes[i % 2] ?? fakeNode(i, 0)] as const)
    const peer = await importedShards(entries)
    const ours = built(tree)
    expect(ours.blocks.slice(-peer.blocks.length)).to.deep.equal(peer.blocks)
    expect([ours.root, ours.size]).to.deep.equal([peer.root, peer.size])
  })

  it('counts what is open', () => {
    const builder = new TreeBuilder()
    const depths = [builder.depth]
    builder.openFolder('')
    depths.push(builder.depth)
    builder.openFolder('a')
    builder.openFile('b')
    depths.push(builder.depth)
    builder.leaf(digestOf(''), 0)
    builder.closeFile()
    depths.push(builder.depth)
    const closing = builder.closeFolder()
    depths.push(builder.depth)
    drained(closing)
    depths.push(builder.depth)
    drained(builder.closeFolder())
    expect([...depths, builder.depth]).to.deep.equal([0, 1, 3, 2, 2, 1, 0])
  })

  it('refuses what is out of turn', async () => {
    const digest = digestOf('x')
    const misuses: (() => unknown)[] = [
      () => new TreeBuilder().root,
      () => new TreeBuilder().leaf(digest, 1),
      () => new TreeBuilder().closeFile(),
      () => new TreeBuilder().closeFolder(),
      () => started().root,
      () => started().leaf(digest, 1),
      () => started().closeFile(),
      () => inFile().closeFile(),
      () => inFile().closeFolder(),
      () => inFile().openFile('b'),
      () => inFile().openFolder('b'),
      () => halfClosed().root,
      () => halfClosed().closeFolder(),
      () => halfClosed().openFile('b'),
      () => halfClosed().openFolder('b'),
      () => done().closeFolder(),
      () => done().openFile('b'),
      () => done().openFolder('b'),
      () => fileDone().leaf(digest, 1),
      () => fileDone().openFile('b'),
    ]
    for (const misuse of misuses) await refused('INTERNAL', misuse)
  })
})

describe('TreeBuilder.closingBound', () => {
  it('is an upper bound and a close one, wherever a tree is closed', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const tree = grown(seed)
      const bound = tree.builder.closingBound()
      const size = closedSize(tree)
      expect(bound, `seed ${seed}`).to.be.within(size, 1.25 * size + 65_536)
      expect(tree.builder.closingBound()).to.equal(0)
    }
  })

  it('knows the entry that is open, and what it does to its folder', () => {
    const builder = new TreeBuilder()
    builder.openFolder('')
    for (let i = 0; i < 950; i++) {
      builder.openFile(`${i}`.padEnd(255, 'x'))
      const bound = builder.closingBound()
      builder.leaf(fakeNode(i, 0).digest, 2 ** 40)
      builder.closeFile()
      expect(builder.closingBound()).to.be.within(bound - 10, bound)
    }
    const bound = builder.closingBound()
    expect(bound).to.be.above(sectionsSize(drained(builder.closeFolder()).blocks))
  })
})
