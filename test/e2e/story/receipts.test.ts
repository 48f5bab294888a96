import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { getAddress } from 'ethers'
import { clientEvents, clientHistory, type ReadHistory } from '../../../src/chain/history.ts'
import { openClient } from '../../../src/chain/client-contract.ts'
import { dealStateNamed, type RawDeal } from '../../../src/chain/views.ts'
import type { ClientEvent } from '../../../src/deal/client-event.ts'
import { type ClientHistory, proposalStateAt, spentAt } from '../../../src/deal/client-history.ts'
import { foldHistory } from '../../../src/deal/history.ts'
import { accountsAfter, EMPTY_ACCOUNTS, totalOf } from '../../../src/deal/ledger.ts'
import { dealStateOf } from '../../../src/deal/state.ts'
import { isStorageError, StorageError } from '../../../src/errors.ts'
import { refused } from '../../support/refused.ts'
import { actionsOf } from './receipts-actions.ts'
import { makeWorld, type World } from './receipts-world.ts'

const STEPS = 300
const LOOK_EVERY = 50
/** Another with SEALIFT_SEED=…, to look for what these do not meet. */
const SEEDS = [process.env['SEALIFT_SEED'] ?? 'receipts-1', 'receipts-2']
/** Epochs per query, where nothing asks for less: all. */
const WHOLE = 100_000_000n
/** What must have happened, lest seeds that meet little pass. */
const EVERYTHING: readonly string[] = [
  // events
  ['OwnershipTransferStarted', 'OwnershipTransferred', 'ProposerSet', 'PausedSet'],
  ['DealProposalCreate', 'ProposalMade', 'ProposalCancelled', 'ProposalReleased'],
  ['DealPublished', 'DealActivated', 'DealSettled', 'DealClosed', 'EscrowSeen'],
  ['EscrowDeposited', 'EscrowWithdrawn', 'Received', 'Withdrawn'],
  // entries
  ['received', 'withdrawn', 'deposited', 'escrowWithdrawn', 'reserved', 'released', 'locked'],
  ['paid', 'refunded', 'paidElsewhere', 'refundedElsewhere', 'given'],
  // ends of deals, and states of proposals
  ['missed', 'missed, settled', 'ended', 'ended, settled', 'terminated', 'not closed'],
  ['open', 'filled', 'lapsed', 'cancelled'],
].flat()

async function rebuild(world: World, window?: bigint): Promise<ReadHistory> {
  const { provider, address, createdAt } = world
  return clientHistory(provider, address, { from: createdAt, window })
}

/** Everything that the contract tells of proposals, deals and people is what the logs tell. */
async function expectSameFacts(world: World, history: ReadHistory): Promise<void> {
  const { provider, address, view } = world
  const epoch = await world.epoch()
  expect(history.through).to.equal(epoch)
  expect(history.owner).to.equal((await view('owner'))[0])
  expect(history.pendingOwner).to.equal(await world.pendingOwner())
  expect(history.paused).to.equal((await view('paused'))[0])
  for (const who of [world.owner, world.proposer, world.stranger].map((one) => getAddress(one))) {
    const named = history.proposers.get(who) ?? { limit: 0n, window: 0n, spent: 0n, current: 0n }
    const told = await view('proposerOf', who)
    expect([named.limit, named.window, spentAt(named, epoch)]).to.deep.equal(told)
  }

  const proposals = await openClient(address, provider).proposals()
  expect(
    [...history.proposals.values()].map((one) => ({
      ...one.terms,
      proposalId: one.proposalId,
      published: one.dealIds.length,
      dealIds: one.dealIds,
      state: proposalStateAt(one, epoch).state,
    })),
  ).to.deep.equal(proposals)

  const [ids] = await view('dealIds', 0n, 10_000n)
  expect([...history.deals.keys()]).to.deep.equal([...(ids as bigint[])])
  for (const deal of history.deals.values()) {
    const { startEpoch, endEpoch } = history.proposals.get(deal.proposalId)?.terms ?? expect.fail()
    // What is not recorded the contract asks f05 for, and so must we.
    const answer = await world.market(deal.dealId)
    const facts = { startEpoch, endEpoch, activatedAt: deal.activatedAt }
    const told = (await view('getDeal', deal.dealId))[0] as RawDeal
    const { dealId, proposalId, provider: miner, publishedAt } = deal
    expect([told.dealId, told.proposalId, told.provider, told.publishedAt]).to.deep.equal([
      dealId,
      proposalId,
      miner,
      publishedAt,
    ])
    expect([told.startEpoch, told.endEpoch]).to.deep.equal([startEpoch, endEpoch])
    expect(dealStateNamed(told.state), `state of deal ${dealId}`).to.equal(
      deal.closed?.outcome ?? dealStateOf(facts, answer, epoch).state,
    )
    const seen = answer.kind === 'active' && !deal.closed ? answer.activatedAt : deal.activatedAt
    expect(told.activatedAt).to.equal(seen ?? -1n)
  }
}

