/** Folders of one block, and shards as ipfs-unixfs-importer makes them. */
import { expect } from 'chai'
import { murmur364 } from '@multiformats/murmur3'
import { DAG_PB, RAW } from '../../../src/car/cid.ts'
import { folderBlocks } from '../../../src/unixfs/folder.ts'
import { shardBlocks } from '../../../src/unixfs/hamt.ts'
import { Links } from '../../../src/unixfs/links.ts'
import type { Block, Node } from '../../../src/unixfs/node.ts'
import { refused } from '../../support/refused.ts'
import { drained, fakeNode, importedShards, made, randomName, randomNumbers } from './made.ts'

type Entry = readonly [string, Node]

/** Made for this test by running murmur3 backwards: names whose 64-bit hashes are the same. */
const SAME_HASH = ['XeNLcy%59UwavIhA', 'qX[}nyUu%I4fG-vM', 'N^=#+N;b1;!@3l{p']
/** The same, but for the last of eight bytes. */
const NEARLY_SAME_HASH = ['XeNLcy%59UwavIhA', '|6:D0eivK9^)Qn17', 'a(>T{CsFfbsno}]8']

const random = randomNumbers(3)

function entriesOf(count: number, nameOf = (index: number) => `entry number ${index}`): Entry[] {
  return Array.from({ length: count }, (_, i) => [
    nameOf(i),
    fakeNode(i, 1000 * i, i % 5 === 0 ? DAG_PB : RAW),
  ])
}

function madeOf(
  entries: readonly Entry[],
  make: (links: Links) => Generator<Block, Node> = folderBlocks,
) {
  const links = new Links()
  for (const [name, node] of entries) links.add(name, node)
  const { blocks, result } = drained(make(links))
  return made(result, blocks)
}

function shuffled<T>(items: readonly T[]): T[] {
  const all = items.map((item) => ({ item, key: random(2 ** 31) }))
  return all.toSorted((a, b) => a.key - b.key).map(({ item }) => item)
}

function hashesOf(names: readonly string[]): Promise<string[]> {
  const hashes = names.map((name) => murmur364.encode(Buffer.from(name)))
  return Promise.all(hashes).then((all) => all.map((hash) => Buffer.from(hash).toString('hex')))
}

describe('folderBlocks', () => {
  it('makes the shards that the importer makes, in the same order', async () => {
    for (const count of [5000, 20_000]) {
      const entries = entriesOf(count)
      expect(madeOf(entries), `${count} entries`).to.deep.equal(await importedShards(entries))
    }
  })

  it('makes the same shards of names that are not ASCII', async () => {
    const names = Array.from({ length: 6000 }, () => randomName(random, 1 + random(40)))
    const entries = [...new Map(entriesOf(6000, (i) => names[i] ?? ''))]
    expect(madeOf(entries)).to.deep.equal(await importedShards(entries))
  })

  it('does not depend on the order of its entries', () => {
    for (const count of [20, 4000, 6000]) {
      const entries = entriesOf(count)
      const first = madeOf(entries)
      expect(first.blocks.length === 1).to.equal(count < 5000)
      for (const other of [entries.toReversed(), shuffled(entries)])
        expect(madeOf(other)).to.deep.equal(first)
    }
  })
})

describe('shardBlocks', () => {
  it('makes what the importer makes of few entries', async () => {
    for (const count of [1, 2, 3, 16, 300]) {
      const entries = entriesOf(count)
      expect(madeOf(entries, shardBlocks)).to.deep.equal(await importedShards(entries))
    }
  })

  it('goes down to the last byte of the hash', async () => {
    const hashes = await hashesOf(NEARLY_SAME_HASH)
    expect(new Set(hashes.map((hash) => hash.slice(0, 14))).size).to.equal(1)
    const names = [...NEARLY_SAME_HASH, 'another', 'and one more']
    const entries = entriesOf(names.length, (i) => names[i] ?? '')
    const folder = madeOf(entries, shardBlocks)
    expect(folder.blocks).to.have.length(8)
    expect(folder).to.deep.equal(await importedShards(entries))
  })

  it('refuses two names with the same hash, and says which', async () => {
    expect(new Set(await hashesOf(SAME_HASH)).size).to.equal(1)
    for (const other of SAME_HASH.slice(1)) {
      const entries = entriesOf(300).concat([[other, fakeNode(1, 1)]])
      entries.splice(5, 0, ['XeNLcy%59UwavIhA', fakeNode(2, 2)])
      const { message } = await refused('INPUT_UNSUPPORTED', () => madeOf(entries, shardBlocks))
      expect(message).to.contain('XeNLcy%59UwavIhA').and.to.contain(other)
    }
  })

  it('refuses the same name twice', () =>
    refused('INPUT_UNSUPPORTED', () => madeOf([...entriesOf(9), ...entriesOf(1)], shardBlocks)))
})
