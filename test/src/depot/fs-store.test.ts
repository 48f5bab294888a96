import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as disk from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import * as carWriter from '@ipld/car/buffer-writer'
import { expect } from 'chai'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import type { Files } from '../../../src/depot/files.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import type { PieceRecord } from '../../../src/prepare/sink.ts'
import { type PayloadGenerator, payload } from '../../support/payload.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'
import {
  car,
  contents,
  errno,
  type Fixture,
  random,
  raw,
  stream,
  temporaryFolders,
  watchedFiles,
} from './support/fixture.ts'

function recordOf(made: Fixture, name = 'a name'): PieceRecord {
  const { bytes, root, v1, v2, pieceSize } = made
  return { name, root, pieceCid: v1, pieceCidV2: v2, size: bytes.length, pieceSize, files: 1 }
}

function filesOf({ v2 }: Fixture, suffix = '.car'): string[] {
  return [`pieces/${v2}${suffix}`, `pieces/${v2}.json`].toSorted()
}

const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000)

const full = async (): Promise<never> => {
  throw errno('ENOSPC')
}

const fullForRecords: Files['rename'] = (from, to) =>
  String(to).endsWith('.json') ? full() : disk.rename(from, to)

const readOnly = async (): Promise<never> => {
  throw errno('EROFS')
}

