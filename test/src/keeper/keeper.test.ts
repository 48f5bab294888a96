import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Entry } from '../../../src/keeper/facts.ts'
import type { Keeper, TickReport } from '../../../src/keeper/keeper.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { mine, terminateDeal } from '../../../src/localnet/controls.ts'
import type { StorageError } from '../../../src/errors.ts'
import { boundGas } from '../../../src/chain/gas-bound.ts'
import { openClient } from '../../../src/chain/client-contract.ts'
import { openSources } from '../../../src/keeper/sources.ts'
import { refused } from '../../support/refused.ts'
import { FIL, makeWorld, PIECE, type World } from './support/world.ts'

/** The power went: nothing that is thrown by anything else. */
class Killed extends Error {}

describe('a keeper', function () {
  this.timeout(60_000)
  let world: World
  let keeper: Keeper
  let id: bigint
  const node = () => world.filecoin.provider

  let snapshot: unknown
  let names = 0
  let alice: string

  before(async () => {
    world = await makeWorld()
    ;({ id } = await world.store({}, 100n * FIL))
    await world.fill(id)
    snapshot = await node().request({ method: 'evm_snapshot', params: [] })
  })
  after(() => world.stop())
  beforeEach(async () => {
    await node().request({ method: 'evm_revert', params: [snapshot] })
    snapshot = await node().request({ method: 'evm_snapshot', params: [] })
    names += 1
    alice = `alice-${names}`
    keeper = await world.keeper(alice)
  })
  afterEach(async () => {
    world.fault = undefined
    await keeper.close()
  })

  const nonce = () => world.nonceOf(alice)

  /** What was proposed is proposed once, for both copies. */
  async function expectProposed(copies = 2): Promise<void> {
    const { open } = await world.storage.statusOf(id)
    expect(open).to.equal(copies)
    expect((await world.storage.storeOf(id)).attempts).to.equal(2)
  }

  it('leaves a healthy store alone', async () => {
    const report = await keeper.tick()
    expect(report).to.include({ stores: 1, known: 1, due: 0, sent: 0, waiting: 0 })
    expect(await nonce()).to.equal(0)
  })

  it('asks three requests of an epoch in which nothing happens', async () => {
    await mine(node(), 12n)
    await keeper.tick()
    await mine(node(), 1n)
    world.asked.length = 0
    const before = (await keeper.tick()).requests
    expect(world.asked).to.deep.equal(['eth_getBlockByNumber', 'eth_getLogs', 'eth_getLogs'])
    expect((await keeper.tick()).requests - before).to.equal(3)
  })

  it('goes on from where it stopped: what it knows is not asked for again', async () => {
    await mine(node(), 12n)
    await keeper.tick()
    await keeper.close()
    await mine(node(), 3n)
    keeper = await world.keeper(alice)
    world.asked.length = 0
    const report = await keeper.tick()
    expect(report).to.include({ stores: 1, known: 1 })
    expect(world.asked).to.deep.equal(['eth_getBlockByNumber', 'eth_getLogs', 'eth_getLogs'])
    // What happens while it is away is in the logs.
    await keeper.close()
    const { id: second } = await world.store()
    await mine(node(), 30n)
    keeper = await world.keeper(alice)
    expect(await keeper.tick()).to.include({ stores: Number(second), known: 2 })
  })

  it('begins anew where what it knows is damaged, or of another chain', async () => {
    await keeper.tick()
    await keeper.close()
    const path = join(world.folder, alice, 'stores.bin')
    const whole = await readFile(path)
    for (const damaged of [whole.subarray(0, -1), Buffer.alloc(9), Buffer.concat([whole, whole])]) {
      await writeFile(path, damaged)
      keeper = await world.keeper(alice)
      expect(await keeper.tick()).to.include({ stores: 1, known: 1 })
      await keeper.close()
      expect((await readFile(path)).length).to.equal(whole.length)
    }
    await node().request({ method: 'evm_revert', params: [snapshot] })
    snapshot = await node().request({ method: 'evm_snapshot', params: [] })
    keeper = await world.keeper(alice)
    expect(await keeper.tick()).to.include({ stores: 1, known: 1 })
  })

  it('renews in time, once, and is paid for it', async () => {
    await world.untilDue(id)
    const before = (await world.storage.accountOf(await account())).paidInWindow
    const report = await keeper.tick()
    expect(actions(report)).to.deep.equal(['poke 1: renewal'])
    expect(report).to.include({ sent: 1, confirmed: 1, failed: 0, waiting: 0 })
    const { paidInWindow } = await world.storage.accountOf(await account())
    expect(report.paid).to.equal(paidInWindow - before)
    expect(report.paid > report.spent).to.equal(true)
    const [decision] = report.decisions
    expect(decision?.why).to.match(/near its end.*2 more from epoch/)
    expect((await keeper.tick()).due).to.equal(0)
    await mine(node(), 1n)
    expect((await keeper.tick()).due).to.equal(0)
    expect(await nonce()).to.equal(1)
    await expectProposed()
  })

  it('finds out about a deal that was terminated, of which no log tells', async () => {
    await keeper.tick()
    const { deals } = await world.storage.factsOf(id)
    await terminateDeal(node(), deals[0]?.dealId ?? 0n)
    await mine(node(), 121n)
    expect(actions(await keeper.tick())).to.deep.equal(['poke 1: repair'])
    await expectProposed(1)
  })

  it('does not poke where that costs more than it brings, and says so', async () => {
    await keeper.close()
    keeper = await world.keeper(alice, { minProfit: FIL })
    await world.untilDue(id)
    expect(actions(await keeper.tick())).to.deep.equal(['unprofitable 1: renewal'])
    const before = await nonce()
    // Not asked again at once.
    await mine(node(), 1n)
    expect(actions(await keeper.tick())).to.deep.equal([])
    expect(await nonce()).to.equal(before)
    await keeper.close()
    keeper = await world.keeper(alice)
    expect(actions(await keeper.tick())).to.deep.equal(['poke 1: renewal'])
    await expectProposed()
  })

  it('proposes nothing that nobody could fetch, and keeps what there is', async () => {
    await keeper.close()
    const { signal } = new AbortController()
    const sources = openSources({ depot: world.filecoin.depot, depotUrl: '', signal })
    keeper = await world.keeper(alice, { sources })
    await world.untilDue(id)
    const report = await keeper.tick()
    expect(actions(report)).to.deep.equal(['no-source 1: renewal'])
    expect(report.decisions[0]?.why).to.match(/nothing that may be named serves the piece/)
    expect((await world.storage.statusOf(id)).active).to.equal(2)
    expect(await nonce()).to.equal(0)
  })

  it('names its own depot where the place that the policy names is dead', async () => {
    await keeper.close()
    const { depot, depotUrl } = world.filecoin
    await depot.put(zeros(), { pieceCid: PIECE.pieceCid })
    const { signal } = new AbortController()
    keeper = await world.keeper(alice, { sources: openSources({ depot, depotUrl, signal }) })
    await world.untilDue(id)
    const report = await keeper.tick()
    expect(actions(report)).to.deep.equal(['poke 1: renewal'])
    const location = report.decisions[0]?.location ?? ''
    expect(location.startsWith(`${depotUrl}/piece/`)).to.equal(true)
    await expectProposed()
    const { client } = await world.storage.storeOf(id)
    const port = openClient(client, await world.wallet(alice))
    const proposals = await port.proposals()
    expect(proposals.at(-1)?.url).to.equal(location)
  })

  it('is one of two in an epoch: one poke changes something, and one is paid', async () => {
    const bob = await world.keeper('bob')
    try {
      await world.untilDue(id)
      await node().request({ method: 'evm_setAutomine', params: [false] })
      const reports = [await keeper.tick(), await bob.tick()]
      expect(reports.map(({ waiting }) => waiting)).to.deep.equal([1, 1])
      const before = reports.map(({ paid }) => paid)
      await node().request({ method: 'evm_setAutomine', params: [true] })
      await mine(node(), 1n)
      const after = [await keeper.tick(), await bob.tick()]
      expect(after.map(({ waiting }) => waiting)).to.deep.equal([0, 0])
      const gained = after.map(({ paid }, i) => paid - (before[i] ?? 0n))
      expect(gained.filter((gain) => gain > 0n)).to.have.length(1)
      expect(gained.filter((gain) => gain === 0n)).to.have.length(1)
      const { open } = await world.storage.statusOf(id)
      expect(open).to.equal(2)
    } finally {
      await bob.close()
    }
    await expectProposed()
  })

  it('does not send again what a node took without answering', async () => {
    await world.untilDue(id)
    const before = await nonce()
    world.fault = async ({ method }, pass) => {
      const answer = await pass()
      if (method === 'eth_sendRawTransaction') throw new Error('socket hang up')
      return answer
    }
    const report = await keeper.tick()
    expect(actions(report)).to.deep.equal(['poke 1: renewal'])
    world.fault = undefined
    await mine(node(), 1n)
    expect((await keeper.tick()).waiting).to.equal(0)
    expect(await nonce()).to.equal(before + 1)
    await expectProposed()
  })

  it('sends what a node never got, when it is back', async () => {
    await world.untilDue(id)
    const before = await nonce()
    world.fault = async ({ method }, pass) => {
      if (method === 'eth_sendRawTransaction') throw new Error('socket hang up')
      return pass()
    }
    expect((await keeper.tick()).waiting).to.equal(1)
    expect(await nonce()).to.equal(before)
    world.fault = undefined
    await mine(node(), 1n)
    await keeper.tick()
    expect(await nonce()).to.equal(before + 1)
    expect((await keeper.tick()).waiting).to.equal(0)
    await expectProposed()
  })

  it('signs no message whose gas costs more than its bound', async () => {
    await world.untilDue(id)
    await keeper.close()
    const { provider } = await world.wallet(alice)
    boundGas(provider ?? {}, 1n)
    const told: string[] = []
    keeper = await world.keeper(alice, {
      onEvent: (event) => {
        if (event.type === 'trouble') told.push((event.error as StorageError).code)
      },
    })
    world.asked.length = 0
    expect(await keeper.tick()).to.include({ due: 1, sent: 0, waiting: 0 })
    expect(told).to.deep.equal(['COST_TOO_HIGH'])
    expect(world.asked).not.to.include('eth_sendRawTransaction')
    expect(await nonce()).to.equal(0)
  })

  for (const [lie, by] of [
    ['too low', -1],
    ['too high', 1],
  ] as const)
    it(`is not misled by a node that says a nonce that is ${lie}`, async () => {
      await world.untilDue(id)
      await keeper.tick()
      await world.fill(id, [1002n, 1003n])
      await renewalDue()
      const before = await nonce()
      expect(before).to.equal(1)
      world.fault = async ({ method }, pass) => {
        const answer = await pass()
        if (method !== 'eth_getTransactionCount') return answer
        return `0x${(Number(answer) + by).toString(16)}`
      }
      await keeper.tick()
      world.fault = undefined
      for (let i = 0; i < 3; i += 1) {
        await mine(node(), 1n)
        await keeper.tick()
      }
      const report = await keeper.tick()
      expect(report.waiting).to.equal(0)
      // A gap below was filled with nothing.
      expect(await nonce()).to.equal(before + (by > 0 ? 2 : 1))
      expect((await world.storage.storeOf(id)).attempts).to.equal(3)
    })

  it('sends the same message again when its block leaves the chain', async () => {
    await world.untilDue(id)
    const before = await nonce()
    const earlier = await node().request({ method: 'evm_snapshot', params: [] })
    await keeper.tick()
    expect(await nonce()).to.equal(before + 1)
    await node().request({ method: 'evm_revert', params: [earlier] })
    expect(await nonce()).to.equal(before)
    await mine(node(), 12n)
    await keeper.tick()
    await mine(node(), 1n)
    const report = await keeper.tick()
    expect(report.waiting).to.equal(0)
    expect(await nonce()).to.equal(before + 1)
    await expectProposed()
  })

  it('pays more for a message that nobody takes, with the same nonce', async () => {
    await world.untilDue(id)
    const before = await nonce()
    await node().request({ method: 'evm_setAutomine', params: [false] })
    const sent: unknown[] = []
    world.fault = async ({ method, params }, pass) => {
      // A node that takes messages and does not pass them on.
      if (method === 'eth_sendRawTransaction') sent.push((params as unknown[])[0])
      const isLost = method === 'eth_sendRawTransaction' && sent.at(-1) === sent[0]
      return isLost ? `0x${'1'.repeat(64)}` : pass()
    }
    await keeper.tick()
    await mine(node(), 5n)
    await keeper.tick()
    world.fault = undefined
    await node().request({ method: 'evm_setAutomine', params: [true] })
    await mine(node(), 1n)
    expect((await keeper.tick()).waiting).to.equal(0)
    expect(new Set(sent).size).to.be.greaterThan(1)
    expect(await nonce()).to.equal(before + 1)
    await expectProposed()
  })

  for (const when of ['before', 'after'] as const)
    it(`goes on after the power went ${when} each entry of its journal, and sends nothing twice`, async () => {
      await world.untilDue(id)
      const before = await nonce()
      await keeper.close()
      const kinds: string[] = []
      for (let run = 0; ; run += 1) {
        expect(run).to.be.lessThan(20)
        const dying = await world.keeper(alice, { through: dyingAt(when, kinds) })
        try {
          await dying.tick()
          await mine(node(), 12n)
          await dying.tick()
          break
        } catch (error) {
          if (!(error instanceof Killed)) throw error
        } finally {
          await dying.close()
        }
        await mine(node(), 1n)
      }
      keeper = await world.keeper(alice)
      expect((await keeper.tick()).waiting).to.equal(0)
      expect(kinds).to.include.members(['intended', 'mined', 'final'])
      expect(await nonce()).to.equal(before + 1)
      await expectProposed()
    })

  it('shares its folder with nobody, and its journal with no other key', async () => {
    await refused('IN_USE', world.keeper(alice))
    const { folder } = world
    await refused(
      'ARGUMENT_INVALID',
      world.keeper('bob', { folder: `${folder}/alice-2`, pageSize: 0 }),
    )
    await (await world.keeper('bob', { folder: `${folder}/shared` })).close()
    await refused('ARGUMENT_INVALID', world.keeper('carol', { folder: `${folder}/shared` }))
  })

  async function account(): Promise<string> {
    return (await world.storage.storeOf(id)).account
  }

  /** Until the copies that were made last are near their end. */
  async function renewalDue(): Promise<void> {
    while ((await world.storage.statusOf(id)).next.reason !== 'renewal') {
      await world.untilDue(id)
      await mine(node(), 1n)
    }
  }
})

function actions({ decisions }: TickReport): string[] {
  return decisions.map(({ id, action, reason }) => `${action} ${id}: ${reason}`)
}

/** The bytes of the piece. */
async function* zeros(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(127)
}

/** A journal that dies with its first entry of a kind that did not die before. */
function dyingAt(
  when: 'before' | 'after',
  kinds: string[],
): (journal: Journal<Entry>) => Journal<Entry> {
  return (journal) => {
    let isDead = false
    return {
      close: () => journal.close(),
      async append(entry) {
        if (isDead) throw new Killed()
        if (kinds.includes(entry.kind)) return journal.append(entry)
        isDead = true
        kinds.push(entry.kind)
        if (when === 'after') await journal.append(entry)
        throw new Killed()
      },
    }
  }
}
