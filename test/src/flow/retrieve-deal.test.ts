import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Depot } from '../../../src/depot/depot.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { type DepotServer, startDepotServer } from '../../../src/depot/server.ts'
import { StorageError } from '../../../src/errors.ts'
import type { RetrievedDocument } from '../../../src/flow/documents.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import { retrieveDeal, retrieveStored } from '../../../src/flow/retrieve-deal.ts'
import { prepare, type Prepared } from '../../../src/prepare/prepare.ts'
import type { StoredPiece } from '../../../src/prepare/sink.ts'
import { refused } from '../../support/refused.ts'
import { ID, PROPOSAL } from '../watch/fake-chain.ts'
import { FakeClient } from './fake-client.ts'

describe('retrieveDeal', () => {
  let folder: string
  let target: string
  let own: Depot
  let piece: StoredPiece
  let client: FakeClient
  let events: FlowEvent[]
  let servers: DepotServer[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-retrieve-'))
    target = join(folder, 'target')
    const input = join(folder, 'input')
    await mkdir(input)
    await writeFile(join(input, 'a.txt'), 'hello'.repeat(1000))
    own = await openDepot(join(folder, 'own'))
    piece = (await prepare([input], own)).pieces[0] as StoredPiece
    client = new FakeClient()
    events = []
    servers = []
  })
  afterEach(async () => {
    for (const server of servers) await server.close()
    await rm(folder, { recursive: true })
  })

  /** Miners from 1000 on serve these depots, and have a deal each; the last is the newest. */
  async function deals(...depots: (Depot | undefined)[]): Promise<void> {
    for (const [index, depot] of depots.entries()) {
      if (depot === undefined) continue
      const server = await startDepotServer(depot)
      servers.push(server)
      client.announced.set(`t0${1000 + index}`, server.port)
    }
    client.publish(...depots.map(() => 'active' as const))
    const { pieceCid, pieceSize, size, root } = piece
    const label = `r-1/ipfs/${root}`
    client.known = client.known.map((one) => ({ ...one, pieceCid, pieceSize, size, label }))
  }

  /** A miner from 1000 on for each piece, with a deal for it; undefined for one that has none. */
  async function dealsFor(...some: (StoredPiece | undefined)[]): Promise<void> {
    for (const [index, one] of some.entries()) {
      if (one === undefined) continue
      const depot = await openDepot(join(folder, `f0${1000 + index}`))
      await depot.put(own.read(one))
      const server = await startDepotServer(depot)
      servers.push(server)
      client.announced.set(`t0${1000 + index}`, server.port)
    }
    client.publish(...some.map(() => 'active' as const))
    const [deal] = client.known
    client.known = some.flatMap((one, index) => {
      if (one === undefined || deal === undefined) return []
      const { pieceCid, pieceSize, size, root } = one
      const proposalId = `0x${String(index).padStart(64, '0')}`
      const label = `r-1/ipfs/${root}`
      const dealIds = [BigInt(7 + index)]
      return [{ ...deal, proposalId, pieceCid, pieceSize, size, label, dealIds }]
    })
    client.deal = client.deal.map((each, index) => ({
      ...each,
      proposalId: `0x${String(index).padStart(64, '0')}`,
    }))
  }

  /** A depot with the piece, as a provider has it; `damage` flips its last byte. */
  async function shelf(name: string, damage = false): Promise<Depot> {
    const depot = await openDepot(join(folder, name))
    const { path } = await depot.put(own.read(piece))
    if (damage) await flipLastByte(path, piece.size)
    return depot
  }

  function fetchBack(cid = piece.root) {
    return retrieveDeal(cid, target, client.context(own, events))
  }

  function asked(): string[] {
    return events.filter((event) => event.type === 'retrieve:source').map(({ name }) => name)
  }

  async function isThere(): Promise<void> {
    expect(await readFile(join(target, 'a.txt'), 'utf8')).to.equal('hello'.repeat(1000))
  }

  it('takes the depot’s copy, and asks no chain', async () => {
    const document = await fetchBack()
    expect(document).to.include({ kind: 'retrieved', source: 'depot', root: piece.root, files: 1 })
    expect(client.looks).to.equal(0)
    await isThere()
  })

  it('asks the provider of the newest active deal first, then the others', async () => {
    await deals(await shelf('f01000'), await openDepot(join(folder, 'empty')))
    await own.remove(piece.root)
    const { source } = await fetchBack()
    expect(source).to.equal('f01000')
    await isThere()
  })

  for (const kind of ['pieceCid', 'pieceCidV2'] as const)
    it(`finds the deals of a ${kind}`, async () => {
      await deals(await shelf('f01000'))
      await own.remove(piece.root)
      expect((await fetchBack(piece[kind])).source).to.equal('f01000')
    })

  it('asks no provider whose deal is not active', async () => {
    await deals(await shelf('f01000'), await shelf('f01001'))
    client.deal = client.deal.map((deal, index) =>
      index === 1 ? { ...deal, state: 'terminated' } : deal,
    )
    await own.remove(piece.root)
    await fetchBack()
    expect(asked()).to.deep.equal(['f01000'])
  })

  it('tells of a provider without an HTTP address, and asks the next', async () => {
    await deals(await shelf('f01000'), undefined)
    await own.remove(piece.root)
    await fetchBack()
    expect(events[0]).to.include({ type: 'retrieve:refused', name: 'f01001' })
    expect(asked()).to.deep.equal(['f01000'])
  })

  it('goes on when the node does not tell of one provider', async () => {
    await deals(await shelf('f01000'), await shelf('f01001'))
    await own.remove(piece.root)
    const info = client.node.rpc['Filecoin.StateMinerInfo']
    client.node.rpc['Filecoin.StateMinerInfo'] = (params) => {
      if (params[0] === 't01001') throw new StorageError('NODE_UNREACHABLE', { what: 'away' })
      return info?.(params)
    }
    expect((await fetchBack()).source).to.equal('f01000')
  })

  it('goes to the providers when the depot’s copy is damaged', async () => {
    await deals(await shelf('f01000'))
    await flipLastByte(piece.path, piece.size)
    expect((await fetchBack()).source).to.equal('f01000')
    expect(events.find(({ type }) => type === 'retrieve:refused')).to.include({ name: 'depot' })
    await isThere()
  })

  it('does so when its file is cut or gone', async () => {
    await deals(await shelf('f01000'))
    await rm(piece.path)
    expect((await fetchBack()).source).to.equal('f01000')
    await rm(target, { recursive: true })
    await writeFile(piece.path, 'cut')
    expect((await fetchBack()).source).to.equal('f01000')
  })

  it('leaves nothing behind when every provider serves wrong bytes', async () => {
    await deals(await shelf('f01000', true))
    await own.remove(piece.root)
    const before = await readdir(folder)
    const error = await fetchBack().then(undefined, (reason: unknown) => reason)
    expect((error as StorageError).code).to.be.oneOf(['PIECE_MISMATCH', 'BLOCK_MISMATCH'])
    expect(await readdir(folder)).to.deep.equal(before)
  })

  describe('of a payload in several pieces', function () {
    this.timeout(20_000)
    const bytes = randomBytes(3_000_000)
    let pieces: readonly StoredPiece[]
    let whole: Prepared

    beforeEach(async () => {
      const input = join(folder, 'large')
      await mkdir(input)
      await writeFile(join(input, 'one'), bytes)
      await writeFile(join(input, 'two'), 'two')
      whole = await prepare([input], own, { maxPieceSize: 2 ** 21, threads: 0 })
      pieces = whole.pieces
      expect(pieces.length).to.be.greaterThan(1)
    })

    async function isWhole(document: RetrievedDocument): Promise<void> {
      const { root, manifest } = whole
      const parts = pieces.length
      expect(document).to.include({ kind: 'retrieved', root, parts, files: 2 })
      expect(document.pieceCid).to.equal(manifest?.value.parts.at(-1)?.pieceCid)
      expect((await readFile(join(target, 'one'))).equals(bytes)).to.equal(true)
      await rm(target, { recursive: true })
    }

    it('joins what the depot has, by the root of the whole and by its last part', async () => {
      const last = pieces.at(-1)
      for (const cid of [whole.root, last?.root, last?.pieceCid, last?.pieceCidV2]) {
        const document = await fetchBack(cid)
        expect(document.source).to.equal('depot')
        await isWhole(document)
      }
      expect(client.looks).to.equal(0)
      expect(asked()).to.deep.equal(['depot', 'depot', 'depot', 'depot'])
    })

    it('fetches each part from the providers that hold it', async () => {
      await dealsFor(...pieces)
      for (const { pieceCid } of pieces) await own.remove(pieceCid)
      const document = await fetchBack(whole.root)
      const names = pieces.map((_, index) => `f0${1000 + index}`)
      expect(document.source).to.equal(names.join(', '))
      await isWhole(document)
      expect(asked()).to.deep.equal(names)
      expect(client.looks).to.equal(1)
    })

    it('takes from the depot what it has, and the rest from providers', async () => {
      await dealsFor(...pieces)
      await flipLastByte(pieces[1]?.path ?? '', pieces[1]?.size ?? 0)
      expect((await fetchBack(whole.root)).source).to.equal('depot, f01001')
      await rm(target, { recursive: true })
      await own.remove(pieces[1]?.pieceCid ?? '')
      const document = await fetchBack(whole.root)
      expect(document.source).to.equal('depot, f01001')
      await isWhole(document)
      await own.remove(pieces[0]?.pieceCid ?? '')
      await isWhole(await fetchBack(pieces.at(-1)?.pieceCid))
    })

    it('finds the other parts by the deals, when only the last is known', async () => {
      await dealsFor(...pieces)
      const away = await openDepot(join(folder, 'away'))
      const context = client.context(away, events)
      await isWhole(await retrieveDeal(pieces.at(-1)?.root ?? '', target, context))
      await refused('CID_NOT_FOUND', retrieveDeal(whole.root, target, context))
    })

    it('says CID_NOT_FOUND before anything is fetched when a part has no deal', async () => {
      await dealsFor(pieces[0], undefined, ...pieces.slice(2))
      for (const { pieceCid } of pieces) await own.remove(pieceCid)
      const before = await readdir(folder)
      const { message } = await refused('CID_NOT_FOUND', fetchBack(whole.root))
      expect(message).to.include('part 2 of')
      expect(asked()).to.deep.equal([])
      expect(await readdir(folder)).to.deep.equal(before)
      expect(await retrieveStored(whole.root, target, { depot: own })).to.equal(undefined)
    })

    it('does without a manifest that is damaged', async () => {
      await dealsFor(...pieces)
      await writeFile(whole.manifest?.path ?? '', '{')
      await refused('CID_NOT_FOUND', fetchBack(whole.root))
      expect(events[0]).to.include({ type: 'retrieve:refused', name: 'depot' })
      await isWhole(await fetchBack(pieces.at(-1)?.root))
    })
  })

  it('says CID_NOT_FOUND when neither has it', async () => {
    await own.remove(piece.root)
    await refused('CID_NOT_FOUND', fetchBack())
    client.known = [{ ...PROPOSAL, proposalId: ID, pieceCid: piece.pieceCid }]
    await refused('CID_NOT_FOUND', fetchBack())
    expect(await retrieveStored(piece.root, target, { depot: own })).to.equal(undefined)
  })

  it('says CID_INVALID and TARGET_EXISTS, and asks no provider', async () => {
    await refused('CID_INVALID', fetchBack('x'))
    await fetchBack()
    await refused('TARGET_EXISTS', fetchBack())
    expect(client.looks).to.equal(0)
  })
})

async function flipLastByte(path: string, size: number): Promise<void> {
  await using file = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, size - 1)
  await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, size - 1)
}
