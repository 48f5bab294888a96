import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Provider } from 'ethers'
import { f410FromEth, idAddress } from '../../../src/bytes/address.ts'
import { multiaddrOfUrl } from '../../../src/chain/multiaddr.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { mk12AskResponse } from '../../../src/deal/mk12-ask.ts'
import { mk12StatusRequest, mk12StatusResponse } from '../../../src/deal/mk12-status.ts'
import { decodeHttpTransfer } from '../../../src/deal/mk12-transfer.ts'
import { dealUuidOf, uuidText } from '../../../src/deal/mk12-uuid.ts'
import { mk12DealParams, type Mk12DealParams, mk12DealResponse } from '../../../src/deal/mk12.ts'
import { StorageError } from '../../../src/errors.ts'
import { openPushLog, type PushLog, readPushes } from '../../../src/relay/push-log.ts'
import { pushProposal } from '../../../src/relay/push.ts'
import { askOf, endpointsOf } from '../../../src/relay/reach.ts'
import { refused } from '../../support/refused.ts'
import { proposalFor, sampleCar } from '../provider/support/proposals.ts'
import { type Server, serve } from '../provider/support/server.ts'

const sample = await sampleCar()
const PROPOSAL_ID = `0x${'ab'.repeat(32)}`
const MINER = 1002n
const CLIENT = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
const SIGNED_CID = 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae'

/** What the contract gives, with nobody as provider. */
const proposal = proposalFor(sample, { provider: idAddress(0n), client: f410FromEth(CLIENT) })
const extra = {
  locationRef: 'http://depot.example/piece/x',
  carSize: BigInt(sample.car.length),
  skipIpniAnnounce: true,
  removeUnsealedCopy: false,
}

/** `cut`: takes the request and ends the connection without an answer. */
type Reply = { accepted: boolean; message: string } | 'cut' | number | 'huge' | 'garbage'
/** Error of the deal; `unknown` when the provider has none. */
type Known = { error: string } | 'unknown' | 'cut'

