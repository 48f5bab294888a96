import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { encodeEntries } from '../../../src/aggregate/entry.ts'
import { rawIndexRange } from '../../../src/aggregate/payload.ts'
import { idAddress } from '../../../src/bytes/address.ts'
import { unpadFr32 } from '../../../src/piece/fr32.ts'
import { PieceHasher } from '../../../src/piece/hasher.ts'
import { pieceCidV1, pieceCidV1Bytes, pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import type { ProviderEvent } from '../../../src/provider/events.ts'
import { type PocketProvider, startProvider } from '../../../src/provider/pocket-provider.ts'
import { random } from '../../support/random.ts'
import { aggregateOf, bytesOf } from '../receipt/sample.ts'
import { FakeChain } from './support/fake-chain.ts'
import { PROVIDER, proposalFor, sampleCar } from './support/proposals.ts'
import { honest, type Server, serve } from './support/server.ts'

const cars = [await sampleCar(60_000, 1), await sampleCar(5000, 2), await sampleCar(700, 3)]
/** One is no CAR, and ends with zeros that are its own. */
const files = [...cars.map(({ car }) => car), Buffer.concat([random(300, 'raw'), Buffer.alloc(20)])]
const aggregate = aggregateOf(files)
const bytes = bytesOf(aggregate, files)

/** The aggregate with some of its bytes changed. */
function spoilt(change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes)
  change(copy)
  return copy
}

type Indexed = Extract<ProviderEvent, { type: 'indexed' }>

