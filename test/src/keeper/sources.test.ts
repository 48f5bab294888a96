import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Depot } from '../../../src/depot/depot.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { type DepotServer, startDepotServer } from '../../../src/depot/server.ts'
import type { PieceFacts } from '../../../src/keeper/ports.ts'
import { openSources, type SourceQuery, type Sources } from '../../../src/keeper/sources.ts'
import { prepareOne } from '../../support/prepare-one.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { Web } from '../retrieve/web.ts'

describe('keeper/sources', () => {
  let folder: string
  let depot: Depot
  let server: DepotServer
  let web: Web
  let bytes: Buffer
  let piece: PieceFacts
  let sources: Sources

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-sources-'))
    const file = join(folder, 'file')
    await writeFile(file, random(20_000, 'keeper/sources'))
    const elsewhere = await openDepot(join(folder, 'elsewhere'))
    const stored = await prepareOne([file], elsewhere)
    bytes = await readFile(stored.path)
    const { pieceCid, pieceSize, size, root } = stored
    piece = { pieceCid, pieceSize, size, root }
    depot = await openDepot(join(folder, 'depot'))
    server = await startDepotServer(depot, { host: '127.0.0.1', port: 0 })
    web = await Web.open()
    sources = open()
  })
  afterEach(async () => {
    await web.close()
    await server.close()
    await rm(folder, { recursive: true })
  })

  function open(more: { depotUrl?: string } = {}): Sources {
    const { signal } = new AbortController()
    return openSources({ depot, depotUrl: server.url, signal, trustedFor: 100, ...more })
  }

  async function holder() {
    return [{ name: 'f01000', url: web.url }]
  }

  function query(more: Partial<SourceQuery> = {}): SourceQuery {
    return {
      piece,
      next: `${web.url}/a`,
      others: [`${web.url}/b`],
      mayName: true,
      epoch: 1_000,
      urls: async () => [],
      ...more,
    }
  }

  it('is content with a place that serves every byte, samples it first, and remembers it for a while', async () => {
    web.answers.set('/a', bytes)
    expect(await sources.find(query())).to.deep.equal({ kind: 'policy', why: undefined })
    // Three samples, and the whole.
    expect(web.asked).to.deep.equal(['/a', '/a', '/a', '/a'])
    await sources.find(query({ epoch: 1_099 }))
    expect(web.asked).to.have.length(4)
    web.answers.delete('/a')
    web.answers.set('/b', bytes)
    expect(await sources.find(query({ epoch: 1_100 }))).to.include({ kind: 'named' })
  })

  it('names another place of the policy where the next one is dead', async () => {
    web.answers.set('/b', bytes)
    const found = await sources.find(query())
    expect(found).to.include({ kind: 'named', location: `${web.url}/b` })
    expect(found.why).to.match(/\/a is dead.*404/)
  })

  it('lets an attempt come to nothing where no other place may be named, for the sake of the next', async () => {
    web.answers.set('/b', bytes)
    const found = await sources.find(query({ mayName: false }))
    expect(found.kind).to.equal('policy')
    expect(found.why).to.match(/no other may be named now/)
  })

  for (const [what, change] of [
    ['altered in the middle', (all: Buffer) => all.fill(0, 9_000, 9_001 + 50)],
    ['cut', (all: Buffer) => all.subarray(0, -1)],
    ['followed by more', (all: Buffer) => Buffer.concat([all, Buffer.alloc(1)])],
  ] as const)
    it(`takes no place whose bytes are ${what}`, async () => {
      web.answers.set('/a', change(Buffer.from(bytes)))
      const found = await sources.find(query({ others: [] }))
      expect(found.kind).to.equal('nowhere')
      expect(found.why).to.match(/\/a/)
    })

  it('fetches the piece from who holds it into its own depot, and names that', async () => {
    web.answers.set(`/piece/${piece.pieceCid}`, Buffer.from(bytes).fill(1, 500, 600))
    web.answers.set(`/ipfs/${piece.root}`, bytes)
    const found = await sources.find(query({ urls: holder }))
    expect(found.kind).to.equal('named')
    const location = found.kind === 'named' ? found.location : ''
    expect(location).to.match(new RegExp(`^${server.url}/piece/bafk`))
    expect(Buffer.from(await (await fetch(location)).arrayBuffer()).equals(bytes)).to.equal(true)
    expect(await depot.find(piece.pieceCid)).to.include({ size: piece.size })
    // Later it is there.
    web.answers.clear()
    const asked = web.asked.length
    expect(await sources.find(query({ urls: holder, epoch: 1_001 }))).to.include({ location })
    expect(web.asked.slice(asked)).to.deep.equal(['/a', '/b'])
  })

  it('says so when nothing serves the piece, and who was asked', async () => {
    const found = await sources.find(query({ urls: holder }))
    expect(found.kind).to.equal('nowhere')
    expect(found.why).to.match(/nothing serves the piece.*f01000: .*404/)
    expect(await depot.list()).to.deep.equal([])
  })

  it('repairs nothing where providers do not reach its depot', async () => {
    web.answers.set(`/piece/${piece.pieceCid}`, bytes)
    expect((await open({ depotUrl: '' }).find(query({ urls: holder }))).kind).to.equal('nowhere')
    await server.close()
    const found = await sources.find(query({ urls: holder }))
    expect(found.kind).to.equal('nowhere')
    expect(found.why).to.match(/depot has the piece, but .* does not serve it/)
    server = await startDepotServer(depot, { host: '127.0.0.1', port: 0 })
  })

  it('ends when it is interrupted', async () => {
    web.answers.set('/a', () => undefined)
    const power = new AbortController()
    const waiting = openSources({ depot, depotUrl: server.url, signal: power.signal })
    setTimeout(() => power.abort(), 50)
    await refused('ABORTED', waiting.find(query({ others: [] })))
  })

  it('gives up a place that is silent', async () => {
    web.answers.set('/a', () => undefined)
    const { signal } = new AbortController()
    const hasty = openSources({ depot, depotUrl: '', signal, stallMs: 30 })
    const found = await hasty.find(query({ others: [] }))
    expect(found.why).to.match(/nothing came for/)
  })
})
