import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { idAddress } from '../../../src/bytes/address.ts'
import { proposalIdOf } from '../../../src/deal/proposal-id.ts'
import { mk12AskRequest, mk12AskResponse } from '../../../src/deal/mk12-ask.ts'
import { CONTRACT_SIGNATURE, offerTo } from '../../../src/deal/mk12-offer.ts'
import { mk12StatusRequest, mk12StatusResponse } from '../../../src/deal/mk12-status.ts'
import { mk12DealParams, type Mk12DealParams, mk12DealResponse } from '../../../src/deal/mk12.ts'
import { StorageError } from '../../../src/errors.ts'
import type { ProviderEvent } from '../../../src/provider/events.ts'
import {
  type PocketProvider,
  type ProviderOptions,
  startProvider,
} from '../../../src/provider/pocket-provider.ts'
import { createRateLimit } from '../../../src/provider/rate-limit.ts'
import { FakeChain } from './support/fake-chain.ts'
import { CLIENT, PROVIDER, proposalFor, sampleCar } from './support/proposals.ts'
import { honest, type Server, serve } from './support/server.ts'

const sample = await sampleCar(5000)
const proposal = proposalFor(sample)
const PROPOSAL_ID = proposalIdOf(proposal, CLIENT)

describe('provider: MK12', () => {
  let folder: string
  let chain: FakeChain
  let server: Server
  let provider: PocketProvider | undefined
  let events: ProviderEvent[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-mk12-'))
    chain = new FakeChain()
    events = []
    server = await serve(honest(sample.car))
    chain.offer(proposal, `${server.url}/piece/x`, sample.car.length)
  })
  afterEach(async () => {
    await provider?.stop()
    provider = undefined
    await server.close()
    await rm(folder, { recursive: true })
  })

  async function start(options: Partial<ProviderOptions> = {}): Promise<PocketProvider> {
    provider = await startProvider({
      id: PROVIDER,
      folder,
      chain,
      pollMs: 5,
      batch: { waitMs: 5 },
      download: { firstWaitMs: 1, allowPrivateIps: true },
      watches: false,
      onEvent: (event) => events.push(event),
      ...options,
    })
    return provider
  }

  const params = (change: Partial<Mk12DealParams> = {}): Mk12DealParams => ({
    ...offerTo(PROVIDER, PROPOSAL_ID, proposal, {
      locationRef: `${server.url}/piece/x`,
      carSize: BigInt(sample.car.length),
      skipIpniAnnounce: false,
      removeUnsealedCopy: false,
    }),
    ...change,
  })

  interface Said {
    readonly status: number
    readonly body: Uint8Array
  }

  /** As any HTTP client would, none of ours. */
  function call(
    method: string,
    path: string,
    body: Uint8Array,
    type: string | undefined = 'application/cbor',
  ): Promise<Said> {
    return new Promise((resolve, reject) => {
      const sent = request(`${provider?.url}${path}`, {
        method,
        agent: false,
        headers: { 'content-type': type, 'content-length': body.length },
      })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: new Uint8Array(Buffer.concat(chunks)),
          }),
        )
      })
      sent.end(body)
    })
  }

  const push = async (of = params()) => {
    const { status, body } = await call('POST', '/market/mk12/store', mk12DealParams.encode(of))
    expect(status).to.equal(200)
    return mk12DealResponse.decode(body)
  }
  const statusOf = async (dealUuid: Uint8Array) => {
    const body = mk12StatusRequest.encode({ dealUuid, signature: CONTRACT_SIGNATURE })
    return mk12StatusResponse.decode((await call('GET', '/market/mk12/status', body)).body)
  }

  const askFor = (miner: bigint) =>
    call('GET', '/market/mk12/ask', mk12AskRequest.encode({ miner: idAddress(miner) }))

  it('takes a pushed proposal to an active deal, and tells how it goes', async () => {
    const { idle, history } = await start()
    expect(await push()).to.deep.equal({ accepted: true, message: '' })
    await idle()
    expect([...new Set(events.map(({ type }) => type))]).to.deep.equal([
      'pushed',
      'accepted',
      'downloading',
      'downloaded',
      'published',
      'sealed',
      'activated',
    ])
    expect(history().map(({ state, proposalId }) => [state, proposalId])).to.deep.equal([
      ['active', PROPOSAL_ID],
    ])
    // The depot can tell whose download it was.
    expect(server.requests[0]).to.include('/piece/x?by=f01000')
    const { status, error } = await statusOf(params().dealUuid)
    expect(error).to.equal('')
    expect(status).to.include({ status: 'Sealed', error: '', chainDealId: 0n })
    expect(status?.proposal).to.deep.equal(proposal)
  })

  it('takes a proposal once, also over a restart', async () => {
    await start()
    expect(await push()).to.include({ accepted: true })
    await provider?.stop()
    await start()
    const again = await push()
    expect(again.accepted).to.equal(false)
    expect(again.message).to.match(
      /^store deal: market deal with the same proposalCID bafy\w+ already exists: 1$/,
    )
    await provider?.idle()
    expect(chain.deals.size).to.equal(1)
  })

  it('takes it once though it comes by an event too, whichever is first', async () => {
    await start({ watches: true })
    chain.announceOffer(`0x${'01'.repeat(32)}`)
    await provider?.idle()
    expect(await push())
      .to.include({ accepted: false })
      .and.to.have.property('message')
      .that.includes('same proposalCID')
    // An event's deal has no UUID.
    expect((await statusOf(params().dealUuid)).error).to.equal('failed to get sealed deal status')
    expect(chain.deals.size).to.equal(1)
    const other = proposalFor(sample, { label: `request-2/ipfs/${sample.root}` })
    const log = chain.offer(other, `${server.url}/piece/x`, sample.car.length, '02')
    expect(log.proposalId).to.match(/^0x02/)
    expect(
      await push(
        params({
          dealUuid: new Uint8Array(16),
          deal: { proposal: other, signature: CONTRACT_SIGNATURE },
        }),
      ),
    ).to.satisfy(
      ({ accepted, message }: { accepted: boolean; message: string }) =>
        accepted || message.includes('same proposalCID'),
    )
    await provider?.idle()
    expect(chain.deals.size).to.equal(2)
  })

  it('says why it refuses, and keeps nothing of it', async () => {
    const { history } = await start()
    const unknown = proposalFor(sample, { label: `never proposed/ipfs/${sample.root}` })
    const signed = { proposal: unknown, signature: CONTRACT_SIGNATURE }
    expect(await push(params({ deal: signed }))).to.deep.equal({
      accepted: false,
      message: 'failed validation: invalid signature',
    })
    const keyed = proposalFor(sample, { client: Uint8Array.of(1, ...new Uint8Array(20)) })
    expect(
      await push(params({ deal: { proposal: keyed, signature: CONTRACT_SIGNATURE } })),
    ).to.deep.equal({ accepted: false, message: 'failed validation: invalid signature' })
    expect(history()).to.deep.equal([])
    const told = events.find((event) => event.type === 'refused')
    expect(told).to.include({
      provider: PROVIDER,
      client: CLIENT,
      proposalId: proposalIdOf(unknown, CLIENT),
      code: 'AUTH_REFUSED',
      reason: 'failed validation: invalid signature',
    })
  })

  it('tells of a deal that failed', async () => {
    await start()
    await server.close()
    expect(await push()).to.include({ accepted: true })
    await provider?.idle()
    const { status } = await statusOf(params().dealUuid)
    expect(status?.error).to.not.equal('')
  })

  it('says so while its node does not answer', async () => {
    await start()
    chain.outage = new StorageError('NODE_UNREACHABLE', { what: 'down' })
    expect(await push()).to.deep.equal({
      accepted: false,
      message: 'failed validation: server error: getting chain head',
    })
  })

  it('tells its own ask and nobody else’s', async () => {
    await start()
    const { ask: told } = mk12AskResponse.decode((await askFor(PROVIDER)).body)
    expect(told?.ask).to.include({
      price: 50_000_000n,
      minPieceSize: 256n,
      maxPieceSize: 32n << 30n,
    })
    expect((await askFor(1001n)).status).to.equal(500)
  })

  it('answers what it cannot read with a status alone, and serves on', async () => {
    await start()
    const good = mk12DealParams.encode(params())
    const store = '/market/mk12/store'
    expect((await call('POST', store, good, 'application/json')).status).to.equal(400)
    expect((await call('POST', store, new Uint8Array(0))).status).to.equal(400)
    expect((await call('POST', store, good.subarray(0, -1))).status).to.equal(400)
    expect((await call('POST', store, Uint8Array.of(...good, 0))).status).to.equal(400)
    expect((await call('POST', store, new Uint8Array(100_000).fill(0x81))).status).to.equal(400)
    expect((await call('GET', store, good)).status).to.equal(405)
    expect((await call('POST', '/market/mk12/else', good)).status).to.equal(404)
    expect((await call('POST', '/piece/x', good)).status).to.equal(405)
    expect((await call('GET', '/healthz', new Uint8Array(0))).status).to.equal(200)
    expect(events).to.deep.equal([])
  })

  it('reads no body above 4 MiB', async () => {
    await start()
    const outcome = await call('POST', '/market/mk12/store', new Uint8Array((4 << 20) + 1)).catch(
      (error: NodeJS.ErrnoException) => error.code,
    )
    // The connection may end before all of it was written.
    if (typeof outcome === 'object') expect(outcome.status).to.equal(400)
    else expect(outcome).to.be.oneOf(['EPIPE', 'ECONNRESET'])
    expect(await push()).to.include({ accepted: true })
  })

  it('offers nothing of it when told so', async () => {
    await start({ takesPushes: false })
    const { status } = await call('POST', '/market/mk12/store', mk12DealParams.encode(params()))
    expect(status).to.equal(405)
  })
})

describe('provider/rate-limit', () => {
  it('lets so many through a second, each client for itself', () => {
    let now = 1_000_500
    const isAllowed = createRateLimit(2, { now: () => now })
    expect([1, 2, 3].map(() => isAllowed('a'))).to.deep.equal([true, true, false])
    expect(isAllowed('b')).to.equal(true)
    now += 500
    expect(isAllowed('a')).to.equal(true)
  })
})
