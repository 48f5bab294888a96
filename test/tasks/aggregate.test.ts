import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { openDepot } from '../../src/depot/fs-store.ts'
import type { AggregatedDocument } from '../../src/flow/documents.ts'
import { random } from '../support/random.ts'
import { type AggregateArguments, aggregatePaths } from '../../tasks/aggregate.ts'
import { actJson, actPlain } from './support/act.ts'
import { temporaryFolder } from './support/temporary.ts'

const NOTHING: AggregateArguments = {
  paths: [],
  whole: false,
  followSymlinks: false,
  cid: undefined,
  pieceSize: undefined,
  price: undefined,
  minDealSize: undefined,
  proofs: undefined,
  out: undefined,
  depot: undefined,
  json: true,
}

describe('tasks/aggregate', () => {
  const folder = temporaryFolder()
  before(async () => {
    await mkdir(join(folder(), 'many', 'deep'), { recursive: true })
    for (let i = 0; i < 12; i++)
      await writeFile(join(folder(), 'many', `f${i}.txt`), random(500 + i, `f${i}`))
    await writeFile(join(folder(), 'many', 'deep', 'copy.txt'), random(500, 'f0'))
  })

  const json = async (args: Partial<AggregateArguments>) => {
    const { document, io } = await actJson(
      (run) => aggregatePaths({ ...NOTHING, ...args }, run, { root: folder(), openDepot }),
      { cwd: folder() },
    )
    return { document: document as unknown as AggregatedDocument, io }
  }
  const plain = (args: Partial<AggregateArguments>) =>
    actPlain(
      (run) =>
        aggregatePaths({ ...NOTHING, ...args, json: false }, run, { root: folder(), openDepot }),
      { cwd: folder() },
    )

  it('prints the aggregate, its segments and their proofs', async () => {
    const { document } = await json({ paths: ['many'] })
    expect(Object.keys(document)).to.deep.equal([
      'version',
      'kind',
      'pieceCid',
      'pieceCidV2',
      'size',
      'pieceSize',
      'segments',
      'more',
    ])
    expect(document).to.deep.include({ version: 1, kind: 'aggregated', more: [] })
    expect(document.segments).to.have.length(12)
    const [first] = document.segments
    expect(first).to.deep.include({ name: 'deep/copy.txt', names: ['deep/copy.txt', 'f0.txt'] })
    expect(Object.keys(document.segments[1] ?? {})).to.deep.equal([
      'name',
      'root',
      'pieceCid',
      'pieceCidV2',
      'size',
      'pieceSize',
      'offset',
      'proof',
    ])
    const depot = await openDepot(join(folder(), '.sealift', 'depot'))
    expect(await depot.verify(document.pieceCid)).to.include({ segments: 12, files: 12 })
  })

  it('tells a person what it is, some of the segments and the next command', async () => {
    const { document } = await json({ paths: ['many'] })
    const io = await plain({ paths: ['many'] })
    for (const part of [
      document.pieceCid,
      document.pieceCidV2,
      '12 of 13 inputs, 1 equal to another',
      'are the index',
      'deep/copy.txt = f0.txt',
      '… 5 more',
      'f9.txt',
    ])
      expect(io.out()).to.include(part)
    expect(io.out()).to.not.include('FIL')
    expect(io.out()).to.not.include('no CAR')
    expect(io.out()).to.include(`Next: npx hardhat make-deal --cid ${document.pieceCid}\n`)
  })

  it('shows what an input costs, here and in a deal of its own', async () => {
    const io = await plain({ paths: ['many'], price: '1nanoFIL' })
    expect(io.out()).to.include('0.0010512 FIL for 365 d')
    expect(io.out()).to.include('deals of their own of 256 B and more')
    const dear = await plain({ paths: ['many'], price: '1nanoFIL', minDealSize: '1GiB' })
    expect(dear.out()).to.include('deals of their own of 1.00 GiB and more')
    expect(dear.out()).to.match(/alone [\d.]+ FIL/)
  })

  it('prints further aggregates where one has no room, and a next command for each', async () => {
    const { document } = await json({ paths: ['many'], pieceSize: '8KiB' })
    expect([document, ...document.more].map(({ segments }) => segments.length)).to.deep.equal([
      4, 4, 4,
    ])
    for (const { pieceSize } of [document, ...document.more]) expect(pieceSize).to.equal(8192)
    const io = await plain({ paths: ['many'], pieceSize: '8KiB' })
    expect(io.out().match(/^Next: /gm)).to.have.length(3)
  })

  it('writes proofs to a folder, and leaves them out of the document', async () => {
    const { document } = await json({ paths: ['many'], proofs: 'proofs' })
    for (const { pieceCid, proof } of document.segments) {
      expect(proof).to.equal(undefined)
      const text = await readFile(join(folder(), 'proofs', `${pieceCid}.json`), 'utf8')
      expect(JSON.parse(text)).to.have.nested.property('segment.proof.proofIndex.path')
    }
    expect(await readdir(join(folder(), 'proofs'))).to.have.length(12)
  })

  it('writes the whole aggregate to a file, and never over one', async () => {
    const { document } = await json({ paths: ['many'], out: 'whole.bin' })
    expect((await stat(join(folder(), 'whole.bin'))).size).to.equal(document.size)
    const { document: again } = await json({ paths: ['many'], out: 'whole.bin' })
    expect(again).to.include({ kind: 'error', code: 'TARGET_EXISTS' })
    const { document: several } = await json({ paths: ['many'], out: 'b', pieceSize: '8KiB' })
    expect(several).to.include({ kind: 'error', code: 'ARGUMENT_INVALID' })
  })

  it('takes pieces of the depot by their CIDs', async () => {
    const { document } = await json({ paths: ['many'] })
    const [a, b] = document.segments
    const { document: two } = await json({ cid: `${a?.root}, ${b?.pieceCidV2}` })
    expect(two.segments.map(({ root }) => root)).to.have.members([a?.root, b?.root])
    const { document: twice } = await json({ cid: `${a?.root},${a?.pieceCid}` })
    expect(twice).to.include({ kind: 'error', code: 'ARGUMENT_INVALID' })
  })

  it('warns when a piece without a CAR header stands first', async () => {
    const depot = await openDepot(join(folder(), '.sealift', 'depot'))
    const { pieceCid } = await depot.put([Buffer.from('no CAR')] as never)
    const io = await plain({ cid: pieceCid })
    expect(io.out()).to.include('is no CAR')
  })

  it('refuses what cannot be meant', async () => {
    const wrong: [Partial<AggregateArguments>, string][] = [
      [{}, 'ARGUMENT_INVALID'],
      [{ paths: ['many'], cid: 'bafy' }, 'ARGUMENT_INVALID'],
      [{ cid: 'bafy', whole: true }, 'ARGUMENT_INVALID'],
      [{ cid: 'bafy,,' }, 'ARGUMENT_INVALID'],
      [{ cid: 'bafy' }, 'CID_INVALID'],
      [{ paths: ['many'], pieceSize: '3GiB' }, 'ARGUMENT_INVALID'],
      [{ paths: ['many'], pieceSize: '512' }, 'AGGREGATE_FULL'],
      [{ paths: ['many'], pieceSize: '128' }, 'ARGUMENT_INVALID'],
      [{ paths: ['many'], price: '5' }, 'ARGUMENT_INVALID'],
      [{ paths: ['many'], minDealSize: '1GiB' }, 'ARGUMENT_INVALID'],
      [{ paths: ['none'] }, 'INPUT_NOT_FOUND'],
    ]
    for (const [args, code] of wrong) {
      const { document } = await json(args)
      expect(document, JSON.stringify(args)).to.include({ kind: 'error', code })
    }
  })

  it('refuses to print more than 20,000 proofs before anything is prepared', async () => {
    const cid = Array.from({ length: 20_001 }, (_, i) => `c${i}`).join(',')
    const { document } = await json({ cid })
    expect(document).to.include({ kind: 'error', code: 'ARGUMENT_INVALID' })
    expect(document).to.have.property('hint').that.includes('--proofs')
    const { document: other } = await json({ cid, proofs: 'proofs' })
    expect(other).to.include({ kind: 'error', code: 'CID_INVALID' })
  })
})
