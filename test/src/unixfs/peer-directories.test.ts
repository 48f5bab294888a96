/** Directories as boxo makes them from the same links, around the size where they are sharded (SOURCES.md §7). */
import { expect } from 'chai'
import { DAG_PB, RAW } from '../../../src/car/cid.ts'
import { folderBlocks } from '../../../src/unixfs/folder.ts'
import { Links } from '../../../src/unixfs/links.ts'
import { vectors } from '../../support/vectors.ts'
import { cidText, drained, fakeNode } from './made.ts'

interface Listing {
  name: string
  entries: number
  nameSize: number
  lastNameSizes: number[]
  linkSize: number
  root: string
  size: number
}

function linksOf({ entries, nameSize, lastNameSizes, linkSize }: Listing): Links {
  const sizes = Array.from({ length: entries }, () => nameSize).concat(lastNameSizes)
  const links = new Links()
  for (const [index, size] of sizes.entries()) {
    const name = `${index}`.padStart(7, '0').padEnd(size, 'x')
    links.add(name, fakeNode(index, linkSize, index % 3 === 0 ? DAG_PB : RAW))
  }
  return links
}

describe('directories: the same as boxo', () => {
  for (const listing of vectors<{ directories: Listing[] }>('peer-directories').directories)
    it(listing.name, () => {
      const { result } = drained(folderBlocks(linksOf(listing)))
      expect({ root: cidText(result), size: result.size }).to.deep.equal({
        root: listing.root,
        size: listing.size,
      })
    })
})
