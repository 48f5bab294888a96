import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { type ProofDocument, proofIn } from '../../../src/aggregate/proof-form.ts'
import { inclusionOf } from '../../../src/aggregate/proof.ts'
import type { AggregatorOptions } from '../../../src/aggregator/aggregator.ts'
import type { Entry } from '../../../src/aggregator/facts.ts'
import type { AggregatorReport } from '../../../src/aggregator/report.ts'
import { listDeals } from '../../../src/flow/list-deals.ts'
import { mine } from '../../../src/localnet/controls.ts'
import type { Behaviour } from '../../../src/provider/behaviour.ts'
import { parsePieceCid, pieceCidV1 } from '../../../src/piece/piece-cid.ts'
import { type AggregatorWorld, dying, Killed, makeAggregatorWorld } from './aggregator-world.ts'

const SEED = 'aggregator-story-1'
const KINDS = [
  'opened',
  'read',
  'requested',
  'tried',
  'fetched',
  'refused',
  'closed',
  'proposed',
  'published',
  'active',
  'completed',
  'paid',
] as const
const MAX_RUNS = 1_000

describe('an aggregator', function () {
  // Some two hundred runs of it.
  this.timeout(300_000)
  let world: AggregatorWorld
  let report: AggregatorReport
  afterEach(() => world.stop())

  async function begin(...kinds: Behaviour['kind'][]): Promise<void> {
    world = await makeAggregatorWorld(
      SEED,
      kinds.map((kind) => ({ kind }) as Behaviour),
    )
  }

  /** Runs until nothing waits: killed or not, what is next is another run. Epochs pass while it has nothing to do. */
  async function runOut(
    change: () => Partial<AggregatorOptions>,
    move: () => Promise<unknown> = async () => {},
  ): Promise<number> {
    for (let run = 1; run <= MAX_RUNS; run += 1) {
      try {
        report = await world.run(change())
        if (report.open === 0) return run
        await move()
        await mine(world.local.filecoin.provider, 5n)
        await delay(100)
      } catch (error) {
        if (!(error instanceof Killed)) throw error
      }
    }
    return expect.fail(`requests still wait: ${JSON.stringify(report)}`)
  }

  it('answers every request that can be answered, and says why it refuses the others', async () => {
    await begin('honest', 'honest')
    await runOut(() => ({}))
    await expectAllDone()
    const why = new Map(report.requests.map(({ id, why: reason }) => [id, reason]))
    const refusals = world.asked
      .filter(({ piece }) => piece === undefined)
      .map(({ id }) => why.get(`${id}`))
    expect(refusals[0]).to.match(/no CID/)
    for (const reason of refusals.slice(1))
      expect(reason).to.match(/in 2 rounds: .*not there \(404\)/)
    expect(world.liar.asked.length).to.be.greaterThan(7)
  })

  it('B15: stop between any two events, restart: nothing lost, nothing doubled', async () => {
    await begin('manual')
    const deaths: [kind: Entry['kind'], when: 'before' | 'after'][] = []
    let when: 'before' | 'after' = 'before'
    const onDeath = ({ kind }: Entry): void => {
      deaths.push([kind, when])
      when = when === 'before' ? 'after' : 'before'
    }
    const runs = await runOut(
      () => ({ through: dying(when, onDeath) }),
      () => world.move(),
    )
    await expectAllDone()
    for (const moment of ['before', 'after'])
      expect(
        new Set(deaths.filter((death) => death[1] === moment).map(([kind]) => kind)),
      ).to.include.keys(...KINDS)
    // Every fact was written in a run that died of it.
    const journal = await readFile(join(world.local.folder, 'aggregator', 'journal.jsonl'), 'utf8')
    const facts = journal.trimEnd().split('\n').length
    expect(deaths.filter(([, moment]) => moment === 'after')).to.have.length(facts)
    expect(runs).to.be.greaterThan(2 * facts)
  })

  it('sends nothing twice when it stops after each transaction that a node took', async () => {
    await begin('manual')
    const sent: string[] = []
    await runOut(
      () => {
        let isDead = false
        return {
          emit: (event) => {
            if (event.type === 'sent') {
              isDead = true
              sent.push(event.what.split(' ')[0] ?? '')
            }
            if (isDead) throw new Killed()
          },
        }
      },
      () => world.move(),
    )
    await expectAllDone()
    expect(new Set(sent)).to.include.keys('propose', 'complete', 'claim')
  })

  it('proposes again what no provider activated, and completes with the deal that lives', async () => {
    await begin('manual')
    let moves = 0
    await runOut(
      () => ({}),
      () => world.move((moves += 1) === 2),
    )
    await expectAllDone(2)
  })

  async function expectAllDone(attempts = 1): Promise<void> {
    const { local, hub, asked, account } = world
    const { proposals } = await listDeals(local.context)
    const pieces = proposals.map(({ pieceCid }) => pieceCid)
    expect(new Set(pieces).size, 'proposals of an aggregate').to.be.greaterThan(1)
    if (attempts === 1) expect(new Set(pieces).size).to.equal(pieces.length)
    else expect(new Set(pieces).size).to.be.lessThan(pieces.length)
    // Of each aggregate one proposal has a deal that lives, whatever came before.
    const alive = proposals.filter(({ deals }) => deals.some(({ state }) => state === 'active'))
    expect(alive.map(({ pieceCid }) => pieceCid)).to.have.members([...new Set(pieces)])
    const live = new Set(
      proposals.flatMap(({ deals }) =>
        deals.filter(({ state }) => state === 'active').map(({ dealId }) => dealId),
      ),
    )
    let earned = 0n
    for (const { id, piece, payment } of asked) {
      const request = await hub.requestOf(id)
      const deals = await hub.dealsOf(id)
      if (attempts === 1 || piece === undefined)
        expect(deals, `deals of request ${id}`).to.have.length(piece === undefined ? 0 : 1)
      if (piece === undefined) {
        expect(request.payment).to.equal(payment === 0n ? 'none' : 'open')
        continue
      }
      const [deal] = deals
      expect(live.has(Number(deal?.dealId)), `deal ${deal?.dealId}`).to.equal(true)
      expect(request.payment).to.equal(payment === 0n ? 'none' : 'paid')
      earned += payment
      await expectProof(id.toString(), piece.pieceCid, Number(deal?.dealId))
    }
    let paid = 0n
    for await (const { logs } of hub.events({ from: world.fromBlock }))
      for (const log of logs)
        if (log.name === 'paid') {
          expect(log.to).to.equal(account)
          paid += log.amount
        }
    expect(paid).to.equal(earned)
    expect(paid > 0n).to.equal(true)
  }

  async function expectProof(id: string, pieceCid: string, dealId: number): Promise<void> {
    const path = join(world.local.folder, 'aggregator', 'proofs', `${id}.json`)
    const document = JSON.parse(await readFile(path, 'utf8')) as {
      pieceCid: string
      pieceCidV2: string
      dealId: number
      offset: number
      aggregate: { pieceCid: string; pieceSize: number }
      proof: ProofDocument
    }
    expect(document).to.include({ pieceCid, dealId })
    const { root, pieceSize = 0 } = parsePieceCid(document.pieceCidV2)
    const { aggregate, segment } = inclusionOf(proofIn(document.proof), { root, pieceSize })
    expect(segment.offset).to.equal(document.offset)
    expect(pieceCidV1(aggregate)).to.equal(document.aggregate.pieceCid)
    expect(aggregate.pieceSize).to.equal(document.aggregate.pieceSize)
  }
})