describe('relay/push', () => {
  let folder: string
  let log: PushLog
  let servers: Server[]
  let stored: Mk12DealParams[]
  let sleeps: number[]
  let slept: number
  let urls: string[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-push-'))
    log = await openPushLog(folder)
    servers = []
    stored = []
    sleeps = []
    slept = 0
    urls = []
  })
  afterEach(async () => {
    await log.close()
    for (const server of servers) await server.close()
    await rm(folder, { recursive: true })
  })

  /** Answers stores with one reply after the other, the last one for ever. */
  async function provider(replies: Reply[], known: Known = 'unknown'): Promise<Server> {
    const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const body = await bodyOf(request)
      if (request.url === '/market/mk12/status') return answerStatus(known, body, response)
      expect([request.method, request.url]).to.deep.equal(['POST', '/market/mk12/store'])
      expect(request.headers['content-type']).to.equal('application/cbor')
      stored.push(mk12DealParams.decode(body))
      answer(replies[Math.min(stored.length, replies.length) - 1] ?? 'cut', response)
    }
    const server = await serve((request, response) => void respond(request, response))
    servers.push(server)
    urls.push(server.url)
    return server
  }

  const node = (network: 'localnet' | 'calibration' = 'localnet') => ({
    network: NETWORKS[network],
    provider: {
      send: async (method: string) => {
        expect(method).to.equal('Filecoin.StateMinerInfo')
        return {
          PeerId: null,
          Multiaddrs: urls.map((url) => Buffer.from(multiaddrOfUrl(url)).toString('base64')),
        }
      },
    } as unknown as Provider,
  })
  const push = (
    network?: 'localnet' | 'calibration',
    signal?: AbortSignal,
    getDealProposal = async () => proposal,
    isFresh = false,
  ) =>
    pushProposal(PROPOSAL_ID, MINER, {
      client: { getDealProposal, getExtraParams: async () => extra },
      ...node(network),
      log,
      isFresh,
      signal,
      deadlineMs: 5_000,
      clock: {
        now: () => 1_700_000_000_000 + slept,
        sleep: async (ms) => {
          slept += ms
          sleeps.push(ms)
        },
      },
    })

  it('offers what the contract gives, with the provider in it and a UUID that follows from both', async () => {
    const { url } = await provider([{ accepted: true, message: '' }])
    const record = await push()
    expect(record).to.deep.equal({
      proposalId: PROPOSAL_ID,
      provider: MINER,
      dealUuid: uuidText(dealUuidOf(PROPOSAL_ID, MINER)),
      url,
      at: 1_700_000_000_000,
      outcome: 'accepted',
      reason: '',
    })
    const [sent] = stored
    expect(sent?.deal.proposal).to.deep.equal({ ...proposal, provider: idAddress(MINER) })
    expect(sent?.deal.signature).to.deep.equal(Uint8Array.of(2, 0xde, 0xad))
    expect(sent?.dealDataRoot).to.equal(sample.root)
    expect(sent).to.include({ isOffline: false, skipIpniAnnounce: true, removeUnsealedCopy: false })
    expect(sent?.transfer).to.include({ size: extra.carSize, type: 'http' })
    expect(decodeHttpTransfer(sent?.transfer.params ?? new Uint8Array(0))).to.deep.equal({
      url: 'http://depot.example/piece/x?by=f01002',
      headers: {},
    })
    expect(await readPushes(folder)).to.deep.equal([record])
  })

  it('waits for a node that does not know the proposal yet, though not for ever', async () => {
    await provider([{ accepted: true, message: '' }])
    let left = 3
    const behind = async () => {
      left -= 1
      if (left < 0) return proposal
      throw new StorageError('PROPOSAL_NOT_FOUND', { what: 'no such proposal' })
    }
    expect(await push('localnet', undefined, behind)).to.include({ outcome: 'accepted' })
    left = 1e9
    await refused('PROPOSAL_NOT_FOUND', push('localnet', undefined, behind))
    expect(stored).to.have.length(1)
  })

  it('lets a provider whose node is behind see a proposal that was made just now', async () => {
    const notYet = { accepted: false, message: 'failed validation: invalid signature' }
    await provider([notYet, notYet, { accepted: true, message: '' }])
    expect((await push('localnet', undefined, undefined, true)).outcome).to.equal('accepted')
    // One epoch, and two.
    expect(sleeps).to.deep.equal([30_000, 60_000])
  })

  it('believes a provider that does not authenticate it, when it has had its time', async () => {
    await provider([{ accepted: false, message: 'failed validation: invalid signature' }])
    expect((await push()).outcome).to.equal('refused')
    expect(stored).to.have.length(1)
    expect((await push('localnet', undefined, undefined, true)).outcome).to.equal('refused')
    expect(stored).to.have.length(4)
  })

  it('knocks at the first three addresses of an entry, not at a hundred', async () => {
    for (let port = 1; port <= 100; port += 1) urls.push(`http://127.0.0.1:${port}`)
    const { endpoints } = await endpointsOf(MINER, node())
    expect(endpoints.map(({ base }) => base)).to.deep.equal(urls.slice(0, 3))
  })

  it('keeps the words of a refusal, and asks again when it is pushed again', async () => {
    await provider([
      { accepted: false, message: 'client not allowed by provider' },
      { accepted: true, message: '' },
    ])
    expect(await push()).to.include({
      outcome: 'refused',
      reason: 'client not allowed by provider',
    })
    expect(await push()).to.include({ outcome: 'accepted' })
    expect((await readPushes(folder)).map(({ outcome }) => outcome)).to.deep.equal([
      'refused',
      'accepted',
    ])
  })

  it('does not offer again what was accepted, unless the provider knows nothing of it', async () => {
    await provider([{ accepted: true, message: '' }], { error: '' })
    await push()
    expect(await push()).to.include({ outcome: 'accepted' })
    expect(stored).to.have.length(1)
    expect(await readPushes(folder)).to.have.length(1)
    // The chain began anew, and with it the provider.
    await servers.pop()?.close()
    urls = []
    await provider([{ accepted: true, message: '' }], 'unknown')
    await push()
    expect(stored).to.have.length(2)
  })

  it('leaves an accepted one alone while the provider is away', async () => {
    const server = await provider([{ accepted: true, message: '' }])
    const record = await push()
    await server.close()
    expect(await push()).to.deep.equal(record)
  })

  it('finds out by the status whether a push whose answer was lost was taken', async () => {
    await provider(['cut'], { error: '' })
    expect(await push()).to.include({
      outcome: 'accepted',
      reason: 'status Processing, Not assigned to sector',
    })
    expect(stored).to.have.length(1)
  })

  for (const lost of ['cut', 500, 503, 'huge', 'garbage'] as const)
    it(`repeats the same offer where the answer was lost (${lost}) and nobody knows of it`, async () => {
      await provider([lost, { accepted: true, message: '' }])
      expect(await push()).to.include({ outcome: 'accepted', reason: '' })
      expect(stored).to.have.length(2)
      expect(stored[1]).to.deep.equal(stored[0])
      expect(sleeps).to.have.length(1)
    })

  it('says that it is unclear when that does not help, and finds out the next time', async () => {
    await provider(['cut', 'cut', 'cut', { accepted: true, message: '' }], 'cut')
    expect(await push()).to.include({ outcome: 'unclear' })
    expect(stored).to.have.length(3)
    expect(await push()).to.include({ outcome: 'accepted' })
    expect(new Set(stored.map(({ dealUuid }) => uuidText(dealUuid))).size).to.equal(1)
  })

  const HAS_IT = 'store deal: market deal with the same proposalCID bafyx already exists: 1'
  it('counts as accepted what the provider has already, and tells when that has failed', async () => {
    await provider([{ accepted: false, message: HAS_IT }])
    expect(await push()).to.include({ outcome: 'accepted', reason: HAS_IT })
    await servers.pop()?.close()
    urls = []
    await provider([{ accepted: false, message: HAS_IT }], { error: 'download failed' })
    expect(await push()).to.include({
      outcome: 'refused',
      reason: 'the deal failed: download failed',
    })
  })

  it('waits for a provider that is busy', async () => {
    await provider([429, 429, { accepted: true, message: '' }])
    expect(await push()).to.include({ outcome: 'accepted' })
    expect(sleeps[0]).to.be.within(1_000, 1_500)
    expect(sleeps[1]).to.be.within(2_000, 3_000)
  })

  it('takes a 400 as a no, a 404 and a redirect as nobody there', async () => {
    await provider([400, 404, 302])
    expect(await push()).to.include({ outcome: 'refused', reason: 'HTTP 400: nothing here' })
    expect(await push()).to.include({
      outcome: 'unreachable',
      reason: 'it offers no MK12 over HTTP (HTTP 404: nothing here)',
    })
    const redirected = await push()
    expect(redirected).to.include({ outcome: 'unreachable' })
    expect(redirected.reason).to.include('a redirect, which is not followed')
    expect(servers[0]?.requests).to.have.length(3)
  })

  it('goes on to the next address where nobody answers', async () => {
    const gone = await provider([])
    await gone.close()
    const { url } = await provider([{ accepted: true, message: '' }])
    expect(await push()).to.include({ outcome: 'accepted', url })
  })

  it('says what it lacks of a provider without an address', async () => {
    expect(await push()).to.include({
      outcome: 'unreachable',
      reason: 't01002 has announced no address on chain',
      url: '',
    })
  })

  it('speaks to no private host on a public network', async () => {
    await provider([{ accepted: true, message: '' }])
    expect(await push('calibration')).to.include({
      outcome: 'unreachable',
      reason: '127.0.0.1 is an address inside a private network',
    })
    urls = [(urls[0] ?? '').replace('127.0.0.1', 'localhost')]
    const named = await push('calibration')
    expect(named.outcome).to.equal('unreachable')
    expect(named.reason).to.match(
      /^localhost leads to (127\.0\.0\.1|::1), inside a private network$/,
    )
    expect(stored).to.deep.equal([])
  })

  it('stops when it is told to, and writes nothing down', async () => {
    await provider(['cut'])
    await refused('ABORTED', push('localnet', AbortSignal.abort()))
    expect(await readPushes(folder)).to.deep.equal([])
  })

  it('reads an ask, and none from who tells none', async () => {
    const ask = {
      miner: idAddress(MINER),
      price: 7n,
      sequence: 1n,
      expiry: 2n,
      timestamp: 1n,
      maxPieceSize: 1024n,
      minPieceSize: 256n,
      verifiedPrice: 0n,
    }
    const server = await serve((request, response) => {
      expect(`${request.method} ${request.url}`).to.equal('GET /market/mk12/ask')
      response.end(mk12AskResponse.encode({ ask: { ask, signature: null } }))
    })
    servers.push(server)
    urls = [server.url]
    expect(await askOf(MINER, node())).to.deep.equal({
      pricePerGib: 7n,
      minPieceSize: 256n,
      maxPieceSize: 1024n,
      source: `GET ${server.url}/market/mk12/ask`,
    })
    urls = []
    expect(await askOf(MINER, node())).to.equal(undefined)
  })
})

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

function answer(reply: Reply, response: ServerResponse): void {
  if (reply === 'cut') response.destroy()
  else if (reply === 'huge') response.end(new Uint8Array(70_000))
  else if (reply === 'garbage') response.end('<html>')
  else if (typeof reply === 'number') {
    response.writeHead(reply, { location: 'http://127.0.0.1:1/' })
    response.end('nothing here')
  } else response.end(mk12DealResponse.encode(reply))
}

function answerStatus(known: Known, body: Uint8Array, response: ServerResponse): void {
  if (known === 'cut') return void response.destroy()
  const { dealUuid } = mk12StatusRequest.decode(body)
  const said = { dealUuid, isOffline: false, transferSize: 1n, bytesReceived: 1n }
  const status = {
    status: 'Processing',
    sealingStatus: 'Not assigned to sector',
    proposal,
    signedProposalCid: SIGNED_CID,
    publishCid: null,
    chainDealId: 0n,
  }
  response.end(
    mk12StatusResponse.encode(
      known === 'unknown'
        ? { ...said, error: 'failed to get sealed deal status', status: null }
        : { ...said, error: '', status: { ...status, ...known } },
    ),
  )
}
