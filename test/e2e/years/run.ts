/** Two simulated years: time leaps from one thing that happens to the next. */
import { settleDealPaymentsParams } from '../../../src/deal/market.ts'
import { METHODS } from '../../../src/deal/methods.ts'
import { actorAddress, encodeNative } from '../../../src/localnet/native.ts'
import { Book } from './book.ts'
import { dice } from './dice.ts'
import { greedyKeeper, type Keeper, realKeeper } from './keepers.ts'
import { openMarket } from './market.ts'
import { characters, DAY, slotAfter, YEARS } from './providers.ts'
import { REASONS } from './records.ts'
import { fundsFor, JUDGED_OUT, plans } from './stores.ts'
import { artifact, openWorld } from './world.ts'

/** What docs/perpetual-years.svg shows. */
export const SEED = 'years-1'
/** The late purse is filled on this day. */
const LATE_DAY = 420
/** A decision that stays due when nothing keeps keepers from it is a fault. */
const PATIENCE = 40

export type Years = Awaited<ReturnType<typeof twoYears>>

export async function twoYears(seed: string) {
  const chances = dice(`${seed}/market`)
  const order = dice(`${seed}/order`)
  const cast = characters(chances)
  const world = await openWorld(cast.length)
  const keepers: Keeper[] = []
  try {
    const book = new Book(world, await world.epoch())
    const judge = await world.deploy(
      artifact('test/contracts/years/ListJudge.sol/ListJudge.json').bytecode,
      abiList(JUDGED_OUT),
    )
    const stores = plans(seed, judge, chances)
    const first = slotAfter((await world.epoch()) + DAY)
    const end = first + YEARS

    const agenda = new Map<number, (() => Promise<void>)[]>()
    const later = (at: number, deed: () => Promise<void>) => {
      const known = agenda.get(at)
      if (known === undefined) agenda.set(at, [deed])
      else known.push(deed)
    }
    const market = await openMarket(world, book, cast, stores, chances, { first, later })
    keepers.push(await realKeeper(world, 'first', dice(`${seed}/first`), 0))
    keepers.push(await realKeeper(world, 'killed', dice(`${seed}/killed`), 3))
    const greedy = greedyKeeper(
      world,
      world.accounts[4] ?? '',
      order,
      () => book.accountOfStore.size,
    )

    /** Store → the epoch at which something is due. */
    const due = new Map<number, number>()
    const stuck = new Map<number, number>()
    /** Store → from when to when there was no money for what was missing. */
    const dry: { store: number; from: number; to: number }[] = []
    let steps = 0

    const accountOf = (place: number) => world.accounts[6 + place] ?? ''
    for (const plan of stores)
      later(slotAfter(first + plan.at), async () => {
        const value = fundsFor(plan)
        await world.act(accountOf(plan.account), 'store', [plan.piece, plan.policy], value)
      })
    const late = stores.findIndex(({ purse }) => purse === 'late')
    const lateFunds = stores
      .filter(({ purse }) => purse === 'late')
      .reduce((sum, plan) => sum + fundsFor({ ...plan, purse: 'full' }), 0n)
    later(slotAfter(first + LATE_DAY * DAY), async () => {
      await world.act(world.accounts[5] ?? '', 'topUp', [BigInt(late + 1)], lateFunds)
      for (const [place, { purse }] of stores.entries())
        if (purse === 'late') due.set(place + 1, await world.epoch())
    })

    /** Reads what is new, and tells it to those who wait for it. */
    const catchUp = async () => {
      await book.read()
      const { proposed, touched } = book.take()
      market.hear(proposed)
      for (const store of touched) due.set(store, 0)
    }
    const refresh = async () => {
      const now = await world.epoch()
      for (const [store, at] of due) {
        if (at > now) continue
        const [status] = await world.view('statusOf', BigInt(store))
        const { reason, dueAt } = (status as { next: { reason: bigint; dueAt: bigint } }).next
        noteMoney(store, REASONS[Number(reason)] === 'NoMoney', now)
        const next = Number(dueAt)
        const count = next !== 0 && next <= now ? (stuck.get(store) ?? 0) + 1 : 0
        if (count > PATIENCE)
          throw new Error(`store ${store} stays due: ${REASONS[Number(reason)]}`)
        stuck.set(store, count)
        if (next === 0) due.delete(store)
        else {
          due.set(store, next)
          later(dayFrom(Math.max(next, now + 1)), () => Promise.resolve())
        }
      }
    }
    const noteMoney = (store: number, isDry: boolean, now: number) => {
      const open = dry.findLast((one) => one.store === store && one.to === end)
      if (isDry && open === undefined) dry.push({ store, from: now, to: end })
      if (!isDry && open !== undefined) open.to = now
    }
    const poke = async (ids: readonly number[]) => {
      const greedyFirst = order.chance(30)
      if (greedyFirst) await greedy.act(ids)
      if (ids.length > 0) {
        const both = order.shuffle(keepers)
        // Both in one block, now and then: the second finds nothing to do.
        if (order.chance(25))
          await world.inOneBlock(async () => {
            for (const keeper of both) await keeper.act(ids)
          })
        else await both[0]?.act(ids)
      }
      if (!greedyFirst) await greedy.act(ids)
    }

    for (;;) {
      const at = Math.min(...agenda.keys())
      if (at > end) break
      const deeds = agenda.get(at) ?? []
      agenda.delete(at)
      steps += 1
      await world.to(at)
      for (const deed of deeds) await deed()
      await market.work()
      await catchUp()
      for (const store of market.lostStores) due.set(store, 0)
      market.lostStores.clear()
      const now = await world.epoch()
      const ids = [...due].filter(([, epoch]) => epoch <= now).map(([store]) => store)
      // Keepers come by once a day.
      if (at % DAY === 0) await poke(ids.toSorted((a, b) => a - b))
      await catchUp()
      await refresh()
    }
    await world.to(end)

    /* THE END: f05 settles everything, so that what is left is nobody's else. */
    const dealIds = [...book.copies.keys()]
    const settledAt = new Map<bigint, number>()
    for (let i = 0; i < dealIds.length; i += 50) {
      const batch = dealIds.slice(i, i + 50)
      const data = encodeNative(METHODS.SettleDealPayments, settleDealPaymentsParams.encode(batch))
      const { epoch } = await world.send(world.accounts[1] ?? '', actorAddress(5n), data)
      for (const dealId of batch) settledAt.set(dealId, epoch)
    }
    const purses = []
    for (const [account, { client, deposited, stores: own }] of book.accounts) {
      const [escrow, locked, reserved, , balance] = await world.viewClient(client, 'funds')
      purses.push({ account, client, deposited, own, escrow, locked, reserved, balance })
    }
    const providers = []
    for (const { id } of market.providers) providers.push(await world.escrowOf(id))
    const providerOf = new Map(providers.map((escrow, place) => [1000 + place, escrow]))
    return {
      seed,
      first,
      end,
      steps,
      stores,
      cast,
      attempts: [...book.attempts.values()],
      copies: [...book.copies.values()],
      pays: book.pays,
      failures: book.failures,
      refused: market.refused(),
      faults: market.faults,
      dry,
      purses,
      providerOf,
      settledAt,
      keepers: [...keepers, greedy].map(({ name, address, asked, kills }) => ({
        name,
        address,
        asked: asked(),
        kills: kills(),
        received: book.received.get(address) ?? 0n,
      })),
    }
  } finally {
    for (const keeper of keepers) await keeper.close()
    await world.stop()
  }
}

function dayFrom(epoch: number): number {
  return Math.ceil(epoch / DAY) * DAY
}

function abiList(values: readonly bigint[]): string {
  return [32n, BigInt(values.length), ...values]
    .map((value) => value.toString(16).padStart(64, '0'))
    .join('')
}
