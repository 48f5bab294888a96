/** What a depot keeps of payloads of several pieces: their manifests, and the parts of those that are being prepared. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import * as disk from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import type { Depot } from '../../../src/depot/depot.ts'
import type { Files } from '../../../src/depot/files.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { encodeManifest, type Manifest } from '../../../src/prepare/manifest.ts'
import type { FinishedPart } from '../../../src/prepare/sink.ts'
import { refused } from '../../support/refused.ts'
import { car, contents, errno, random, stream, temporaryFolders } from './support/fixture.ts'

const KEY = '0123456789abcdef'.repeat(4)
const OTHER_KEY = 'f'.repeat(64)
const BAD_KEYS = ['', 'x', KEY.slice(1), `${KEY}0`, KEY.toUpperCase(), `../../${KEY.slice(6)}`]
const DAY_MS = 24 * 60 * 60 * 1000

type Step = (name: string) => void

/** The disk, which tells every step that changes it before it is taken. */
function steppedFiles(step: Step): Files {
  const open: Files['open'] = async (path, flags, mode) => {
    if (flags !== 'r') step('open')
    const handle = await disk.open(path, flags, mode)
    const write = handle.write.bind(handle) as (...rest: unknown[]) => Promise<unknown>
    const sync = handle.sync.bind(handle)
    handle.write = (async (...rest: unknown[]) => {
      step('write')
      return write(...rest)
    }) as never
    handle.sync = async () => {
      step(flags === 'r' ? 'sync folder' : 'sync')
      return sync()
    }
    return handle
  }
  const rename: Files['rename'] = async (from, to) => {
    step('rename')
    return disk.rename(from, to)
  }
  const mkdir = (async (path: string) => {
    step('mkdir')
    return disk.mkdir(path)
  }) as Files['mkdir']
  return { ...disk, open, rename, mkdir }
}

/** Stores pieces, and what finishing them as parts is given. */
async function partsIn(depot: Depot, count: number): Promise<FinishedPart[]> {
  const parts: FinishedPart[] = []
  for (let index = 0; index < count; index++) {
    const { bytes } = await car(random(1000 + index))
    const piece = await depot.put(stream(bytes), {}, { name: 'holiday', files: index })
    parts.push({ piece, leaves: random(32 * index) })
  }
  return parts
}

async function manifestOf(parts: readonly FinishedPart[]): Promise<Manifest> {
  const { root } = await car(random(100))
  return {
    version: 1,
    kind: 'manifest',
    name: 'holiday',
    root,
    size: 5000,
    files: parts.length,
    count: parts.length,
    parts: parts.map(({ piece: { pieceCid, pieceCidV2, size, pieceSize, root: own } }, index) => ({
      root: own,
      pieceCid,
      pieceCidV2,
      size,
      pieceSize,
      files: 1,
      first: { path: `${index}`, offset: 0 },
    })),
  }
}

async function finishAll(depot: Depot, parts: readonly FinishedPart[]): Promise<void> {
  for (const [index, part] of parts.entries()) await depot.finishPart(KEY, index, part)
}

/** The disk, on which files of a name cannot be read. */
function unreadable(name: string, code: string): Files {
  const readFile = (async (path: string, encoding: BufferEncoding) => {
    if (path.endsWith(name)) throw errno(code)
    return disk.readFile(path, encoding)
  }) as Files['readFile']
  return { ...disk, readFile }
}

function failing(code: string): Files['rename'] {
  return () => Promise.reject(errno(code))
}

/** The disk, mounted so that nothing can be written. */
const readOnlyFiles: Files = {
  ...disk,
  open: (path, flags) => (flags === 'r' ? disk.open(path, flags) : Promise.reject(errno('EROFS'))),
  mkdir: (async (path: string) => {
    throw errno((await disk.readdir(path).catch(() => undefined)) ? 'EEXIST' : 'EROFS')
  }) as Files['mkdir'],
}

/** Sets the time at which a part was last written. */
async function rested(folder: string, key: string, days: number): Promise<void> {
  const then = new Date(Date.now() - days * DAY_MS)
  await disk.utimes(join(folder, 'unfinished', key), then, then)
}

