import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Depot } from '../../../src/depot/depot.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { type DepotServer, startDepotServer } from '../../../src/depot/server.ts'
import { StorageError } from '../../../src/errors.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import { retrieveDeal, retrieveStored } from '../../../src/flow/retrieve-deal.ts'
import { prepare } from '../../../src/prepare/prepare.ts'
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
    piece = await prepare([input], own)
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
