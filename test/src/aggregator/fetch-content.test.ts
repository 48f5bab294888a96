import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { CID } from 'multiformats/cid'
import { fetchContent, type FetchOptions } from '../../../src/aggregator/fetch-content.ts'
import type { GetRules } from '../../../src/aggregator/get.ts'
import { readCar } from '../../../src/car/reader.ts'
import type { Depot } from '../../../src/depot/depot.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { startDepotServer } from '../../../src/depot/server.ts'
import { parsePieceCid, pieceCidV1Bytes } from '../../../src/piece/piece-cid.ts'
import type { StoredPiece } from '../../../src/prepare/sink.ts'
import { prepareOne } from '../../support/prepare-one.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { type Answer, Web } from '../retrieve/web.ts'

const RULES: GetRules = { stallMs: 100, deadlineMs: 5_000, isPrivateHost: () => false }
const MAX_BYTES = 3 * 2 ** 20

function text(cid: string): Uint8Array {
  return new TextEncoder().encode(cid)
}

describe('fetching what a request names', () => {
  let folder: string
  let depot: Depot
  let piece: StoredPiece
  let other: StoredPiece
  let car: Uint8Array
  /** Where the last block of it begins. */
  let lastSection = 0
  let bad: Web
  let good: Web
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-fetch-'))
    const elsewhere = await openDepot(join(folder, 'elsewhere'))
    const made = async (name: string): Promise<StoredPiece> => {
      await writeFile(join(folder, name), random(1_300_000, name))
      return prepareOne([join(folder, name)], elsewhere)
    }
    piece = await made('one')
    other = await made('two')
    car = await readFile(piece.path)
    const { blocks } = await readCar(
      (async function* () {
        yield car
      })(),
    )
    let end = 0
    for await (const { offset, bytes } of blocks) {
      lastSection = end
      end = offset + bytes.length
    }
  })
  beforeEach(async () => {
    depot = await openDepot(await mkdtemp(join(folder, 'depot-')))
    bad = await Web.open()
    good = await Web.open()
    good.answers.set(carPath(), car)
    good.answers.set(`/piece/${piece.pieceCidV2}`, car)
  })
  afterEach(async () => {
    await bad.close()
    await good.close()
  })
  after(() => rm(folder, { recursive: true }))

  const carPath = (): string => `/ipfs/${piece.root}?format=car`
  const rootBytes = (): Uint8Array => CID.parse(piece.root).bytes
  const v2Bytes = (): Uint8Array => CID.parse(piece.pieceCidV2).bytes

  function fetch(cid: Uint8Array, change: Partial<FetchOptions> = {}): Promise<StoredPiece> {
    const servers = [bad.url, good.url]
    return fetchContent(
      cid,
      {
        depot,
        sources: servers,
        gateways: servers,
        maxBytes: MAX_BYTES,
        rules: RULES,
        ...change,
      },
      new AbortController().signal,
    )
  }

  async function expectNothingStaged(): Promise<void> {
    expect(await readdir(join(depot.folder, 'staging'))).to.deep.equal([])
  }

  /** What a gateway may do instead of sending the CAR. */
  const faults: Readonly<Record<string, () => Answer>> = {
    'sends other bytes': () => {
      const altered = Buffer.from(car)
      altered[car.length - 1] = (car.at(-1) ?? 0) ^ 1
      return altered
    },
    'sends a CAR that is cut off between two blocks': () => car.subarray(0, lastSection),
    'sends a CAR that is cut off within a block': () => car.subarray(0, car.length - 1),
    'sends a page of HTML': () => Buffer.from('<html>busy</html>'),
    'breaks the connection off': () => (_, response) => {
      response.writeHead(200, { 'content-length': car.length })
      response.write(car.subarray(0, 1000), () => response.destroy())
    },
    'says nothing': () => () => {},
    'stalls in the middle': () => (_, response) => {
      response.writeHead(200)
      response.write(car.subarray(0, 1000))
    },
    'redirects in a circle': () => (request, response) => {
      response.writeHead(302, { location: request.url }).end()
    },
    'redirects to another protocol': () => (_, response) => {
      response.writeHead(302, { location: 'ftp://127.0.0.1/' }).end()
    },
    'announces more bytes than are taken': () => (_, response) => {
      response.writeHead(200, { 'content-length': MAX_BYTES + 1 }).end()
    },
    'sends more bytes than are taken': () => (_, response) => {
      response.writeHead(200)
      for (let sent = 0; sent <= MAX_BYTES; sent += 2 ** 20) response.write(random(2 ** 20, 'more'))
    },
    'answers with an error': () => (_, response) => {
      response.writeHead(500).end('no')
    },
    'has it not': () => (_, response) => {
      response.writeHead(404).end()
    },
  }

  for (const [fault, answer] of Object.entries(faults))
    it(`goes on with the next gateway when one ${fault}`, async () => {
      bad.answers.set(carPath(), answer())
      const stored = await fetch(rootBytes())
      expect(stored).to.include({ root: piece.root, pieceCidV2: piece.pieceCidV2 })
      expect(bad.asked[0]).to.equal(carPath())
      await expectNothingStaged()
    })

  it('takes no CAR of another root, nor one with blocks of something else', async () => {
    bad.answers.set(carPath(), await readFile(other.path))
    const foreign = await readFile(other.path)
    // Sections of the other CAR, behind its header of one byte and what it counts.
    const sections = foreign.subarray(1 + (foreign[0] ?? 0))
    good.answers.set(carPath(), Buffer.concat([car, sections]))
    const error = await refused('FETCH_FAILED', fetch(rootBytes()))
    expect(error.message).to.match(/another CAR/)
    expect(error.message).to.match(/something else too/)
    expect(await depot.list()).to.deep.equal([])
    await expectNothingStaged()
  })

  it('follows a redirect, but from outside into a private network', async () => {
    bad.answers.set(carPath(), (_, response) => {
      response.writeHead(301, { location: `${good.url}${carPath()}` }).end()
    })
    const outside = new URL(bad.url).host.replace('127.0.0.1', 'localhost')
    const rules: GetRules = { ...RULES, isPrivateHost: (host) => host === '127.0.0.1' }
    const gateways = [`http://${outside}`]
    const error = await refused('FETCH_FAILED', fetch(rootBytes(), { gateways, rules }))
    expect(error.message).to.include('into a private network')
    expect((await fetch(rootBytes(), { gateways: [bad.url], rules })).root).to.equal(piece.root)
  })

  it('stops at the deadline, however lively the server is', async () => {
    bad.answers.set(carPath(), (_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(car.subarray(0, 1)), 20)
      response.on('close', () => clearInterval(drip))
    })
    const rules = { ...RULES, deadlineMs: 200 }
    const error = await refused('FETCH_FAILED', fetch(rootBytes(), { gateways: [bad.url], rules }))
    expect(error.message).to.match(/longer than 0.2 s/)
  })

  it('fetches a piece by its commitment, from a source that has the very bytes', async () => {
    const altered = Buffer.from(car)
    altered[500] = (car[500] ?? 0) ^ 1
    bad.answers.set(`/piece/${piece.pieceCidV2}`, altered)
    const stored = await fetch(v2Bytes())
    expect(stored).to.include({ pieceCidV2: piece.pieceCidV2, root: piece.root })
    await expectNothingStaged()
  })

  it('asks nobody for what the depot has, by root, by either piece CID, in bytes or text', async () => {
    await depot.put(
      (async function* () {
        yield car
      })(),
    )
    const v1 = pieceCidV1Bytes(parsePieceCid(piece.pieceCid).root)
    for (const cid of [
      rootBytes(),
      v2Bytes(),
      v1,
      Uint8Array.of(0, ...v1),
      text(piece.root),
      text(piece.pieceCid),
    ])
      expect((await fetch(cid)).pieceCidV2).to.equal(piece.pieceCidV2)
    expect([...bad.asked, ...good.asked]).to.deep.equal([])
  })

  it('takes what another depot serves, as a gateway or a source', async () => {
    const server = await startDepotServer(await openDepot(join(folder, 'elsewhere')), {
      host: '127.0.0.1',
      port: 0,
    })
    try {
      const change = { gateways: [server.url], sources: [server.url] }
      expect((await fetch(rootBytes(), change)).pieceCidV2).to.equal(piece.pieceCidV2)
      const { pieceCidV2 } = other
      expect((await fetch(CID.parse(pieceCidV2).bytes, change)).root).to.equal(other.root)
    } finally {
      await server.close()
    }
  })

  it('says at once what can never be had', async () => {
    await refused('CID_INVALID', fetch(new TextEncoder().encode('not a CID')))
    await refused('CID_INVALID', fetch(new Uint8Array(0)))
    // blake2b-256 (multicodec table, 0xb220)
    const blake = Uint8Array.of(1, 0x55, 0xa0, 0xe4, 2, 32, ...new Uint8Array(32))
    await refused('CID_INVALID', fetch(blake))
    await refused('PIECE_TOO_LARGE', fetch(v2Bytes(), { maxBytes: 1000 }))
    expect([...bad.asked, ...good.asked]).to.deep.equal([])
  })

  it('says when no source is known, and when the work is interrupted', async () => {
    await refused('FETCH_FAILED', fetch(rootBytes(), { gateways: [] }))
    const power = new AbortController()
    bad.answers.set(carPath(), () => power.abort())
    const options = { depot, sources: [], gateways: [bad.url], maxBytes: MAX_BYTES, rules: RULES }
    await refused('ABORTED', fetchContent(rootBytes(), options, power.signal))
    await expectNothingStaged()
  })
})
