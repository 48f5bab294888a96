/**
 * Payloads in several pieces. The parts are made by hand, so that a file can be cut at any byte and a manifest can say
 * anything; some are cut by `prepare` itself.
 */
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ErrorCode } from '../../../src/errors.ts'
import * as PieceCid from '../../../src/piece/piece-cid.ts'
import { unpaddedCapacity } from '../../../src/piece/size.ts'
import { encodeManifest, type Manifest, type ManifestPart } from '../../../src/prepare/manifest.ts'
import { aborted } from '../../../src/prepare/fault.ts'
import { prepare } from '../../../src/prepare/prepare.ts'
import {
  retrieve,
  type RetrieveOptions,
  retrieveParts,
  type Want,
} from '../../../src/retrieve/retrieve.ts'
import { refused } from '../../support/refused.ts'
import { FolderSink, Scratch, treeOf } from '../prepare/folder-sink.ts'
import { type Cut, cutInto, type CutOptions, type CutPayload, type Tree } from './parts.ts'
import { Web } from './web.ts'

/** In the order of the payload. */
const TREE: Tree = {
  '.hidden': 'h',
  a: null,
  'a.b': 'before a/ by bytes, behind it here',
  'b/c/one': '0123456789',
  'b/c/two': '',
  'b/empty': null,
  'b/ünï \u{1f4be}/three': 'three',
  'c c': 'last',
}
const CUTS: Cut[] = [
  ['b/c/one', 4],
  ['b/ünï \u{1f4be}/three', 0],
]
const BYTES = Object.values(TREE).reduce(
  (size, content) => size + Buffer.byteLength(content ?? ''),
  0,
)

function serve(on: Web, { pieces }: Pick<CutPayload, 'pieces'>): void {
  for (const { pieceCid, pieceCidV2, root, path } of pieces) {
    const car = readFileSync(path)
    on.answers.set(`/piece/${pieceCid}`, car)
    on.answers.set(`/piece/${pieceCidV2}`, car)
    on.answers.set(`/ipfs/${root}`, car)
  }
}

