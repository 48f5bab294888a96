/** Bounds against what is made: files of the importer, and folders that boxo's vectors and the importer prove right. */
import { expect } from 'chai'
import { fileSectionsBound, folderSectionsBound } from '../../../src/unixfs/bound.ts'
import { folderBlocks } from '../../../src/unixfs/folder.ts'
import { Links } from '../../../src/unixfs/links.ts'
import {
  drained,
  fakeNode,
  importedFile,
  MIB,
  randomNumbers,
  sectionsSize,
  sectionSize,
} from './made.ts'

function sizes(count: number, nameOf: (index: number) => string, behind: number) {
  const links = new Links()
  let nameBytes = 0
  for (let i = 0; i < count; i++) {
    const name = nameOf(i)
    nameBytes += Buffer.byteLength(name)
    links.add(name, fakeNode(i, behind))
  }
  const size = sectionsSize(drained(folderBlocks(links)).blocks)
  return { size, bound: folderSectionsBound(count, nameBytes) }
}

describe('fileSectionsBound', () => {
  it('is exact for files of the importer', async () => {
    for (const size of [0, 1, 91, 92, 127, 128, MIB - 37, MIB - 1, MIB])
      expect(fileSectionsBound(size), `${size} bytes`).to.equal(sectionSize(size))
    for (const count of [2, 3, 64, 127, 128, 1023, 1024, 1025, 1026, 2000])
      for (const last of [1, 127, MIB - 1, MIB]) {
        const { sections } = await importedFile(count, MIB, last)
        expect(fileSectionsBound((count - 1) * MIB + last), `${count} leaves`).to.equal(sections)
      }
  })

  it('is exact at the third level', () => {
    // Bytes of all blocks as the importer states them (file.test.ts), and a section head for each: of 39 bytes for
    // leaves and full nodes, less for nodes of one link and two.
    const leaves = 1024 ** 2
    expect(fileSectionsBound(leaves * MIB)).to.equal(1_099_564_123_148 + 39 * (leaves + 1024 + 1))
    expect(fileSectionsBound((leaves + 1) * MIB)).to.equal(
      1_099_565_171_957 + 39 * (leaves + 1 + 1024 + 1) + 2 * 37 + 38,
    )
  })
})

describe('folderSectionsBound', () => {
  it('is never less than what the folder takes', () => {
    for (const count of [0, 1, 2, 50, 900, 1100, 3000, 4000, 4400, 4600, 5000, 9000, 40_000])
      for (const behind of [0, MIB, Number.MAX_SAFE_INTEGER / (count + 1)])
        for (const long of [0, 90, 240]) {
          const nameOf = (i: number) => `${i}`.padEnd(i % 3 === 0 ? long : 9, 'n')
          const { size, bound } = sizes(count, nameOf, Math.floor(behind))
          expect(bound, `${count} entries`).to.be.within(size, 1.4 * size + 65_536)
        }
  })

  it('holds for names of any length', () => {
    for (const length of [1, 76, 77, 78, 126, 127, 128, 16_000, 16_383, 16_384])
      for (const count of [1, 3, 300]) {
        const nameOf = (i: number) => `${i}`.padEnd(length, 'n')
        const { size, bound } = sizes(count, nameOf, 2 ** 40)
        expect(bound, `${count} names of ${length} bytes`).to.be.at.least(size)
      }
  })

  it('holds where the hash makes most shards for its entries', () => {
    const random = randomNumbers(5)
    // At 460 and at 117,000 entries, a bucket of some depth has 1.8 of them.
    for (const count of [870, 1000, 1300, 117_000]) {
      const nameOf = (i: number) => `${i} ${random(2 ** 31)}`.padEnd(count > 2000 ? 0 : 255, 'n')
      const { size, bound } = sizes(count, nameOf, 1000)
      expect(bound, `${count} entries`).to.be.within(size, 1.3 * size + 65_536)
    }
  })
})
