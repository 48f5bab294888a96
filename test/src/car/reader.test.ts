import { CarReader } from '@ipld/car'
import * as dagCbor from '@ipld/dag-cbor'
import { expect } from 'chai'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { encodeVarint } from '../../../src/bytes/varint.ts'
import { DagIndex } from '../../../src/car/dag-index.ts'
import { type CarBlock, MAX_BLOCK_SIZE, onlyRoot, readCar } from '../../../src/car/reader.ts'
import {
  carHeader,
  HEADER_SIZE,
  sectionHeadSize,
  writeSectionHead,
} from '../../../src/car/writer.ts'
import { isStorageError } from '../../../src/errors.ts'
import { refused } from '../../support/refused.ts'
import { all, type Block, chunked, pbBlock, peerCar, rawBlock } from './blocks.ts'

const FOLDER = new UnixFS({ type: 'directory' }).marshal()

/** A folder of two files: 3 blocks. */
async function smallDag(): Promise<Block[]> {
  const [a, b] = [await rawBlock('hello'), await rawBlock('world')]
  const links = [a, b].map(({ cid, bytes }, i) => ({
    Name: `${i}`,
    Tsize: bytes.length,
    Hash: cid,
  }))
  return [a, b, await pbBlock({ Data: FOLDER, Links: links })]
}

async function smallCar(): Promise<{ bytes: Uint8Array; blocks: Block[]; root: CID }> {
  const blocks = await smallDag()
  const root = (blocks[2] as Block).cid
  return { bytes: await peerCar([root], blocks), blocks, root }
}

async function blocksIn(
  bytes: Uint8Array,
  options = {},
  chunk = bytes.length,
): Promise<CarBlock[]> {
  return all((await readCar(chunked(bytes, chunk), options)).blocks)
}

/** As a CAR is read everywhere in the project: one root, true blocks, nothing missing. */
async function check(bytes: Uint8Array, options = {}): Promise<void> {
  const { roots, blocks } = await readCar(chunked(bytes), options)
  const index = new DagIndex()
  for await (const block of blocks) index.add(block)
  index.requireWhole(onlyRoot(roots))
}

function withHeader(header: unknown, ...sections: Uint8Array[]): Uint8Array {
  const body = header instanceof Uint8Array ? header : dagCbor.encode(header)
  return Buffer.concat([encodeVarint(body.length), body, ...sections])
}

