/** A payload of several pieces: read back by other implementations, cut where it may be, the same every time. */
import { mkdirSync, readdirSync, readFileSync, truncateSync, utimesSync } from 'node:fs'
import { basename } from 'node:path'
import { CarReader } from '@ipld/car'
import { Piece } from '@web3-storage/data-segment'
import { MemoryBlockstore } from 'blockstore-core/memory'
import { expect } from 'chai'
import { exporter, recursive } from 'ipfs-unixfs-exporter'
import { importer } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import type { Depot } from '../../../src/depot/depot.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { unpaddedCapacity } from '../../../src/piece/size.ts'
import { decodeManifest } from '../../../src/prepare/manifest.ts'
import { prepare, type Prepared } from '../../../src/prepare/prepare.ts'
import type { PieceSink } from '../../../src/prepare/sink.ts'
import { prepareOne } from '../../support/prepare-one.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { all } from '../car/blocks.ts'
import { Scratch, sha256 } from './folder-sink.ts'

const MIB = 2 ** 20
const PIECE = 4 * MIB
const OPTIONS = { maxPieceSize: PIECE } as const

describe('prepare: several pieces', () => {
  let scratch: Scratch
  let depot: Depot

  beforeEach(async () => {
    scratch = new Scratch()
    depot = await openDepot(scratch.at('depot'))
  })
  afterEach(() => scratch.remove())

  /** A tree of files of all sizes, 27 MiB, with what could get lost at a cut. */
  function tree(): string {
    const sizes: Record<string, number> = {
      'a/small': 5,
      'a/empty': 0,
      'a/large': 9 * MIB + 77,
      'a/z/deep/er/one': MIB,
      'a/z/deep/er/two': MIB + 1,
      'b/ü \u{1f4be}': 3 * MIB,
      'c.bin': 12 * MIB,
      d: 1,
    }
    for (const [name, size] of Object.entries(sizes)) scratch.file(`in/${name}`, random(size, name))
    for (let i = 0; i < 300; i++) scratch.file(`in/many/file number ${i}`, random(i * 11, `m${i}`))
    for (const name of ['0', 'a/hollow', 'b/x/y/z', 'zz']) scratch.folder(`in/${name}`)
    return scratch.at('in')
  }

  it('is read back by other implementations: every part alone, all of them together', async () => {
    const input = tree()
    const { pieces, root, manifest, files, size } = await prepare([input], depot, OPTIONS)
    expect(pieces.length).to.be.within(8, 11)
    expect(files).to.equal(308)
    const joined = new Map<string, Buffer>()
    for (const [i, piece] of pieces.entries()) {
      const car = readFileSync(piece.path)
      expect(car.length).to.be.at.most(unpaddedCapacity(PIECE))
      expect(piece.pieceSize).to.be.at.most(PIECE)
      expect(Piece.fromPayload(car).link.toString()).to.equal(piece.pieceCidV2)
      const { names, content } = await exported(car, piece.root)
      expect(names).to.deep.equal(
        i === pieces.length - 1 ? ['manifest.json', 'payload'] : ['payload'],
      )
      const first = manifest?.value.parts[i]?.first
      const firstPath = `payload/${first?.path}`
      expect(joined.get(firstPath)?.length ?? 0, firstPath).to.equal(first?.offset)
      expect(content.has(firstPath), firstPath).to.equal(true)
      for (const [path, bytes] of content)
        joined.set(path, Buffer.concat([joined.get(path) ?? Buffer.alloc(0), bytes]))
    }
    const embedded = joined.get('payload/../manifest.json') ?? joined.get('manifest.json')
    joined.delete('manifest.json')
    expectSame(joined, input)
    expect(root).to.equal(await importedRoot(input))
    expect(manifest?.value).to.deep.include({ name: 'in', root, size, files, count: pieces.length })
    expect(decodeManifest(`${embedded}`, 'the last part')).to.deep.equal({
      ...manifest?.value,
      parts: manifest?.value.parts.slice(0, -1),
    })
    expect(await depot.findManifest(root)).to.deep.equal(manifest?.value)
  })

  it('wastes less than a chunk and its links at the end of a part', async () => {
    const file = scratch.file('f', random(20 * MIB, 'f'))
    const { pieces } = await prepare([file], depot, { maxPieceSize: 8 * MIB })
    for (const { size } of pieces.slice(0, -1))
      expect(unpaddedCapacity(8 * MIB) - size).to.be.below(MIB + 16_384)
  })

  it('cuts a single file, which has no folder around it', async () => {
    const bytes = random(10 * MIB + 3, 'f')
    const { pieces, root } = await prepare([scratch.file('f', bytes)], depot, OPTIONS)
    const parts: Uint8Array[] = []
    for (const piece of pieces) {
      const { content } = await exported(readFileSync(piece.path), piece.root)
      parts.push(content.get('payload') ?? new Uint8Array(0))
    }
    expect(Buffer.compare(Buffer.concat(parts), bytes)).to.equal(0)
    expect(parts.slice(0, -1).every((part) => part.length % MIB === 0)).to.equal(true)
    const [made] = await all(
      importer([{ content: bytes }], new MemoryBlockstore(), { profile: 'unixfs-v1-2025' }),
    )
    expect(root).to.equal(`${made?.cid}`)
  })

  it('gives the same bytes twice, on any number of threads', async () => {
    const input = tree()
    const first = await prepare([input], depot, { ...OPTIONS, threads: 0 })
    for (const threads of [1, 3]) {
      const other = await openDepot(scratch.at(`depot-${threads}`))
      expect(withoutPaths(await prepare([input], other, { ...OPTIONS, threads }))).to.deep.equal(
        withoutPaths(first),
      )
    }
  })

  it('is one piece when blocks that occur twice make it fit', async () => {
    const zeros = scratch.file('zeros')
    truncateSync(zeros, 40 * MIB)
    const piece = await prepareOne([zeros], depot, OPTIONS)
    expect(piece.pieceCid).to.equal((await prepareOne([zeros], depot)).pieceCid)
    expect(await depot.list()).to.have.length(1)
  })

  it('PIECE_TOO_LARGE: a part that could not hold a chunk, before anything is read', async () => {
    const file = scratch.file('f', random(3 * MIB, 'f'))
    let read = false
    const options = { maxPieceSize: MIB, onProgress: () => (read = true) }
    await refused('PIECE_TOO_LARGE', prepare([file], depot, options))
    expect(read).to.equal(false)
    expect((await prepare([file], depot, { maxPieceSize: 2 * MIB })).pieces).to.have.length(3)
  })

  it('cuts a folder of many small files, sharded in every part', async () => {
    mkdirSync(scratch.at('in'))
    for (let i = 0; i < 12_000; i++)
      scratch.file(`in/a name of some length ${i}`, `${i} `.repeat(70))
    const { pieces, root } = await prepare([scratch.at('in')], depot, OPTIONS)
    expect(pieces.length).to.be.within(2, 4)
    expect(pieces.reduce((sum, { files }) => sum + files, 0)).to.equal(12_000)
    expect(root).to.equal(await importedRoot(scratch.at('in')))
  })

  describe('resumed', () => {
    it('goes on behind the finished parts, and ends as if it had not been interrupted', async () => {
      const input = tree()
      const whole = await prepare([input], await openDepot(scratch.at('other')), OPTIONS)
      const count = whole.pieces.length
      for (const at of [0, 1, count - 2]) {
        const broken = failingAt(at, depot)
        const thrown = await prepare([input], broken, OPTIONS).catch((error: unknown) => error)
        expect(String(thrown)).to.equal('Error: pulled plug')
      }
      // The second run found none and made one; the third found it and made all but the last.
      const last = failingAt(Number.POSITIVE_INFINITY, depot)
      expect(withoutPaths(await prepare([input], last, OPTIONS))).to.deep.equal(withoutPaths(whole))
      expect(last.staged).to.equal(1)
      expect(readdirSync(scratch.at('depot', 'staging'))).to.deep.equal([])
      expect(readdirSync(scratch.at('depot', 'unfinished'))).to.deep.equal([])
    })

    it('begins anew when the input, the name or the size of pieces is another', async () => {
      const input = tree()
      await prepare([input], failingAt(2, depot), OPTIONS).catch(() => {})
      utimesSync(scratch.at('in/d'), 1, 1)
      const changed = failingAt(1, depot)
      await prepare([input], changed, OPTIONS).catch(() => {})
      expect(changed.staged).to.equal(2)
      const larger = failingAt(1, depot)
      await prepare([input], larger, { maxPieceSize: 2 * PIECE }).catch(() => {})
      expect(larger.staged).to.equal(2)
    })

    it('makes a part again whose piece is gone', async () => {
      const input = tree()
      const whole = await prepare([input], depot, OPTIONS)
      await prepare([input], failingAt(3, depot), OPTIONS).catch(() => {})
      await depot.remove(whole.pieces[1]?.pieceCidV2 ?? '')
      const again = failingAt(Number.POSITIVE_INFINITY, depot)
      expect(withoutPaths(await prepare([input], again, OPTIONS))).to.deep.equal(
        withoutPaths(whole),
      )
      expect(again.staged).to.equal(whole.pieces.length - 1)
    })
  })
})

