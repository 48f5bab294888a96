import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { join } from 'node:path'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { openFetchLog, readFetches } from '../../../src/depot/fetch-log.ts'
import { type Fetch, fetchesOf } from '../../../src/depot/fetch-record.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { type DepotServer, startDepotServer } from '../../../src/depot/server.ts'
import { random, temporaryFolders } from './support/fixture.ts'
import type { StoredPiece } from '../../../src/prepare/sink.ts'
import { prepareOne } from '../../support/prepare-one.ts'

const newFolder = temporaryFolders()
const PIECE = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
const DAY = 86_400_000
const note = { pieceCid: PIECE, size: 1000, by: 'f01000', from: '10.1.2.3' }

async function fetched(folder: string, since?: number): Promise<Fetch[]> {
  return fetchesOf(await readFetches(folder), PIECE, since)
}

/** Writes each of these in a run of its own. */
async function write(
  folder: string,
  stretches: readonly (readonly [number, number])[],
  changes: Partial<typeof note> & { readonly at?: number } = {},
): Promise<void> {
  const { at = 5000, ...who } = changes
  for (const [start, end] of stretches) {
    const log = openFetchLog(folder, { now: () => at })
    log.note({ ...note, ...who, start, end })
    await log.close()
  }
}

describe('depot/fetch-log', () => {
  it('says nothing of a depot that never served', async () => {
    expect(await readFetches(await newFolder())).to.deep.equal([])
  })

  it('counts bytes that were sent several times once', async () => {
    const folder = await newFolder()
    await write(folder, [
      [0, 400],
      [300, 500],
      [700, 800],
      [0, 400],
      [500, 620],
    ])
    expect(await fetched(folder)).to.deep.equal([
      { by: 'f01000', from: '10.1.2.3', bytes: 720, size: 1000, first: 5000, last: 5000 },
    ])
  })

  it('tells a provider by the name in its URL from wherever it asks, and others by their address', async () => {
    const folder = await newFolder()
    await write(folder, [[0, 500]])
    await write(folder, [[400, 600]], { from: '10.9.9.9', at: 6000 })
    const log = openFetchLog(folder, { now: () => 7000 })
    log.note({ ...note, by: undefined, start: 0, end: 10 })
    log.note({ ...note, by: undefined, from: '::1', start: 0, end: 0 })
    await log.close()
    expect(await fetched(folder)).to.have.deep.members([
      { by: 'f01000', from: '10.9.9.9', bytes: 600, size: 1000, first: 5000, last: 6000 },
      { by: undefined, from: '10.1.2.3', bytes: 10, size: 1000, first: 7000, last: 7000 },
      { by: undefined, from: '::1', bytes: 0, size: 1000, first: 7000, last: 7000 },
    ])
  })

  it('leaves out what ended before a proposal was made', async () => {
    const folder = await newFolder()
    await write(folder, [[0, 500]], { at: 0 })
    await write(folder, [[500, 600]], { at: 2 * DAY })
    expect((await fetched(folder)).map(({ bytes }) => bytes)).to.deep.equal([600])
    expect((await fetched(folder, DAY)).map(({ bytes }) => bytes)).to.deep.equal([100])
    expect(await fetched(folder, 2 * DAY + 1)).to.deep.equal([])
  })

  it('loses of a crash no more than the line that it cut off', async () => {
    const folder = await newFolder()
    await write(folder, [[0, 300]])
    const path = join(folder, 'log', 'fetches.jsonl')
    const whole = (await readFile(path, 'utf8')).trimStart()
    for (const cut of [1, 10, whole.length - 2]) {
      await appendFile(path, whole.replace('[0,300]', '[300,999]').slice(0, cut))
      expect((await fetched(folder))[0]?.bytes).to.equal(300)
    }
    await write(folder, [[300, 400]])
    expect((await fetched(folder))[0]?.bytes).to.equal(400)
  })

  it('stays small however much is noted, and forgets nothing of what is new', async () => {
    const folder = await newFolder()
    const log = openFetchLog(folder, { maxBytes: 20_000, everyMs: 1, now: () => 5000 })
    for (let round = 0; round < 40; round += 1) {
      for (let reader = 0; reader < 20; reader += 1) {
        const start = (round * 25) % 1000
        log.note({ ...note, by: `f0${1000 + reader}`, start, end: start + 25 })
      }
      await log.close()
    }
    const names = await readdir(join(folder, 'log'))
    let bytes = 0
    for (const name of names) bytes += (await stat(join(folder, 'log', name))).size
    expect(bytes).to.be.below(40_000)
    const all = await fetched(folder)
    expect(all).to.have.length(20)
    for (const one of all) expect(one.bytes).to.equal(1000)
  })

  it('lets no crowd that only asks push a download out, however new it is', async () => {
    const folder = await newFolder()
    const other = 'baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq'
    const lines = [
      { ...note, sent: [[0, 620]], first: 1, last: 1 },
      { ...note, pieceCid: other, sent: [], first: 2, last: 2 },
      ...Array.from({ length: 5000 }, (_, index) => ({
        ...note,
        by: `f0${2000 + index}`,
        sent: index % 2 === 0 ? [] : [[0, 1]],
        first: 10 + index,
        last: 10 + index,
      })),
    ]
    await mkdir(join(folder, 'log'))
    const text = lines.map((line) => JSON.stringify(line)).join('\n')
    await writeFile(join(folder, 'log', 'fetches.jsonl'), `${text}\n`)
    const records = await readFetches(folder)
    expect(records).to.have.length(4096)
    expect((await fetched(folder)).find(({ by }) => by === 'f01000')?.bytes).to.equal(620)
    expect(fetchesOf(records, other)).to.have.length(1)
  })

  it('keeps the newest 4096 records, and of many stretches the largest', async () => {
    const folder = await newFolder()
    const lines: string[] = []
    for (let index = 0; index < 4200; index += 1)
      lines.push(JSON.stringify({ ...note, by: `f0${index}`, sent: [], first: index, last: index }))
    const gaps = Array.from({ length: 100 }, (_, index) => [
      index * 10,
      index * 10 + 1 + (index % 2),
    ])
    lines.push(JSON.stringify({ ...note, by: undefined, sent: gaps, first: 9999, last: 9999 }))
    lines.push(JSON.stringify({ ...note, by: undefined, sent: [[5, 6]], first: 9999, last: 9999 }))
    await mkdir(join(folder, 'log'))
    await writeFile(join(folder, 'log', 'fetches.jsonl'), `${lines.join('\n')}\n`)
    const records = await readFetches(folder)
    expect(records).to.have.length(4096)
    expect(records[0]?.first).to.equal(4200 - 4095)
    // 50 of two bytes, and 14 of one
    expect((await fetched(folder)).find(({ by }) => by === undefined)?.bytes).to.equal(114)
  })

  it('adds up what a crash left half added up, and nothing twice', async () => {
    const folder = await newFolder()
    await write(folder, [[0, 300]])
    const log = join(folder, 'log')
    const lines = await readFile(join(log, 'fetches.jsonl'), 'utf8')
    // killed after the sum was written, before what is in it was removed
    await writeFile(join(log, 'fetches-0a.jsonl'), lines)
    await writeFile(join(log, 'fetches-0b.jsonl'), lines)
    await writeFile(join(log, 'fetches-0c.jsonl.draft'), lines.slice(0, 20))
    expect((await fetched(folder))[0]?.bytes).to.equal(300)
    const small = openFetchLog(folder, { maxBytes: 1, now: () => 6000 })
    small.note({ ...note, start: 600, end: 700 })
    await small.close()
    expect((await readdir(log)).filter((name) => name.endsWith('.jsonl'))).to.have.length(1)
    expect((await fetched(folder))[0]?.bytes).to.equal(400)
  })

  it('reads while another process adds up', async () => {
    const folder = await newFolder()
    const log = openFetchLog(folder, { maxBytes: 1, now: () => 5000 })
    const looks: Promise<Fetch[]>[] = []
    for (let round = 0; round < 30; round += 1) {
      log.note({ ...note, start: 0, end: 100 })
      const closing = log.close()
      if (round > 0) looks.push(fetched(folder))
      await closing
    }
    for (const look of await Promise.all(looks)) expect(look[0]?.bytes).to.equal(100)
  })

  it('goes on where the disk takes nothing, and says so', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'log'), 'no folder')
    const faults: unknown[] = []
    const log = openFetchLog(folder, { onFault: (error) => faults.push(error) })
    log.note({ ...note, start: 0, end: 100 })
    await log.close()
    expect(faults).to.have.length(1)
    await rm(join(folder, 'log'))
    log.note({ ...note, start: 0, end: 100 })
    await log.close()
    expect((await fetched(folder))[0]?.bytes).to.equal(100)
  })
})

