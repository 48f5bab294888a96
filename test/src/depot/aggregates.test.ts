import { createHash } from 'node:crypto'
import * as disk from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect } from 'chai'
import { Aggregate } from '../../../src/aggregate/aggregate.ts'
import { encodeLayout } from '../../../src/aggregate/layout.ts'
import { placeSegments } from '../../../src/aggregate/segment.ts'
import type { Files } from '../../../src/depot/files.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { startDepotServer } from '../../../src/depot/server.ts'
import { commitmentOf } from '../../../src/piece/commitment.ts'
import { parsePieceCid, pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { aggregateOf, laidOut, named, putPieces } from './support/aggregates.ts'
import { contents, errno, raw, stream, temporaryFolders, watchedFiles } from './support/fixture.ts'

const seed = process.env['SEED'] ?? 'aggregates'
const mixed = named('mixed-16k')
const [first, second] = mixed.pieces.map(({ pieceCidV2: v2 }) => v2) as [string, string]

const full = () => Promise.reject(errno('ENOSPC'))
const no = () => Promise.reject(errno('EROFS'))

describe('depot/aggregates', () => {
  const temporary = temporaryFolders()

  /** A depot with the pieces of a vector and the aggregate of them. */
  async function filled(vector = mixed, folder?: string) {
    const at = folder ?? (await temporary())
    const depot = await openDepot(at)
    await putPieces(depot, vector)
    const piece = await depot.putAggregate(aggregateOf(vector), { name: 'many' })
    return { folder: at, depot, piece }
  }

  describe('serves the bytes that others lay out', () => {
    for (const vector of laidOut)
      it(vector.name, async () => {
        const { depot, piece } = await filled(vector)
        const whole = await buffer(depot.read(piece))
        const sha256 = createHash('sha256').update(whole).digest('hex')
        expect({ size: whole.length, sha256 }).to.deep.include({
          size: vector.unpaddedImage.size,
          sha256: vector.unpaddedImage.sha256,
        })
        const commitment = await commitmentOf(depot.read(piece))
        expect(pieceCidV2(commitment)).to.equal(vector.pieceCidV2)
        expect(await depot.verify(vector.pieceCidV1)).to.deep.equal(piece)
      })
  })

  it(`any stretch is that of the whole, seed ${seed}`, async () => {
    for (const vector of laidOut) {
      const { depot, piece } = await filled(vector)
      const whole = await buffer(depot.read(piece))
      const numbers = new Uint32Array(random(60 * 4, `${seed} ${vector.name}`).buffer)
      for (let i = 0; i < numbers.length; i += 2) {
        const [a = 0, b = 0] = [...numbers.subarray(i, i + 2)].map((n) => n % (whole.length + 1))
        const [start, end] = a < b ? [a, b] : [b, a]
        const part = await buffer(depot.read(piece, start, end))
        expect(part.equals(whole.subarray(start, end)), `${start} to ${end}`).to.equal(true)
      }
    }
  })

  it('is a piece like any other, without bytes of its own', async () => {
    const { folder, depot, piece } = await filled()
    expect(piece).to.deep.equal({
      name: 'many',
      root: '',
      pieceCid: mixed.pieceCidV1,
      pieceCidV2: mixed.pieceCidV2,
      size: mixed.unpaddedImage.size,
      pieceSize: Number(mixed.dealSize),
      files: mixed.pieces.length,
      segments: mixed.pieces.length,
      path: join(folder, 'pieces', `${mixed.pieceCidV2}.layout`),
    })
    expect(await disk.readFile(piece.path, 'utf8')).to.equal(encodeLayout(aggregateOf(mixed)))
    for (const each of [depot, await openDepot(folder)]) {
      expect(await each.find(mixed.pieceCidV1)).to.deep.equal(piece)
      expect(await each.get(mixed.pieceCidV2)).to.deep.equal(piece)
      expect(await each.list()).to.have.length(mixed.pieces.length + 1)
      expect(await each.get(first)).to.not.have.property('segments')
    }
  })

  it('stores an aggregate of aggregates', async () => {
    const { depot, piece } = await filled()
    const inner = { ...parsePieceCid(piece.pieceCidV2), size: piece.size, pieceSize: 16_384 }
    const outer = new Aggregate(placeSegments([inner], 65_536), 65_536)
    await depot.putAggregate(outer)
    expect(await depot.verify(pieceCidV2(outer))).to.include({ segments: 1 })
    await refused('PIECE_NEEDED', depot.remove(piece.pieceCidV2))
  })

  it('stores nothing of an aggregate whose pieces are not all there', async () => {
    const folder = await temporary()
    const depot = await openDepot(folder)
    const { message } = await refused('CID_NOT_FOUND', depot.putAggregate(aggregateOf(mixed)))
    expect(message).to.include(first)
    await putPieces(depot, mixed)
    const before = await contents(folder)
    await depot.remove(second)
    const { message: other } = await refused(
      'CID_NOT_FOUND',
      depot.putAggregate(aggregateOf(mixed)),
    )
    expect(other).to.include(second)
    expect(await contents(folder)).to.deep.equal(before.filter((name) => !name.includes(second)))
  })

  it('stores an aggregate once, and a damaged layout anew', async () => {
    const { folder, depot, piece } = await filled()
    const { ino } = await disk.stat(piece.path)
    expect(await depot.putAggregate(aggregateOf(mixed), { name: 'again' })).to.deep.equal(piece)
    expect((await disk.stat(piece.path)).ino).to.equal(ino)
    await disk.writeFile(piece.path, '{}')
    expect(await depot.putAggregate(aggregateOf(mixed), { name: 'again' })).to.deep.equal(piece)
    await disk.rm(piece.path)
    await (await openDepot(folder)).putAggregate(aggregateOf(mixed))
    await depot.verify(mixed.pieceCidV2)
    expect((await contents(folder)).filter((name) => name.startsWith('staging'))).to.deep.equal([])
  })

  describe('bytes and layout of one aggregate', () => {
    it('bytes that are stored take the place of the layout', async () => {
      const { folder, depot, piece } = await filled()
      const other = await openDepot(folder)
      expect(await other.get(piece.pieceCidV2)).to.deep.equal(piece)
      const { segments: _, ...rest } = piece
      const stored = await depot.put(depot.read(piece))
      const path = piece.path.replace('.layout', '.bin')
      expect(stored).to.deep.equal({ ...rest, files: 1, path })
      for (const each of [depot, other, await openDepot(folder)]) {
        expect(await each.get(piece.pieceCid)).to.deep.equal(stored)
        await each.verify(piece.pieceCid)
      }
      expect(await contents(folder)).to.not.include(`pieces/${piece.pieceCidV2}.layout`)
      expect(await depot.remove(first)).to.equal(true)
    })

    it('whole bytes that are there stay, damaged ones give way to the layout', async () => {
      const { folder, depot, piece } = await filled()
      const { path } = await depot.put(depot.read(piece))
      expect(await depot.putAggregate(aggregateOf(mixed))).to.include({ path })
      await disk.truncate(path, 100)
      expect(await depot.putAggregate(aggregateOf(mixed))).to.deep.equal(piece)
      expect(await contents(folder)).to.not.include(`pieces/${piece.pieceCidV2}.bin`)
      await depot.verify(piece.pieceCidV2)
    })

    it('a commit of staged bytes with the record of an aggregate stores bytes', async () => {
      const { depot, piece } = await filled()
      const other = await openDepot(await temporary())
      const staging = await other.stage()
      await disk.writeFile(staging.path, await buffer(depot.read(piece)))
      const { path: _, ...record } = piece
      expect(await other.commit(staging, record)).to.not.have.property('segments')
      await other.verify(piece.pieceCidV2)
    })
  })

  describe('remove', () => {
    it('refuses a piece that an aggregate is made of, and names the aggregate', async () => {
      const { folder, depot, piece } = await filled()
      const before = await contents(folder)
      for (const each of [depot, await openDepot(folder)]) {
        const error = await refused('PIECE_NEEDED', each.remove(first))
        expect(error.message).to.include(piece.pieceCidV2)
        expect(error.hint).to.include('first')
      }
      expect(await contents(folder)).to.deep.equal(before)
      await depot.verify(piece.pieceCidV2)
    })

    it('leaves the pieces of an aggregate, which can be removed then', async () => {
      const { folder, depot, piece } = await filled()
      expect(await depot.remove(piece.pieceCid)).to.equal(true)
      expect(await depot.find(piece.pieceCidV2)).to.equal(undefined)
      expect(await depot.list()).to.have.length(mixed.pieces.length)
      for (const { pieceCidV2: v2 } of mixed.pieces) expect(await depot.remove(v2)).to.equal(true)
      expect(await contents(folder)).to.deep.equal([])
    })

    it('believes no layout without a record', async () => {
      const { folder, depot, piece } = await filled()
      await disk.rm(join(folder, 'pieces', `${piece.pieceCidV2}.json`))
      expect(await depot.remove(first)).to.equal(true)
    })

    it('sees the aggregate that another process stores meanwhile, and puts the record back', async () => {
      const folder = await temporary()
      const writer = await openDepot(folder)
      await putPieces(writer, mixed)
      const rename: Files['rename'] = async (from, to) => {
        if (String(from).endsWith(`${first}.json`)) await writer.putAggregate(aggregateOf(mixed))
        await disk.rename(from, to)
      }
      const remover = await openDepot(folder, { ...disk, rename })
      await refused('PIECE_NEEDED', remover.remove(first))
      await writer.verify(mixed.pieceCidV2)
    })

    it('an aggregate does not stay when a piece is removed while it is stored', async () => {
      const folder = await temporary()
      const remover = await openDepot(folder)
      await putPieces(remover, mixed)
      const rename: Files['rename'] = async (from, to) => {
        if (String(to).endsWith('.layout')) await remover.remove(first)
        await disk.rename(from, to)
      }
      const writer = await openDepot(folder, { ...disk, rename })
      const { message } = await refused('CID_NOT_FOUND', writer.putAggregate(aggregateOf(mixed)))
      expect(message).to.include(first)
      expect(await remover.find(mixed.pieceCidV2)).to.equal(undefined)
      expect((await contents(folder)).filter((name) => /layout|staging/.test(name))).to.deep.equal(
        [],
      )
    })
  })

  describe('faults', () => {
    it('a piece that is missing, cut or longer is DEPOT_CORRUPT, from where it begins', async () => {
      for (const damage of [
        (path: string) => disk.rm(path),
        (path: string) => disk.truncate(path, 10),
        (path: string) => disk.appendFile(path, 'x'),
        async (path: string) => {
          await disk.rm(path)
          await disk.rm(path.replace('.bin', '.json'))
        },
      ]) {
        const { folder, depot, piece } = await filled()
        await damage((await depot.get(second)).path)
        for (const each of [depot, await openDepot(folder)]) {
          await refused('DEPOT_CORRUPT', buffer(each.read(piece)))
          await refused('DEPOT_CORRUPT', each.verify(piece.pieceCid))
          expect(await buffer(each.read(piece, 0, 100))).to.have.length(100)
        }
      }
    })

    it('a bit that turned over is found by verify', async () => {
      const { depot, piece } = await filled()
      const { path } = await depot.get(second)
      const bytes = await disk.readFile(path)
      bytes[7] = (bytes[7] ?? 0) ^ 1
      await disk.writeFile(path, bytes)
      await refused('DEPOT_CORRUPT', depot.verify(piece.pieceCid))
    })

    it('a layout that is damaged, of another aggregate or missing is DEPOT_CORRUPT', async () => {
      const { folder, depot, piece } = await filled()
      const sound = await disk.readFile(piece.path, 'utf8')
      await depot.verify(piece.pieceCid)
      const others = [
        '',
        '{}',
        sound.slice(0, -1),
        sound.replace(first, second),
        encodeLayout(aggregateOf(named('small-2k'))),
      ]
      for (const text of others) {
        await disk.writeFile(piece.path, text)
        const opened = await openDepot(folder)
        const error = await refused('DEPOT_CORRUPT', buffer(opened.read(piece)))
        expect(error.message).to.include('many')
        await refused('DEPOT_CORRUPT', depot.verify(piece.pieceCid))
      }
      await disk.rm(piece.path)
      await refused('DEPOT_CORRUPT', depot.get(piece.pieceCid))
    })

    it('a range that the aggregate has not is refused at once', async () => {
      const { depot, piece } = await filled()
      for (const [start, end] of [
        [-1, 1],
        [2, 1],
        [0, piece.size + 1],
        [Number.NaN, 1],
      ] as const)
        await refused('ARGUMENT_INVALID', () => depot.read(piece, start, end))
    })

    it('keeps nothing when the disk is full, for the layout or for the record', async () => {
      const folder = await temporary()
      await putPieces(await openDepot(folder), mixed)
      const before = await contents(folder)
      for (const suffix of ['.layout', '.json']) {
        const rename: Files['rename'] = (from, to) =>
          String(to).endsWith(suffix) ? full() : disk.rename(from, to)
        const depot = await openDepot(folder, { ...disk, rename })
        await refused('DEPOT_FULL', depot.putAggregate(aggregateOf(mixed)))
        expect(await contents(folder)).to.deep.equal(before)
      }
      const { files } = watchedFiles((handle) => {
        handle.write = full as never
      })
      const depot = await openDepot(folder, files)
      await refused('DEPOT_FULL', depot.putAggregate(aggregateOf(mixed)))
      expect(await contents(folder)).to.deep.equal(before)
    })

    it('puts layout and record on the disk before they have a name', async () => {
      const folder = await temporary()
      await putPieces(await openDepot(folder), mixed)
      const steps: string[] = []
      const { files } = watchedFiles((handle, path) => {
        const sync = handle.sync.bind(handle)
        handle.sync = async () => {
          await sync()
          steps.push(path.endsWith('.part') ? 'sync' : 'sync folder')
        }
      })
      const rename: Files['rename'] = async (from, to) => {
        await disk.rename(from, to)
        steps.push(String(to).slice(String(to).lastIndexOf('.')))
      }
      const depot = await openDepot(folder, { ...files, rename })
      await depot.putAggregate(aggregateOf(mixed))
      expect(steps).to.deep.equal(['sync', 'sync', '.layout', '.json', 'sync folder'])
    })

    it('is read from a depot that cannot be written', async () => {
      const { folder, depot: writable, piece } = await filled()
      const small = named('small-2k')
      await putPieces(writable, small)
      const open: Files['open'] = (path, flags) => (flags === 'r' ? disk.open(path, flags) : no())
      const depot = await openDepot(folder, { ...disk, open, rm: no, rename: no })
      await depot.verify(piece.pieceCid)
      await refused('DEPOT_READ_ONLY', depot.remove(piece.pieceCid))
      await refused('DEPOT_READ_ONLY', depot.putAggregate(aggregateOf(small)))
    })
  })

  describe('streams', () => {
    it('have one file open at a time, and none when they end or are destroyed', async () => {
      const { folder, piece } = await filled(named('full-index-8M'))
      let most = 0
      const watched = watchedFiles(() => {
        most = Math.max(most, watched.open())
      })
      const depot = await openDepot(folder, watched.files)
      await buffer(depot.read(piece))
      expect([watched.open(), most]).to.deep.equal([0, 1])
      for (const bytes of [0, 1, 300_000]) {
        const stretch = depot.read(piece)
        let seen = 0
        if (bytes > 0)
          for await (const chunk of stretch.iterator({ destroyOnReturn: false })) {
            seen += (chunk as Uint8Array).length
            if (seen >= bytes) break
          }
        const closed = new Promise((resolve) => stretch.once('close', resolve))
        stretch.destroy()
        await closed
        expect(watched.open(), `after ${bytes}`).to.equal(0)
      }
    })

    it('read no further than somebody reads', async () => {
      const { folder, piece } = await filled(named('full-index-8M'))
      let opened = 0
      const { files } = watchedFiles(() => {
        opened++
      })
      const depot = await openDepot(folder, files)
      const stretch = depot.read(piece)
      await new Promise((resolve) => stretch.once('readable', resolve))
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(opened).to.be.lessThan(30)
      stretch.destroy()
    })

    it('decode a layout once for many ranges', async () => {
      const { folder, piece } = await filled()
      let layouts = 0
      const readFile: Files['readFile'] = ((path: string, encoding: 'utf8') => {
        if (path.endsWith('.layout')) layouts++
        return disk.readFile(path, encoding)
      }) as never
      const depot = await openDepot(folder, { ...disk, readFile })
      await Promise.all([1, 2, 3].map((i) => buffer(depot.read(piece, i, i + 9))))
      await buffer(depot.read(piece, 5, 9))
      expect(layouts).to.equal(1)
    })
  })

  it('is served over HTTP: whole, a range, and a HEAD', async () => {
    const { depot, piece } = await filled()
    const whole = await buffer(depot.read(piece))
    const server = await startDepotServer(depot)
    try {
      const url = `${server.url}/piece/${piece.pieceCid}`
      const got = await fetch(url)
      expect(got.headers.get('content-type')).to.equal('application/octet-stream')
      expect(Buffer.from(await got.arrayBuffer()).equals(whole)).to.equal(true)
      const part = await fetch(url, { headers: { range: 'bytes=100-5000' } })
      expect(part.status).to.equal(206)
      expect(part.headers.get('content-range')).to.equal(`bytes 100-5000/${whole.length}`)
      expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(100, 5001))).to.equal(true)
      const head = await fetch(url, { method: 'HEAD' })
      expect(head.headers.get('content-length')).to.equal(String(whole.length))
      const etag = head.headers.get('etag') ?? ''
      expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).to.equal(304)
      await disk.rm((await depot.get(first)).path)
      expect((await fetch(url)).status).to.equal(500)
    } finally {
      await server.close()
    }
  })

  it('an empty piece as a segment is zeros', async () => {
    const depot = await openDepot(await temporary())
    const made = raw(new Uint8Array(0))
    await depot.put(stream(made.bytes))
    const { root } = parsePieceCid(made.v2)
    const aggregate = new Aggregate([{ root, size: 0, pieceSize: 128, offset: 0 }], 512)
    const piece = await depot.putAggregate(aggregate)
    expect((await buffer(depot.read(piece, 0, 254))).equals(Buffer.alloc(254))).to.equal(true)
    await depot.verify(piece.pieceCidV2)
  })
})