/** Only right after a look at f05 do the logs tell all of the escrow. */
async function expectSameMoney(world: World, history: ReadHistory, given: bigint): Promise<void> {
  const { ledger, accounts } = history
  const [escrow, locked, reserved, , balance] = await world.view('funds')
  expect(accounts).to.deep.equal({ balance, escrow, locked, reserved })
  expect(await world.money()).to.deep.equal({ balance, escrow, locked })
  expect(ledger.reduce(accountsAfter, EMPTY_ACCOUNTS)).to.deep.equal(accounts)

  const paid = totalOf(ledger, 'paid') + totalOf(ledger, 'paidElsewhere')
  expect(paid - totalOf(ledger, 'given')).to.equal((await world.paidToProviders()) - given)
  const refunded = totalOf(ledger, 'refunded') + totalOf(ledger, 'refundedElsewhere')
  expect(paid + refunded + accounts.locked).to.equal(totalOf(ledger, 'locked'))
  for (const { amount } of ledger) expect(amount > 0n).to.equal(true)
}

/** What a later event can say again, or undo, without anything in between. */
const REPEATABLE = new Set<ClientEvent['name']>([
  'EscrowSeen',
  'OwnershipTransferStarted',
  'PausedSet',
  'ProposerSet',
])

/** Logs are enough because each is needed. */
function expectEveryEventCounts(events: readonly ClientEvent[], history: ClientHistory): void {
  for (const [index, event] of events.entries()) {
    if (index > 0) expect(() => foldHistory(events.slice(index))).to.throw(StorageError)
    if (REPEATABLE.has(event.name)) continue
    expect(
      isDeepStrictEqual(tryFold(events.toSpliced(index, 1)), history),
      `without ${event.name} of epoch ${event.epoch}`,
    ).to.equal(false)
  }
}

function tryFold(events: readonly ClientEvent[]): ClientHistory | undefined {
  try {
    return foldHistory(events)
  } catch (error) {
    if (isStorageError(error, 'ARGUMENT_INVALID')) return undefined
    throw error
  }
}

async function withWorld(story: (world: World) => Promise<void>): Promise<void> {
  const world = await makeWorld()
  try {
    await story(world)
  } finally {
    await world.stop()
  }
}

describe('receipts', () => {
  const met = new Set<string>()

  for (const seed of SEEDS)
    it(`tell all that ${STEPS} random deeds did, seed ${seed}`, async function () {
      this.timeout(300_000)
      console.log(`      receipts: seed ${seed}`)
      await withWorld(async (world) => {
        const actions = actionsOf(world, seed)
        for (let step = 1; step <= STEPS; step += 1) {
          await actions.next()
          if (step % LOOK_EVERY !== 0) continue
          const soFar = await rebuild(world, WHOLE)
          await expectSameFacts(world, soFar)
          for (const proposal of soFar.proposals.values())
            met.add(proposalStateAt(proposal, soFar.through).state)
          await world.act(world.stranger, 'observe', [[]])
          await expectSameMoney(world, await rebuild(world, WHOLE), actions.sums.given)
        }
        const [ids] = await world.view('dealIds', 0n, 10_000n)
        await world.act(world.stranger, 'observe', [[...(ids as bigint[])]])

        const { through, ...history } = await rebuild(world)
        await expectSameFacts(world, { through, ...history })
        await expectSameMoney(world, { through, ...history }, actions.sums.given)
        expect(totalOf(history.ledger, 'received')).to.equal(actions.sums.sent)
        expect(totalOf(history.ledger, 'withdrawn')).to.equal(actions.sums.withdrawn)

        const range = { from: world.createdAt, window: WHOLE }
        const { events } = await clientEvents(world.provider, world.address, range)
        expectEveryEventCounts(events, history)
        for (const { name } of events) met.add(name)
        for (const { kind } of history.ledger) met.add(kind)
        for (const { closed } of history.deals.values())
          met.add(
            `${closed?.outcome ?? 'not closed'}${closed?.certain === true ? ', settled' : ''}`,
          )
      })
    })

  it('were put to the test by every event, entry and end there is', () => {
    expect(EVERYTHING.filter((one) => !met.has(one))).to.deep.equal([])
  })

  it('do not tell of money that comes without running the contract', () =>
    withWorld(async (world) => {
      const { address, node, stranger } = world
      await world.sendTo(stranger, address, '0x', 7n)
      // What a transfer by method 0 does on Filecoin.
      await node.request({ method: 'hardhat_setBalance', params: [address, '0xc'] })
      const { accounts } = await rebuild(world)
      expect(accounts).to.deep.equal({ balance: 7n, escrow: 0n, locked: 0n, reserved: 0n })
      await world.act(world.owner, 'withdraw', [stranger, 12n])
      expect((await rebuild(world)).accounts.balance).to.equal(-5n)
    }))

  it('tell of a gift to the escrow at the next look, not before', () =>
    withWorld(async (world) => {
      await world.give(9n)
      expect((await rebuild(world)).ledger).to.deep.equal([])
      await world.act(world.stranger, 'observe', [[]])
      const { ledger } = await rebuild(world)
      expect(ledger).to.deep.equal([{ kind: 'given', epoch: await world.epoch(), amount: 9n }])
    }))

  it('are not told from the middle on, nor by who is no client', () =>
    withWorld(async ({ provider, address, createdAt, stranger, sendTo }) => {
      await sendTo(stranger, address, '0x', 7n)
      const late = { from: createdAt + 1n }
      await refused('ARGUMENT_INVALID', clientHistory(provider, address, late))
      await refused('ARGUMENT_INVALID', clientHistory(provider, stranger, { from: createdAt }))
    }))
})
