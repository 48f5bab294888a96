import { expect } from 'chai'
import { encode, prepare } from '@ipld/dag-pb'
import { DAG_PB, RAW } from '../../../src/car/cid.ts'
import { Links, linkSize } from '../../../src/unixfs/links.ts'
import { cidOf, nodeBlock, type Node } from '../../../src/unixfs/node.ts'
import { refused } from '../../support/refused.ts'
import { fakeNode, randomName, randomNumbers } from './made.ts'

const DATA = Uint8Array.of(0x08, 0x01)

function encoded(entries: readonly (readonly [string, Node])[]): Buffer {
  const links = new Links()
  for (const [name, node] of entries) links.add(name, node)
  const { codec, digest, bytes } = nodeBlock(links, DATA, links.sorted())
  expect(codec).to.equal(DAG_PB)
  expect(digest).to.have.length(32)
  return Buffer.from(bytes)
}

function peerEncoded(entries: readonly (readonly [string, Node])[]): Uint8Array {
  const all = entries.map(([name, node]) => ({ Name: name, Tsize: node.size, Hash: cidOf(node) }))
  return encode(prepare({ Data: DATA, Links: all }))
}

describe('Links: byte for byte what @ipld/dag-pb writes', () => {
  const random = randomNumbers(2)

  it('for sizes around the powers of two', () => {
    for (let exponent = 0; exponent < 53; exponent++)
      for (const size of [2 ** exponent - 1, 2 ** exponent, 2 ** exponent + 1]) {
        const entries = [['name', fakeNode(exponent, size)]] as const
        expect(encoded(entries).equals(peerEncoded(entries)), `${size}`).to.equal(true)
      }
  })

  it('for names whose length takes one byte, two and three', () => {
    for (const size of [0, 1, 74, 75, 76, 126, 127, 128, 16_000, 16_383, 16_384]) {
      const entries = [['x'.repeat(size), fakeNode(size, size)]] as const
      const bytes = encoded(entries)
      expect(bytes.equals(peerEncoded(entries)), `${size}`).to.equal(true)
      expect(bytes.length).to.equal(linkSize(size, size) + 2 + DATA.length)
    }
  })

  it('for any names in any order', () => {
    for (let round = 0; round < 30; round++) {
      const entries = Array.from(
        { length: random(200) },
        (_, i) =>
          [
            randomName(random, random(12)),
            fakeNode(i, random(2 ** 31) * random(2 ** 20), i % 3 === 0 ? DAG_PB : RAW),
          ] as const,
      )
      const unique = [...new Map(entries)]
      expect(encoded(unique).equals(peerEncoded(unique))).to.equal(true)
    }
  })

  it('for lone surrogates, which have no UTF-8', () => {
    const entries = [
      ['\ud800', fakeNode(1, 1)],
      ['a\udfffb', fakeNode(2, 2)],
    ] as const
    expect(encoded(entries).equals(peerEncoded(entries))).to.equal(true)
  })

  it('keeps what it is given', () => {
    const links = new Links()
    for (let i = 0; i < 1000; i++) links.add(`né ${i}`, fakeNode(i, i * 2 ** 40, RAW))
    expect(links.length).to.equal(1000)
    expect(links.size).to.equal(499_500 * 2 ** 40)
    for (const i of [0, 1, 7, 8, 500, 999]) {
      expect(links.name(i)).to.equal(`né ${i}`)
      const { codec, digest, size } = links.node(i)
      expect({ codec, size }).to.deep.equal({ codec: RAW, size: i * 2 ** 40 })
      expect(Buffer.compare(digest, fakeNode(i, 0).digest)).to.equal(0)
    }
    links.clear()
    expect([links.length, links.size, links.encodedSize]).to.deep.equal([0, 0, 0])
  })

  it('refuses a digest of another length', () => {
    const node = { codec: RAW, digest: new Uint8Array(31), size: 1 }
    return refused('INTERNAL', () => new Links().add('x', node))
  })
})