describe('depot/fs-store', () => {
  const temporary = temporaryFolders()
  const host = hostname().replaceAll(/[^A-Za-z0-9.]/g, '_')

  describe('put', () => {
    it('stores a CAR under the commitment and root that other implementations give it', async () => {
      const made = await car(random(100_000))
      const folder = await temporary()
      const depot = await openDepot(folder)
      const piece = await depot.put(stream(made.bytes, 1000), {}, { name: 'letter', files: 3 })
      const path = join(folder, 'pieces', `${made.v2}.car`)
      expect(piece).to.deep.equal({ ...recordOf(made, 'letter'), files: 3, path })
      expect(new Uint8Array(await disk.readFile(path))).to.deep.equal(made.bytes)
      expect(await contents(folder)).to.deep.equal(filesOf(made))
    })

    it('gives every vector of an uneven size its piece CIDs', async () => {
      interface Vector {
        generator: PayloadGenerator
        size: number
        pieceCidV1: string
        pieceCidV2: string
      }
      const { cases } = vectors<{ cases: Vector[] }>('piece-cids')
      const depot = await openDepot(await temporary())
      const small = cases.filter(({ size }) => size < 70_000 && size % 2 === 1)
      expect(small.length).to.be.greaterThan(0)
      for (const { generator, size, pieceCidV1, pieceCidV2 } of small) {
        const piece = await depot.put(stream(payload(generator, size), 999), {
          pieceCid: pieceCidV2,
          size,
        })
        expect([piece.pieceCid, piece.pieceCidV2]).to.deep.equal([pieceCidV1, pieceCidV2])
      }
    })

    it('stores bytes that are no CAR without a root', async () => {
      const made = raw(random(5000))
      const folder = await temporary()
      const piece = await (await openDepot(folder)).put(stream(made.bytes))
      expect(piece).to.include({ root: '', name: made.v2 })
      expect(await contents(folder)).to.deep.equal(filesOf(made, '.bin'))
    })

    it('stores an empty piece', async () => {
      const made = raw(new Uint8Array(0))
      const depot = await openDepot(await temporary())
      expect(await depot.put(stream(made.bytes))).to.include({ size: 0, pieceCidV2: made.v2 })
      expect(await buffer(depot.read(await depot.get(made.v2)))).to.have.length(0)
    })

    it('takes a piece that is what was expected', async () => {
      const made = await car(random(3000))
      const { v1, v2, root } = made
      const depot = await openDepot(await temporary())
      for (const pieceCid of [v1, v2]) {
        await depot.put(stream(made.bytes), { pieceCid, size: made.bytes.length }, { root })
      }
    })

    it('refuses another piece, another size or another root, and keeps nothing', async () => {
      const made = await car(random(3000))
      const other = await car(random(3000))
      const folder = await temporary()
      const depot = await openDepot(folder)
      const bytes = () => stream(made.bytes)
      await refused('PIECE_MISMATCH', depot.put(bytes(), { pieceCid: other.v1 }))
      await refused('PIECE_MISMATCH', depot.put(bytes(), { pieceCid: other.v2 }))
      await refused('PIECE_MISMATCH', depot.put(bytes(), { size: made.bytes.length + 1 }))
      await refused('CAR_INVALID', depot.put(bytes(), {}, { root: other.root }))
      await refused('CID_INVALID', depot.put(bytes(), { pieceCid: made.root }))
      expect(await contents(folder)).to.deep.equal([])
      expect(await depot.list()).to.deep.equal([])
    })

    it('refuses a piece of the same tree with zeros more at its end', async () => {
      const made = raw(new Uint8Array(1000).fill(1))
      const longer = new Uint8Array(1005)
      longer.set(made.bytes)
      const depot = await openDepot(await temporary())
      await refused('PIECE_MISMATCH', depot.put(stream(longer), { pieceCid: made.v2 }))
      expect((await depot.put(stream(longer), { pieceCid: made.v1 })).size).to.equal(1005)
    })

    it('stops reading as soon as the expected size is exceeded', async () => {
      let given = 0
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) {
          given++
          yield new Uint8Array(1000)
        }
      }
      const depot = await openDepot(await temporary())
      await refused('PIECE_MISMATCH', depot.put(endless(), { size: 4500 }))
      expect(given).to.equal(5)
    })

    it('passes on what the source throws, and keeps nothing', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const broken = errno('EACCES')
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield random(10)
        throw broken
      }
      const caught: unknown = await depot.put(failing()).catch((error: unknown) => error)
      expect(caught).to.equal(broken)
      expect(await contents(folder)).to.deep.equal([])
    })

    it('can be interrupted while the source is silent, and keeps nothing', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const abort = new AbortController()
      async function* silent(): AsyncGenerator<Uint8Array> {
        yield random(10)
        setImmediate(() => abort.abort(new Error('Ctrl-C')))
        await new Promise(() => undefined)
      }
      const { signal } = abort
      const error = await refused('ABORTED', depot.put(silent(), {}, { signal }))
      expect(error.cause).to.equal(signal.reason)
      await refused('ABORTED', depot.put(stream(random(10)), {}, { signal }))
      const late = AbortSignal.timeout(1)
      await refused('DEADLINE', depot.put(new Readable({ read() {} }), {}, { signal: late }))
      expect(await contents(folder)).to.deep.equal([])
    })

    it('stores the same piece twice at once as one', async () => {
      const made = await car(random(200_000))
      const folder = await temporary()
      const depot = await openDepot(folder)
      const other = await openDepot(folder)
      const [first, ...rest] = await Promise.all(
        [depot, depot, other, other].map((each) =>
          each.put(stream(made.bytes, 777), {}, { name: 'same' }),
        ),
      )
      for (const piece of rest) expect(piece).to.deep.equal(first)
      expect(await contents(folder)).to.deep.equal(filesOf(made))
    })

    it('keeps the first name of a piece', async () => {
      const made = await car(random(100))
      const depot = await openDepot(await temporary())
      await depot.put(stream(made.bytes), {}, { name: 'first' })
      expect(await depot.put(stream(made.bytes), {}, { name: 'second' })).to.include({
        name: 'first',
      })
    })
  })

  describe('stage and commit', () => {
    it('shows a piece only once it is committed', async () => {
      const made = await car(random(4000))
      const folder = await temporary()
      const depot = await openDepot(folder)
      const staging = await depot.stage()
      await disk.writeFile(staging.path, made.bytes)
      expect(await depot.find(made.v2)).to.equal(undefined)
      const piece = await depot.commit(staging, recordOf(made))
      expect(await depot.get(made.v2)).to.deep.equal(piece)
      await staging.discard()
      expect(await contents(folder)).to.deep.equal(filesOf(made))
      expect(await depot.verify(made.root)).to.deep.equal(piece)
    })

    it('stages an empty file that can be discarded twice', async () => {
      const folder = await temporary()
      const staging = await (await openDepot(folder)).stage()
      expect((await disk.stat(staging.path)).size).to.equal(0)
      await staging.discard()
      await staging.discard()
      expect(await contents(folder)).to.deep.equal([])
    })

    it('knows a root of version 0 and of version 1 as the same block', async () => {
      const block = Uint8Array.of(0x0a, 0x00)
      const v0 = CID.createV0(await sha256.digest(block))
      const writer = carWriter.createWriter(new ArrayBuffer(200), { roots: [v0] })
      writer.write({ cid: v0, bytes: block })
      const made = raw(writer.close({ resize: true }), v0.toString())
      const depot = await openDepot(await temporary())
      const staging = await depot.stage()
      await disk.writeFile(staging.path, made.bytes)
      const piece = await depot.commit(staging, recordOf(made))
      expect(piece.root).to.equal(v0.toV1().toString())
      for (const cid of [v0, v0.toV1()]) {
        expect(await depot.find(cid.toString())).to.deep.equal(piece)
      }
    })

    it('refuses a record that contradicts itself or the bytes, and keeps nothing', async () => {
      const made = await car(random(4000))
      const other = await car(random(4000))
      const good = recordOf(made)
      const folder = await temporary()
      const depot = await openDepot(folder)
      const commit = async (record: PieceRecord, bytes = made.bytes) => {
        const staging = await depot.stage()
        await disk.writeFile(staging.path, bytes)
        return depot.commit(staging, record)
      }
      await refused('PIECE_MISMATCH', commit({ ...good, pieceCid: other.v1 }))
      await refused('PIECE_MISMATCH', commit({ ...good, size: good.size + 1 }))
      await refused('PIECE_MISMATCH', commit({ ...good, pieceSize: good.pieceSize * 2 }))
      await refused('PIECE_MISMATCH', commit(good, made.bytes.subarray(1)))
      await refused('CAR_INVALID', commit({ ...good, root: other.root }))
      const noCar = raw(random(900))
      await refused('CAR_INVALID', commit(recordOf({ ...noCar, root: made.root }), noCar.bytes))
      await refused('CID_INVALID', commit({ ...good, pieceCidV2: made.v1 }))
      await refused('CID_INVALID', commit({ ...good, root: 'nothing' }))
      expect(await contents(folder)).to.deep.equal([])
    })

    it('refuses a file that was staged elsewhere', async () => {
      const made = await car(random(400))
      const [one, two] = [await openDepot(await temporary()), await openDepot(await temporary())]
      const staging = await one.stage()
      await disk.writeFile(staging.path, made.bytes)
      await refused('INTERNAL', two.commit(staging, recordOf(made)))
    })

    it('puts a good file in the place of a damaged one', async () => {
      const made = await car(random(4000))
      const folder = await temporary()
      const depot = await openDepot(folder)
      const { path } = await depot.put(stream(made.bytes))
      await disk.writeFile(
        path,
        made.bytes.map((byte) => byte ^ 1),
      )
      await refused('DEPOT_CORRUPT', depot.verify(made.v2))
      await disk.writeFile(join(folder, 'pieces', `${made.v2}.json`), '{}')
      await depot.put(stream(made.bytes), {}, { name: 'again' })
      expect(await depot.verify(made.v2)).to.include({ name: 'again' })
    })
  })

  describe('find, get and list', () => {
    it('finds a piece by v1, v2 and root, in any spelling', async () => {
      const made = await car(random(100))
      const depot = await openDepot(await temporary())
      const piece = await depot.put(stream(made.bytes))
      for (const cid of [made.v1, made.v2, made.root]) {
        expect(await depot.find(cid)).to.deep.equal(piece)
        expect(await depot.get(cid)).to.deep.equal(piece)
      }
      for (const cid of [made.v1, made.v2, made.root]) {
        expect(await depot.find(CID.parse(cid).toString(base58btc))).to.deep.equal(piece)
      }
      expect(await depot.list()).to.deep.equal([piece])
    })

    it('tells a CID that it does not have from text that is none', async () => {
      const { v1, v2, root } = await car(random(100))
      const depot = await openDepot(await temporary())
      for (const cid of [v1, v2, root]) {
        expect(await depot.find(cid)).to.equal(undefined)
        const { hint, next } = await refused('CID_NOT_FOUND', depot.get(cid))
        expect([hint, next]).to.not.include(undefined)
      }
      for (const text of ['', 'x', `${v2}a`, '../../etc/passwd', ` ${v1}`, 'b'.repeat(5000)]) {
        await refused('CID_INVALID', depot.find(text))
        await refused('CID_INVALID', depot.remove(text))
      }
    })

    it('prefers the smallest of the pieces with one root, whatever came first', async () => {
      const block = random(100)
      const [small, large] = [await car(block), await car(block, 5)]
      expect(small.root).to.equal(large.root)
      for (const order of [
        [small, large],
        [large, small],
      ]) {
        const folder = await temporary()
        const depot = await openDepot(folder)
        for (const { bytes } of order) await depot.put(stream(bytes))
        for (const each of [depot, await openDepot(folder)]) {
          expect((await each.get(small.root)).pieceCidV2).to.equal(small.v2)
          expect((await each.get(large.v2)).pieceCidV2).to.equal(large.v2)
        }
        await depot.remove(small.v2)
        expect((await depot.get(small.root)).pieceCidV2).to.equal(large.v2)
      }
    })

    it('falls back on a whole piece with the same root when one is damaged', async () => {
      const block = random(100)
      const [small, large] = [await car(block), await car(block, 5)]
      const depot = await openDepot(await temporary())
      const { path } = await depot.put(stream(small.bytes))
      await depot.put(stream(large.bytes))
      await disk.rm(path)
      expect((await depot.get(small.root)).pieceCidV2).to.equal(large.v2)
      await refused('DEPOT_CORRUPT', depot.get(small.v2))
    })

    it('rebuilds its index from the records', async () => {
      const made = [await car(random(100)), await car(random(200)), raw(random(300))]
      const folder = await temporary()
      const depot = await openDepot(folder)
      for (const { bytes } of made) await depot.put(stream(bytes))
      const again = await openDepot(folder)
      expect(await again.list()).to.deep.equal(await depot.list())
      expect((await again.list()).map(({ pieceCidV2 }) => pieceCidV2)).to.deep.equal(
        made.map(({ v2 }) => v2).toSorted(),
      )
    })

    it('sees what another depot of the folder adds and removes', async () => {
      const folder = await temporary()
      const [one, two] = [await openDepot(folder), await openDepot(folder)]
      for (let i = 0; i < 5; i++) {
        const made = await car(random(100))
        expect(await one.find(made.root)).to.equal(undefined)
        await two.put(stream(made.bytes))
        for (const cid of [made.root, made.v1, made.v2]) {
          expect(await one.find(cid)).to.include({ pieceCidV2: made.v2 })
        }
        expect(await two.remove(made.v1)).to.equal(true)
        expect(await one.find(made.v2)).to.equal(undefined)
        expect(await one.list()).to.deep.equal([])
      }
    })

    it('lists its folder again only when that may have changed', async () => {
      const folder = await temporary()
      const pieces = join(folder, 'pieces')
      await openDepot(folder)
      await disk.utimes(pieces, ago(1), ago(1))
      let listings = 0
      const readdir = ((path: string) => {
        if (path === pieces) listings++
        return disk.readdir(path)
      }) as Files['readdir']
      const depot = await openDepot(folder, { ...disk, readdir })
      const made = await car(random(100))
      for (let i = 0; i < 3; i++) expect(await depot.find(made.v1)).to.equal(undefined)
      expect(listings).to.equal(1)
      await (await openDepot(folder)).put(stream(made.bytes))
      expect(await depot.find(made.v1)).to.include({ pieceCidV2: made.v2 })
      // so recent a change may be followed by one with the same time stamp
      await depot.list()
      expect(listings).to.equal(3)
    })

    it('says DEPOT_CORRUPT when its folder is gone', async () => {
      const made = await car(random(100))
      const folder = await temporary()
      const depot = await openDepot(folder)
      await disk.rm(folder, { recursive: true })
      await refused('DEPOT_CORRUPT', depot.find(made.v1))
      await refused('DEPOT_CORRUPT', depot.put(stream(made.bytes)))
    })

    it('sees what another process adds', async function () {
      this.timeout(20_000)
      const made = await car(random(50_000))
      const folder = await temporary()
      const depot = await openDepot(folder)
      expect(await depot.find(made.root)).to.equal(undefined)
      const input = join(await temporary(), 'input.car')
      await disk.writeFile(input, made.bytes)
      const child = fork(fileURLToPath(import.meta.resolve('./support/put-file.ts')), [
        folder,
        input,
      ])
      const staging = await depot.stage()
      const [code] = await once(child, 'exit')
      expect(code).to.equal(0)
      expect(await depot.get(made.root)).to.include({ pieceCidV2: made.v2, name: 'input.car' })
      await disk.access(staging.path)
      await staging.discard()
    })
  })

  describe('read', () => {
    it('gives all bytes or a stretch of them', async () => {
      const made = raw(random(700_000))
      const depot = await openDepot(await temporary())
      const piece = await depot.put(stream(made.bytes))
      const all = Buffer.from(made.bytes)
      expect((await buffer(depot.read(piece))).equals(all)).to.equal(true)
      for (const [start, end] of [
        [0, 1],
        [699_999, 700_000],
        [262_143, 524_289],
        [5, 5],
        [700_000, 700_000],
      ] as const) {
        const got = await buffer(depot.read(piece, start, end))
        expect(got.equals(all.subarray(start, end)), `${start}-${end}`).to.equal(true)
      }
      expect((await buffer(depot.read(piece, 699_000))).equals(all.subarray(699_000))).to.equal(
        true,
      )
    })

    it('refuses a stretch outside the piece', async () => {
      const depot = await openDepot(await temporary())
      const piece = await depot.put(stream(random(100)))
      for (const [start, end] of [
        [-1, 5],
        [0, 101],
        [6, 5],
        [0.5, 5],
        [0, NaN],
      ] as const) {
        await refused('ARGUMENT_INVALID', () => depot.read(piece, start, end))
      }
    })

    it('closes the file at the end, when left early and when it is damaged', async () => {
      const { files, open } = watchedFiles()
      const depot = await openDepot(await temporary(), files)
      const piece = await depot.put(stream(random(2_000_000)))
      expect(open()).to.equal(0)
      const uses: ((body: Readable) => unknown)[] = [
        (body) => buffer(body),
        (body) => body.destroy(),
        async (body) => {
          for await (const _ of body) break
        },
      ]
      for (const use of uses) {
        const body = depot.read(piece)
        const closed = new Promise((resolve) => body.once('close', resolve))
        await use(body)
        await closed
        expect(open()).to.equal(0)
      }
      await disk.truncate(piece.path, 1_000_000)
      const cut = depot.read(piece)
      const closed = new Promise((resolve) => cut.once('close', resolve))
      await refused('DEPOT_CORRUPT', buffer(cut))
      await closed
      expect(open()).to.equal(0)
    })

    it('names the piece when its file is gone or is cut while it is read', async () => {
      const depot = await openDepot(await temporary())
      const piece = await depot.put(stream(random(2_000_000)), {}, { name: 'holiday' })
      const reading = depot.read(piece)
      await once(reading, 'readable')
      await disk.truncate(piece.path, 10)
      const { message } = await refused('DEPOT_CORRUPT', buffer(reading))
      expect(message).to.include('holiday').and.include(piece.path)
      await disk.rm(piece.path)
      await refused('DEPOT_CORRUPT', buffer(depot.read(piece)))
    })
  })

  describe('remove and verify', () => {
    it('removes both files of a piece', async () => {
      const made = await car(random(100))
      const folder = await temporary()
      const depot = await openDepot(folder)
      await depot.put(stream(made.bytes))
      expect(await depot.remove(made.root)).to.equal(true)
      expect(await depot.remove(made.root)).to.equal(false)
      expect(await contents(folder)).to.deep.equal([])
    })

    it('finds one altered bit', async () => {
      const made = await car(random(100_000))
      const depot = await openDepot(await temporary())
      const { path } = await depot.put(stream(made.bytes), {}, { name: 'holiday' })
      await depot.verify(made.v1)
      const altered = made.bytes.slice()
      altered.set([(altered[77_777] ?? 0) ^ 4], 77_777)
      await disk.writeFile(path, altered)
      const { message } = await refused('DEPOT_CORRUPT', depot.verify(made.v1))
      expect(message).to.include('holiday')
      expect(await depot.find(made.v1)).to.include({ pieceCidV2: made.v2 })
    })

    it('says when there is nothing to verify, and can be interrupted', async () => {
      const made = await car(random(100_000))
      const depot = await openDepot(await temporary())
      await refused('CID_NOT_FOUND', depot.verify(made.v1))
      await depot.put(stream(made.bytes))
      await refused('ABORTED', depot.verify(made.v1, { signal: AbortSignal.abort() }))
    })
  })

  describe('a damaged folder', () => {
    it('refuses a piece whose file is missing, cut or longer, and removes it on request', async () => {
      const made = await car(random(5000))
      const folder = await temporary()
      for (const damage of [
        (path: string) => disk.rm(path),
        (path: string) => disk.truncate(path, 100),
        (path: string) => disk.appendFile(path, 'x'),
      ]) {
        const depot = await openDepot(folder)
        const { path } = await depot.put(stream(made.bytes), {}, { name: 'holiday' })
        await damage(path)
        for (const each of [depot, await openDepot(folder)]) {
          for (const cid of [made.v1, made.v2, made.root]) {
            const { message } = await refused('DEPOT_CORRUPT', each.get(cid))
            expect(message).to.include('holiday')
          }
          await refused('DEPOT_CORRUPT', each.list())
        }
        expect(await depot.remove(made.v1)).to.equal(true)
        expect(await contents(folder)).to.deep.equal([])
      }
    })

    it('refuses a record that is not exactly the record of its piece', async () => {
      const made = await car(random(5000))
      const other = await car(random(5000))
      const folder = await temporary()
      await (await openDepot(folder)).put(stream(made.bytes))
      const path = join(folder, 'pieces', `${made.v2}.json`)
      const good: unknown = JSON.parse(await disk.readFile(path, 'utf8'))
      const others = [
        { version: 2 },
        { size: 1 },
        { size: '5000' },
        { pieceSize: 128 },
        { pieceCid: other.v1 },
        { pieceCidV2: other.v2 },
        { root: 'elsewhere' },
        { files: -1 },
        { path: '/etc/passwd' },
      ].map((change) => JSON.stringify({ ...(good as object), ...change }))
      for (const text of ['', '{', 'null', '[]', ...others]) {
        await disk.writeFile(path, text)
        const depot = await openDepot(folder)
        for (const cid of [made.v1, made.v2]) {
          const { message } = await refused('DEPOT_CORRUPT', depot.get(cid))
          expect(message, text).to.include(made.v2)
        }
      }
      await disk.writeFile(path, JSON.stringify(good))
      expect(await (await openDepot(folder)).verify(made.root)).to.include({
        size: made.bytes.length,
      })
    })

    it('does not see bytes without a record, and takes their place', async () => {
      const made = await car(random(5000))
      const folder = await temporary()
      const depot = await openDepot(folder)
      const { path } = await depot.put(stream(made.bytes))
      await disk.rm(join(folder, 'pieces', `${made.v2}.json`))
      await disk.truncate(path, 10)
      const again = await openDepot(folder)
      expect(await again.find(made.v2)).to.equal(undefined)
      expect(await again.list()).to.deep.equal([])
      await again.put(stream(made.bytes))
      await again.verify(made.v2)
    })

    it('has no eyes for files of others', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      for (const name of ['notes.json', '.DS_Store', 'bafkzcib.json']) {
        await disk.writeFile(join(folder, 'pieces', name), 'hello')
        await disk.writeFile(join(folder, 'staging', name), 'hello')
      }
      expect(await depot.list()).to.deep.equal([])
      await openDepot(folder)
      expect(await contents(folder)).to.have.length(6)
    })
  })

  describe('leftovers', () => {
    const uuid = '00000000-0000-4000-8000-000000000000'

    it('removes what dead writers staged, and nothing of living ones', async () => {
      const folder = await temporary()
      await openDepot(folder)
      const child = spawnSync(process.execPath, ['--version'])
      const cases: [name: string, rested: Date, stays: boolean][] = [
        [`${child.pid}-${host}-${uuid}.part`, ago(5), false],
        [`${child.pid}-${host}-${uuid.replace('4', '5')}.part`, ago(0), true],
        [`${process.ppid}-${host}-${uuid}.part`, ago(5), true],
        [`${process.pid}-${host}-${uuid}.part`, ago(0), true],
        [`${process.pid}-${host}-${uuid.replace('4', '5')}.part`, ago(60 * 20), false],
        [`1-elsewhere-${uuid}.part`, ago(60 * 20), true],
        [`1-elsewhere-${uuid.replace('4', '5')}.part`, ago(60 * 25), false],
      ]
      for (const [name, rested] of cases) {
        const path = join(folder, 'staging', name)
        await disk.writeFile(path, 'half')
        await disk.utimes(path, rested, rested)
      }
      await openDepot(folder)
      const kept = cases.filter(([, , stays]) => stays).map(([name]) => name)
      expect((await disk.readdir(join(folder, 'staging'))).toSorted()).to.deep.equal(
        kept.toSorted(),
      )
    })
  })

  it('removes at once what a process staged that was killed', async function () {
    // Other systems do not tell which process table a pid is of: there it takes a minute.
    if (process.platform !== 'linux') this.skip()
    const folder = await temporary()
    const store = new URL('../../../src/depot/fs-store.ts', import.meta.url)
    const script = `const { openDepot } = await import('${store}')
      const depot = await openDepot(process.argv[1])
      async function* source() { yield new Uint8Array(1000); process.kill(process.pid, 'SIGKILL'); yield new Uint8Array(1) }
      await depot.put(source())`
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script, folder])
    expect(signal).to.equal('SIGKILL')
    expect(await disk.readdir(join(folder, 'staging'))).to.have.length(1)
    const depot = await openDepot(folder)
    expect(await contents(folder)).to.deep.equal([])
    expect(await depot.list()).to.deep.equal([])
  })

  describe('a disk that fails', () => {
    it('says DEPOT_FULL wherever space runs out, and keeps nothing', async () => {
      const made = await car(random(50_000))
      const fullAt: ((handle: disk.FileHandle, path: string) => void)[] = [
        (handle) => {
          handle.write = () => Promise.reject(errno('ENOSPC'))
        },
        (handle) => {
          let written = 0
          const write = handle.write.bind(handle) as (...rest: unknown[]) => Promise<unknown>
          handle.write = ((...rest: unknown[]) =>
            ++written > 3 ? Promise.reject(errno('EDQUOT')) : write(...rest)) as never
        },
        (handle) => {
          handle.sync = () => Promise.reject(errno('ENOSPC'))
        },
      ]
      for (const alter of fullAt) {
        const folder = await temporary()
        const { files, open } = watchedFiles(alter)
        const depot = await openDepot(folder, files)
        const { hint } = await refused('DEPOT_FULL', depot.put(stream(made.bytes, 1000)))
        expect(hint).to.include('free space')
        expect(await contents(folder)).to.deep.equal([])
        expect(open()).to.equal(0)
      }
    })

    it('says DEPOT_FULL when the record finds no place, and keeps nothing', async () => {
      const made = await car(random(50_000))
      const folder = await temporary()
      const depot = await openDepot(folder, { ...disk, rename: fullForRecords })
      await refused('DEPOT_FULL', depot.put(stream(made.bytes)))
      expect(await contents(folder)).to.deep.equal([])
      expect(await depot.find(made.v2)).to.equal(undefined)
    })

    it('writes what a short write left over', async () => {
      const made = await car(random(50_000))
      const { files } = watchedFiles((handle) => {
        const write = handle.write.bind(handle) as (...rest: unknown[]) => Promise<unknown>
        handle.write = ((bytes: Uint8Array, offset: number) =>
          write(bytes, offset, Math.min(700, bytes.length - offset))) as never
      })
      const depot = await openDepot(await temporary(), files)
      await depot.put(stream(made.bytes))
      await depot.verify(made.v2)
    })

    it('says DEPOT_READ_ONLY when nothing can be written, and reads on', async () => {
      const made = await car(random(500))
      const folder = await temporary()
      await (await openDepot(folder)).put(stream(made.bytes))
      await disk.writeFile(join(folder, 'staging', `999999999-${host}-${'0'.repeat(36)}.part`), '')
      for (const code of ['EROFS', 'EACCES', 'EPERM']) {
        const open: Files['open'] = async (path, flags) => {
          if (flags !== 'r') throw errno(code)
          return disk.open(path, flags)
        }
        const rm: Files['rm'] = async () => {
          throw errno(code)
        }
        const depot = await openDepot(folder, { ...disk, open, rm })
        await depot.verify(made.root)
        await refused('DEPOT_READ_ONLY', depot.stage())
        const { hint } = await refused('DEPOT_READ_ONLY', depot.put(stream(made.bytes)))
        expect(hint).to.include('right to read and write')
        await refused('DEPOT_READ_ONLY', depot.remove(made.v1))
        expect(await depot.find(made.v1)).to.include({ pieceCidV2: made.v2 })
      }
    })

    it('says DEPOT_READ_ONLY for a folder that cannot be made', async () => {
      const file = join(await temporary(), 'file')
      await disk.writeFile(file, '')
      await refused('DEPOT_READ_ONLY', openDepot(file))
      await refused('DEPOT_READ_ONLY', openDepot(join(file, 'depot')))
      const files = { ...disk, mkdir: readOnly }
      await refused('DEPOT_READ_ONLY', openDepot(await temporary(), files))
    })

    it('gives up where a folder that exists lets nothing be made in it, as procfs does', async () => {
      const parent = await temporary()
      const mkdir = (async (path: string) => {
        if (path.startsWith(join(parent, 'proc', 'x'))) throw errno('ENOENT')
        return disk.mkdir(path)
      }) as typeof disk.mkdir
      await disk.mkdir(join(parent, 'proc'))
      await refused('DEPOT_READ_ONLY', openDepot(join(parent, 'proc', 'x'), { ...disk, mkdir }))
    })

    it('says DEPOT_CORRUPT when the disk cannot read back', async () => {
      const { files, open } = watchedFiles((handle, path) => {
        if (path.endsWith('.car')) handle.read = () => Promise.reject(errno('EIO'))
      })
      const made = await car(random(500))
      const depot = await openDepot(await temporary(), files)
      await depot.put(stream(made.bytes))
      await refused('DEPOT_CORRUPT', depot.verify(made.v1))
      expect(open()).to.equal(0)
    })
  })
})
