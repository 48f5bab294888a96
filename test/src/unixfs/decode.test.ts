import { expect } from 'chai'
import { UnixFS } from 'ipfs-unixfs'
import { decodeUnixfs } from '../../../src/unixfs/decode.ts'
import { encodeFileData } from '../../../src/unixfs/file-data.ts'
import { pbBlock, rawBlock } from '../car/blocks.ts'

const GIB = 2 ** 30

describe('UnixFS data', () => {
  it('is what ipfs-unixfs writes, where that is right', () => {
    for (const parts of [[1], [GIB], [GIB, 1], [GIB, GIB - 1], [4 * GIB, 1], [2 ** 40, 2 ** 40]]) {
      const peer = new UnixFS({ type: 'file', blockSizes: parts.map(BigInt) })
      expect(Buffer.from(encodeFileData(parts)).equals(peer.marshal())).to.equal(true)
    }
  })

  it('holds sizes from 2 to 4 GiB', () => {
    for (const parts of [[GIB, GIB], [GIB, GIB, GIB, GIB - 1], [2 * GIB], [4 * GIB - 1, 1]]) {
      const read = UnixFS.unmarshal(encodeFileData(parts))
      expect(read.blockSizes.map(Number)).to.deep.equal(parts)
      expect(Number(read.fileSize())).to.equal(parts.reduce((a, b) => a + b))
    }
    // 08 type 02, 18 size 2^31 in LEB128, 20 part 2^30 twice
    const twoGib = '0802188080808008208080808004208080808004'
    expect(Buffer.from(encodeFileData([GIB, GIB])).toString('hex')).to.equal(twoGib)
  })

  it('reads back links of such sizes', async () => {
    const { cid } = await rawBlock('x')
    const Links = [2 * GIB, 4 * GIB - 1].map((Tsize) => ({ Name: '', Tsize, Hash: cid }))
    const node = await pbBlock({ Data: encodeFileData([2 * GIB, 4 * GIB - 1]), Links })
    expect(decodeUnixfs(node.cid, node.bytes)).to.deep.include({ kind: 'file', size: 6 * GIB - 1 })
  })
})