describe('readCar', () => {
  it('reads what @ipld/car writes, in chunks of any size', async () => {
    const { bytes, blocks, root } = await smallCar()
    for (const chunk of [1, 2, 3, 7, 59, 64, bytes.length]) {
      const car = await readCar(chunked(bytes, chunk))
      expect(car.roots.map(String)).to.deep.equal([root.toString()])
      const read = await all(car.blocks)
      expect(read.map((block) => block.cid.toString())).to.deep.equal(blocks.map((b) => `${b.cid}`))
      for (const { bytes: block, offset } of read)
        expect(Buffer.from(bytes.subarray(offset, offset + block.length)).equals(block)).to.equal(
          true,
        )
    }
  })

  it('reads CIDs of version 0 and identity, and a CAR without blocks', async () => {
    const pb = await pbBlock({ Data: FOLDER, Links: [] })
    const v0 = { cid: CID.createV0(pb.cid.multihash as never), bytes: pb.bytes }
    const inline = new Uint8Array([1, 2, 3])
    const id = { cid: CID.createV1(0x55, identity.digest(inline)), bytes: inline }
    const read = await blocksIn(await peerCar([v0.cid], [v0, id]))
    expect(read.map((block) => `${block.cid}`)).to.deep.equal([`${v0.cid}`, `${id.cid}`])
    expect(await blocksIn(await peerCar([v0.cid], []))).to.have.length(0)
  })

  it('refuses a CAR in which any one byte is altered', async () => {
    const { bytes } = await smallCar()
    await check(bytes)
    for (let i = 0; i < bytes.length; i++)
      for (const flip of [0x01, 0x80, 0xff]) {
        const altered = bytes.slice()
        altered[i] = (altered[i] ?? 0) ^ flip
        const error = await check(altered).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        expect(
          isStorageError(error, 'CAR_INVALID') || isStorageError(error, 'BLOCK_MISMATCH'),
          `byte ${i} ^ ${flip}: ${error}`,
        ).to.equal(true)
      }
  })

  it('refuses every proper prefix', async () => {
    const { bytes } = await smallCar()
    for (let size = 0; size < bytes.length; size++)
      await refused('CAR_INVALID', check(bytes.subarray(0, size)))
  })

  it('says BLOCK_MISMATCH for an altered block', async () => {
    const { bytes } = await smallCar()
    bytes[HEADER_SIZE + 1 + 36] = 0
    await refused('BLOCK_MISMATCH', blocksIn(bytes))
  })

  it('accepts zeros behind the last section only as padding', async () => {
    const { bytes } = await smallCar()
    for (const zeros of [1, 2, 1000, 200_000]) {
      const padded = Buffer.concat([bytes, new Uint8Array(zeros)])
      expect(await blocksIn(padded, { padding: true }, 4096)).to.have.length(3)
      await refused('CAR_INVALID', blocksIn(padded))
      padded[padded.length - 1] = 1
      await refused('CAR_INVALID', blocksIn(padded, { padding: true }))
    }
  })

  it('refuses headers that are not exactly roots and version 1', async () => {
    const { cid } = await rawBlock('x')
    const version2 = Buffer.from('0aa16776657273696f6e02', 'hex') // CARv2 pragma
    await refused('CAR_INVALID', readCar(chunked(version2)))
    for (const header of [
      { roots: [cid] },
      { version: 1 },
      { roots: [cid], version: 2 },
      { roots: [cid], version: 1, more: 1 },
      { roots: [], version: 1 },
      { roots: ['bafk'], version: 1 },
      { roots: cid, version: 1 },
      [cid],
      null,
      dagCbor.encode('roots').subarray(0, 3),
      new Uint8Array(0),
    ])
      await refused('CAR_INVALID', readCar(chunked(withHeader(header))))
  })

  it('refuses a header that is not canonical CBOR', async () => {
    const { cid } = await rawBlock('x')
    const body = Buffer.from(dagCbor.encode({ roots: [cid], version: 1 }))
    const unsorted = Buffer.concat([body.subarray(0, 1), body.subarray(-9), body.subarray(1, -9)])
    const wideInt = Buffer.concat([body.subarray(0, -1), Uint8Array.of(0x18, 0x01)])
    for (const bad of [unsorted, wideInt, Buffer.concat([body, Uint8Array.of(0)])])
      await refused('CAR_INVALID', readCar(chunked(withHeader(bad))))
  })

  it('refuses lengths that are not shortest, too large, zero or beyond the end', async () => {
    const { cid, bytes } = await rawBlock('x')
    const section = Buffer.concat([cid.bytes, bytes])
    const header = carHeader(cid)
    const longVarint = Uint8Array.of(section.length | 0x80, 0)
    for (const length of [
      longVarint,
      encodeVarint(MAX_BLOCK_SIZE + 1000),
      encodeVarint(2n ** 63n),
      encodeVarint(0),
      encodeVarint(section.length + 1),
      encodeVarint(20),
    ])
      await refused('CAR_INVALID', blocksIn(Buffer.concat([header, length, section])))
    await refused('CAR_INVALID', readCar(chunked(encodeVarint(2 ** 20))))
  })

  it('takes blocks of 4 MiB and no larger', async () => {
    const largest = await rawBlock(new Uint8Array(MAX_BLOCK_SIZE))
    expect(await blocksIn(await peerCar([largest.cid], [largest]))).to.have.length(1)
    const larger = await rawBlock(new Uint8Array(MAX_BLOCK_SIZE + 1))
    await refused('CAR_INVALID', blocksIn(await peerCar([larger.cid], [larger])))
  })

  it('refuses hash functions that it does not check', async () => {
    const { cid } = await rawBlock('x')
    const blake = Buffer.from(cid.bytes)
    blake[2] = 0x1e // blake3
    const section = Buffer.concat([blake, new TextEncoder().encode('x')])
    await refused(
      'CAR_INVALID',
      blocksIn(Buffer.concat([carHeader(cid), encodeVarint(section.length), section])),
    )
  })

  it('refuses several roots where one is needed', async () => {
    const blocks = await smallDag()
    const car = await peerCar(
      blocks.map((block) => block.cid),
      blocks,
    )
    expect((await readCar(chunked(car))).roots).to.have.length(3)
    await refused('CAR_INVALID', check(car))
  })

  it('ends its source when it is left early', async () => {
    const { bytes } = await smallCar()
    let ended = false
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* chunked(bytes, 10)
      } finally {
        ended = true
      }
    }
    for await (const _ of (await readCar(source())).blocks) break
    expect(ended).to.equal(true)
  })
})

