/** What users really have on their disks, and disks that end: stored right, or refused with a code and nothing left behind. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MemoryBlockstore } from 'blockstore-core/memory'
import { expect } from 'chai'
import { type ImportCandidate, importer } from 'ipfs-unixfs-importer'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { prepare, type PrepareOptions } from '../../../src/prepare/prepare.ts'
import { prepareOne } from '../../support/prepare-one.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { all } from '../car/blocks.ts'
import { FolderSink, Scratch } from './folder-sink.ts'

const MIB = 2 ** 20

describe('prepare: difficult inputs', () => {
  let scratch: Scratch
  let sink: FolderSink

  beforeEach(() => {
    scratch = new Scratch()
    sink = new FolderSink(scratch.at('sink'))
  })
  afterEach(() => scratch.remove())

  it('a sparse file is the zeros that it reads as', async () => {
    const path = scratch.file('sparse', random(5, 'a'))
    truncateSync(path, 30 * MIB)
    appendFileSync(path, random(MIB + 9, 'b'))
    const content = Buffer.alloc(31 * MIB + 9)
    content.set(random(5, 'a'))
    content.set(random(MIB + 9, 'b'), 30 * MIB)
    for (const threads of [0, 2])
      expect((await prepareOne([path], sink, { threads })).root).to.equal(
        await rootOf([{ content }]),
      )
  })

  it('a path of 4,000 characters', async () => {
    let folder = scratch.at('in')
    while (folder.length < 3740) folder += `/${'x'.repeat(200)}`
    const name = 'f'.repeat(4000 - folder.length - 1)
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${folder}/${name}`, 'deep')
    const piece = await prepareOne([scratch.at('in')], sink)
    const path = `${folder}/${name}`.slice(scratch.path.length + 1)
    expect(piece.root).to.equal(await rootOf([{ path, content: Buffer.from('deep') }]))
  })

  it('INPUT_UNSUPPORTED: a path that the system cannot open', async () => {
    const error = await refused('INPUT_UNSUPPORTED', prepare([`/${'a/'.repeat(3000)}`], sink))
    expect(error.message.length).to.be.below(250)
  })

  it('folders a hundred levels deep, each with a file', async () => {
    const candidates: ImportCandidate[] = []
    let path = 'in'
    for (let level = 0; level < 100; level++) {
      path += `/level ${level}`
      scratch.file(`${path}/file`, `${level}`)
      candidates.push({ path: `${path}/file`, content: Buffer.from(`${level}`) })
    }
    const piece = await prepareOne([scratch.at('in')], sink)
    expect(piece.files).to.equal(100)
    expect(piece.root).to.equal(await rootOf(candidates))
  })

  describe('on threads of their own', () => {
    const changes: [string, (path: string) => void, Parameters<typeof refused>[0]][] = [
      ['grows', (path) => appendFileSync(path, 'more'), 'INPUT_CHANGED'],
      ['shrinks', (path) => truncateSync(path, 10), 'INPUT_CHANGED'],
      ['is written', (path) => utimesSync(path, 1, 1), 'INPUT_CHANGED'],
      ['vanishes', (path) => rmSync(path), 'INPUT_NOT_FOUND'],
    ]
    for (const [how, change, code] of changes)
      it(`${code}: a file that ${how} before it is read`, async () => {
        for (let i = 0; i < 30; i++) scratch.file(`in/${i + 10}`, random(MIB, `${i}`))
        const last = scratch.at('in/39')
        let done = false
        const onProgress = () => {
          if (!done) change(last)
          done = true
        }
        const options: PrepareOptions = { threads: 2, onProgress }
        const error = await refused(code, prepare([scratch.at('in')], sink, options))
        expect(error.message).to.include(last)
        expect(sink.contents()).to.deep.equal([])
      })

    it('INPUT_CHANGED: a large file that is written while it is read', async () => {
      const path = scratch.file('f', random(40 * MIB, 'f'))
      const options: PrepareOptions = {
        threads: 1,
        onProgress: ({ bytes }) => bytes > 4 * MIB && bytes < 6 * MIB && utimesSync(path, 1, 1),
      }
      await refused('INPUT_CHANGED', prepare([path], sink, options))
      expect(sink.contents()).to.deep.equal([])
    })

    it('ABORTED: at any time, and nothing goes on afterwards', async () => {
      const path = scratch.file('f', random(40 * MIB, 'f'))
      for (const at of [0, 9 * MIB, 40 * MIB]) {
        const controller = new AbortController()
        const onProgress = ({ bytes }: { bytes: number }) => bytes >= at && controller.abort()
        const options = { threads: 2, signal: controller.signal, onProgress }
        await refused('ABORTED', prepare([path], sink, options))
        expect(sink.contents()).to.deep.equal([])
      }
    })
  })

  it('DEPOT_FULL: a disk that ends while it is written, also behind finished parts', async function () {
    if (process.platform === 'win32') this.skip()
    const input = scratch.file('f', random(30 * MIB, 'f'))
    for (const [pieceSize, depotName] of [
      [64 * MIB, 'one'],
      [16 * MIB, 'several'],
    ] as const) {
      const folder = scratch.at(depotName)
      // The shell counts in KiB: no file of the child can be larger than 12 MiB.
      const { stdout, status, stderr } = spawnSync(
        'bash',
        [
          '-c',
          'ulimit -f 12288; exec "$@"',
          'bash',
          process.execPath,
          CHILD,
          input,
          folder,
          `${pieceSize}`,
        ],
        { encoding: 'utf8' },
      )
      expect(stdout, stderr).to.equal('DEPOT_FULL')
      expect(status).to.equal(0)
      expect(await (await openDepot(folder)).list()).to.deep.equal([])
      expect(readdirSync(`${folder}/staging`)).to.deep.equal([])
    }
  })

  it('DEPOT_FULL: a disk of a few megabytes, and all is well when there is room again', function () {
    // Needs the right to mount, which the root of a container has.
    const disk = scratch.folder('disk')
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=13m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      return this.skip()
    }
    const act = async () => {
      try {
        const input = scratch.file('f', random(20 * MIB, 'f'))
        const depot = await openDepot(disk)
        const options = { maxPieceSize: 8 * MIB }
        await refused('DEPOT_FULL', prepare([input], depot, options))
        expect(readdirSync(`${disk}/staging`)).to.deep.equal([])
        // The first part is finished and stays.
        expect(await depot.list()).to.have.length(1)
        execFileSync('mount', ['-o', 'remount,size=64m', disk])
        const { pieces } = await prepare([input], depot, options)
        expect(pieces).to.have.length(3)
        for (const { pieceCidV2 } of pieces) await depot.verify(pieceCidV2)
      } finally {
        execFileSync('umount', [disk])
      }
    }
    return act()
  })
})

const CHILD = fileURLToPath(new URL('support/refused-child.ts', import.meta.url))

async function rootOf(candidates: ImportCandidate[]): Promise<string> {
  const options = { profile: 'unixfs-v1-2025' } as const
  return `${(await all(importer(candidates, new MemoryBlockstore(), options))).at(-1)?.cid}`
}
