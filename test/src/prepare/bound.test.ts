/** The bound decides whether an input is cut: it must never be too small, and not much too large. */
import { expect } from 'chai'
import { carSizeBound } from '../../../src/prepare/bound.ts'
import { gather } from '../../../src/prepare/gather.ts'
import { prepareOne } from '../../support/prepare-one.ts'
import { random } from '../../support/random.ts'
import { FolderSink, Scratch } from './folder-sink.ts'

const MIB = 2 ** 20

describe('prepare/bound', () => {
  let scratch: Scratch
  beforeEach(() => {
    scratch = new Scratch()
  })
  afterEach(() => scratch.remove())

  async function compare(path: string): Promise<{ bound: number; size: number }> {
    const { listing } = await gather([path])
    const { size } = await prepareOne([path], new FolderSink(scratch.at('sink')))
    return { bound: carSizeBound(listing), size }
  }

  it('is exact for a file of any size', async () => {
    for (const size of [0, 1, 127, MIB - 1, MIB, MIB + 1, 3 * MIB + 7]) {
      const { bound, size: made } = await compare(scratch.file(`f${size}`, random(size, 'f')))
      expect(bound, `${size} bytes`).to.equal(made)
    }
  })

  it('is a little above what folders take, sharded or not', async () => {
    for (const count of [0, 1, 200, 6000]) {
      const name = `in-${count}`
      scratch.folder(name)
      for (let i = 0; i < count; i++) scratch.file(`${name}/${i % 7}/a name ${i}`, `${i}`)
      for (let i = 0; i < count; i++) scratch.file(`${name}/flat ${i}`, `flat ${i}`)
      const { bound, size } = await compare(scratch.at(name))
      expect(bound, `${count} files`).to.be.at.least(size)
      expect(bound, `${count} files`).to.be.at.most(size * 1.4 + 4096)
    }
  })
})
