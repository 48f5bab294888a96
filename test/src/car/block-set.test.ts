import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { BlockSet } from '../../../src/car/block-set.ts'
import { DAG_PB, RAW } from '../../../src/car/cid.ts'

const digest = (i: number) => createHash('sha256').update(`${i}`).digest()

describe('car/block-set', () => {
  it('knows what was added, through every growth, and nothing else', () => {
    const set = new BlockSet()
    for (let i = 0; i < 5000; i++) {
      expect(set.has(RAW, digest(i))).to.equal(false)
      expect(set.add(RAW, digest(i))).to.equal(true)
      expect(set.add(RAW, digest(i))).to.equal(false)
    }
    expect(set.size).to.equal(5000)
    for (let i = 0; i < 5000; i++) expect(set.has(RAW, digest(i))).to.equal(true)
    for (let i = 5000; i < 6000; i++) expect(set.has(RAW, digest(i))).to.equal(false)
  })

  it('tells a digest under two codecs apart: the bytes of a node may be the content of a file', () => {
    const set = new BlockSet()
    expect(set.add(DAG_PB, digest(1))).to.equal(true)
    expect(set.has(RAW, digest(1))).to.equal(false)
    expect(set.add(RAW, digest(1))).to.equal(true)
  })

  it('tells digests apart that differ in one byte, and takes views at any offset', () => {
    const set = new BlockSet()
    const memory = new Uint8Array(64)
    const view = memory.subarray(7, 39)
    view.set(digest(1))
    set.add(RAW, view)
    expect(set.has(RAW, digest(1))).to.equal(true)
    for (let at = 0; at < 32; at++) {
      const other = digest(1)
      other[at] = (other[at] ?? 0) ^ 1
      expect(set.has(RAW, other), `byte ${at}`).to.equal(false)
    }
  })
})