describe('CAR writer', () => {
  it('writes what @ipld/car writes, and @ipld/car reads it', async () => {
    const { bytes, blocks, root } = await smallCar()
    const ours = Buffer.concat([
      carHeader(root),
      ...blocks.flatMap(({ cid, bytes: content }) => {
        const head = new Uint8Array(sectionHeadSize(content.length))
        writeSectionHead(head, 0, cid.code, cid.multihash.digest, content.length)
        return [head, content]
      }),
    ])
    expect(ours.equals(bytes)).to.equal(true)
    const reader = await CarReader.fromBytes(ours)
    expect((await reader.getRoots()).map(String)).to.deep.equal([`${root}`])
    expect(await all(reader.blocks())).to.have.length(3)
  })
})

describe('DagIndex', () => {
  it('takes blocks in any order and finds them', async () => {
    const { blocks, root } = await smallCar()
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 1, 2],
    ]) {
      const index = new DagIndex()
      for (const i of order) index.add({ ...(blocks[i] as Block), offset: 100 * i })
      index.requireWhole(root)
      expect(index.find(root)).to.deep.equal({ offset: 200, size: blocks[2]?.bytes.length })
      expect(index.find((await rawBlock('elsewhere')).cid)).to.equal(undefined)
    }
  })

  it('refuses a missing leaf, a missing root and a dag-cbor block with a missing link', async () => {
    const { blocks, root } = await smallCar()
    for (const left of [0, 1, 2]) {
      const index = new DagIndex()
      for (const [i, block] of blocks.entries()) if (i !== left) index.add({ ...block, offset: 1 })
      await refused('CAR_INVALID', () => index.requireWhole(root))
    }
    const cbor = dagCbor.encode({ deep: [{ link: root }] })
    const { cid } = await rawBlock(cbor)
    const index = new DagIndex()
    index.add({ cid: CID.createV1(0x71, cid.multihash), bytes: cbor, offset: 0 })
    await refused('CAR_INVALID', () => index.requireWhole(CID.createV1(0x71, cid.multihash)))
  })

  it('refuses a block that is not of its codec', async () => {
    const { cid, bytes } = await rawBlock('not dag-pb')
    const as = (code: number) => ({ cid: CID.createV1(code, cid.multihash), bytes, offset: 0 })
    await refused('CAR_INVALID', () => new DagIndex().add(as(0x70)))
    await refused('CAR_INVALID', () => new DagIndex().add(as(0x71)))
  })

  it('does not overflow on deep nesting', async () => {
    const deep = new Uint8Array(200_000).fill(0x81) // arrays of one
    deep[deep.length - 1] = 0x01
    const { cid } = await rawBlock(deep)
    const block = { cid: CID.createV1(0x71, cid.multihash), bytes: deep, offset: 0 }
    await refused('CAR_INVALID', () => new DagIndex().add(block))
  })
})
