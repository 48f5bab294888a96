import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Depot } from '../../../src/depot/depot.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { StorageError } from '../../../src/errors.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import type { ProposedPiece } from '../../../src/flow/context.ts'
import { withRelay } from '../../../src/flow/offer-directly.ts'
import { makeDeal, type MakeDealRequest } from '../../../src/flow/make-deal.ts'
import { type DealPlan, planDeal } from '../../../src/flow/plan-deal.ts'
import type { DealView } from '../../../src/chain/chain.ts'
import { pushFolder } from '../../../src/relay/push-log.ts'
import { rootOf } from '../../../src/prepare/root-of.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { FakeClient } from './fake-client.ts'

const MIB = 2 ** 20
/** attoFIL for one replica of 100 attoFIL per epoch over the least duration, 180 days. */
const DURATION = 518_400n
const COST = 100n * DURATION

describe('makeDeal', () => {
  let folder: string
  let input: string
  let depot: Depot
  let client: FakeClient
  let events: FlowEvent[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-flow-'))
    input = join(folder, 'file')
    await writeFile(input, 'hello')
    depot = await openDepot(join(folder, 'depot'))
    client = new FakeClient()
    events = []
  })
  afterEach(() => rm(folder, { recursive: true }))

  function make(request: MakeDealRequest = {}) {
    const wishes = { pricePerEpoch: 100n, durationEpochs: DURATION, everyMs: 1, ...request }
    const what = request.cid === undefined ? { inputs: [input] } : {}
    return makeDeal({ ...what, ...wishes }, client.context(depot, events))
  }

  function types(): string[] {
    return events.map(({ type }) => type).filter((type) => type !== 'prepare:progress')
  }

  /** A provider publishes every proposal; `state` is what becomes of it. */
  function publish(state: DealView['state']): void {
    client.known = client.known.map((one) => ({
      ...one,
      published: 1,
      dealIds: [7n],
      state: 'filled',
    }))
    client.deal = client.known.map(({ proposalId, startEpoch, endEpoch }) => ({
      dealId: 7n,
      proposalId,
      provider: 1000n,
      publishedAt: 110n,
      activatedAt: state === 'active' ? 120n : undefined,
      startEpoch,
      endEpoch,
      state,
    }))
  }

  it('prepares, pays what escrow and balance lack, and proposes', async () => {
    client.available = 1000n
    client.balance = 500n
    const { proposals } = await make()
    expect(client.proposed).to.have.length(1)
    expect(client.proposed[0]?.value).to.equal(COST - 1500n)
    expect(proposals[0]).to.include({
      pricePerEpoch: '100',
      replicas: 1,
      tx: `0x${'1'.padStart(64, 'a')}`,
    })
    const { pieceCid = '', url } = proposals[0] ?? {}
    expect(url).to.equal(`http://127.0.0.1:3000/piece/${pieceCid}`)
    expect(await depot.find(pieceCid)).to.include({ name: 'file' })
    expect(types()).to.deep.equal(['prepare:done', 'escrow:short', 'propose:sent', 'propose:done'])
  })

  it('sends nothing along when the contract has enough', async () => {
    client.available = COST
    await make()
    expect(client.proposed[0]?.value).to.equal(0n)
    expect(types()).to.not.include('escrow:short')
  })

  it('prepares nothing for terms that cannot be proposed', async () => {
    await refused('EPOCH_PAST', make({ startEpoch: 1n }))
    await refused('LABEL_TOO_LONG', make({ label: `${'x'.repeat(250)}/ipfs/bafkqaaa` }))
    await refused('URL_INVALID', make({ url: 'https://example.org/"' }))
    await refused('TERM_INVALID', make({ durationEpochs: 1n }))
    expect(await depot.list()).to.deep.equal([])
  })

  it('finds its proposal again when it is repeated, also by CID and with a start counted from now', async () => {
    const first = await make({ startInEpochs: 4000n })
    const cid = (await depot.list())[0]?.root
    client.head += 7n
    const again = [await make(), await make({ cid }), await make({ startInEpochs: 4000n })]
    expect(client.proposed).to.have.length(1)
    for (const { proposals } of again)
      expect(proposals[0]).to.deep.equal({ ...first.proposals[0], tx: null })
    expect(events.at(-1)).to.include({ type: 'propose:done', tx: undefined })
  })

  it('proposes again, with a label of its own, when the first deal was lost', async () => {
    await make()
    publish('missed')
    await make()
    const labels = client.proposed.map(({ terms }) => terms.label)
    expect(new Set(labels).size).to.equal(2)
  })

  it('waits for what was sent before a crash, and finds it', async () => {
    await make()
    const sent = client.known
    client.known = []
    let looks = 0
    client.node.provider.getTransactionCount = async (_, state) => {
      if (state === 'pending') client.known = sent
      looks += 1
      return 1
    }
    await make()
    expect(looks).to.equal(2)
    expect(client.proposed).to.have.length(1)
  })

  it('keeps what it prepared when the proposal fails, and goes on from there', async () => {
    client.failure = new StorageError('NO_MONEY', { what: 'no FIL' })
    await refused('NO_MONEY', make())
    expect(await depot.list()).to.have.length(1)
    client.failure = undefined
    await make({ cid: (await depot.list())[0]?.pieceCid })
    expect(client.proposed).to.have.length(1)
  })

  it('tells each step of a deal once while it waits', async () => {
    const request: MakeDealRequest = { wait: 'active' }
    const made = make(request)
    const looks = { count: 0 }
    const proposals = client.proposals.bind(client)
    client.proposals = async (ids) => {
      if (ids !== undefined) looks.count += 1
      if (looks.count === 3) publish('published')
      if (looks.count === 5) publish('active')
      return proposals(ids)
    }
    const document = await made
    expect(document.proposals[0]?.deals[0]).to.include({ provider: 'f01000', activatedAt: 120 })
    expect(types().slice(4)).to.deep.equal(['deal:waiting', 'deal:published', 'deal:active'])
  })

  it('proposes each piece of what does not fit one, once, also by the root of the whole', async () => {
    await writeFile(input, random(3 * MIB, 'large'))
    const first = await make({ maxPieceSize: 2 * MIB })
    const pieces = await depot.list()
    expect(pieces).to.have.length(3)
    expect(first.proposals.map(({ pieceCid }) => pieceCid)).to.have.members(
      pieces.map(({ pieceCid }) => pieceCid),
    )
    const root = await rootOf(input)
    client.head += 7n
    for (const again of [
      await make({ maxPieceSize: 2 * MIB }),
      await makeDeal({ cid: root }, client.context(depot, events)),
    ])
      expect(again.proposals.map(({ tx }) => tx)).to.deep.equal([null, null, null])
    expect(client.proposed).to.have.length(3)
    await refused('ARGUMENT_INVALID', make({ maxPieceSize: 2 * MIB, url: 'http://a.example/x' }))
  })

  it('survives a node that is away while it waits', async () => {
    const away = new StorageError('NODE_UNREACHABLE', { what: 'away' })
    const onEvent = (event: FlowEvent): void => {
      if (event.type !== 'propose:done') return
      publish('active')
      client.failures = [away, away, away]
    }
    const context = { ...client.context(depot), onEvent }
    const wishes = { inputs: [input], wait: 'active', everyMs: 1 } as const
    const { proposals } = await makeDeal(wishes, context)
    expect(proposals[0]?.deals).to.have.length(1)
  })

  it('says DEADLINE when the wait ends first; the proposal stands and is found by the next call', async () => {
    await refused('DEADLINE', make({ wait: 'published', deadlineMs: 5 }))
    const { proposals } = await make()
    expect(proposals[0]?.tx).to.equal(null)
    expect(client.proposed).to.have.length(1)
  })

  it('says DEADLINE at once when the copies cannot come any more', async () => {
    await make()
    const made = client.known
    client.proposals = async () => made.map((one) => ({ ...one, state: 'lapsed' as const }))
    client.known = []
    await refused('DEADLINE', make({ wait: 'active' }))
  })

  it('refuses what it cannot propose, before anything is sent', async () => {
    const context = client.context(depot)
    await refused('ARGUMENT_INVALID', makeDeal({}, context))
    await refused('ARGUMENT_INVALID', makeDeal({ inputs: [input], cid: 'x' }, context))
    await refused('INPUT_NOT_FOUND', makeDeal({ inputs: [join(folder, 'gone')] }, context))
    const unknown = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
    await refused('CID_NOT_FOUND', makeDeal({ cid: unknown }, context))
    await refused('CID_INVALID', makeDeal({ cid: 'x' }, context))
    await refused('EPOCH_PAST', make({ startEpoch: 99n }))
    await refused('URL_INVALID', make({ url: 'http://depot.example/"x' }))
    await refused('LABEL_TOO_LONG', make({ label: 'x'.repeat(257) }))
    await refused('TERM_INVALID', make({ durationEpochs: 1n }))
    expect(client.proposed).to.deep.equal([])
  })

  it('lets a plan be inspected before anything of it is sent', async () => {
    const seen: DealPlan[] = []
    const context = {
      ...client.context(depot),
      inspect: async (plan: DealPlan) => {
        seen.push(plan)
        throw new StorageError('TERM_INVALID', { what: 'no' })
      },
    }
    const wishes = { inputs: [input], pricePerEpoch: 100n, durationEpochs: DURATION, replicas: 2 }
    await refused('TERM_INVALID', makeDeal(wishes, context))
    expect(client.proposed).to.deep.equal([])
    const [only] = seen[0]?.pieces ?? []
    expect(only?.offer?.terms).to.include({ pricePerEpoch: 100n, replicas: 2 })
    expect(only?.offer?.cost.total).to.equal(2n * COST)
    expect(only?.offer?.bounds).to.deep.equal({ min: 0n, max: 100n })
  })

  it('lets what stands on chain be offered directly, also when it stood there before', async () => {
    const offered: ProposedPiece[] = []
    const context = {
      ...client.context(depot),
      afterProposed: async (proposed: readonly ProposedPiece[]) => {
        offered.push(...proposed)
        return proposed.map(({ proposalId }) => ({
          proposalId,
          provider: 1000n,
          dealUuid: 'u',
          url: 'http://provider.example',
          at: 0,
          outcome: 'refused' as const,
          reason: 'too small',
        }))
      },
    }
    const wishes = { inputs: [input], pricePerEpoch: 100n, providers: [1000n] }
    const first = await makeDeal(wishes, context)
    await makeDeal(wishes, context)
    expect(offered.map(({ tx }) => tx === null)).to.deep.equal([false, true])
    expect(offered[1]).to.deep.include({ providers: [1000n], url: first.proposals[0]?.url })
    expect(first.proposals[0]?.pushes).to.deep.equal([
      {
        provider: 'f01000',
        dealUuid: 'u',
        url: 'http://provider.example',
        at: '1970-01-01T00:00:00.000Z',
        outcome: 'refused',
        reason: 'too small',
      },
    ])
  })

  it('takes the account when all is prepared, before it looks at the chain for what was sent', async () => {
    const held: unknown[] = []
    let looks = 0
    client.node.provider.getTransactionCount = async () => {
      looks += 1
      return 1
    }
    const hold = async (): Promise<void> => {
      held.push([(await depot.list()).length, looks, client.proposed.length])
    }
    const wishes = { inputs: [input], pricePerEpoch: 100n }
    await makeDeal(wishes, { ...client.context(depot), hold })
    expect(held).to.deep.equal([[1, 0, 0]])
    expect(looks).to.be.above(0)
  })

  it('tells what became of a proposal that could not be offered directly', async () => {
    const failure = new StorageError('IN_USE', { what: 'another relay works here' })
    const afterProposed = () => Promise.reject(failure)
    const wishes = { inputs: [input], pricePerEpoch: 100n, providers: [1000n] }
    const context = { ...client.context(depot, events), afterProposed }
    const { proposals } = await makeDeal(wishes, context)
    expect(proposals[0]?.tx).to.match(/^0x/)
    expect(events.at(-1)).to.deep.equal({ type: 'push:failed', why: 'another relay works here' })
  })

  it('sends nothing where earlier offers cannot be read', async () => {
    const relay = join(folder, 'relay')
    const log = pushFolder(relay, 'localnet', client.address)
    await mkdir(log, { recursive: true })
    await writeFile(join(log, 'pushes.jsonl'), 'no record\n')
    const wishes = { inputs: [input], pricePerEpoch: 100n, providers: [1000n] }
    await refused('DEPOT_CORRUPT', makeDeal(wishes, withRelay(client.context(depot), relay)))
    expect(client.proposed).to.deep.equal([])
  })

  it('plans without sending: what one proposal reserves, the next cannot use', async () => {
    await writeFile(input, random(3 * MIB, 'large'))
    client.available = COST
    client.balance = COST / 2n
    const wishes = { pricePerEpoch: 100n, durationEpochs: DURATION, maxPieceSize: 2 * MIB }
    const plan = await planDeal({ inputs: [input], ...wishes }, client.context(depot))
    expect(plan.pieces.map(({ offer }) => offer?.value)).to.deep.equal([0n, COST / 2n, COST])
    expect(client.proposed).to.deep.equal([])
  })

  it('stops when it is told to', async () => {
    const abort = new AbortController()
    abort.abort()
    const context = { ...client.context(depot), signal: abort.signal }
    await refused('ABORTED', makeDeal({ inputs: [input] }, context))
    expect(await depot.list()).to.deep.equal([])
  })
})
