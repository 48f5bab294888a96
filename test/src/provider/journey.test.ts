/**
 * What a provider does when its power goes out between any two steps, and what a later one makes of the journal. Chain
 * and journal outlive the power cut, as they do in truth.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Depot } from '../../../src/depot/depot.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { BOOST_ASK, DEVNET_WINDOW, GIB } from '../../../src/provider/ask.ts'
import type { Behaviour } from '../../../src/provider/behaviour.ts'
import type { Context } from '../../../src/provider/context.ts'
import { DEVNET_DOWNLOAD } from '../../../src/provider/download.ts'
import type { Entry } from '../../../src/provider/journal.ts'
import { travel } from '../../../src/provider/journey.ts'
import { Shelf } from '../../../src/provider/shelf.ts'
import { type DealRecord, openLedger } from '../../../src/provider/ledger.ts'
import { createPublisher } from '../../../src/provider/publish.ts'
import { createTurns } from '../../../src/provider/turns.ts'
import { hastyClock } from './support/clocks.ts'
import { type Cut, cutAfter, cuttableChain, memoryJournal } from './support/cut.ts'
import { FakeChain } from './support/fake-chain.ts'
import { PROVIDER, proposalFor, sampleCar } from './support/proposals.ts'
import { type Server, honest, serve } from './support/server.ts'

const NEVER = 1_000_000

describe('a provider that is killed', () => {
  let folder: string
  let depot: Depot
  let shelf: Shelf
  let servers: Server[]
  let chain: FakeChain
  let entries: Entry[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-provider-'))
    depot = await openDepot(folder)
    shelf = await Shelf.open(join(folder, 'segments'))
    servers = []
    chain = new FakeChain()
    entries = []
  })
  afterEach(async () => {
    for (const server of servers) await server.close()
    // A killed provider's last download may still be writing.
    await rm(folder, { recursive: true, maxRetries: 10, retryDelay: 20 })
  })

  /** Announces `count` different pieces and writes down that they were seen. */
  async function offers(count: number): Promise<void> {
    for (let n = 1; n <= count; n++) {
      const sample = await sampleCar(1000, n)
      const server = await serve(honest(sample.car))
      servers.push(server)
      const log = chain.offer(proposalFor(sample), server.url, sample.car.length, `0${n}`)
      const { client, proposalId } = log
      entries.push({ kind: 'seen', key: `${n}`, client, proposalId, block: `${log.block}`, at: 0 })
    }
  }

  function contextWith(cut: Cut, behaviour: Behaviour): Context {
    return {
      id: PROVIDER,
      chain: cuttableChain(chain, cut),
      depot,
      shelf,
      ledger: openLedger(memoryJournal(entries, cut), entries.slice(), () => 0),
      clock: hastyClock(),
      signal: new AbortController().signal,
      behaviour,
      settings: {
        ask: BOOST_ASK,
        window: DEVNET_WINDOW,
        sectorSize: 32n * GIB,
        download: DEVNET_DOWNLOAD,
        sealMs: 0,
        batch: { max: 8, waitMs: 1 },
        pollMs: 1,
      },
      emit: () => undefined,
      sending: createTurns(),
      judging: createTurns(),
      downloading: createTurns(4),
      epochReached: async (epoch) => {
        if (chain.epoch < epoch) chain.epoch = epoch
      },
    }
  }

  /** Runs until all is done or the power is out; true when it was done. */
  async function run(cut: Cut, behaviour: Behaviour = { kind: 'honest' }): Promise<boolean> {
    const context = contextWith(cut, behaviour)
    const publisher = createPublisher(context)
    const journeys = context.ledger.list().map(({ key }) => travel(context, publisher, key))
    return Promise.race([Promise.all(journeys).then(() => true), cut.out.then(() => false)])
  }

  function records(): readonly DealRecord[] {
    return openLedger(memoryJournal([], cutAfter(NEVER)), entries, () => 0).list()
  }

  it('publishes, proves and activates each deal once, wherever it was killed', async () => {
    let done = false
    for (let steps = 0; !done; steps++) {
      chain = new FakeChain()
      chain.dropsTwins = false
      entries = []
      await offers(2)
      done = await run(cutAfter(steps))
      await run(cutAfter(NEVER))
      const where = `killed after ${steps} steps`
      expect(
        records().map(({ state }) => state),
        where,
      ).to.deep.equal(['active', 'active'])
      expect(chain.published, where).to.be.lessThan(3)
      expect(chain.deals.size, where).to.equal(2)
      expect(chain.proofs.length, where).to.equal(2)
      expect(new Set(chain.proofs).size, where).to.equal(2)
    }
  })

  it('does so too when it is killed again and again', async () => {
    chain.dropsTwins = false
    await offers(2)
    for (let kills = 0; !(await run(cutAfter(5))); kills++) expect(kills).to.be.lessThan(50)
    expect(records().map(({ state }) => state)).to.deep.equal(['active', 'active'])
    expect(chain.deals.size).to.equal(2)
    expect(chain.proofs.length).to.equal(2)
  })

  it('takes a new nonce when something else used up the one it wrote down', async () => {
    await offers(1)
    for (let steps = 0; !entries.some(({ kind }) => kind === 'publishing'); steps++)
      await run(cutAfter(steps))
    expect(chain.published).to.equal(0)
    chain.nonce += 1
    await run(cutAfter(NEVER))
    expect(records().map(({ state }) => state)).to.deep.equal(['active'])
    expect(chain.published).to.equal(1)
  })

  it('terminates once', async () => {
    const behaviour = { kind: 'terminate', afterEpochs: 10n } as const
    let done = false
    for (let steps = 0; !done; steps++) {
      chain = new FakeChain()
      entries = []
      await offers(1)
      done = await run(cutAfter(steps), behaviour)
      await run(cutAfter(NEVER), behaviour)
      expect(records().map(({ state }) => state)).to.deep.equal(['lost'])
      expect(chain.deals.get(0n)?.gone).to.equal(true)
    }
  })
})