describe('retrieve: payloads in several pieces', function () {
  this.timeout(30_000)
  let scratch: Scratch
  let web: Web
  let made = 0

  beforeEach(async () => {
    scratch = new Scratch()
    web = await Web.open()
  })
  afterEach(async () => {
    await web.close()
    scratch.remove()
  })

  /** Cuts and serves the parts, not the manifest. */
  async function served(
    tree: Tree = TREE,
    cuts: readonly Cut[] = CUTS,
    options: CutOptions = {},
  ): Promise<CutPayload> {
    const payload = await cutInto(scratch, `in${made++}`, tree, cuts, options)
    serve(web, payload)
    return payload
  }

  function serveManifest(manifest: Manifest, on = web, root = manifest.root): void {
    on.answers.set(`/manifest/${root}`, Buffer.from(JSON.stringify(manifest)))
  }

  const depot = () => [{ name: 'depot', url: web.url }]

  function joinTo(target: string, manifest: Manifest, options: RetrieveOptions = {}) {
    return retrieveParts(manifest, depot, scratch.at(target), options)
  }

  function fetchTo(target: string, want: Want, options: RetrieveOptions = {}) {
    return retrieve(want, depot(), scratch.at(target), options)
  }

  /** Refused with `code`, and nothing of the work is left in the scratch folder. */
  async function cleanly(code: ErrorCode, act: () => Promise<unknown>) {
    const before = readdirSync(scratch.path, { recursive: true })
    const error = await refused(code, act)
    expect(readdirSync(scratch.path, { recursive: true })).to.have.members(before)
    return error
  }

  describe('what it gives back', () => {
    it('gives the whole, by its manifest, by its root, and by its last part', async () => {
      const { manifest, pieces, path } = await served()
      const last = pieces[2]
      serveManifest(manifest)
      const ways: ((target: string) => Promise<unknown>)[] = [
        (target) => joinTo(target, manifest),
        (target) => fetchTo(target, { cid: manifest.root }),
        (target) => fetchTo(target, { cid: last?.pieceCid ?? '' }),
        (target) => fetchTo(target, { cid: last?.pieceCidV2 ?? '' }),
        (target) => fetchTo(target, { cid: last?.root ?? '' }),
      ]
      for (const [i, way] of ways.entries()) {
        expect(await way(`out/${i}`)).to.deep.equal({
          root: manifest.root,
          pieceCid: last?.pieceCid,
          source: 'depot',
          bytes: BYTES,
          files: 6,
          path: scratch.at(`out/${i}`),
          verified: true,
          parts: 3,
        })
        expect(treeOf(scratch.at(`out/${i}`))).to.deep.equal(treeOf(path))
      }
      const [first, second, third] = pieces.map(({ pieceCid }) => `/piece/${pieceCid}`)
      const { root } = manifest
      expect(web.asked).to.deep.equal(
        [
          [first, second, third],
          [`/ipfs/${root}`, `/manifest/${root}`, first, second, third],
          [third, first, second],
          [`/piece/${last?.pieceCidV2}`, first, second],
          [`/ipfs/${last?.root}`, first, second],
        ].flat(),
      )
      expect(readdirSync(scratch.at('out'))).to.have.length(ways.length)
    })

    it('joins files that are cut at any byte, in any number of parts', async () => {
      const tree = { 'x/y': '0123456', z: 'zz' }
      const places: Cut[][] = [1, 2, 3, 4, 5, 6].map((at) => [['x/y', at]])
      places.push([['z', 0]], [['z', 1]])
      places.push([1, 2, 3, 4, 5, 6].map((at) => ['x/y', at] as const))
      places.push([
        ['x/y', 6],
        ['z', 1],
      ])
      for (const [i, cuts] of places.entries()) {
        const { manifest, pieces, path } = await served(tree, cuts)
        const got = await joinTo(`whole/${i}`, manifest)
        expect(got).to.include({ parts: cuts.length + 1, files: 2, bytes: 9 })
        expect(treeOf(got.path)).to.deep.equal(treeOf(path))
        const again = await fetchTo(`last/${i}`, { cid: pieces.at(-1)?.pieceCid ?? '' })
        expect(treeOf(again.path)).to.deep.equal(treeOf(path))
      }
    })

    it('joins a single file under its own name', async () => {
      const { manifest, pieces, path } = await served({ '': 'one file' }, [
        ['', 3],
        ['', 4],
      ])
      expect(manifest.parts.map(({ first }) => first.offset)).to.deep.equal([0, 3, 4])
      const cid = pieces[2]?.pieceCid ?? ''
      const ways = [
        () => joinTo('by manifest', manifest),
        () => fetchTo('by part', { cid, name: 'in0-parts, part 3' }),
      ]
      for (const way of ways) {
        const got = await way()
        expect(got).to.include({ files: 1, bytes: 8, parts: 3 })
        expect(got.path.endsWith(`/${manifest.name}`)).to.equal(true)
        expect(readFileSync(got.path)).to.deep.equal(readFileSync(path))
      }
    })

    it('joins parts that are the same piece', async () => {
      const zeros = new Uint8Array(9)
      const { manifest, pieces, path } = await served({ '': zeros }, [
        ['', 3],
        ['', 6],
      ])
      expect(pieces[1]?.pieceCid).to.equal(pieces[0]?.pieceCid)
      expect(readFileSync((await joinTo('out', manifest)).path)).to.deep.equal(readFileSync(path))
    })

    it('joins what prepare cut, sharded folders included', async () => {
      const long = 'a rather long name, '.repeat(10)
      for (let i = 0; i < 1500; i++) scratch.file(`big/${long}${i}`, `${i % 7}`)
      for (let i = 0; i < 3; i++) scratch.file(`big/m/${i}`, randomBytes(2_500_000))
      scratch.folder('big/z/empty')
      const sink = new FolderSink(scratch.at('sink'))
      const { pieces, manifest, root } = await prepare([scratch.at('big')], sink, {
        maxPieceSize: 2 ** 21,
        threads: 0,
      })
      expect(pieces.length).to.be.greaterThan(2)
      expect(manifest?.value.parts.some(({ first }) => first.offset > 0)).to.equal(true)
      serve(web, { pieces })
      const got = await fetchTo('out', { cid: pieces.at(-1)?.root ?? '' })
      expect(got).to.include({ root, parts: pieces.length, files: 1503 })
      expect(treeOf(got.path)).to.deep.equal(treeOf(scratch.at('big')))
    })

    it('puts a joined folder next to what is there', async () => {
      const { manifest } = await served()
      scratch.file('out/mine', 'mine')
      await joinTo('out', manifest)
      expect(readdirSync(scratch.at('out')).toSorted()).to.deep.equal(
        ['.hidden', 'a', 'a.b', 'b', 'c c', 'mine'].toSorted(),
      )
    })

    it('has no part on the disk while it fetches the next', async () => {
      const { manifest, pieces } = await served()
      const seen: number[] = []
      for (const { pieceCid, path } of pieces) {
        const car = readFileSync(path)
        web.answers.set(`/piece/${pieceCid}`, (_, response) => {
          const names = readdirSync(scratch.path, { recursive: true, encoding: 'utf8' })
          const cars = names.filter((name) => /\.sealift-.*\.car$/.test(name))
          seen.push(cars.reduce((size, name) => size + statSync(scratch.at(name)).size, 0))
          response.end(car)
        })
      }
      const whole = async (path: string) => {
        seen.push(readdirSync(join(path, '..')).filter((name) => name.endsWith('.car')).length)
        return manifest.root
      }
      await joinTo('out', manifest, { rootOf: whole })
      expect(seen).to.deep.equal([0, 0, 0, 0])
    })

    it('reports the bytes of all parts together', async () => {
      const { manifest, pieces } = await served()
      const sizes = pieces.map(({ size }) => size)
      const [a = 0, b = 0, c = 0] = sizes
      const all = a + b + c
      expect(await report((options) => joinTo('one', manifest, options))).to.deep.equal([
        [a, all],
        [a + b, all],
        [all, all],
      ])
      const cid = pieces[2]?.root ?? ''
      expect(await report((options) => fetchTo('two', { cid }, options))).to.deep.equal([
        [c, c],
        [c + a, all],
        [all, all],
      ])
    })
  })

  describe('several sources', () => {
    it('takes each part from the first that has it whole, and names each once', async () => {
      const { manifest, pieces } = await served()
      const [one, two] = [await Web.open(), await Web.open()]
      serve(one, { pieces: pieces.filter((_, i) => i !== 1) })
      serve(two, { pieces: pieces.slice(1, 2) })
      one.answers.set(`/piece/${pieces[1]?.pieceCid}`, readFileSync(pieces[0]?.path ?? ''))
      const sources = [
        { name: 'nobody', url: 'http://127.0.0.1:1' },
        { name: 'one', url: one.url },
        { name: 'two', url: two.url },
      ]
      const got = await retrieveParts(manifest, () => sources, scratch.at('out'))
      expect(got.source).to.equal('one, two')
      const last = { cid: pieces[2]?.root ?? '' }
      expect((await retrieve(last, sources, scratch.at('last'))).source).to.equal('one, two')

      const sourcesOf = ({ pieceCid }: ManifestPart) =>
        pieceCid === pieces[1]?.pieceCid ? [{ name: 'two', url: two.url }] : sources.slice(1, 2)
      const options = { sourcesOf }
      const own = await retrieve(last, sources.slice(1, 2), scratch.at('own'), options)
      expect(own.source).to.equal('one, two')
      await one.close()
      await two.close()
    })

    it('asks a source for the manifest of a root only when it has no piece of it', async () => {
      const { manifest } = await served()
      serveManifest(manifest)
      const { root } = manifest
      web.answers.set(`/ipfs/${root}`, (_, response) => response.writeHead(500).end())
      await cleanly('FETCH_FAILED', () => fetchTo('out', { cid: root }))
      expect(web.asked).to.deep.equal([`/ipfs/${root}`])
    })

    it('goes on to the next source when a manifest lies, or leads nowhere', async () => {
      const { manifest, path } = await served()
      serveManifest(manifest)
      const { root } = manifest
      const other = await cutInto(scratch, 'other', { a: 'a', b: 'b' }, [['b', 0]])
      const liars: Web[] = []
      for (const lie of [
        { ...other.manifest, root }, // all true but for the root
        { ...manifest, size: manifest.size + 1 },
        { ...manifest, parts: [...manifest.parts.slice(0, 2), other.manifest.parts[1]] },
      ]) {
        const liar = await Web.open()
        serve(liar, other)
        liar.answers.set(`/manifest/${root}`, Buffer.from(JSON.stringify(lie)))
        liars.push(liar)
      }
      const sources = [...liars, web].map(({ url }, i) => ({ name: `source ${i}`, url }))
      const got = await retrieve({ cid: root }, sources, scratch.at('out'))
      expect(treeOf(got.path)).to.deep.equal(treeOf(path))
      expect(got.source).to.equal('source 3')
      await cleanly('PIECE_MISMATCH', () =>
        retrieve({ cid: root }, sources.slice(0, 1), scratch.at('other out')),
      )
      const piece = await prepare([path], new FolderSink(scratch.at('whole')), { threads: 0 })
      serve(web, piece)
      const whole = await retrieve({ cid: root }, sources, scratch.at('whole out'))
      expect(whole).to.not.have.property('parts')
      for (const liar of liars) await liar.close()
    })
  })

  describe('what is taken for what it is', () => {
    it('a part that is not the last', async () => {
      const { pieces } = await served()
      const got = await fetchTo('out', { cid: pieces[0]?.pieceCid ?? '' })
      expect(got).to.not.have.property('parts')
      expect(readdirSync(got.path)).to.deep.equal(['payload'])
    })

    const others: [what: string, options: CutOptions][] = [
      ['text in the place of the manifest', { inLast: () => 'hello' }],
      ['bytes that are not UTF-8', { inLast: () => Uint8Array.of(0xff, 0x7b, 0x7d) }],
      ['another document', { inLast: () => '{"version": 1, "kind": "prepared", "pieces": []}' }],
      [
        'a manifest with more fields',
        { inLast: (manifest) => JSON.stringify({ ...manifest, more: 1 }) },
      ],
      [
        'a manifest of all its parts',
        { inLast: (manifest) => JSON.stringify({ ...manifest, count: 2 }) },
      ],
      [
        'a manifest of more than 1 MiB',
        { inLast: (manifest) => encodeManifest(manifest) + ' '.repeat(2 ** 20) },
      ],
      [
        'a folder in the place of the manifest',
        {
          alter: (folder, index) => {
            if (index < 2) return
            rmSync(join(folder, 'manifest.json'))
            mkdirSync(join(folder, 'manifest.json'))
          },
        },
      ],
      [
        'three entries',
        { alter: (folder, index) => void (index === 2 && mkdirSync(join(folder, 'more'))) },
      ],
      [
        'other names',
        {
          alter: (folder, index) =>
            void (index === 2 && renameSync(join(folder, 'payload'), join(folder, 'Payload'))),
        },
      ],
    ]
    for (const [what, options] of others)
      it(what, async () => {
        const { pieces } = await served(TREE, CUTS, options)
        const got = await fetchTo('out', { cid: pieces[2]?.pieceCid ?? '' })
        expect(got).to.not.have.property('parts')
        expect(got.root).to.equal(pieces[2]?.root)
        expect(treeOf(got.path)).to.deep.equal(treeOf(scratch.at(`in${made - 1}-parts/2`)))
      })
  })

  describe('what it refuses of a server', () => {
    const answers: [what: string, answer: (manifest: Manifest) => string | Uint8Array][] = [
      ['text', () => 'hello'],
      ['nothing', () => ''],
      ['bytes that are not UTF-8', () => Uint8Array.of(0x22, 0xff, 0x22)],
      ['another document', () => '{"version": 1, "kind": "health", "status": "ok"}'],
      ['a later version', (manifest) => JSON.stringify({ ...manifest, version: 2 })],
      [
        'a manifest without its last part',
        (manifest) => JSON.stringify({ ...manifest, parts: manifest.parts.slice(0, -1) }),
      ],
      [
        'a manifest of another root',
        (manifest) => JSON.stringify({ ...manifest, root: manifest.parts[0]?.root }),
      ],
      ['a manifest without a root', (manifest) => JSON.stringify({ ...manifest, root: 'none' })],
      ['more than 1 MiB', (manifest) => JSON.stringify(manifest) + ' '.repeat(2 ** 20)],
    ]
    for (const [what, answer] of answers)
      it(`FETCH_FAILED or CID_INVALID: ${what}`, async () => {
        const { manifest } = await served()
        const { root } = manifest
        const body = answer(manifest)
        web.answers.set(`/manifest/${root}`, (_, response) => response.writeHead(200).end(body))
        const code = what.endsWith('without a root') ? 'CID_INVALID' : 'FETCH_FAILED'
        await cleanly(code, () => fetchTo('out', { cid: root }))
        expect(web.asked).to.deep.equal([`/ipfs/${root}`, `/manifest/${root}`])
      })

    it('FETCH_FAILED: a manifest without an end', async () => {
      const { manifest } = await served()
      const { root } = manifest
      web.answers.set(`/manifest/${root}`, (_, response) => {
        response.writeHead(200)
        const more = () => response.destroyed || response.write(' '.repeat(2 ** 16), more)
        more()
      })
      await cleanly('FETCH_FAILED', () => fetchTo('out', { cid: root }))
    })
  })

  describe('a manifest that lies', () => {
    /** Each lie changes the true manifest of `TREE` in one place; `part` is a change of its second part. */
    const lies: [code: ErrorCode, what: string, lie: (manifest: Manifest) => object][] = [
      ['CID_INVALID', 'a root that is none', () => ({ root: '../../x' })],
      ['CID_INVALID', 'a root of a part that is none', part(() => ({ root: 'x' }))],
      ['CID_INVALID', 'a piece CID that is none', part(() => ({ pieceCidV2: 'x' }))],
      ['CID_INVALID', 'a v1 for a v2', part(({ pieceCid }) => ({ pieceCidV2: pieceCid }))],
      ['PIECE_MISMATCH', 'a v2 for a v1', part(({ pieceCidV2 }) => ({ pieceCid: pieceCidV2 }))],
      [
        'PIECE_MISMATCH',
        'a v1 of another piece',
        (manifest) => part(() => ({ pieceCid: manifest.parts[0]?.pieceCid }))(manifest),
      ],
      ['PIECE_MISMATCH', 'bytes of a piece', part(({ size }) => ({ size: size - 1 }))],
      ['PIECE_MISMATCH', 'a padded size', part(({ pieceSize }) => ({ pieceSize: 2 * pieceSize }))],
      ['PIECE_MISMATCH', 'a number of parts', () => ({ count: 4 })],
      ['PIECE_MISMATCH', 'too few parts', ({ parts }) => ({ parts: parts.slice(0, 2) })],
      [
        'PIECE_MISMATCH',
        'too many parts',
        ({ parts }) => ({
          count: 10_001,
          parts: Array.from({ length: 10_001 }, () => parts[1]),
        }),
      ],
      ['PIECE_MISMATCH', 'a number of files', ({ files }) => ({ files: files + 1 })],
      ['PIECE_MISMATCH', 'files of a part', part(({ files }) => ({ files: files + 1 }))],
      ['PIECE_MISMATCH', 'a part without files', part(() => ({ files: 0 }))],
      [
        'PIECE_MISMATCH',
        'files of two parts',
        ({ parts }) => ({
          parts: parts.map((one, i) => ({ ...one, files: one.files + ([1, -1, 0][i] ?? 0) })),
        }),
      ],
      ['PIECE_MISMATCH', 'more bytes', ({ size }) => ({ size: size + 1 })],
      ['PIECE_MISMATCH', 'fewer bytes', ({ size }) => ({ size: size - 1 })],
      ['PIECE_MISMATCH', 'no bytes', () => ({ size: 0 })],
      ['PIECE_MISMATCH', 'an offset before', part(() => beginsAt('b/c/one', 3))],
      ['PIECE_MISMATCH', 'an offset behind', part(() => beginsAt('b/c/one', 5))],
      ['PIECE_MISMATCH', 'an offset behind all bytes', part(() => beginsAt('b/c/one', 10_000))],
      ['PIECE_MISMATCH', 'another file that goes on', part(() => beginsAt('a.b', 4))],
      ['PIECE_MISMATCH', 'a file that goes on and is not there', part(() => beginsAt('b/c/o', 4))],
      ['PIECE_MISMATCH', 'a first file behind the first', part(() => beginsAt('b/c/two', 4))],
      ['PIECE_MISMATCH', 'a part of a single file', part(() => beginsAt('', 4))],
      [
        'PIECE_MISMATCH',
        'a first part that begins later',
        ({ parts }) => ({
          parts: parts.map((one, i) => (i === 0 ? { ...one, ...beginsAt('.hidden', 1) } : one)),
        }),
      ],
      [
        'PIECE_MISMATCH',
        'the order of parts',
        ({ parts }) => ({
          parts: [parts[0], parts[2], parts[1]],
        }),
      ],
      [
        'PIECE_MISMATCH',
        'a part twice',
        ({ parts }) => ({
          count: 4,
          parts: [parts[0], parts[1], parts[1], parts[2]],
        }),
      ],
      [
        'TARGET_UNSAFE',
        'a file that goes on as a new one',
        (manifest) => ({
          files: manifest.files + 1,
          ...part(() => beginsAt('b/c/one', 0))(manifest),
        }),
      ],
      ['TARGET_UNSAFE', 'a path that leads out', part(() => beginsAt('../b', 4))],
      ['TARGET_UNSAFE', 'a path from the top', part(() => beginsAt('/etc/passwd', 4))],
      ['TARGET_UNSAFE', 'a path with a hole', part(() => beginsAt('b//c', 4))],
      ['TARGET_UNSAFE', 'a path with a backslash', part(() => beginsAt('b\\c', 4))],
      [
        'FETCH_FAILED',
        'the root of a part',
        (manifest) => part(() => ({ root: manifest.root }))(manifest),
      ],
      ['PIECE_MISMATCH', 'the root of the whole', ({ parts }) => ({ root: parts[0]?.root })],
    ]
    for (const [code, what, lie] of lies)
      it(`${code}: ${what}`, async () => {
        const { manifest } = await served()
        const lying = { ...manifest, ...lie(manifest) } as Manifest
        await cleanly(code, () => joinTo('out', lying))
      })

    it('PIECE_TOO_LARGE: a part above 64 GiB', async () => {
      const { manifest } = await served()
      const pieceSize = 2 ** 37
      const size = unpaddedCapacity(pieceSize)
      const piece = { root: new Uint8Array(32), size, pieceSize }
      const cids = { pieceCid: PieceCid.pieceCidV1(piece), pieceCidV2: PieceCid.pieceCidV2(piece) }
      const lie = part(() => ({ ...cids, size, pieceSize }))
      await cleanly('PIECE_TOO_LARGE', () => joinTo('out', { ...manifest, ...lie(manifest) }))
      expect(web.asked).to.deep.equal([])
    })

    it('TARGET_UNSAFE: the name of a single file', async () => {
      const { manifest } = await served({ '': 'one file' }, [['', 3]])
      for (const name of ['', '.', '..', '../x', '/etc/x', 'a\\b', 'a\0b', 'a\ud800'])
        await cleanly('TARGET_UNSAFE', () => joinTo('out', { ...manifest, name }))
      expect(web.asked).to.deep.equal([])
      // of a folder it is not used
      const folder = await served()
      await joinTo('out', { ...folder.manifest, name: '../x' })
    })

    it('PIECE_MISMATCH: a single file for a folder, a folder for a single file', async () => {
      const file = (await served({ '': 'one file' }, [['', 3]])).manifest
      const folder = (await served({ a: 'a', b: 'b' }, [['b', 0]])).manifest
      const kinds = [
        folder.parts.map((one, offset) => ({ ...one, ...beginsAt('', offset) })),
        [folder.parts[0], { ...file.parts[1], ...beginsAt('a', 1) }],
      ] as ManifestPart[][]
      for (const parts of kinds) {
        const { message } = await cleanly('PIECE_MISMATCH', () =>
          joinTo('out', { ...folder, size: 100, files: 1, parts }),
        )
        expect(message).to.include('kind')
      }
    })

    it('in the last part: refused as one that is handed over', async () => {
      const inLast: [ErrorCode, (manifest: Manifest) => object][] = [
        ['CID_INVALID', () => ({ root: 'x' })],
        ['PIECE_MISMATCH', ({ files }) => ({ files: files - 1 })],
        ['PIECE_MISMATCH', ({ size }) => ({ size: size - 1 })],
        ['PIECE_MISMATCH', ({ size }) => ({ size: size + 1 })],
        ['PIECE_MISMATCH', ({ parts }) => ({ root: parts[0]?.root })],
        ['PIECE_MISMATCH', ({ parts }) => ({ parts: [parts[0], parts[0]] })],
        ['TARGET_UNSAFE', part(() => beginsAt('../b', 4))],
      ]
      for (const [code, lie] of inLast) {
        const { pieces } = await served(TREE, CUTS, {
          inLast: (manifest) => JSON.stringify({ ...manifest, ...lie(manifest) }),
        })
        await cleanly(code, () => fetchTo('out', { cid: pieces[2]?.pieceCid ?? '' }))
      }
    })
  })

  describe('a part that is not what its manifest says', () => {
    /** The second part, or another, is altered; the manifest is true to what it would be. */
    const alterations: [
      code: ErrorCode,
      what: string,
      alter: (folder: string) => void,
      index?: number,
    ][] = [
      [
        'PIECE_MISMATCH',
        'other bytes of the same size',
        (folder) => writeFileSync(join(folder, 'payload/b/c/one'), '45678_'),
      ],
      [
        'PIECE_MISMATCH',
        'fewer bytes',
        (folder) => writeFileSync(join(folder, 'payload/b/c/one'), '4567'),
      ],
      [
        'PIECE_MISMATCH',
        'more bytes',
        (folder) => appendFileSync(join(folder, 'payload/b/c/one'), '0'.repeat(1000)),
      ],
      [
        'PIECE_MISMATCH',
        'one file more',
        (folder) => writeFileSync(join(folder, 'payload/b/c/zzz'), ''),
      ],
      [
        'PIECE_MISMATCH',
        'another first file',
        (folder) => renameSync(join(folder, 'payload/b/c/one'), join(folder, 'payload/b/c/onf')),
      ],
      [
        'PIECE_MISMATCH',
        'a folder less',
        (folder) => rmSync(join(folder, 'payload/b/empty'), { recursive: true }),
      ],
      ['PIECE_MISMATCH', 'a folder more', (folder) => mkdirSync(join(folder, 'payload/b/more'))],
      [
        'TARGET_UNSAFE',
        'a file that an earlier part has',
        (folder) => writeFileSync(join(folder, 'payload/a.b'), 'again'),
      ],
      [
        'TARGET_UNSAFE',
        'a folder that an earlier part has, not the last one',
        (folder) => mkdirSync(join(folder, 'payload/a')),
      ],
      [
        'TARGET_UNSAFE',
        'a folder in the place of a file',
        (folder) => mkdirSync(join(folder, 'payload/.hidden')),
      ],
      [
        'TARGET_UNSAFE',
        'a file in the place of a folder',
        (folder) => writeFileSync(join(folder, 'payload/a'), ''),
      ],
      [
        'TARGET_UNSAFE',
        'a folder in the place of the file that goes on',
        (folder) => {
          rmSync(join(folder, 'payload/b/c/one'))
          mkdirSync(join(folder, 'payload/b/c/one'))
        },
      ],
      [
        'CAR_INVALID',
        'no payload',
        (folder) => renameSync(join(folder, 'payload'), join(folder, 'Payload')),
      ],
      [
        'PIECE_MISMATCH',
        'a file for a payload',
        (folder) => {
          rmSync(join(folder, 'payload'), { recursive: true })
          writeFileSync(join(folder, 'payload'), '')
        },
      ],
      [
        'TARGET_UNSAFE',
        'the file that goes on, in the last part',
        (folder) => {
          mkdirSync(join(folder, 'payload/b/c'))
          writeFileSync(join(folder, 'payload/b/c/two'), '0')
        },
        2,
      ],
    ]
    for (const [code, what, alter, at = 1] of alterations)
      it(`${code}: ${what}`, async () => {
        const { manifest, pieces } = await served(TREE, CUTS, {
          alter: (folder, index) => void (index === at && alter(folder)),
        })
        await cleanly(code, () => joinTo('out', manifest))
        await cleanly(code, () => fetchTo('out', { cid: pieces[2]?.pieceCid ?? '' }))
      })

    it('CID_NOT_FOUND: no source has it, or none is known', async () => {
      const { manifest, pieces } = await served()
      const { pieceCid = '', root = '' } = pieces[1] ?? {}
      web.answers.delete(`/piece/${pieceCid}`)
      web.answers.delete(`/ipfs/${root}`)
      const absent = await cleanly('CID_NOT_FOUND', () => joinTo('out', manifest))
      expect(absent.message).to.include('part 2 of 3')
      serveManifest(manifest)
      await cleanly('CID_NOT_FOUND', () => fetchTo('out', { cid: manifest.root }))

      web.asked.length = 0
      const sourcesOf = (one: ManifestPart) => (one.pieceCid === pieceCid ? [] : depot())
      const unknown = await cleanly('CID_NOT_FOUND', () =>
        retrieveParts(manifest, sourcesOf, scratch.at('out')),
      )
      expect(unknown.message).to.include('part 2 of 3').and.include(pieceCid)
      expect(web.asked).to.deep.equal([])
    })

    it('BLOCK_MISMATCH, PIECE_MISMATCH, FETCH_FAILED: no source delivers it', async () => {
      const { manifest, pieces } = await served()
      const { pieceCid = '', root = '', path = '' } = pieces[1] ?? {}
      web.answers.delete(`/ipfs/${root}`)
      const altered = readFileSync(path)
      altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1
      web.answers.set(`/piece/${pieceCid}`, altered)
      await cleanly('BLOCK_MISMATCH', () => joinTo('out', manifest))
      web.answers.set(`/piece/${pieceCid}`, Buffer.alloc(10_000))
      await cleanly('PIECE_MISMATCH', () => joinTo('out', manifest))
      web.answers.set(`/piece/${pieceCid}`, readFileSync(pieces[0]?.path ?? ''))
      await cleanly('FETCH_FAILED', () => joinTo('out', manifest))
      web.answers.set(`/piece/${pieceCid}`, (_, response) => response.destroy())
      await cleanly('FETCH_FAILED', () => joinTo('out', manifest))
      web.answers.set(`/piece/${pieceCid}`, () => {})
      await cleanly('FETCH_FAILED', () => joinTo('out', manifest, { stallMs: 50 }))
    })
  })

  describe('what ends it early', () => {
    it('DEADLINE and ABORTED: in a part, and while the root of the whole is computed', async () => {
      const { manifest, pieces } = await served()
      await cleanly('ABORTED', () => joinTo('out', manifest, { signal: AbortSignal.abort() }))
      const controllers = [new AbortController(), new AbortController()] as const
      const rootOf = (_: string, { signal }: { signal: AbortSignal }) => {
        controllers[0].abort()
        return new Promise<string>((_resolve, reject) => {
          if (signal.aborted) reject(aborted(signal))
          signal.addEventListener('abort', () => reject(aborted(signal)))
        })
      }
      const { signal } = controllers[0]
      await cleanly('ABORTED', () => joinTo('out', manifest, { rootOf, signal }))
      expect(signal.aborted).to.equal(true)
      await cleanly('DEADLINE', () => joinTo('out', manifest, { rootOf, deadlineMs: 500 }))
      const { pieceCid = '', path = '' } = pieces[1] ?? {}
      web.answers.set(`/piece/${pieceCid}`, (_, response) => {
        response.writeHead(200)
        response.write(readFileSync(path).subarray(0, 100))
      })
      await cleanly('DEADLINE', () => joinTo('out', manifest, { deadlineMs: 300 }))
      setTimeout(() => controllers[1].abort(), 200)
      await cleanly('ABORTED', () => joinTo('out', manifest, { signal: controllers[1].signal }))
    })

    it('TARGET_EXISTS: nothing is overwritten', async () => {
      const { manifest } = await served()
      const mine = scratch.file('out/b', 'mine')
      await cleanly('TARGET_EXISTS', () => joinTo('out', manifest))
      expect(readFileSync(mine, 'utf8')).to.equal('mine')
      scratch.file('file', 'mine')
      web.asked.length = 0
      await cleanly('TARGET_EXISTS', () => joinTo('file', manifest))
      expect(web.asked).to.deep.equal([])
    })

    it('shows nothing at the target before the root is known to be right', async () => {
      const { manifest } = await served()
      const rootOf = async (path: string) => {
        expect(readdirSync(scratch.path)).to.not.include('out')
        expect(readdirSync(path)).to.include('c c')
        return manifest.parts[0]?.root ?? ''
      }
      await cleanly('PIECE_MISMATCH', () => joinTo('out', manifest, { rootOf }))
    })
  })
})

/** Bytes and total of every progress that is reported. */
async function report(act: (options: RetrieveOptions) => Promise<unknown>): Promise<unknown[]> {
  const seen: unknown[] = []
  await act({ onProgress: ({ bytes, total }) => seen.push([bytes, total]) })
  return seen
}

function beginsAt(path: string, offset: number): Pick<ManifestPart, 'first'> {
  return { first: { path, offset } }
}

/** Changes the second part. */
function part(change: (part: ManifestPart) => object) {
  return ({ parts }: Manifest): { parts: ManifestPart[] } => ({
    parts: parts.map((one, i) => (i === 1 ? { ...one, ...change(one) } : one)),
  })
}
