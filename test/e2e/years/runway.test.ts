/** `runway` and `endowment` against simulated years: punctual keepers, willing providers, a purse that ends on the epoch that was said. */
import { expect } from 'chai'
import { ZeroAddress } from 'ethers'
import { pieceCidV1Bytes } from '../../../src/piece/piece-cid.ts'
import { activateDeal, publishProposal } from '../../../src/localnet/controls.ts'
import { random } from '../../support/random.ts'
import { DAY } from './providers.ts'
import { openWorld, type World } from './world.ts'

const GIB = 2n ** 30n
const TERM = 180 * DAY
const DELAY = 2 * DAY
/** A renewal starts so much before the end of what it follows: one more attempt, and an epoch (KeepRules.sol). */
const PERIOD = TERM - DELAY - 1
const PRICE = 50_000_000n
const PAY = 3n * 10n ** 12n
const SIZE = 32n * GIB
/** attoFIL for a copy of one term. */
const COPY = PRICE * 32n * BigInt(TERM)
const DEALS = 5
const MINERS = [1000n, 1001n, 1002n]

/** The reward is all that a keeper may get, so that its pay does not depend on gas; the ceiling is the first offer. */
const POLICY = {
  replicas: 3n,
  distinct: true,
  keeperLocations: false,
  rule: 0n,
  providers: [],
  judge: ZeroAddress,
  term: BigInt(TERM),
  lead: BigInt(12 * DAY),
  startDelay: BigInt(DELAY),
  price: PRICE,
  maxPrice: PRICE,
  collateral: 300_000_000_000_000n,
  maxCollateral: 300_000_000_000_000n,
  reward: PAY,
  maxPay: PAY,
  maxPayPerWindow: 10n * PAY,
  locations: ['https://depot.example/piece/'],
}

interface Status {
  active: bigint
  next: { dueAt: bigint; copies: bigint }
}

/** Copies and what is left, epoch by epoch as a person would reckon: what ends first is renewed first. */
function lastsUntil(ends: readonly number[], money: bigint): number {
  const left = [...ends]
  for (let rest = money; ;) {
    const first = Math.min(...left)
    const together = left.filter((end) => end === first).length
    rest -= BigInt(together) * COPY + PAY
    if (rest < 0n) return first
    for (const [place, end] of left.entries()) if (end === first) left[place] = end + PERIOD
  }
}

/** So many deals of each copy, and a keeper for each but the first. */
function capital(deals: number): bigint {
  return BigInt(deals) * 3n * COPY + BigInt(deals - 1) * PAY
}