async function served(
  size: number,
  use: (server: DepotServer, folder: string, piece: StoredPiece) => Promise<void>,
): Promise<Fetch[]> {
  const folder = await newFolder()
  const path = join(folder, 'one.bin')
  await writeFile(path, random(size))
  const depot = await openDepot(join(folder, 'depot'))
  const piece = await prepareOne([path], depot)
  const fetches = openFetchLog(depot.folder, { everyMs: 5 })
  const server = await startDepotServer(depot, { fetches, limits: { closeMs: 100 } })
  try {
    await use(server, depot.folder, piece)
  } finally {
    await server.close()
  }
  return fetchesOf(await readFetches(depot.folder), piece.pieceCid)
}

async function get(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<number> {
  const response = await fetch(url, { headers, method })
  await response.arrayBuffer()
  return response.status
}

describe('depot/server with a fetch log', () => {
  it('notes ranges, the provider that the URL names, and no other part of a query', async () => {
    let at = ''
    const [one, ...more] = await served(200_000, async ({ url }, folder, { pieceCidV2 }) => {
      at = folder
      const piece = `${url}/piece/${pieceCidV2}?by=t01000&token=hush`
      expect(await get(piece, { range: 'bytes=0-99999' })).to.equal(206)
      expect(await get(piece, { range: 'bytes=50000-119999' })).to.equal(206)
    })
    expect(await readFile(join(at, 'log', 'fetches.jsonl'), 'utf8')).to.not.include('hush')
    expect(more).to.deep.equal([])
    expect(one).to.include({ by: 'f01000', from: '127.0.0.1', bytes: 120_000 })
  })

  it('names nobody for a name that is none, and counts a HEAD as a question', async () => {
    const all = await served(1000, async ({ url }, _folder, { pieceCid }) => {
      expect(await get(`${url}/piece/${pieceCid}?by=f0x`, {}, 'HEAD')).to.equal(200)
      expect(await get(`${url}/piece/${pieceCid}?by=f01000&by=f01001`, {}, 'HEAD')).to.equal(200)
    })
    expect(all).to.have.length(1)
    expect(all[0]).to.include({ by: undefined, from: '127.0.0.1', bytes: 0 })
  })

  it('leaves out our own looks', async () => {
    const all = await served(1000, async ({ url }, _folder, { pieceCid }) => {
      expect(await get(`${url}/piece/${pieceCid}`, { 'x-sealift-look': '1' })).to.equal(200)
    })
    expect(all).to.deep.equal([])
  })

  it('counts a whole download whole, and never a broken one', async () => {
    const [whole] = await served(300_000, async ({ url }, _folder, { pieceCid }) => {
      expect(await get(`${url}/piece/${pieceCid}?by=f01000`)).to.equal(200)
    })
    expect(whole?.bytes).to.be.above(300_000)
    expect(whole?.bytes).to.equal(whole?.size)

    const [broken] = await served(20_000_000, async ({ port }, _folder, { pieceCid }) => {
      const request = http.request({ port, path: `/piece/${pieceCid}?by=f01000`, agent: false })
      const [response] = (await once(request.end(), 'response')) as [http.IncomingMessage]
      await once(response, 'readable')
      response.destroy()
    })
    expect(broken?.by).to.equal('f01000')
    expect(broken?.bytes).to.be.below(20_000_000)
  })

  it('tells of a download while it is under way', async () => {
    await served(20_000_000, async ({ port }, folder, { pieceCid }) => {
      const request = http
        .request({ port, path: `/piece/${pieceCid}?by=f01000`, agent: false })
        .end()
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      let bytes = 0
      for await (const chunk of response) {
        bytes += (chunk as Uint8Array).length
        if (bytes > 12_000_000) break
      }
      // broken off here by the loop; what came before is on the disk in a moment
      for (let tries = 0; tries < 200; tries += 1) {
        const [one] = fetchesOf(await readFetches(folder), pieceCid)
        if (one !== undefined && one.bytes > 9_000_000) return
        await sleep(10)
      }
      expect.fail('the log never told of it')
    })
  })

  it('has the log on the disk when the server has closed', async () => {
    const folder = await newFolder()
    const path = join(folder, 'one.bin')
    await writeFile(path, random(5000))
    const depot = await openDepot(join(folder, 'depot'))
    const stored = await prepareOne([path], depot)
    const fetches = openFetchLog(depot.folder, { everyMs: 3_600_000 })
    const server = await startDepotServer(depot, { fetches })
    const response = await fetch(`${server.url}/ipfs/${stored.root}?format=car&by=f01001`)
    expect((await buffer(response.body as never)).length).to.equal(stored.size)
    await server.close()
    const [one] = fetchesOf(await readFetches(depot.folder), stored.pieceCid)
    expect(one).to.include({ by: 'f01001', bytes: stored.size, size: stored.size })
  })
})