/** Names in the root, and every file with its path from the root, as another implementation sees them. */
async function exported(car: Uint8Array, root: string) {
  const reader = await CarReader.fromBytes(car)
  expect((await reader.getRoots()).map(String)).to.deep.equal([root])
  const store = new MemoryBlockstore()
  for await (const { cid, bytes } of reader.blocks()) await store.put(cid, bytes)
  const content = new Map<string, Buffer>()
  const names: string[] = []
  for await (const entry of recursive(CID.parse(root), store)) {
    const path = entry.path.split('/').slice(1)
    if (path.length === 1) names.push(path[0] ?? '')
    const node = await exporter(entry.cid, store)
    if (node.type !== 'file' && node.type !== 'raw') continue
    const bytes: Uint8Array[] = []
    for await (const chunk of node.content()) bytes.push(chunk)
    content.set(path.join('/'), Buffer.concat(bytes))
  }
  return { names: names.toSorted(), content }
}

function expectSame(joined: ReadonlyMap<string, Buffer>, input: string): void {
  const expected: Record<string, string> = {}
  for (const entry of readdirSync(input, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = `${entry.parentPath}/${entry.name}`
    expected[`payload/${path.slice(input.length + 1)}`] = sha256(readFileSync(path))
  }
  const got = Object.fromEntries([...joined].map(([path, bytes]) => [path, sha256(bytes)]))
  expect(got).to.deep.equal(expected)
}

async function importedRoot(input: string): Promise<string> {
  const candidates = readdirSync(input, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = `${entry.parentPath}/${entry.name}`
    const name = `${basename(input)}${path.slice(input.length)}`
    return entry.isFile() ? { path: name, content: readFileSync(path) } : { path: name }
  })
  const options = { profile: 'unixfs-v1-2025' } as const
  const made = await all(importer(candidates, new MemoryBlockstore(), options))
  return `${made.at(-1)?.cid}`
}

function withoutPaths({ pieces, manifest, ...rest }: Prepared): unknown {
  return {
    ...rest,
    manifest: manifest?.value,
    pieces: pieces.map((piece) => ({ ...piece, path: '' })),
  }
}

/** A depot that fails when part `at` is about to be committed; counts what is staged. */
function failingAt(at: number, depot: Depot): PieceSink & { staged: number } {
  let commits = 0
  return {
    staged: 0,
    stage() {
      this.staged += 1
      return depot.stage()
    },
    commit(staging, record) {
      if (commits++ === at) return Promise.reject(new Error('pulled plug'))
      return depot.commit(staging, record)
    },
    finishedParts: (key) => depot.finishedParts(key),
    finishPart: (key, index, part) => depot.finishPart(key, index, part),
    commitManifest: (key, manifest) => depot.commitManifest(key, manifest),
  }
}
