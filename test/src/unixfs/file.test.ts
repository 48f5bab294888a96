/**
 * Files as ipfs-unixfs-importer makes them. Leaves are not made here, so those of large files can be faked: digests of
 * numbers, with the size that a leaf has.
 */
import { expect } from 'chai'
import { FileBuilder } from '../../../src/unixfs/file.ts'
import type { Block } from '../../../src/unixfs/node.ts'
import { refused } from '../../support/refused.ts'
import { cidText, fakeNode, importedFile, made, MIB, type Made } from './made.ts'

function fileOf(count: number, leafSize: number, lastSize = leafSize): Made {
  return fileWith(new FileBuilder(), count, leafSize, lastSize)
}

function fileWith(file: FileBuilder, count: number, leafSize: number, lastSize: number): Made {
  const blocks: Block[] = []
  for (let i = 0; i < count; i++)
    blocks.push(...file.leaf(fakeNode(i, 0).digest, i === count - 1 ? lastSize : leafSize))
  const { node, blocks: rest } = file.finish()
  return made(node, [...blocks, ...rest])
}

async function importedAs(count: number, leafSize: number, lastSize = leafSize): Promise<Made> {
  const { root, size, blocks } = await importedFile(count, leafSize, lastSize)
  return { root, size, blocks }
}

describe('FileBuilder', () => {
  it('makes what the importer makes, in the same order', async () => {
    const counts = [1, 2, 3, 127, 128, 1023, 1024, 1025, 2047, 2048, 2049]
    for (const count of counts) {
      const size = count > 2000 ? MIB / 2 : MIB
      expect(fileOf(count, size), `${count} leaves`).to.deep.equal(await importedAs(count, size))
    }
    for (const last of [1, 127, 128, MIB - 1])
      expect(fileOf(1025, MIB, last)).to.deep.equal(await importedAs(1025, MIB, last))
  })

  it('makes the same root as the importer at the third level', () => {
    const [million, more] = [new FileBuilder(), new FileBuilder()]
    for (let i = 0; i <= 1024 ** 2; i++) {
      const { digest } = fakeNode(i, MIB)
      if (i < 1024 ** 2) million.leaf(digest, MIB)
      more.leaf(digest, MIB)
    }
    // Made as in `importedFile`, by ipfs-unixfs-importer 17.1.1; it takes ten seconds for one.
    const roots = [million, more].map((file) => file.finish().node)
    expect(roots.map((node) => [cidText(node), node.size])).to.deep.equal([
      ['bafybeidsok6du4kgdvgugvoyloijuoc5gv6zh6cu3rnuoiuvgzfj7cli7i', 1_099_564_123_148],
      ['bafybeigyrlb7qvcra7cse5jgooc47nrekol7x7ljpluijq6ldjkwqttjhu', 1_099_565_171_957],
    ])
  })

  it('gives a full node back with its last leaf', () => {
    const file = new FileBuilder()
    const given = Array.from({ length: 2500 }, (_, i) => file.leaf(fakeNode(i, 0).digest, MIB))
    expect(given.map((blocks) => blocks.length)).to.deep.equal(
      given.map((_, i) => (i === 1023 || i === 2047 ? 1 : 0)),
    )
    expect(file.finish().blocks).to.have.length(2)
  })

  it('takes the leaf of a small file as the file', () => {
    for (const size of [0, 1, MIB]) {
      const leaf = fakeNode(7, size)
      const file = new FileBuilder()
      file.leaf(leaf.digest, size)
      const { node, blocks } = file.finish()
      expect([cidText(node), node.size, blocks]).to.deep.equal([cidText(leaf), size, []])
    }
  })

  it('makes one file after another', async () => {
    const file = new FileBuilder()
    for (const count of [1500, 1, 3, 1025])
      expect(fileWith(file, count, MIB, 5)).to.deep.equal(await importedAs(count, MIB, 5))
  })

  it('refuses a file without leaves', async () => {
    await refused('INTERNAL', () => new FileBuilder().finish())
    const file = new FileBuilder()
    file.leaf(fakeNode(1, 1).digest, 1)
    file.finish()
    await refused('INTERNAL', () => file.finish())
  })
})