describe('runway and endowment', function () {
  this.timeout(300_000)
  let world: World
  let stores = 0

  before(async () => {
    world = await openWorld(MINERS.length)
  })
  after(() => world.stop())

  /** An account of its own stores a piece. @returns The epoch of its proposal, and ways to go on. */
  async function storeWith(money: bigint) {
    stores += 1
    const id = BigInt(stores)
    const account = world.accounts[10 + stores] ?? ''
    const keeper = world.accounts[5] ?? ''
    const root = random(32, `runway-${stores}`)
    root[31] = (root[31] ?? 0) & 0x3f
    const piece = {
      pieceCid: pieceCidV1Bytes(root),
      pieceSize: SIZE,
      size: 1_000_000n,
      root: 'bafkqaaa',
    }
    const { epoch: storedAt } = await world.act(account, 'store', [piece, POLICY], money)
    const client = String((await world.view('clientOf', account))[0])
    const status = async (): Promise<Status> => (await world.view('statusOf', id))[0] as Status
    /** The epoch until which the money is said to last. */
    const said = async () => {
      const [epochs] = await world.view('runway', id)
      return (await world.epoch()) + Number(epochs)
    }
    return {
      id,
      client,
      storedAt,
      status,
      said,
      free: async () => BigInt((await world.view('accountOf', account))[2] as bigint),
      /** So many providers take the newest proposal, and prove at once. */
      async take(copies: number) {
        const [count] = await world.viewClient(client, 'proposalCount')
        const [[proposalId = '']] = await world.viewClient(
          client,
          'proposalIds',
          (count as bigint) - 1n,
          1n,
        )
        let taken = 0
        for (const miner of MINERS) {
          if (taken === copies) break
          const dealId = await publishProposal(world.node, { client, proposalId, miner }).catch(
            () => undefined,
          )
          if (dealId === undefined) continue
          await activateDeal(world.node, dealId)
          taken += 1
        }
        expect(taken).to.equal(copies)
      },
      /** A keeper pokes in the epoch in which something is due; 0: never again. @returns attoFIL that it got. */
      async pokeWhenDue(
        until: number,
      ): Promise<{ at: number; copies: number; paid: bigint } | undefined> {
        for (;;) {
          const due = Number((await status()).next.dueAt)
          if (due === 0 || due > until) return undefined
          await world.to(due - 1)
          const { logs, epoch } = await world.act(keeper, 'poke', [[id]])
          const paid = logs.find(({ event }) => event.name === 'Poked')?.event.args[
            'paid'
          ] as bigint
          const proposed = logs.find(({ event }) => event.name === 'Proposed')
          const copies = Number(proposed?.event.args['decision']?.copies ?? 0)
          if (proposed !== undefined) return { at: epoch, copies, paid }
        }
      },
    }
  }

  const endowment = async (epochs: number): Promise<bigint> => {
    const [atFirst, atCeiling] = await world.view('endowment', SIZE, POLICY, BigInt(epochs))
    expect(atFirst).to.equal(atCeiling)
    return atFirst as bigint
  }

  it('says the capital for a time: deals that follow each other, and a keeper for each but the first', async () => {
    expect(await endowment(TERM)).to.equal(capital(1))
    expect(await endowment(TERM + 1)).to.equal(capital(2))
    expect(await endowment(TERM + 4 * PERIOD)).to.equal(capital(DEALS))
    expect(await endowment(TERM + 4 * PERIOD + 1)).to.equal(capital(DEALS + 1))
  })

  it('lasts exactly as long as it says, and leaves nothing', async () => {
    const store = await storeWith(await endowment(TERM + (DEALS - 1) * PERIOD))
    const end = store.storedAt + DELAY + TERM + (DEALS - 1) * PERIOD
    expect(await store.said(), 'on offer').to.equal(end)
    await store.take(3)
    for (let renewals = 0; renewals < DEALS - 1; renewals += 1) {
      const poke = await store.pokeWhenDue(end)
      expect(poke?.copies).to.equal(3)
      expect(poke?.paid).to.equal(PAY)
      expect(await store.said(), `after renewal ${renewals + 1}, on offer`).to.equal(end)
      await store.take(3)
      expect(await store.said(), `after renewal ${renewals + 1}`).to.equal(end)
      expect((await store.status()).active >= 3n).to.equal(true)
    }
    expect(await store.free()).to.equal(0n)
    expect(await store.pokeWhenDue(end - 1)).to.equal(undefined)
    await world.to(end - 1)
    expect((await store.status()).active).to.equal(3n)
    expect(await store.said()).to.equal(end)
    await world.to(end)
    expect((await store.status()).active).to.equal(0n)
    expect((await world.view('runway', store.id))[0]).to.equal(0n)
    expect(await store.free()).to.equal(0n)
  })

  it('is a period shorter for want of one attoFIL', async () => {
    const store = await storeWith((await endowment(TERM + (DEALS - 1) * PERIOD)) - 1n)
    const end = store.storedAt + DELAY + TERM + (DEALS - 2) * PERIOD
    await store.take(3)
    expect(await store.said()).to.equal(end)
    for (let renewals = 0; renewals < DEALS - 2; renewals += 1) {
      expect((await store.pokeWhenDue(end))?.copies).to.equal(3)
      await store.take(3)
      expect(await store.said()).to.equal(end)
    }
    expect(await store.free()).to.equal(3n * COPY + PAY - 1n)
    // Two of three copies are better than none: what is not complete is kept all the same.
    expect((await store.pokeWhenDue(end))?.copies).to.equal(2)
    await store.take(2)
    await world.to(end - 1)
    expect((await store.status()).active).to.equal(5n)
    await world.to(end)
    expect((await store.status()).active).to.equal(2n)
    expect(await store.free()).to.equal(COPY - 1n)
  })

  it('is exact when copies end at different epochs, less than a lead apart', async () => {
    const store = await storeWith((await endowment(TERM + (DEALS - 1) * PERIOD)) + 7n * PAY)
    await store.take(2)
    // Nobody takes the third copy in time: it is offered anew.
    expect((await store.pokeWhenDue(store.storedAt + 2 * DELAY))?.copies).to.equal(1)
    const retried = await world.epoch()
    await store.take(1)
    const ends = [store.storedAt, store.storedAt, retried].map((at) => at + DELAY + TERM)
    const end = lastsUntil(ends, await store.free())
    expect(end).to.be.greaterThan(store.storedAt + DELAY + TERM + 3 * PERIOD - 1)
    expect(await store.said()).to.equal(end)
    let pokes = 0
    for (;;) {
      const poke = await store.pokeWhenDue(end - Number(POLICY.lead) - 1)
      if (poke === undefined) break
      pokes += 1
      expect(poke.paid).to.equal(PAY)
      await store.take(poke.copies)
      expect(await store.said(), `after poke ${pokes}`).to.equal(end)
    }
    expect(pokes).to.be.greaterThan(6)
    await world.to(end - 1)
    expect((await store.status()).active >= 3n).to.equal(true)
    await world.to(end)
    expect((await store.status()).active < 3n).to.equal(true)
  })
})
