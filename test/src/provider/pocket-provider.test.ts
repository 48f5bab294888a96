import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { StorageError } from '../../../src/errors.ts'
import { ALTERABLE_FIELDS, alterProposal } from '../../../src/provider/behaviour.ts'
import type { ProviderEvent } from '../../../src/provider/events.ts'
import {
  type PocketProvider,
  type ProviderOptions,
  startProvider,
} from '../../../src/provider/pocket-provider.ts'
import { publishParams } from '../../../src/provider/signed.ts'
import { refused } from '../../support/refused.ts'
import { FakeChain } from './support/fake-chain.ts'
import { PROVIDER, type Sample, proposalFor, sampleCar } from './support/proposals.ts'
import { type Answer, type Server, honest, serve } from './support/server.ts'

const sample = await sampleCar(5000)

describe('startProvider', () => {
  let folder: string
  let chain: FakeChain
  let provider: PocketProvider | undefined
  let events: ProviderEvent[]
  let servers: Server[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-provider-'))
    chain = new FakeChain()
    provider = undefined
    events = []
    servers = []
  })
  afterEach(async () => {
    await provider?.stop()
    for (const server of servers) await server.close()
    await rm(folder, { recursive: true })
  })

  async function start(options: Partial<ProviderOptions> = {}): Promise<PocketProvider> {
    provider = await startProvider({
      id: PROVIDER,
      folder,
      chain,
      pollMs: 5,
      batch: { waitMs: 5 },
      download: { firstWaitMs: 1 },
      onEvent: (event) => events.push(event),
      ...options,
    })
    return provider
  }

  async function offer(
    answer: Answer = honest(sample.car),
    of: Sample = sample,
    name = '01',
  ): Promise<void> {
    const server = await serve(answer)
    servers.push(server)
    chain.offer(proposalFor(of), `${server.url}/piece/x`, of.car.length, name)
  }

  const states = (): string[] => (provider?.history() ?? []).map(({ state }) => state)
  const types = (): string[] => [...new Set(events.map(({ type }) => type))]

  it('brings a proposal to an active deal, one event per step', async () => {
    const { idle } = await start()
    await offer()
    await idle()
    expect(types()).to.deep.equal([
      'seen',
      'accepted',
      'downloading',
      'downloaded',
      'published',
      'sealed',
      'activated',
    ])
    expect(events.at(-1)).to.include({ type: 'activated', provider: 1000n, dealId: 0n })
    expect(states()).to.deep.equal(['active'])
    expect(chain.deals.get(0n)?.activatedAt).to.equal(chain.epoch)
  })

  it('registers the address at which it serves the piece, by piece and by root', async () => {
    const { idle, url } = await start()
    await offer()
    await idle()
    expect(chain.announced[0]?.[0]?.slice(0, 6)).to.deep.equal(Uint8Array.of(4, 127, 0, 0, 1, 6))
    for (const path of [`/piece/${sample.pieceCidText}`, `/ipfs/${sample.root}`]) {
      const response = await fetch(`${url}${path}`)
      expect(response.status, path).to.equal(200)
      expect(new Uint8Array(await response.arrayBuffer())).to.deep.equal(sample.car)
    }
  })

  it('publishes what comes together in one message', async () => {
    const { idle } = await start({ batch: { waitMs: 500 } })
    await offer()
    const other = await sampleCar(3000, 2)
    await offer(honest(other.car), other, '02')
    await idle()
    expect(states().length).to.equal(2)
    expect(chain.published).to.equal(1)
  })

  it('adds what is missing of its collateral', async () => {
    chain.collateral = 400n
    const { idle } = await start()
    await offer()
    await idle()
    expect(chain.collateral).to.equal(1500n)
  })

  it('records a refusal with its code and its reason', async () => {
    const { idle } = await start({ sectorSize: 128n })
    await offer()
    await idle()
    expect(provider?.history()[0]).to.include({ state: 'refused', code: 'PIECE_TOO_LARGE' })
    expect(events.at(-1)).to.include({ type: 'refused', code: 'PIECE_TOO_LARGE' })
    expect(chain.published).to.equal(0)
  })

  it('refuses what cannot be read, and what is no proposal', async () => {
    const { idle } = await start()
    await offer()
    chain.offers.set(`0x${'02'.repeat(32)}`, {
      proposal: Uint8Array.of(0x80),
      extra: Uint8Array.of(0x80),
    })
    chain.announceOffer(`0x${'02'.repeat(32)}`)
    chain.announceOffer(`0x${'03'.repeat(32)}`)
    await idle()
    expect(
      provider?.history().map((record) => ('code' in record ? record.code : '')),
    ).to.deep.equal(['', 'PROPOSAL_INVALID', 'PROPOSAL_UNREADABLE'])
  })

  it('refuses for ever a proposal that it accepted once, as Boost does', async () => {
    const { idle } = await start()
    await offer((_, response) => response.writeHead(404).end())
    await idle()
    expect(provider?.history()[0]).to.include({ state: 'failed', code: 'FETCH_FAILED' })
    chain.announceOffer(`0x${'01'.repeat(32)}`)
    await idle()
    expect(provider?.history()[1]).to.include({ state: 'refused', code: 'PROPOSAL_IDENTICAL' })
  })

  it('judges again a proposal that it refused when it is announced again', async () => {
    const { idle } = await start()
    chain.clientEscrow = { balance: 0n, locked: 0n }
    await offer()
    await idle()
    chain.clientEscrow = { balance: 10n ** 18n, locked: 0n }
    chain.announceOffer(`0x${'01'.repeat(32)}`)
    await idle()
    expect(states()).to.deep.equal(['refused', 'active'])
  })

  for (const [what, answer, code] of [
    ['another length', honest(sample.car.slice(1)), 'FETCH_FAILED'],
    [
      'wrong bytes',
      honest(Uint8Array.of(...sample.car.slice(0, -1), (sample.car.at(-1) ?? 0) ^ 1)),
      'PIECE_MISMATCH',
    ],
    ['bytes that are no CAR', honest(new Uint8Array(sample.car.length)), 'CAR_INVALID'],
  ] as const)
    it(`fails with ${code} when the URL serves ${what}, and keeps nothing`, async () => {
      const { idle, url } = await start()
      await offer(answer)
      await idle()
      expect(provider?.history()[0]).to.include({ state: 'failed', step: 'download', code })
      expect((await fetch(`${url}/piece/${sample.pieceCidText}`)).status).to.equal(404)
      expect(chain.published).to.equal(0)
    })

  it('catches up after a restart with what was announced meanwhile', async () => {
    const { idle, stop } = await start()
    await idle()
    await stop()
    await offer()
    chain.epoch += 10n
    await (await start()).idle()
    expect(states()).to.deep.equal(['active'])
  })

  it('does nothing twice after a restart', async () => {
    const { idle, stop } = await start()
    await offer()
    await idle()
    await stop()
    await (await start()).idle()
    expect(states()).to.deep.equal(['active'])
    expect(chain.published).to.equal(1)
  })

  it('goes on when the node answers again', async () => {
    const { idle } = await start()
    chain.outage = new StorageError('NODE_UNREACHABLE', { what: 'no node' })
    await offer()
    await refused('NODE_UNREACHABLE', idle())
    chain.outage = undefined
    await idle()
    expect(states()).to.deep.equal(['active'])
  })

  it('fails a deal that somebody else was faster with', async () => {
    const { idle } = await start({
      onEvent: ({ type }) => {
        if (type === 'downloaded') chain.offers.clear()
      },
    })
    await offer()
    await idle()
    expect(provider?.history()[0]).to.include({
      state: 'failed',
      step: 'publish',
      code: 'CONTRACT_REFUSED',
      reason: 'not what was proposed',
    })
  })

  it('stops when its signal is aborted, and frees its port', async () => {
    const stop = new AbortController()
    const { url } = await start({ signal: stop.signal })
    stop.abort()
    await provider?.stop()
    const gone = await fetch(url).catch((error: unknown) => error)
    expect(gone).to.be.instanceOf(Error)
  })

  it('does not start when it is to stop already', () =>
    refused('ABORTED', start({ signal: AbortSignal.abort() })))

  it('cannot serve on a port that is taken', async () => {
    const other = await serve(honest(sample.car))
    servers.push(other)
    await refused('PORT_IN_USE', start({ http: { port: Number(new URL(other.url).port) } }))
  })

  it('leaves nothing running when it cannot start', async () => {
    chain.outage = new StorageError('NODE_UNREACHABLE', { what: 'no node' })
    await refused('NODE_UNREACHABLE', start())
  })

  describe('that misbehaves', () => {
    it('late: proves only after the start epoch, too late', async () => {
      const { idle } = await start({ behaviour: { kind: 'late' } })
      await offer()
      await idle()
      expect(states()).to.deep.equal(['published'])
      chain.epoch = 1101n
      await idle()
      expect(provider?.history()[0]).to.include({ state: 'failed', step: 'prove' })
    })

    it('wrong-bytes: stores the right piece and serves another', async () => {
      const { idle, url } = await start({ behaviour: { kind: 'wrong-bytes' } })
      await offer()
      await idle()
      expect(states()).to.deep.equal(['active'])
      const response = await fetch(`${url}/piece/${sample.pieceCidText}`)
      const bytes = new Uint8Array(await response.arrayBuffer())
      expect(bytes.length).to.equal(sample.car.length)
      expect(bytes).to.not.deep.equal(sample.car)
    })

    for (const field of ALTERABLE_FIELDS)
      it(`altered-terms: publishes another ${field}, which the client refuses`, async () => {
        const { idle } = await start({ behaviour: { kind: 'altered-terms', field } })
        const sent: Uint8Array[] = []
        const publish = chain.publish.bind(chain)
        chain.publish = (params, ticket) => {
          sent.push(params)
          return publish(params, ticket)
        }
        await offer()
        await idle()
        expect(sent).to.deep.equal([publishParams([alterProposal(proposalFor(sample), field)])])
        expect(provider?.history()[0]).to.include({ state: 'failed', step: 'publish' })
        expect(chain.deals.size).to.equal(0)
      })

    it('double-publish: tries again at once and when active, and records the outcome', async () => {
      const { idle } = await start({ behaviour: { kind: 'double-publish' } })
      await offer()
      await idle()
      expect(provider?.history()[0])
        .to.have.property('republished')
        .that.satisfies((all: string[]) => all.every((one) => one.startsWith('refused: ')))
        .and.has.length(2)
      expect(chain.deals.size).to.equal(1)
    })

    it('double-publish: names the second deal where it gets one', async () => {
      chain.dropsTwins = false
      const { idle } = await start({ behaviour: { kind: 'double-publish' } })
      await offer()
      await idle()
      expect(provider?.history()[0])
        .to.have.property('republished')
        .that.deep.equals(['published again as deal 1', 'published again as deal 2'])
    })

    it('manual: downloads, serves, and publishes nothing', async () => {
      const { idle, url } = await start({ behaviour: { kind: 'manual' } })
      await offer()
      await idle()
      expect(states()).to.deep.equal(['downloaded'])
      const { status } = await fetch(`${url}/piece/${sample.pieceCidText}`)
      expect(status).to.equal(200)
      expect(chain.deals.size).to.equal(0)
    })

    it('never-activate: publishes and rests', async () => {
      const { idle } = await start({ behaviour: { kind: 'never-activate' } })
      await offer()
      await idle()
      expect(states()).to.deep.equal(['published'])
    })

    for (const kind of ['fault', 'terminate'] as const)
      it(`${kind}: comes the given number of epochs after activation`, async () => {
        const { idle, url } = await start({ behaviour: { kind, afterEpochs: 20n } })
        await offer()
        await idle()
        expect(states()).to.deep.equal(['active'])
        chain.epoch += 20n
        await idle()
        expect(states()).to.deep.equal(['lost'])
        const { status } = await fetch(`${url}/piece/${sample.pieceCidText}`)
        expect(status).to.equal(kind === 'fault' ? 404 : 200)
        expect(chain.deals.get(0n)?.gone).to.equal(kind === 'terminate')
      })
  })
})
