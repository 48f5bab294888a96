import { expect } from 'chai'
import { Listing } from '../../../src/prepare/listing.ts'
import { sortedByBytes } from '../../../src/prepare/scan.ts'

const file = (size: number) => ({ size, dev: 1, ino: 7, mtimeMs: 123.25 })

/** root/{a, ü/{b, empty/}, z} */
function sample(change: (listing: Listing) => void = () => {}): Listing {
  const listing = new Listing()
  listing.openFolder('root', '/some/place')
  listing.addFile('a', file(5))
  listing.openFolder('ü \u{1f4be}')
  listing.addFile('b', file(2 ** 40))
  listing.openFolder('empty')
  listing.closeFolder()
  listing.closeFolder()
  change(listing)
  listing.addFile('z', file(0), '/elsewhere/z')
  listing.closeFolder()
  return listing
}

describe('prepare/listing', () => {
  it('keeps a tree: names, paths, sizes, and where each folder ends', () => {
    const listing = sample()
    const entries = Array.from({ length: listing.length }, (_, i) => [
      listing.isFile(i) ? listing.size(i) : `to ${listing.end(i)}`,
      listing.name(i),
      listing.path(i),
      listing.pathBelowRoot(i),
    ])
    expect(entries).to.deep.equal([
      ['to 6', 'root', '/some/place', ''],
      [5, 'a', '/some/place/a', 'a'],
      ['to 5', 'ü \u{1f4be}', '/some/place/ü \u{1f4be}', 'ü \u{1f4be}'],
      [2 ** 40, 'b', '/some/place/ü \u{1f4be}/b', 'ü \u{1f4be}/b'],
      ['to 5', 'empty', '/some/place/ü \u{1f4be}/empty', 'ü \u{1f4be}/empty'],
      [0, 'z', '/elsewhere/z', 'z'],
    ])
    expect(listing.nameSize(2)).to.equal(7)
    expect(listing.identity(1)).to.deep.equal(file(5))
    expect({ files: listing.files, bytes: listing.bytes }).to.deep.equal({
      files: 3,
      bytes: 2 ** 40 + 5,
    })
  })

  it('grows without losing anything', () => {
    const listing = new Listing()
    listing.openFolder('root', '/root')
    for (let i = 0; i < 3000; i++) listing.addFile(`file ${'x'.repeat(i % 90)} ${i}`, file(i))
    listing.closeFolder()
    for (let i = 0; i < 3000; i++) {
      expect(listing.name(i + 1)).to.equal(`file ${'x'.repeat(i % 90)} ${i}`)
      expect(listing.size(i + 1)).to.equal(i)
    }
    expect(listing.end(0)).to.equal(3001)
  })

  it('has another digest when a name, a size, a time, an inode or the tree differs, and not for another path', () => {
    const same = sample().digest()
    const moved = new Listing()
    moved.openFolder('root', '/moved/root')
    moved.addFile('a', { ...file(5), dev: 99 })
    moved.closeFolder()
    const unmoved = new Listing()
    unmoved.openFolder('root', '/root')
    unmoved.addFile('a', file(5))
    unmoved.closeFolder()
    expect(moved.digest()).to.equal(unmoved.digest())
    const others = [
      sample((listing) => listing.addFile('b', file(1))),
      sample((listing) => listing.addFile('c', file(1))),
      sample((listing) => listing.addFile('c', file(2))),
      sample((listing) => listing.addFile('c', { ...file(2), ino: 8 })),
      sample((listing) => listing.addFile('c', { ...file(2), mtimeMs: 123.5 })),
      sample((listing) => {
        listing.openFolder('c')
        listing.closeFolder()
      }),
    ].map((listing) => listing.digest())
    expect(new Set([same, ...others]).size).to.equal(others.length + 1)
  })

  it('is sorted by the UTF-8 bytes of names', () => {
    const names = ['\u{1f600}', '\uffee', 'b', 'B', 'é', '10', '9', '']
    expect(sortedByBytes([...names])).to.deep.equal(
      names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    )
    expect(sortedByBytes(['b', 'a', 'B'])).to.deep.equal(['B', 'a', 'b'])
  })
})
