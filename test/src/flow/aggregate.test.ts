import * as disk from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { inclusionOf } from '../../../src/aggregate/proof.ts'
import { proofIn } from '../../../src/aggregate/proof-form.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { StorageError } from '../../../src/errors.ts'
import { aggregate } from '../../../src/flow/aggregate.ts'
import { writeProofs, writeWhole } from '../../../src/flow/aggregate-files.ts'
import { listInputs } from '../../../src/flow/aggregate-inputs.ts'
import { aggregatedDocument } from '../../../src/flow/aggregated.ts'
import type { SegmentProofDocument } from '../../../src/flow/documents.ts'
import { commitmentOf } from '../../../src/piece/commitment.ts'
import { parsePieceCid, pieceCidV1, pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import { prepare } from '../../../src/prepare/prepare.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'

describe('flow/aggregate', () => {
  let folder: string
  beforeEach(async () => {
    folder = await disk.mkdtemp(join(tmpdir(), 'aggregate-'))
  })
  afterEach(() => disk.rm(folder, { recursive: true, force: true }))

  /** A folder with files of these sizes, the content of which follows from their names. */
  async function filesOf(sizes: Record<string, number>): Promise<string> {
    const root = join(folder, 'in')
    for (const [name, size] of Object.entries(sizes)) {
      const path = join(root, name)
      await disk.mkdir(join(path, '..'), { recursive: true })
      await disk.writeFile(path, random(size, name))
    }
    return root
  }
  const openOne = () => openDepot(join(folder, 'depot'))

  it('makes a piece of each file, and one of all of them whose bytes have its commitment', async () => {
    const root = await filesOf({ 'b.txt': 5000, 'a/deep.txt': 100, 'a/b': 0, large: 300_000 })
    const depot = await openOne()
    const made = await aggregate(await listInputs([root]), { depot })
    expect(made).to.have.length(1)
    const [{ piece, aggregate: whole }] = made as [(typeof made)[0]]
    expect(piece).to.include({ name: 'in', root: '', segments: 4, files: 4, pieceSize: 2 ** 20 })
    expect(whole.segments.map(({ names }) => names)).to.have.deep.members([
      ['large'],
      ['b.txt'],
      ['a/b'],
      ['a/deep.txt'],
    ])
    expect(pieceCidV2(await commitmentOf(depot.read(piece)))).to.equal(piece.pieceCidV2)
    for (const { piece: own, names } of whole.segments) {
      const alone = await prepare([join(root, names[0] ?? '')], await openDepot(join(folder, 'x')))
      expect(own).to.deep.include({ ...alone.pieces[0], path: own.path })
      expect(await depot.get(own.root)).to.deep.equal(own)
    }
  })

  it('proves every segment of the aggregate, in the document and in files', async () => {
    const root = await filesOf({ a: 5000, b: 100, c: 70_000 })
    const made = await aggregate(await listInputs([root]), { depot: await openOne() })
    const [first] = made
    if (first === undefined) expect.fail('nothing made')
    const document = aggregatedDocument([first], true)
    expect(document).to.deep.include({ version: 1, kind: 'aggregated', more: [] })
    expect(document).to.include({ pieceCid: first.piece.pieceCid, size: first.piece.size })
    const proofs = join(folder, 'new', 'proofs')
    await writeProofs(proofs, made)
    await writeProofs(proofs, made)
    expect(await disk.readdir(proofs)).to.have.length(3)
    for (const segment of document.segments) {
      const { proof, pieceCid, pieceSize, offset } = segment
      if (proof === undefined) expect.fail('no proof')
      const inclusion = inclusionOf(proofIn(proof), {
        root: parsePieceCid(pieceCid).root,
        pieceSize,
      })
      expect(inclusion.segment.offset).to.equal(offset)
      expect(inclusion.aggregate.pieceSize).to.equal(document.pieceSize)
      expect(pieceCidV1(inclusion.aggregate)).to.equal(document.pieceCid)
      const text = await disk.readFile(join(proofs, `${pieceCid}.json`), 'utf8')
      const written = JSON.parse(text) as SegmentProofDocument
      expect(written.segment).to.deep.equal(JSON.parse(JSON.stringify(segment)))
      expect(written.aggregate.pieceCid).to.equal(document.pieceCid)
    }
    for (const { proof } of aggregatedDocument([first], false).segments)
      expect(proof).to.equal(undefined)
  })

  it('makes the same again, and stores nothing new', async () => {
    const root = await filesOf({ a: 5000, b: 100, c: 70_000 })
    const depot = await openOne()
    const first = await aggregate(await listInputs([root]), { depot })
    const before = (await disk.readdir(depot.folder, { recursive: true })).toSorted()
    const again = await aggregate(await listInputs([root]), { depot: await openOne() })
    expect(again.map(({ piece }) => piece)).to.deep.equal(first.map(({ piece }) => piece))
    expect((await disk.readdir(depot.folder, { recursive: true })).toSorted()).to.deep.equal(before)
  })

  it('makes one segment of equal files, with the names of all', async () => {
    const root = await filesOf({ a: 5000, b: 100 })
    await disk.copyFile(join(root, 'a'), join(root, 'copy'))
    const [made] = await aggregate(await listInputs([root]), { depot: await openOne() })
    if (made === undefined) expect.fail('nothing made')
    expect(made.aggregate.segments.map(({ names }) => names)).to.deep.equal([['a', 'copy'], ['b']])
    const { segments } = aggregatedDocument([made], false)
    expect(segments[0]).to.deep.include({ name: 'a', names: ['a', 'copy'] })
    expect(segments[1]).to.not.have.property('names')
  })

  it('takes each path as one segment when it is to be whole', async () => {
    const root = await filesOf({ 'x/a': 500, 'x/b': 100, y: 10 })
    const paths = [join(root, 'y'), join(root, 'x')]
    const found = await listInputs(paths, { whole: true })
    expect(found.inputs.map(({ name, size }) => [name, size])).to.deep.equal([
      ['y', 10],
      ['x', 600],
    ])
    const [made] = await aggregate(found, { depot: await openOne() })
    expect(made?.piece).to.include({ segments: 2, files: 3 })
  })

  it('names the files of several folders by folder and path', async () => {
    const root = await filesOf({ 'x/a': 5, 'y/a': 6, 'y/z/b': 7 })
    const { inputs } = await listInputs([join(root, 'y'), join(root, 'x')])
    expect(inputs.map(({ name }) => name)).to.deep.equal(['x/a', 'y/a', 'y/z/b'])
  })

  it('joins pieces of the depot by any of their CIDs, and tells a piece that is named twice', async () => {
    const root = await filesOf({ a: 500, b: 100 })
    const depot = await openOne()
    const pieces = []
    for (const name of ['a', 'b']) pieces.push(...(await prepare([join(root, name)], depot)).pieces)
    const [a, b] = pieces as [(typeof pieces)[0], (typeof pieces)[0]]
    const [made] = await aggregate({ name: 'two', cids: [a.root, b.pieceCid] }, { depot })
    expect(made?.piece).to.include({ name: 'two', segments: 2 })
    const { message } = await refused(
      'ARGUMENT_INVALID',
      aggregate({ name: 'two', cids: [a.root, b.root, a.pieceCidV2] }, { depot }),
    )
    expect(message).to.include(a.pieceCidV2)
    const unknown = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
    await refused('CID_NOT_FOUND', aggregate({ name: '', cids: [unknown] }, { depot }))
  })

  it('begins further aggregates when one has no room or no entry left', async () => {
    const sizes = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`f${i}`, 10]))
    const depot = await openOne()
    const found = await listInputs([await filesOf(sizes)])
    const made = await aggregate({ ...found, pieceSize: 2048 }, { depot })
    expect(made.map(({ piece }) => [piece.name, piece.segments, piece.pieceSize])).to.deep.equal([
      ['in, 1 of 3', 4, 2048],
      ['in, 2 of 3', 4, 2048],
      ['in, 3 of 3', 1, 2048],
    ])
    const [first, ...more] = made
    if (first === undefined) expect.fail('nothing made')
    expect(aggregatedDocument([first, ...more], false).more).to.have.length(2)
    for (const { piece } of made) await depot.verify(piece.pieceCid)
    const list = await depot.list()
    await refused(
      'ARGUMENT_INVALID',
      aggregate({ ...found, pieceSize: 1024, single: true }, { depot }),
    )
    expect(await depot.list()).to.deep.equal(list)
  })

  it('has the size that was asked for, and refuses what is larger', async () => {
    const found = await listInputs([await filesOf({ a: 10, b: 70_000 })])
    const depot = await openOne()
    const [made] = await aggregate({ ...found, pieceSize: 2 ** 20 }, { depot })
    expect(made?.piece).to.include({ pieceSize: 2 ** 20 })
    const { message, hint } = await refused(
      'AGGREGATE_FULL',
      aggregate({ ...found, pieceSize: 2 ** 17 }, { depot }),
    )
    expect(message).to.include('"b"')
    expect(hint).to.include('make-deal')
  })

  it('refuses an input of 4 GiB before anything is read, and what has no file', async () => {
    const root = await filesOf({ a: 10 })
    await (await disk.open(join(root, 'huge'), 'w')).close()
    await disk.truncate(join(root, 'huge'), 4 * 2 ** 30 - 1)
    expect((await listInputs([root])).inputs).to.have.length(2)
    await refused('AGGREGATE_FULL', listInputs([root], { whole: true }))
    await disk.truncate(join(root, 'huge'), 4 * 2 ** 30)
    const { next } = await refused('AGGREGATE_FULL', listInputs([root]))
    expect(next).to.equal(`npx hardhat make-deal --file ${join(root, 'huge')}`)
    await disk.mkdir(join(folder, 'empty'))
    await refused('ARGUMENT_INVALID', listInputs([join(folder, 'empty')]))
    await refused('INPUT_NOT_FOUND', listInputs([join(folder, 'none')]))
  })

  it('tells how far it is, and stops when it is interrupted', async () => {
    const sizes = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, 1000 + i]))
    const found = await listInputs([await filesOf(sizes)])
    const told: number[] = []
    const total = found.inputs.reduce((sum, { size }) => sum + size, 0)
    const depot = await openOne()
    await aggregate(found, {
      depot,
      onEvent: (event) => {
        if (event.type !== 'prepare:progress') return
        expect(event.total).to.equal(total)
        told.push(event.bytes)
      },
    })
    expect(told).to.deep.equal(told.toSorted((a, b) => a - b))
    expect(told.at(-1)).to.equal(total)

    const abort = new AbortController()
    const other = await openDepot(join(folder, 'other'))
    await refused(
      'ABORTED',
      aggregate(found, {
        depot: other,
        signal: abort.signal,
        onEvent: () => abort.abort(new StorageError('ABORTED', { what: 'stop' })),
      }),
    )
    expect((await other.list()).length).to.be.lessThan(30)
    expect(await disk.readdir(join(other.folder, 'staging'))).to.deep.equal([])
  })

  it('writes the bytes of the whole to a file that must not exist', async () => {
    const found = await listInputs([await filesOf({ a: 5000, b: 100 })])
    const depot = await openOne()
    const [made] = await aggregate(found, { depot })
    if (made === undefined) expect.fail('nothing made')
    const path = join(folder, 'out', 'whole.bin')
    await writeWhole(path, made.piece, depot)
    const bytes = await disk.readFile(path)
    expect(pieceCidV2(await commitmentOf([bytes]))).to.equal(made.piece.pieceCidV2)
    await refused('TARGET_EXISTS', writeWhole(path, made.piece, depot))
    await disk.rm((await depot.get(made.aggregate.segments[1]?.piece.pieceCid ?? '')).path)
    await refused('DEPOT_CORRUPT', writeWhole(`${path}2`, made.piece, depot))
    expect(await disk.readdir(join(folder, 'out'))).to.deep.equal(['whole.bin'])
  })
})
