import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { CarReader } from '@ipld/car'
import { Piece } from '@web3-storage/data-segment'
import { MemoryBlockstore } from 'blockstore-core/memory'
import { expect } from 'chai'
import { exporter } from 'ipfs-unixfs-exporter'
import { type ImportCandidate, importer } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import type { PrepareOptions } from '../../../src/prepare/prepare.ts'
import { prepareOne as prepare } from '../../support/prepare-one.ts'
import { refused } from '../../support/refused.ts'
import { all, peerCar, rawBlock } from '../car/blocks.ts'
import { FolderSink, Scratch, sha256 } from './folder-sink.ts'

const MIB = 2 ** 20

describe('prepare', () => {
  let scratch: Scratch
  let sink: FolderSink

  beforeEach(() => {
    scratch = new Scratch()
    sink = new FolderSink(scratch.at('sink'))
  })
  afterEach(() => scratch.remove())

  /** Refused with `code`, nothing left in the sink and no file left open. */
  async function refusedCleanly(
    code: Parameters<typeof refused>[0],
    inputs: string[],
    options: PrepareOptions = {},
    to: FolderSink = sink,
  ) {
    const open = openFiles()
    const error = await refused(code, prepare(inputs, to, options))
    expect(sink.contents()).to.deep.equal([])
    expect(openFiles()).to.equal(open)
    return error
  }

  function written(name: string, bytes: Uint8Array): string[] {
    return [scratch.file(name, bytes)]
  }

  describe('what it makes', () => {
    it('makes a file its own root, in a CAR whose commitment others compute alike', async () => {
      const piece = await prepare([scratch.file('hello.txt', 'hello world')], sink)
      expect(piece).to.deep.include({
        name: 'hello.txt',
        root: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
        files: 1,
        size: 59 + 1 + 36 + 11,
        pieceSize: 128,
      })
      const car = readFileSync(piece.path)
      expect(car.length).to.equal(piece.size)
      const peer = Piece.fromPayload(car)
      expect(piece.pieceCidV2).to.equal(peer.link.toString())
      expect(piece.pieceCid).to.equal(peer.toInfo().link.toString())
      const reader = await CarReader.fromBytes(car)
      expect((await reader.getRoots()).map(String)).to.deep.equal([piece.root])
      expect(await all(reader.blocks())).to.have.length(1)
      expect(sink.contents()).to.have.length(1)
    })

    it('gives files of every size the root that the importer gives', async () => {
      for (const size of [0, 1, 126, 127, 128, MIB - 1, MIB, MIB + 1, 3 * MIB, 5 * MIB + 7]) {
        const bytes = patterned(size)
        const piece = await prepare([scratch.file('f', bytes)], sink)
        expect(piece.root, `${size} bytes`).to.equal(await rootOf([{ content: bytes }]))
        expect(piece.pieceCidV2).to.equal(
          Piece.fromPayload(readFileSync(piece.path)).link.toString(),
        )
      }
    })

    it('writes each block once: 1025 equal chunks take one', async () => {
      const path = scratch.file('zeros')
      truncateSync(path, 1025 * MIB)
      const piece = await prepare([path], sink)
      expect(piece.size).to.be.lessThan(1.2 * MIB)
      const zeros = (async function* () {
        const chunk = new Uint8Array(MIB)
        for (let i = 0; i < 1025; i++) yield chunk
      })()
      expect(piece.root).to.equal(await rootOf([{ content: zeros }]))
    })

    it('makes a folder its directory, hidden files and empty folders included', async () => {
      scratch.file('in/b.txt', 'b')
      scratch.file('in/a/deep/er.bin', patterned(MIB + 1))
      scratch.file('in/.hidden', 'h')
      scratch.file('in/ü and \u{1f4be}', 'unicode')
      scratch.folder('in/empty')
      const piece = await prepare([scratch.at('in')], sink)
      expect(piece).to.deep.include({ name: 'in', files: 4 })
      expect(piece.root).to.equal(
        await rootOf([
          { path: 'in/ü and \u{1f4be}', content: Buffer.from('unicode') },
          { path: 'in/b.txt', content: Buffer.from('b') },
          { path: 'in/empty' },
          { path: 'in/.hidden', content: Buffer.from('h') },
          { path: 'in/a/deep/er.bin', content: patterned(MIB + 1) },
        ]),
      )
    })

    it('makes an empty folder an empty directory', async () => {
      const piece = await prepare([scratch.folder('empty')], sink)
      expect(piece.root).to.equal('bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354')
      expect(piece.files).to.equal(0)
    })

    it('puts one directory around several inputs, and around one on request', async () => {
      const [a, b] = [scratch.file('x/a', 'a'), scratch.file('y/b', 'b')]
      const both = await prepare([b, a], sink)
      const wrap = { wrapWithDirectory: true }
      expect(both.root).to.equal(await rootOf([namesake('a'), namesake('b')], wrap))
      expect(both.name).to.equal('b and 1 more')
      const one = await prepare([a], sink, { wrap: true })
      expect(one.root).to.equal(await rootOf([namesake('a')], wrap))
      expect(one.name).to.equal('a')
    })

    it('shards a directory of many subdirectories too', async () => {
      for (let i = 0; i < 5500; i++) scratch.folder(`many/folder-${i}`)
      const piece = await prepare([scratch.at('many')], sink)
      const store = new MemoryBlockstore()
      for await (const block of (await CarReader.fromBytes(readFileSync(piece.path))).blocks())
        await store.put(block.cid, block.bytes)
      const root = await exporter(CID.parse(piece.root), store)
      expect(root.type).to.equal('directory')
      expect((root as { unixfs?: { type: string } }).unixfs?.type).to.equal(
        'hamt-sharded-directory',
      )
      for await (const { cid } of store.getAll())
        expect((await collectBlock(store, cid)).length).to.be.lessThan(262_145)
    })

    it('reports progress up to the total', async () => {
      scratch.file('in/a', patterned(2 * MIB + 5))
      scratch.file('in/b', 'b')
      const seen: { bytes: number; total?: number; file: string }[] = []
      await prepare([scratch.at('in')], sink, { onProgress: (p) => seen.push(p) })
      expect(seen[0]).to.deep.equal({ bytes: 0, total: 2 * MIB + 6, file: scratch.at('in/a') })
      expect(seen.at(-1)).to.deep.equal({
        bytes: 2 * MIB + 6,
        total: 2 * MIB + 6,
        file: scratch.at('in/b'),
      })
    })
  })

  describe('determinism', () => {
    it('gives the same bytes twice, whatever the order in which files were made', async () => {
      const names = ['b', 'a', 'é', 'z/y', 'z/x', 'Z', '10', '9', '\u{1f600}', '\uffee']
      for (const [folder, order] of [
        ['one/in', names],
        ['two/in', names.toReversed()],
      ] as const)
        for (const name of order) scratch.file(`${folder}/${name}`, patterned(name.length * 1000))
      const first = await prepare([scratch.at('one/in')], sink)
      const second = await prepare([scratch.at('two/in')], new FolderSink(scratch.at('sink2')))
      expect(sha256(readFileSync(first.path))).to.equal(sha256(readFileSync(second.path)))
    })

    it('orders entries by the bytes of their names, each before its directory', async () => {
      for (const name of ['\u{1f600}', '\uffee', 'a', 'B']) scratch.file(`in/${name}`, name)
      const piece = await prepare([scratch.at('in')], sink)
      const reader = await CarReader.fromBytes(readFileSync(piece.path))
      const texts = (await all(reader.blocks()))
        .slice(0, -1)
        .map((b) => Buffer.from(b.bytes).toString())
      // U+FFEE is ef bf ae, U+1F600 is f0 9f 98 80; as UTF-16 they would sort the other way
      expect(texts).to.deep.equal(['B', 'a', '\uffee', '\u{1f600}'])
    })
  })

  describe('what it refuses', () => {
    it('INPUT_NOT_FOUND: what does not exist', async () => {
      await refusedCleanly('INPUT_NOT_FOUND', [scratch.at('nothing')])
      await refusedCleanly('INPUT_NOT_FOUND', [scratch.file('a'), scratch.at('a/b')])
    })

    it('INPUT_NOT_FOUND: a file that vanishes after it was found', async () => {
      scratch.file('in/a', 'a')
      scratch.file('in/b', 'b')
      const onProgress = () => rmSync(scratch.at('in/b'), { force: true })
      await refusedCleanly('INPUT_NOT_FOUND', [scratch.at('in')], { onProgress })
    })

    it('INPUT_UNREADABLE: what the system does not let us read', async () => {
      if (existsSync('/proc/self/mem')) await refusedCleanly('INPUT_UNREADABLE', ['/proc/self/mem'])
    })

    it('INPUT_CHANGED: a file that has bytes and says that it has none', async () => {
      if (existsSync('/proc/cpuinfo')) await refusedCleanly('INPUT_CHANGED', ['/proc/cpuinfo'])
    })

    const changes: [string, (path: string) => void][] = [
      ['grows', (path) => appendFileSync(path, 'more')],
      ['shrinks', (path) => truncateSync(path, 10)],
      ['is written with the same size', (path) => utimesSync(path, 1, 1)],
      [
        'is replaced',
        (path) => {
          writeFileSync(`${path}.new`, readFileSync(path))
          renameSync(`${path}.new`, path)
        },
      ],
    ]
    for (const [how, change] of changes)
      for (const at of [0, MIB])
        it(`INPUT_CHANGED: a file that ${how} after ${at} bytes`, async () => {
          const path = scratch.file('f', patterned(3 * MIB))
          let done = false
          const onProgress = ({ bytes }: { bytes: number }) => {
            if (bytes < at || done) return
            done = true
            change(path)
          }
          await refusedCleanly('INPUT_CHANGED', [path], { onProgress })
        })

    it('INPUT_UNSUPPORTED: pipes, sockets and devices, without waiting', async () => {
      const pipe = scratch.at('pipe')
      execFileSync('mkfifo', [pipe])
      await refusedCleanly('INPUT_UNSUPPORTED', [pipe])
      await refusedCleanly('INPUT_UNSUPPORTED', ['/dev/null'])
      const server = createServer().listen(scratch.at('socket'))
      await once(server, 'listening')
      await refusedCleanly('INPUT_UNSUPPORTED', [scratch.at('socket')])
      server.close()
    })

    it('INPUT_CHANGED: a file that became a pipe after it was found, without waiting', async () => {
      scratch.file('in/a', 'a')
      const path = scratch.file('in/b', 'b')
      const onProgress = () => {
        rmSync(path, { force: true })
        execFileSync('mkfifo', [path])
      }
      await refusedCleanly('INPUT_CHANGED', [scratch.at('in')], { onProgress })
    })

    it('INPUT_UNSUPPORTED: names that are not UTF-8 or have a backslash', async () => {
      const folder = scratch.folder('in')
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Uint8Array.of(0x66, 0xff)]), '')
      await refusedCleanly('INPUT_UNSUPPORTED', [folder])
      scratch.file('other/a\\b')
      await refusedCleanly('INPUT_UNSUPPORTED', [scratch.at('other')])
    })

    it('SYMLINK_REFUSED: links, by name, unless followed', async () => {
      scratch.file('in/a', 'same')
      symlinkSync('a', scratch.at('in/link'))
      symlinkSync(scratch.at('in'), scratch.at('to-folder'))
      const error = await refusedCleanly('SYMLINK_REFUSED', [scratch.at('in')])
      expect(error.message).to.include(scratch.at('in/link'))
      await refusedCleanly('SYMLINK_REFUSED', [scratch.at('to-folder')])
      const content = Buffer.from('same')
      const piece = await prepare([scratch.at('to-folder')], sink, { followSymlinks: true })
      expect(piece.name).to.equal('to-folder')
      expect(piece.root).to.equal(
        await rootOf([
          { path: 'in/a', content },
          { path: 'in/link', content },
        ]),
      )
    })

    it('SYMLINK_REFUSED: followed links in a circle; INPUT_NOT_FOUND: links to nothing', async () => {
      scratch.folder('in/a/b')
      symlinkSync('../..', scratch.at('in/a/b/up'))
      await refusedCleanly('SYMLINK_REFUSED', [scratch.at('in')], { followSymlinks: true })
      symlinkSync('self', scratch.at('self'))
      await refusedCleanly('INPUT_UNREADABLE', [scratch.at('self')], { followSymlinks: true })
      symlinkSync('nothing', scratch.at('dangling'))
      await refusedCleanly('INPUT_NOT_FOUND', [scratch.at('dangling')], { followSymlinks: true })
    })

    it('ARGUMENT_INVALID: no input, and two of one name', async () => {
      await refusedCleanly('ARGUMENT_INVALID', [])
      await refusedCleanly('ARGUMENT_INVALID', [scratch.file('x/a'), scratch.file('y/a')])
      await refusedCleanly('ARGUMENT_INVALID', [scratch.file('a')], { maxPieceSize: 1000 })
    })

    it('PIECE_TOO_LARGE: before anything is read, and when blocks make it so', async () => {
      const path = scratch.file('f', patterned(1017))
      let read = false
      const options = { maxPieceSize: 1024, onProgress: () => (read = true) }
      await refusedCleanly('PIECE_TOO_LARGE', [path], options)
      expect(read).to.equal(false)
      await refusedCleanly('PIECE_TOO_LARGE', [scratch.file('g', patterned(1016 - 96))], options)
      const fits = await prepare([scratch.file('h', patterned(1016 - 97))], sink, options)
      expect(fits.size).to.equal(1016)
      expect(fits.pieceSize).to.equal(1024)
    })

    it('DEPOT_FULL and DEPOT_READ_ONLY: when the staged file cannot be written', async () => {
      const file = scratch.file('f', patterned(9 * MIB))
      if (existsSync('/dev/full'))
        await refused(
          'DEPOT_FULL',
          prepare(
            [file],
            Object.assign(new FolderSink(scratch.at('full')), {
              stage: async () => ({ path: '/dev/full', discard: async () => {} }),
              commit: () => expect.fail('must not be committed'),
            }),
          ),
        )
      for (const [errno, code] of [
        ['ENOSPC', 'DEPOT_FULL'],
        ['EROFS', 'DEPOT_READ_ONLY'],
        ['EACCES', 'DEPOT_READ_ONLY'],
      ] as const)
        await refused(
          code,
          prepare(
            [file],
            Object.assign(new FolderSink(scratch.at('broken')), {
              stage: async () => {
                throw Object.assign(new Error(errno), { code: errno })
              },
              commit: () => expect.fail('must not be committed'),
            }),
          ),
        )
    })

    it('ABORTED: at any time', async () => {
      scratch.file('in/a', patterned(3 * MIB))
      scratch.file('in/b', 'b')
      for (const at of [0, MIB, 3 * MIB, 3 * MIB + 1]) {
        const controller = new AbortController()
        const onProgress = ({ bytes }: { bytes: number }) => bytes >= at && controller.abort()
        await refusedCleanly('ABORTED', [scratch.at('in')], {
          signal: controller.signal,
          onProgress,
        })
      }
      await refusedCleanly('ABORTED', [scratch.at('in')], { signal: AbortSignal.abort() })
    })

    it('passes on what the sink throws at commit, and discards', async () => {
      const broken = new FolderSink(sink.folder)
      broken.commit = () => Promise.reject(new Error('broken'))
      const thrown = await prepare([scratch.file('a', 'a')], broken).catch((e: unknown) => e)
      expect(String(thrown)).to.equal('Error: broken')
      expect(sink.contents()).to.deep.equal([])
    })
  })

  describe('a CAR as input', () => {
    it('is taken byte for byte, with its root', async () => {
      const made = await prepare([scratch.file('x.txt', patterned(3 * MIB))], sink)
      const path = scratch.file('again.CAR', readFileSync(made.path))
      const again = await prepare([path], new FolderSink(scratch.at('sink2')))
      expect(again).to.deep.include({
        name: 'again.CAR',
        root: made.root,
        pieceCid: made.pieceCid,
        pieceCidV2: made.pieceCidV2,
        size: made.size,
        files: 1,
      })
      expect(readFileSync(again.path).equals(readFileSync(made.path))).to.equal(true)
    })

    it('counts the files of a folder', async () => {
      for (let i = 0; i < 12; i++) scratch.file(`in/${i % 3}/${i}`, `${i}`)
      const made = await prepare([scratch.at('in')], sink)
      const again = await prepare([scratch.file('f.car', readFileSync(made.path))], sink)
      expect(again.files).to.equal(12)
    })

    it('may have blocks twice, and blocks that the root does not reach', async () => {
      expect(
        (await prepare([scratch.file('a.car', await carOf('x', 'x', 'y'))], sink)).files,
      ).to.equal(1)
    })

    it('need not be UnixFS', async () => {
      const { bytes, cid } = await rawBlock(Uint8Array.of(0xa0)) // an empty map in DAG-CBOR
      const root = CID.createV1(0x71, cid.multihash)
      const car = await peerCar([root], [{ cid: root, bytes }])
      const piece = await prepare([scratch.file('map.car', car)], sink)
      expect(piece).to.deep.include({ root: `${root}`, files: 0 })
    })

    it('is refused when it is not sound', async () => {
      const good = Buffer.from(await carOf('some content'))
      const altered = Buffer.from(good)
      altered[altered.length - 1] = 0
      await refusedCleanly('BLOCK_MISMATCH', written('altered.car', altered))
      await refusedCleanly('CAR_INVALID', written('short.car', good.subarray(0, -1)))
      await refusedCleanly('CAR_INVALID', written('rootless.car', good.subarray(0, 59)))
      await refusedCleanly(
        'CAR_INVALID',
        written('padded.car', Buffer.concat([good, new Uint8Array(9)])),
      )
      await refusedCleanly('CAR_INVALID', written('text.car', Buffer.from('not a CAR at all')))
      await refusedCleanly('CAR_INVALID', written('empty.car', new Uint8Array(0)))
    })

    it('is an ordinary file under another name, in a folder or when wrapped', async () => {
      const content = await carOf('some content')
      const path = scratch.file('good.car', content)
      const plain = await prepare([scratch.file('good.bin', content)], sink)
      expect(plain.root).to.equal(await rootOf([{ content }]))
      const wrapped = await prepare([path], sink, { wrap: true })
      expect(wrapped.root).to.equal(
        await rootOf([{ path: 'good.car', content }], { wrapWithDirectory: true }),
      )
    })
  })
})

function patterned(size: number): Uint8Array {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i += 4096)
    bytes.fill(sha256(Buffer.from(`${i}`)), i, Math.min(i + 4096, size))
  return new Uint8Array(bytes)
}

function openFiles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0
}

async function collectBlock(store: MemoryBlockstore, cid: CID): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.get(cid)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function rootOf(candidates: ImportCandidate[], options = {}): Promise<string> {
  const made = await all(
    importer(candidates, new MemoryBlockstore(), { profile: 'unixfs-v1-2025', ...options }),
  )
  return `${made.at(-1)?.cid}`
}

/** A file that holds its name. */
function namesake(path: string): ImportCandidate {
  return { path, content: Buffer.from(path) }
}

/** A CAR of raw blocks, whose root is the first one. */
async function carOf(...texts: string[]): Promise<Uint8Array> {
  const blocks = await Promise.all(texts.map((text) => rawBlock(text)))
  return peerCar(
    blocks.slice(0, 1).map((block) => block.cid),
    blocks,
  )
}
