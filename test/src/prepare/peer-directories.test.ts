/** Directories as boxo makes them from the same links, around the size where they are sharded (SOURCES.md §7). */
import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { folderNode } from '../../../src/prepare/dag.ts'
import { vectors } from '../../support/vectors.ts'

interface Listing {
  name: string
  entries: number
  nameSize: number
  lastNameSizes: number[]
  linkSize: number
  root: string
  size: number
}

const nowhere = { put: async () => {} }

function linkTo(index: number, nameSize: number, size: number) {
  const digest = createHash('sha256').update(`${index}`).digest()
  const cid = CID.createV1(index % 3 === 0 ? 0x70 : 0x55, Digest.create(0x12, digest))
  return { name: `${index}`.padStart(7, '0').padEnd(nameSize, 'x'), cid, size }
}

describe('directories: the same as boxo', () => {
  for (const listing of vectors<{ directories: Listing[] }>('peer-directories').directories)
    it(listing.name, async () => {
      const sizes = Array.from({ length: listing.entries }, () => listing.nameSize)
      const links = [...sizes, ...listing.lastNameSizes].map((nameSize, index) =>
        linkTo(index, nameSize, listing.linkSize),
      )
      const { cid, size } = await folderNode(links, nowhere)
      expect({ root: `${cid}`, size }).to.deep.equal({ root: listing.root, size: listing.size })
    })
})