describe('depot: payloads of several pieces', () => {
  const temporary = temporaryFolders()

  /**
   * New depots whose disk fails at the first step of `act`, at the second, and so on until none is left. `check` looks at
   * each through a depot whose disk works, and returns whether the act left its mark. Returns the steps that failed.
   */
  async function failingAtEachStep<T>(
    code: 'ENOSPC' | 'EACCES',
    begin: (depot: Depot) => Promise<T>,
    act: (depot: Depot, begun: T) => Promise<unknown>,
    check: (depot: Depot, begun: T) => Promise<boolean>,
  ): Promise<{ steps: string[]; marks: string[] }> {
    const steps: string[] = []
    const marks: string[] = []
    for (;;) {
      const folder = await temporary()
      const plain = await openDepot(folder)
      const begun = await begin(plain)
      let left = Infinity
      let failed: string | undefined
      const step: Step = (name) => {
        if (left-- > 0) return
        left = Infinity
        failed = name
        throw errno(code)
      }
      const depot = await openDepot(folder, steppedFiles(step))
      left = steps.length
      const acting = act(depot, begun)
      await acting.catch(() => undefined)
      if (failed === undefined) {
        await acting
        expect(await check(plain, begun)).to.equal(true)
        return { steps, marks }
      }
      await refused(code === 'ENOSPC' ? 'DEPOT_FULL' : 'DEPOT_READ_ONLY', acting)
      steps.push(failed ?? '')
      expect(await disk.readdir(join(folder, 'staging'))).to.deep.equal([])
      if (await check(plain, begun)) marks.push(failed ?? '')
    }
  }

  describe('commitManifest and findManifest', () => {
    it('keeps a manifest under its root, in any spelling', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const manifest = await manifestOf(await partsIn(depot, 3))
      expect(await depot.findManifest(manifest.root)).to.equal(undefined)
      const path = await depot.commitManifest(KEY, manifest)
      expect(path).to.equal(join(folder, 'manifests', `${manifest.root}.json`))
      expect(await disk.readFile(path, 'utf8')).to.equal(encodeManifest(manifest))
      const spelling = CID.parse(manifest.root).toString(base58btc)
      for (const each of [depot, await openDepot(folder)]) {
        expect(await each.findManifest(manifest.root)).to.deep.equal(manifest)
        expect(await each.findManifest(spelling)).to.deep.equal(manifest)
      }
      const respelt = { ...manifest, root: spelling }
      expect(await depot.commitManifest(KEY, respelt)).to.equal(path)
      expect(await depot.findManifest(manifest.root)).to.deep.equal(manifest)
    })

    it('puts a later manifest of the root in the place of the earlier', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const manifest = await manifestOf(await partsIn(depot, 3))
      const later = { ...(await manifestOf(await partsIn(depot, 2))), root: manifest.root }
      const path = await depot.commitManifest(KEY, manifest)
      expect(await (await openDepot(folder)).commitManifest(OTHER_KEY, later)).to.equal(path)
      expect(await depot.findManifest(manifest.root)).to.deep.equal(later)
      expect(await disk.readdir(join(folder, 'manifests'))).to.have.length(1)
    })

    it('says CID_INVALID for what is no CID, and nothing of one that no file can be named after', async () => {
      const depot = await openDepot(await temporary())
      for (const text of ['', 'x', '../../etc/passwd', 'b'.repeat(5000)]) {
        await refused('CID_INVALID', depot.findManifest(text))
      }
      const long = CID.createV1(0x55, Digest.create(0, new Uint8Array(170))).toString(base58btc)
      expect(long.length).to.be.lessThan(256)
      expect(await depot.findManifest(long)).to.equal(undefined)
    })

    it('says DEPOT_CORRUPT for anything but the manifest of that root with all its parts', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const manifest = await manifestOf(await partsIn(depot, 3))
      const path = await depot.commitManifest(KEY, manifest)
      const others = [
        { version: 2 },
        { root: (await car(random(10))).root },
        { parts: manifest.parts.slice(1) },
        { count: 4 },
        { extra: 1 },
      ].map((change) => JSON.stringify({ ...manifest, ...change }))
      for (const text of ['', '{', 'null', '[]', ...others]) {
        await disk.writeFile(path, text)
        const { message } = await refused('DEPOT_CORRUPT', depot.findManifest(manifest.root))
        expect(message, text).to.include(path)
      }
      await depot.commitManifest(KEY, manifest)
      expect(await depot.findManifest(manifest.root)).to.deep.equal(manifest)
    })

    it('refuses a manifest that does not list all its parts, or has no CID', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const manifest = await manifestOf(await partsIn(depot, 3))
      const short = { ...manifest, parts: manifest.parts.slice(1) }
      await refused('INTERNAL', depot.commitManifest(KEY, short))
      await refused('CID_INVALID', depot.commitManifest(KEY, { ...manifest, root: '../x' }))
      for (const key of BAD_KEYS) await refused('INTERNAL', depot.commitManifest(key, manifest))
      expect(await depot.findManifest(manifest.root)).to.equal(undefined)
    })

    it('leaves the earlier manifest, or none, whatever step fails', async () => {
      for (const code of ['ENOSPC', 'EACCES'] as const) {
        const begin = async (depot: Depot) => {
          const parts = await partsIn(depot, 2)
          await finishAll(depot, parts)
          return { parts, manifest: await manifestOf(parts) }
        }
        const { steps, marks } = await failingAtEachStep(
          code,
          begin,
          (depot, { manifest }) => depot.commitManifest(KEY, manifest),
          async (depot, { parts, manifest }) => {
            const found = await depot.findManifest(manifest.root)
            if (found !== undefined) expect(found).to.deep.equal(manifest)
            const rest = await depot.finishedParts(KEY)
            if (rest.length > 0) expect(rest).to.deep.equal(parts)
            return found !== undefined
          },
        )
        const file = ['open', 'write', 'sync', 'rename']
        expect(steps).to.deep.equal(['mkdir', 'sync folder', ...file, 'sync folder', 'rename'])
        // the manifest is whole; what failed comes after it
        expect(marks).to.deep.equal(['sync folder', 'rename'])

        const replaced = await failingAtEachStep(
          code,
          async (depot) => {
            const begun = await begin(depot)
            const { root } = begun.manifest
            const earlier = { ...(await manifestOf(await partsIn(depot, 3))), root }
            await depot.commitManifest(OTHER_KEY, earlier)
            return { ...begun, earlier }
          },
          (depot, { manifest }) => depot.commitManifest(KEY, manifest),
          async (depot, { manifest, earlier }) => {
            const found = await depot.findManifest(manifest.root)
            expect([manifest, earlier]).to.deep.include(found)
            return found?.count === manifest.count
          },
        )
        expect(replaced.marks).to.deep.equal(['sync folder', 'rename'])
      }
    })
  })

  describe('finishPart and finishedParts', () => {
    it('gives back what was finished, to every depot of the folder, until the manifest is there', async () => {
      const folder = await temporary()
      const [one, two] = [await openDepot(folder), await openDepot(folder)]
      const parts = await partsIn(one, 4)
      expect(await one.finishedParts(KEY)).to.deep.equal([])
      for (const [index, part] of parts.entries()) {
        await one.finishPart(KEY, index, part)
        expect(await two.finishedParts(KEY)).to.deep.equal(parts.slice(0, index + 1))
      }
      expect(await contents(join(folder, 'unfinished'))).to.deep.equal(
        [0, 1, 2, 3].flatMap((index) => [`${KEY}/000${index}.json`, `${KEY}/000${index}.leaves`]),
      )
      await two.finishPart(OTHER_KEY, 0, parts[1] as FinishedPart)
      await two.commitManifest(KEY, await manifestOf(parts))
      expect(await one.finishedParts(KEY)).to.deep.equal([])
      expect(await one.finishedParts(OTHER_KEY)).to.deep.equal([parts[1]])
      expect(await disk.readdir(join(folder, 'unfinished'))).to.deep.equal([OTHER_KEY])
    })

    it('finishes a part again', async () => {
      const depot = await openDepot(await temporary())
      const [part, other] = (await partsIn(depot, 2)) as [FinishedPart, FinishedPart]
      await depot.finishPart(KEY, 0, part)
      await depot.finishPart(KEY, 0, other)
      expect(await depot.finishedParts(KEY)).to.deep.equal([other])
    })

    it('stops at the first that is missing or damaged', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const parts = await partsIn(depot, 4)
      const { pieceCid: otherCid } = (parts[3] as FinishedPart).piece
      const file = (name: string) => join(folder, 'unfinished', KEY, name)
      const edit = async (change: (text: string) => string) =>
        disk.writeFile(file('0002.json'), change(await disk.readFile(file('0002.json'), 'utf8')))
      const damages: [string, () => Promise<unknown>][] = [
        ['no record', () => disk.rm(file('0002.json'))],
        ['no leaves', () => disk.rm(file('0002.leaves'))],
        ['leaves cut', () => disk.truncate(file('0002.leaves'), 32)],
        ['leaves longer', () => disk.appendFile(file('0002.leaves'), 'x')],
        ['leaves altered', () => disk.writeFile(file('0002.leaves'), random(64))],
        ['leaves of another part', () => disk.cp(file('0003.leaves'), file('0002.leaves'))],
        ['an empty record', () => disk.truncate(file('0002.json'))],
        ['half a record', () => disk.truncate(file('0002.json'), 100)],
        ['another version', () => edit((text) => text.replace('"version": 1', '"version": 2'))],
        [
          'a record that contradicts itself',
          () => edit((text) => text.replace(/baga[a-z0-9]+/, otherCid)),
        ],
        ['a record with more', () => edit((text) => text.replace('{', '{"more": 1,'))],
      ]
      for (const [what, damage] of damages) {
        await finishAll(depot, parts)
        expect(await depot.finishedParts(KEY)).to.have.length(4)
        await damage()
        expect(await depot.finishedParts(KEY), what).to.deep.equal(parts.slice(0, 2))
      }
    })

    it('stops at a part whose piece is gone or has another size', async () => {
      const depot = await openDepot(await temporary())
      const parts = await partsIn(depot, 4)
      await finishAll(depot, parts)
      const [, , third, last] = parts.map(({ piece }) => piece)
      await depot.remove(last?.pieceCidV2 ?? '')
      expect(await depot.finishedParts(KEY)).to.deep.equal(parts.slice(0, 3))
      await disk.truncate(third?.path ?? '', 100)
      expect(await depot.finishedParts(KEY)).to.deep.equal(parts.slice(0, 2))
      await disk.rm((parts[1] as FinishedPart).piece.path)
      expect(await depot.finishedParts(KEY)).to.deep.equal(parts.slice(0, 1))
    })

    it('says INTERNAL for a key, an index or leaves that are none, and writes nothing', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const [part] = (await partsIn(depot, 1)) as [FinishedPart]
      const before = await contents(folder)
      for (const key of BAD_KEYS) {
        await refused('INTERNAL', depot.finishPart(key, 0, part))
        await refused('INTERNAL', depot.finishedParts(key))
      }
      for (const index of [-1, 0.5, NaN, 10_000]) {
        await refused('INTERNAL', depot.finishPart(KEY, index, part))
      }
      const uneven = { ...part, leaves: random(33) }
      await refused('INTERNAL', depot.finishPart(KEY, 0, uneven))
      const lying = { ...part, piece: { ...part.piece, size: part.piece.size + 1 } }
      await refused('PIECE_MISMATCH', depot.finishPart(KEY, 0, lying))
      expect(await contents(folder)).to.deep.equal(before)
    })

    it('shows no part before it is whole, whatever step fails', async () => {
      for (const code of ['ENOSPC', 'EACCES'] as const) {
        const { steps, marks } = await failingAtEachStep(
          code,
          (depot) => partsIn(depot, 2),
          (depot, [, part]) => depot.finishPart(KEY, 0, part as FinishedPart),
          async (depot, [, part]) => {
            const found = await depot.finishedParts(KEY)
            if (found.length > 0) expect(found).to.deep.equal([part])
            return found.length > 0
          },
        )
        const file = ['open', 'write', 'sync', 'rename', 'sync folder']
        const folders = ['mkdir', 'mkdir', 'mkdir', 'sync folder', 'sync folder']
        expect(steps).to.deep.equal([...folders, ...file, 'mkdir', ...file])
        // the part is whole; what failed puts its name on the disk
        expect(marks).to.deep.equal(['sync folder'])

        await failingAtEachStep(
          code,
          async (depot) => {
            const parts = (await partsIn(depot, 2)) as [FinishedPart, FinishedPart]
            await depot.finishPart(KEY, 0, parts[0])
            return parts
          },
          (depot, [, part]) => depot.finishPart(KEY, 0, part),
          async (depot, parts) => {
            const [found] = await depot.finishedParts(KEY)
            if (found !== undefined) expect(parts).to.deep.include(found)
            return found !== undefined
          },
        )
      }
    })

    it('reads what a disk gives back, and says DEPOT_READ_ONLY when it may not', async () => {
      const folder = await temporary()
      const plain = await openDepot(folder)
      const parts = await partsIn(plain, 3)
      await finishAll(plain, parts)
      const broken = await openDepot(folder, unreadable('0001.leaves', 'EIO'))
      expect(await broken.finishedParts(KEY)).to.deep.equal(parts.slice(0, 1))
      const closed = await openDepot(folder, unreadable('0001.leaves', 'EACCES'))
      await refused('DEPOT_READ_ONLY', closed.finishedParts(KEY))
    })

    it('goes on when another depot forgets the preparation at any moment', async () => {
      const folder = await temporary()
      const other = await openDepot(folder)
      const parts = await partsIn(other, 2)
      const manifest = await manifestOf(parts)
      for (let moment = 0; ; moment++) {
        let left = Infinity
        const rename: Files['rename'] = async (from, to) => {
          if (left-- === 0) await other.commitManifest(KEY, manifest)
          await disk.rename(from, to)
          if (left-- === 0) await other.commitManifest(KEY, manifest)
        }
        const depot = await openDepot(folder, { ...disk, rename })
        await depot.finishPart(KEY, 0, parts[0] as FinishedPart)
        left = moment
        await depot.finishPart(KEY, 1, parts[1] as FinishedPart)
        const happened = left < 0
        left = Infinity
        const found = await depot.finishedParts(KEY)
        expect(found).to.deep.equal(happened ? [] : parts)
        if (!happened) {
          expect(moment).to.equal(4)
          break
        }
      }
    })

    it('is used by two depots at once', async () => {
      const folder = await temporary()
      const depots = [await openDepot(folder), await openDepot(folder)]
      const parts = await partsIn(depots[0] as Depot, 8)
      await Promise.all(depots.map((depot) => finishAll(depot, parts)))
      for (const depot of depots) expect(await depot.finishedParts(KEY)).to.deep.equal(parts)
      const manifest = await manifestOf(parts)
      await Promise.all(depots.map((depot) => depot.commitManifest(KEY, manifest)))
      for (const depot of depots) {
        expect(await depot.findManifest(manifest.root)).to.deep.equal(manifest)
        expect(await depot.finishedParts(KEY)).to.deep.equal([])
      }
      expect(await disk.readdir(join(folder, 'unfinished'))).to.deep.equal([])
      expect(await disk.readdir(join(folder, 'staging'))).to.deep.equal([])
    })

    it('never shows half a part of a process that was killed', async function () {
      this.timeout(60_000)
      const folder = await temporary()
      const depot = await openDepot(folder)
      const { pieceCidV2 } = ((await partsIn(depot, 1)) as [FinishedPart])[0].piece
      const script = fileURLToPath(import.meta.resolve('./support/finish-parts.ts'))
      let found = 0
      for (let round = 0; round < 5; round++) {
        const child = fork(script, [folder, KEY, pieceCidV2])
        await once(child, 'message')
        await new Promise((resolve) => setTimeout(resolve, 20 * round + 5))
        child.kill('SIGKILL')
        await once(child, 'exit')
        const parts = await (await openDepot(folder)).finishedParts(KEY)
        found += parts.length
        for (const [index, { leaves }] of parts.entries()) {
          expect(leaves.length).to.equal(32 * 1000)
          expect(leaves.every((byte) => byte === index % 256)).to.equal(true)
        }
        if (process.platform === 'linux') {
          expect(await disk.readdir(join(folder, 'staging'))).to.deep.equal([])
        }
      }
      expect(found).to.be.greaterThan(0)
    })
  })

  describe('preparations that were given up', () => {
    it('are forgotten after 30 days without a new part, not before', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const parts = await partsIn(depot, 2)
      await finishAll(depot, parts)
      await depot.finishPart(OTHER_KEY, 0, parts[0] as FinishedPart)
      await disk.mkdir(join(folder, 'unfinished', 'mine'))
      for (const [days, kept] of [
        [0, true],
        [29.99, true],
        [-400, true],
        [30.01, false],
      ] as const) {
        await rested(folder, KEY, days)
        await rested(folder, 'mine', 400)
        const again = await openDepot(folder)
        expect(await again.finishedParts(KEY), `${days} days`).to.have.length(kept ? 2 : 0)
        expect(await again.finishedParts(OTHER_KEY)).to.have.length(1)
      }
      expect((await disk.readdir(join(folder, 'unfinished'))).toSorted()).to.deep.equal(
        [OTHER_KEY, 'mine'].toSorted(),
      )
      expect(await disk.readdir(join(folder, 'staging'))).to.deep.equal([])
    })

    it('are young again with each part', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const parts = await partsIn(depot, 2)
      await finishAll(depot, parts)
      await rested(folder, KEY, 31)
      await depot.finishPart(KEY, 1, parts[1] as FinishedPart)
      expect(await (await openDepot(folder)).finishedParts(KEY)).to.deep.equal(parts)
    })

    it('stay on a disk that cannot be written; other faults are told', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const parts = await partsIn(depot, 2)
      await finishAll(depot, parts)
      await rested(folder, KEY, 31)
      for (const code of ['EROFS', 'EACCES', 'EPERM']) {
        const closed = await openDepot(folder, { ...disk, rename: failing(code) })
        expect(await closed.finishedParts(KEY)).to.deep.equal(parts)
      }
      await refused('DEPOT_CORRUPT', openDepot(folder, { ...disk, rename: failing('EIO') }))
      await openDepot(folder, { ...disk, rename: failing('ENOENT') })
    })
  })

  describe('a depot of an older version', () => {
    it('opens, and gets the folders when they are needed', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      expect((await disk.readdir(folder)).toSorted()).to.deep.equal(['pieces', 'staging'])
      const parts = await partsIn(depot, 2)
      const manifest = await manifestOf(parts)
      expect(await depot.findManifest(manifest.root)).to.equal(undefined)
      expect(await depot.finishedParts(KEY)).to.deep.equal([])
      await finishAll(depot, parts)
      await depot.commitManifest(KEY, manifest)
      expect((await disk.readdir(folder)).toSorted()).to.deep.equal([
        'manifests',
        'pieces',
        'staging',
        'unfinished',
      ])
    })

    it('opens on a disk that cannot be written, and says so when it must be', async () => {
      const folder = await temporary()
      const plain = await openDepot(folder)
      const parts = await partsIn(plain, 2)
      const manifest = await manifestOf(parts)
      const closed = await openDepot(folder, readOnlyFiles)
      expect(await closed.findManifest(manifest.root)).to.equal(undefined)
      expect(await closed.finishedParts(KEY)).to.deep.equal([])
      await refused('DEPOT_READ_ONLY', closed.finishPart(KEY, 0, parts[0] as FinishedPart))
      await refused('DEPOT_READ_ONLY', closed.commitManifest(KEY, manifest))
      await plain.commitManifest(KEY, manifest)
      expect(await closed.findManifest(manifest.root)).to.deep.equal(manifest)
    })

    it('says DEPOT_READ_ONLY where files stand in the place of its folders, and opens', async () => {
      const folder = await temporary()
      const depot = await openDepot(folder)
      const parts = await partsIn(depot, 2)
      for (const name of ['manifests', 'unfinished']) await disk.writeFile(join(folder, name), '')
      const again = await openDepot(folder)
      await refused('DEPOT_READ_ONLY', again.finishPart(KEY, 0, parts[0] as FinishedPart))
      await refused('DEPOT_READ_ONLY', again.commitManifest(KEY, await manifestOf(parts)))
    })
  })
})
