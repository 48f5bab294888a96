import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { prepare } from '../../../src/prepare/prepare.ts'
import type { StoredPiece } from '../../../src/prepare/sink.ts'
import { retrieve, type RetrieveOptions, type Want } from '../../../src/retrieve/retrieve.ts'
import { refused } from '../../support/refused.ts'
import { type Block, pbBlock, peerCar, rawBlock } from '../car/blocks.ts'
import { FolderSink, Scratch, treeOf } from '../prepare/folder-sink.ts'
import { Web } from './web.ts'

const MIB = 2 ** 20

describe('retrieve', () => {
  let scratch: Scratch
  let web: Web

  beforeEach(async () => {
    scratch = new Scratch()
    web = await Web.open()
  })
  afterEach(async () => {
    await web.close()
    scratch.remove()
  })

  /** A folder with a nested file, a file of several blocks and an empty folder, prepared and served. */
  async function served(): Promise<{ piece: StoredPiece; car: Uint8Array }> {
    scratch.file('in/a.txt', 'a')
    scratch.file('in/deep/er/b.bin', Buffer.alloc(2 * MIB + 5, 'sealift'))
    scratch.file('in/empty file')
    scratch.folder('in/empty')
    return serve([scratch.at('in')])
  }

  async function serve(inputs: string[]): Promise<{ piece: StoredPiece; car: Uint8Array }> {
    const { pieces } = await prepare(inputs, new FolderSink(scratch.at('sink')))
    const [piece] = pieces as [StoredPiece]
    const car = readFileSync(piece.path)
    web.answers.set(`/piece/${piece.pieceCid}`, car)
    web.answers.set(`/piece/${piece.pieceCidV2}`, car)
    web.answers.set(`/ipfs/${piece.root}`, car)
    return { piece, car }
  }

  function fetchTo(target: string, want: Want, options: RetrieveOptions = {}) {
    return retrieve(want, [{ name: 'depot', url: web.url }], scratch.at(target), options)
  }

  /** Refused with `code`, and nothing of the work is left in the scratch folder. */
  async function refusedCleanly(
    code: Parameters<typeof refused>[0],
    want: Want,
    options: RetrieveOptions = {},
    target = 'out',
  ) {
    const before = readdirSync(scratch.path, { recursive: true })
    const error = await refused(code, fetchTo(target, want, options))
    expect(readdirSync(scratch.path, { recursive: true })).to.have.members(before)
    return error
  }

  /** Serves a CAR of hand-made blocks, the last one its root. */
  async function serveBlocks(...blocks: Block[]): Promise<Want> {
    const root = (blocks.at(-1) as Block).cid
    web.answers.set(`/ipfs/${root}`, await peerCar([root], blocks))
    return { cid: `${root}` }
  }

  describe('what it gives back', () => {
    it('gives an identical tree, by piece CID of either version and by root', async () => {
      const { piece } = await served()
      const expected = treeOf(scratch.at('in'))
      const ways: Want[] = [
        { cid: piece.pieceCid },
        { cid: piece.pieceCidV2 },
        { cid: piece.root },
        { cid: piece.root, pieceCid: piece.pieceCid, size: piece.size },
        { cid: piece.pieceCid, pieceCid: piece.pieceCidV2 },
      ]
      for (const [i, want] of ways.entries()) {
        const got = await fetchTo(`out/${i}`, want)
        expect(got).to.deep.equal({
          root: piece.root,
          pieceCid: piece.pieceCid,
          source: 'depot',
          bytes: 1 + 2 * MIB + 5,
          files: 3,
          path: scratch.at(`out/${i}`),
          verified: true,
        })
        expect(treeOf(got.path)).to.deep.equal(expected)
      }
      expect(web.asked).to.deep.equal([
        `/piece/${piece.pieceCid}`,
        `/piece/${piece.pieceCidV2}`,
        `/ipfs/${piece.root}`,
        `/piece/${piece.pieceCid}`,
        `/piece/${piece.pieceCid}`,
      ])
      expect(readdirSync(scratch.at('out'))).to.have.length(ways.length)
    })

    it('gives a file under its name, or its CID', async () => {
      const { piece } = await serve([scratch.file('hello.txt', 'hello world')])
      const named = await fetchTo('out', { cid: piece.root, name: 'hello.txt' })
      expect(named.path).to.equal(scratch.at('out/hello.txt'))
      expect(readFileSync(named.path, 'utf8')).to.equal('hello world')
      const nameless = await fetchTo('out', { cid: piece.root })
      expect(nameless.path).to.equal(scratch.at('out', piece.root))
      expect(nameless).to.deep.include({ files: 1, bytes: 11 })
    })

    it('gives back sharded folders, and chunks that were written once', async () => {
      for (let i = 0; i < 5000; i++) scratch.file(`in/a rather long name, number ${i}`, `${i % 7}`)
      scratch.file('in/zeros', new Uint8Array(5 * MIB))
      const { piece } = await serve([scratch.at('in')])
      expect(piece.size).to.be.lessThan(2 * MIB)
      const got = await fetchTo('out', { cid: piece.pieceCid })
      expect(treeOf(got.path)).to.deep.equal(treeOf(scratch.at('in')))
    })

    it('takes a piece with its padding, and no other bytes behind the CAR', async () => {
      const { piece, car } = await served()
      const padded = Buffer.alloc((piece.pieceSize / 128) * 127)
      padded.set(car)
      web.answers.set(`/piece/${piece.pieceCid}`, padded)
      await fetchTo('out', { cid: piece.pieceCid })
      expect(treeOf(scratch.at('out'))).to.deep.equal(treeOf(scratch.at('in')))
      padded[padded.length - 1] = 1
      await refusedCleanly('CAR_INVALID', { cid: piece.pieceCid }, {}, 'other')
    })

    it('puts a folder into a folder that exists, next to what is there', async () => {
      const { piece } = await served()
      mkdirSync(scratch.at('out'))
      writeFileSync(scratch.at('out/mine'), 'mine')
      await fetchTo('out', { cid: piece.root })
      expect(readdirSync(scratch.at('out')).toSorted()).to.deep.equal([
        'a.txt',
        'deep',
        'empty',
        'empty file',
        'mine',
      ])
      expect(readFileSync(scratch.at('out/mine'), 'utf8')).to.equal('mine')
    })

    it('follows one redirect', async () => {
      const { piece, car } = await served()
      web.answers.set('/elsewhere', car)
      web.answers.set(`/piece/${piece.pieceCid}`, (_, response) =>
        response.writeHead(302, { location: '/elsewhere' }).end(),
      )
      await fetchTo('out', { cid: piece.pieceCid })
      web.answers.set('/elsewhere', (_, response) =>
        response.writeHead(302, { location: '/elsewhere' }).end(),
      )
      await refusedCleanly('FETCH_FAILED', { cid: piece.pieceCid }, {}, 'other')
    })

    it('reports progress', async () => {
      const { piece } = await served()
      const seen: unknown[] = []
      await fetchTo('out', { cid: piece.root }, { onProgress: (p) => seen.push(p) })
      expect(seen.at(-1)).to.deep.equal({ bytes: piece.size, total: piece.size, source: 'depot' })
    })
  })

  describe('several sources', () => {
    it('asks the next one when one fails, lies or has nothing', async () => {
      const { piece, car } = await served()
      const liar = await Web.open()
      const altered = Uint8Array.from(car)
      altered[200] = (altered[200] ?? 0) ^ 1
      liar.answers.set(`/piece/${piece.pieceCid}`, altered)
      const broken = await Web.open()
      broken.answers.set(`/piece/${piece.pieceCid}`, (_, response) => {
        response.writeHead(200, { 'content-length': car.length })
        response.write(car.subarray(0, 1000), () => response.destroy())
      })
      const sources = [
        { name: 'nobody', url: 'http://127.0.0.1:1' },
        { name: 'not a URL', url: 'ftp://example.com' },
        { name: 'liar', url: liar.url },
        { name: 'broken', url: broken.url },
        { name: 'good', url: `${web.url}//` },
      ]
      const got = await retrieve({ cid: piece.pieceCid }, sources, scratch.at('out'))
      expect(got.source).to.equal('good')
      expect(treeOf(got.path)).to.deep.equal(treeOf(scratch.at('in')))

      const rest = sources.slice(0, 4)
      const error = await refused(
        'FETCH_FAILED',
        retrieve({ cid: piece.pieceCid }, rest, scratch.at('out2')),
      )
      for (const { name } of rest) expect(error.message).to.include(`${name}: `)
      await liar.close()
      await broken.close()
    })

    it('CID_NOT_FOUND: when none has it', async () => {
      const { piece } = await served()
      web.answers.clear()
      const want = { cid: piece.root, pieceCid: piece.pieceCid }
      await refusedCleanly('CID_NOT_FOUND', want)
      expect(web.asked).to.deep.equal([
        `/piece/${piece.pieceCid}`,
        `/ipfs/${piece.root}`,
        `/manifest/${piece.root}`,
      ])
    })

    it('ARGUMENT_INVALID: without a source; CID_INVALID: what is not a CID, two pieces at once', async () => {
      const { piece } = await served()
      await refused('ARGUMENT_INVALID', retrieve({ cid: piece.root }, [], scratch.at('out')))
      await refusedCleanly('CID_INVALID', { cid: 'hello' })
      await refusedCleanly('CID_INVALID', { cid: piece.root, pieceCid: piece.root })
      const other = await serve([scratch.file('x', 'x')])
      const want = { cid: piece.pieceCid, pieceCid: other.piece.pieceCidV2 }
      await refusedCleanly('CID_INVALID', want)
    })
  })

  describe('what it refuses from a source', () => {
    it('BLOCK_MISMATCH: altered bytes', async () => {
      const { piece, car } = await served()
      car[car.length - 1] = (car[car.length - 1] ?? 0) ^ 1
      await refusedCleanly('BLOCK_MISMATCH', { cid: piece.root })
    })

    it('CAR_INVALID: a CAR that is cut, or misses a block', async () => {
      const { piece, car } = await served()
      web.answers.set(`/ipfs/${piece.root}`, car.subarray(0, -3))
      await refusedCleanly('CAR_INVALID', { cid: piece.root })
      const leaf = await rawBlock('leaf')
      await refusedCleanly('CAR_INVALID', await serveBlocks(await folderOf({ leaf })))
    })

    it('PIECE_MISMATCH: a true CAR that is another piece, and more bytes than the piece has', async () => {
      const { piece, car } = await served()
      const other = await serve([scratch.file('x', 'x')])
      web.answers.set(`/piece/${other.piece.pieceCid}`, car)
      await refusedCleanly('PIECE_MISMATCH', { cid: other.piece.pieceCid })
      web.answers.set(`/piece/${other.piece.pieceCidV2}`, car)
      await refusedCleanly('PIECE_MISMATCH', { cid: other.piece.pieceCidV2 })
      await refusedCleanly('PIECE_MISMATCH', { cid: piece.root, size: 1000 })
      web.answers.set(`/ipfs/${piece.root}`, (_, response) => {
        response.writeHead(200) // no Content-Length
        response.end(car)
      })
      await refusedCleanly('PIECE_MISMATCH', { cid: piece.root, size: 1000 })
    })

    it('FETCH_FAILED: a CAR of another root, an error of the server', async () => {
      const { piece } = await served()
      const other = await serve([scratch.file('x', 'x')])
      web.answers.set(`/ipfs/${piece.root}`, other.car)
      await refusedCleanly('FETCH_FAILED', { cid: piece.root })
      web.answers.set(`/ipfs/${piece.root}`, (_, response) => response.writeHead(500).end())
      await refusedCleanly('FETCH_FAILED', { cid: piece.root })
    })

    it('FETCH_FAILED: a source that falls silent', async () => {
      const { piece, car } = await served()
      web.answers.set(`/ipfs/${piece.root}`, (_, response) => {
        response.writeHead(200)
        response.write(car.subarray(0, 500))
      })
      await refusedCleanly('FETCH_FAILED', { cid: piece.root }, { stallMs: 50 })
      web.answers.set(`/ipfs/${piece.root}`, () => {})
      await refusedCleanly('FETCH_FAILED', { cid: piece.root }, { stallMs: 50 })
    })

    it('DEADLINE and ABORTED: also between bytes', async () => {
      const { piece, car } = await served()
      const controller = new AbortController()
      web.answers.set(`/ipfs/${piece.root}`, (_, response) => {
        response.writeHead(200)
        response.write(car.subarray(0, 500))
      })
      await refusedCleanly('DEADLINE', { cid: piece.root }, { deadlineMs: 50 })
      setTimeout(() => controller.abort(), 50)
      await refusedCleanly('ABORTED', { cid: piece.root }, { signal: controller.signal })
      await refusedCleanly('ABORTED', { cid: piece.root }, { signal: controller.signal })
    })
  })

  describe('what it refuses to write', () => {
    it('TARGET_EXISTS: a file, and names that are there', async () => {
      const { piece } = await served()
      writeFileSync(scratch.at('out'), 'mine')
      await refusedCleanly('TARGET_EXISTS', { cid: piece.root })
      symlinkSync('nowhere', scratch.at('dangling'))
      await refusedCleanly('TARGET_EXISTS', { cid: piece.root }, {}, 'dangling')
      for (const name of ['a.txt', 'deep', 'empty']) {
        const path = scratch.file(`there-${name}/${name}`, 'mine')
        await refusedCleanly('TARGET_EXISTS', { cid: piece.root }, {}, `there-${name}`)
        expect(readFileSync(path, 'utf8')).to.equal('mine')
      }
      const file = await serve([scratch.file('hello.txt', 'hello world')])
      scratch.file('there/hello.txt', 'mine')
      const want = { cid: file.piece.root, name: 'hello.txt' }
      await refusedCleanly('TARGET_EXISTS', want, {}, 'there')
    })

    for (const name of [
      '',
      '.',
      '..',
      '../x',
      '/etc/x',
      'a/b',
      'a\\b',
      'C:\\x',
      'a\0b',
      'x'.repeat(300),
    ])
      it(`TARGET_UNSAFE: an entry named ${JSON.stringify(name).slice(0, 20)}`, async () => {
        const file = await rawBlock('evil')
        await refusedCleanly(
          'TARGET_UNSAFE',
          await serveBlocks(file, await folderOf({ [name]: file })),
        )
        const inner = await folderOf({ [name]: file })
        const outer = await folderOf({ inner })
        await refusedCleanly('TARGET_UNSAFE', await serveBlocks(file, inner, outer))
        await refusedCleanly('TARGET_UNSAFE', { ...(await serveBlocks(file)), name })
      })

    it('TARGET_UNSAFE: such names in a sharded folder', async () => {
      const file = await rawBlock('evil')
      const shard = await shardOf({ '00../../x': file })
      await refusedCleanly('TARGET_UNSAFE', await serveBlocks(file, shard))
    })

    it('TARGET_UNSAFE: two entries of one name', async () => {
      const file = await rawBlock('twice')
      const links = [1, 2].map(() => ({ Name: 'same', Tsize: 5, Hash: file.cid }))
      const folder = await pbBlock({
        Data: new UnixFS({ type: 'directory' }).marshal(),
        Links: links,
      })
      await refusedCleanly('TARGET_UNSAFE', await serveBlocks(file, folder))
    })

    it('TARGET_UNSAFE: symbolic links', async () => {
      const data = new TextEncoder().encode('/etc/passwd')
      const link = await pbBlock({
        Data: new UnixFS({ type: 'symlink', data }).marshal(),
        Links: [],
      })
      await refusedCleanly('TARGET_UNSAFE', await serveBlocks(link, await folderOf({ link })))
      await refusedCleanly('TARGET_UNSAFE', await serveBlocks(link))
    })

    it('CAR_INVALID: what is not UnixFS, or does not hold what it states', async () => {
      const leaf = await rawBlock('12345')
      const lying = new UnixFS({ type: 'file', blockSizes: [6n] })
      const link = { Name: '', Tsize: 5, Hash: leaf.cid }
      const file = await pbBlock({ Data: lying.marshal(), Links: [link] })
      await refusedCleanly('CAR_INVALID', await serveBlocks(leaf, file))
      await refusedCleanly('CAR_INVALID', await serveBlocks(await pbBlock({ Links: [] })))
      const cbor = await rawBlock(Uint8Array.of(0xa0))
      const map = { ...cbor, cid: CID.createV1(0x71, cbor.cid.multihash) }
      await refusedCleanly('CAR_INVALID', await serveBlocks(map))
      await refusedCleanly('CAR_INVALID', await serveBlocks(leaf, await shardOf({ '0': leaf })))
      await refusedCleanly('CAR_INVALID', await serveBlocks(leaf, await shardOf({ '00': leaf })))
    })

    it('stops a DAG that unfolds without end', async () => {
      const blocks = [await folderOf({})]
      for (let i = 0; i < 40; i++) {
        const below = blocks.at(-1) as Block
        blocks.push(await folderOf({ a: below, b: below }))
      }
      await refusedCleanly('DEADLINE', await serveBlocks(...blocks), { deadlineMs: 300 })
    })
  })
})

async function folderOf(entries: Record<string, Block>): Promise<Block> {
  const Links = Object.entries(entries).map(([Name, { cid, bytes }]) => ({
    Name,
    Tsize: bytes.length,
    Hash: cid,
  }))
  return pbBlock({ Data: new UnixFS({ type: 'directory' }).marshal(), Links })
}

async function shardOf(entries: Record<string, Block>): Promise<Block> {
  const shape = { type: 'hamt-sharded-directory', fanout: 256n, hashType: 0x22n } as const
  const Links = Object.entries(entries).map(([Name, { cid, bytes }]) => ({
    Name,
    Tsize: bytes.length,
    Hash: cid,
  }))
  return pbBlock({ Data: new UnixFS(shape).marshal(), Links })
}