describe('a provider and an aggregate', () => {
  let folder: string
  let chain: FakeChain
  let provider: PocketProvider | undefined
  let events: ProviderEvent[]
  let server: Server | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-provider-'))
    chain = new FakeChain()
    events = []
  })
  afterEach(async () => {
    await provider?.stop()
    await server?.close()
    provider = server = undefined
    await rm(folder, { recursive: true })
  })

  async function start(kind: 'honest' | 'wrong-bytes' = 'honest'): Promise<PocketProvider> {
    provider = await startProvider({
      id: PROVIDER,
      folder,
      chain,
      pollMs: 5,
      batch: { waitMs: 5 },
      download: { firstWaitMs: 1 },
      behaviour: { kind },
      onEvent: (event) => events.push(event),
    })
    return provider
  }

  /** Offers `piece` as a deal, and lets the provider do what it will. */
  async function offered(piece: Uint8Array, kind?: 'wrong-bytes'): Promise<PocketProvider> {
    const commitment = new PieceHasher().update(piece).digest()
    const proposal = proposalFor(cars[0] as (typeof cars)[0], {
      pieceCid: pieceCidV1Bytes(commitment.root),
      pieceSize: BigInt(commitment.pieceSize),
      provider: idAddress(PROVIDER),
    })
    server = await serve(honest(piece))
    const started = await start(kind)
    chain.offer(proposal, `${server.url}/piece/x`, piece.length, '01')
    await started.idle()
    return started
  }

  const get = async (path: string, range?: string) => {
    const headers = range === undefined ? {} : { range }
    const response = await fetch(`${provider?.url}${path}`, { headers })
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
  }
  const indexed = () => events.find((event): event is Indexed => event.type === 'indexed')
  const state = () => provider?.history()[0]?.state

  it('takes it, and serves every segment by its piece CID, whole and by Range', async () => {
    await offered(bytes)
    expect(state()).to.equal('active')
    expect(indexed()).to.deep.include({ segments: 4, skipped: 0, reasons: [] })
    for (const [i, file] of files.entries()) {
      const segment = aggregate.segments[i] as (typeof aggregate.segments)[0]
      const whole = await get(`/piece/${pieceCidV2(segment)}`)
      expect(Buffer.compare(whole.bytes, file), `segment ${i}`).to.equal(0)
      const v1 = await get(`/piece/${pieceCidV1(segment)}`)
      expect(v1.bytes.length).to.equal((segment.pieceSize / 128) * 127)
      expect(Buffer.compare(v1.bytes.subarray(0, file.length), file)).to.equal(0)
      const part = await get(`/piece/${pieceCidV2(segment)}`, 'bytes=100-199')
      expect(part.status).to.equal(206)
      expect(Buffer.compare(part.bytes, file.subarray(100, 200))).to.equal(0)
    }
    const all = await get(`/piece/${pieceCidV1(aggregate)}`)
    expect(Buffer.compare(all.bytes, bytes)).to.equal(0)
  })

  it('serves segments that are CARs by their root, also the one that the aggregate begins with', async () => {
    await offered(bytes)
    for (const { root, car } of cars) {
      const found = await get(`/ipfs/${root}?format=car`)
      expect(found.status).to.equal(200)
      expect(found.bytes.length).to.be.lessThan(bytes.length)
      expect(Buffer.compare(found.bytes.subarray(0, car.length), car)).to.equal(0)
      expect(found.bytes.subarray(car.length).every((byte) => byte === 0)).to.equal(true)
    }
  })

  it('serves no segment by a piece CID that states less than its data', async () => {
    await offered(bytes)
    const segment = aggregate.segments[3] as (typeof aggregate.segments)[0]
    expect((await get(`/piece/${pieceCidV2({ ...segment, size: 300 })}`)).status).to.equal(200)
    expect((await get(`/piece/${pieceCidV2({ ...segment, size: 299 })}`)).status).to.equal(404)
  })

  it('serves them after a restart', async () => {
    const first = await offered(bytes)
    await first.stop()
    await start()
    const segment = aggregate.segments[1] as (typeof aggregate.segments)[0]
    const found = await get(`/piece/${pieceCidV2(segment)}`)
    expect(Buffer.compare(found.bytes, files[1] as Uint8Array)).to.equal(0)
  })

  it('skips an entry whose data is something else, and says why', async () => {
    const data = files[1] as Uint8Array
    const at = bytes.indexOf(data)
    await offered(spoilt((copy) => copy.fill(0, at + 1000, at + 1001).writeUInt8(1, at + 2000)))
    expect(state()).to.equal('active')
    const { segments, skipped, reasons } = indexed() as Indexed
    expect({ segments, skipped }).to.deep.equal({ segments: 3, skipped: 1 })
    expect(reasons[0]?.slot).to.equal(1)
    expect(reasons[0]?.why).to.match(/^the data at \d+ is baga6ea4seaq\w+, not baga6ea4seaq\w+$/)
    const { status } = await get(`/piece/${pieceCidV1(aggregate.segments[1] as never)}`)
    expect(status).to.equal(404)
  })

  it('passes over an entry whose checksum is wrong', async () => {
    const { start: index } = rawIndexRange(aggregate.pieceSize)
    await offered(spoilt((copy) => copy.writeUInt8((copy[index] as number) ^ 1, index)))
    expect(indexed()).to.deep.include({ segments: 3, skipped: 0 })
  })

  it('refuses one of which no entry is true', async () => {
    const { start: index } = rawIndexRange(aggregate.pieceSize)
    await offered(spoilt((copy) => copy.fill(7, 0, index)))
    expect(provider?.history()[0]).to.include({ state: 'failed', code: 'PIECE_MISMATCH' })
    expect((await get(`/piece/${pieceCidV1(aggregate)}`)).status).to.equal(404)
  })

  it('refuses a piece as large that is neither CAR nor aggregate, and keeps nothing of it', async () => {
    const raw = random(bytes.length, 'neither')
    await offered(raw)
    expect(provider?.history()[0]).to.include({ state: 'failed', code: 'CAR_INVALID' })
    const { root } = new PieceHasher().update(raw).digest()
    expect((await get(`/piece/${pieceCidV1({ root })}`)).status).to.equal(404)
  })

  it('hashes no more than the piece has, however often the index names its data', async () => {
    const big = aggregate.segments[0] as (typeof aggregate.segments)[0]
    const { start: index } = rawIndexRange(aggregate.pieceSize)
    const entries = unpadFr32(encodeEntries(Array(8).fill(big) as (typeof big)[]))
    const half = aggregateOf([random(400_000, 'half')])
    const greedy = unpadFr32(encodeEntries(Array(8).fill(half.segments[0]) as (typeof big)[]))
    await offered(spoilt((copy) => copy.set(entries, index)))
    expect(indexed()).to.deep.include({ segments: 8, skipped: 0 })
    const halves = Buffer.from(bytesOf(half, [random(400_000, 'half')]))
    halves.set(greedy, index)
    await provider?.stop()
    await server?.close()
    events = []
    chain = new FakeChain()
    await rm(folder, { recursive: true })
    await offered(halves)
    expect(indexed()).to.deep.include({ segments: 2, skipped: 6 })
    expect(indexed()?.reasons[0]).to.deep.equal({
      slot: 2,
      why: 'the entries before it name as many bytes as the piece has',
    })
  })

  it('spoils segments too when it misbehaves', async () => {
    await offered(bytes, 'wrong-bytes')
    const segment = aggregate.segments[1] as (typeof aggregate.segments)[0]
    const { bytes: got } = await get(`/piece/${pieceCidV2(segment)}`)
    expect(Buffer.compare(got, files[1] as Uint8Array)).to.not.equal(0)
    expect(got.length).to.equal(files[1]?.length)
  })
})
