/** Twelve providers at work: they look at offers, publish what pays, prove it or not, lose it, leave and return. */
import { getBytes } from 'ethers'
import { idAddress } from '../../../src/bytes/address.ts'
import { fault, fund, recover, terminate } from '../../../src/localnet/controls.ts'
import { encodeNative, actorAddress } from '../../../src/localnet/native.ts'
import {
  dealNotice,
  encodePreCommit,
  encodeProveCommit,
  minProviderCollateral,
  networkFigures,
  PRE_COMMIT_SECTOR_BATCH_2,
  PROVE_COMMIT_SECTORS_3,
  setNetworkFigures,
} from '../../../src/localnet/index.ts'
import {
  encodePublish,
  PUBLISH_STORAGE_DEALS,
  withProvider,
} from '../../../src/localnet/market-messages.ts'
import type { Book } from './book.ts'
import type { Dice } from './dice.ts'
import { type Character, DAY, isWithin, MONTH, SLOT, slotAfter, SUPPLY } from './providers.ts'
import type { Attempt, Copy } from './records.ts'
import { JUDGED_OUT, type Plan } from './stores.ts'
import type { World } from './world.ts'

const FIRST_MINER = 1000
const FIL = 10n ** 18n
/** More than all collateral of two years. */
export const ESCROW = 100n * FIL
const GIB = 2n ** 30n
/** Faults that last 42 days end the sector (builtin-actors policy.rs, FAULT_MAX_AGE); here its worker is a little earlier. */
const FAULT_MAX_AGE = 42 * DAY - 2 * SLOT
/** Sectors outlive their deals by so much. */
const SECTOR_REST = 5 * DAY
const MIN_SECTOR = 181 * DAY

interface Provider {
  readonly id: number
  readonly worker: string
  readonly character: Character
  /** Sector number → the copy in it. */
  readonly sectors: Map<bigint, Copy>
  nextSector: bigint
  away: boolean
  wasAwayAt: number
}

/** Faulty, from and to. */
export type Faults = readonly (readonly [provider: number, from: number, to: number])[]

export async function openMarket(
  world: World,
  book: Book,
  cast: readonly Character[],
  plans: readonly Plan[],
  { between, chance, shuffle }: Dice,
  /** First day, and how to be called at an epoch. */
  { first, later }: { first: number; later: (at: number, deed: () => Promise<void>) => void },
) {
  const { node } = world
  const providers: Provider[] = cast.map((character, place) => ({
    id: FIRST_MINER + place,
    worker: world.accounts.at(-1 - place) ?? '',
    character,
    sectors: new Map(),
    nextSector: 1n,
    away: false,
    wasAwayAt: 0,
  }))
  for (const { id } of providers) await fund(node, `f0${id}`, ESCROW, world.accounts[1])
  const { circulatingSupply } = await networkFigures(node)
  /** attoFIL of f05's least for a GiB. */
  let floor = await minProviderCollateral(node, GIB)
  const faults: (readonly [number, number, number])[] = []
  let refused = 0
  /** Two days' looks go together: provider → attempts that it has fetched. */
  const fetched = new Map<Provider, Attempt[]>()
  const sealed = new Map<Provider, Copy[]>()

  const since = (at: number) => at - first
  const held = ({ sectors }: Provider, now: number) =>
    [...sectors.values()].filter(({ attempt, lostAt }) => lostAt === undefined && attempt.end > now)

  function isWanted(one: Attempt, by: Provider, now: number): boolean {
    const { asks, capacity } = by.character
    const size = plans[one.store - 1]?.piece.pieceSize ?? 0n
    const ask = asks[Math.min(Math.floor(since(now) / MONTH), asks.length - 1)] ?? 0n
    return (
      held(by, now).length < capacity &&
      one.price * GIB >= ask * size &&
      one.collateral * GIB >= floor * size
    )
  }

  /** What it can read before it spends gas. One in a while does not care, and is refused. */
  function isAllowed(one: Attempt, by: Provider): boolean {
    const id = BigInt(by.id)
    if (one.allowed.length > 0 && !one.allowed.includes(id)) return false
    return !one.excluded.includes(id) && !(one.judge !== undefined && JUDGED_OUT.includes(id))
  }

  async function publish(by: Provider): Promise<void> {
    const offers = fetched.get(by) ?? []
    fetched.delete(by)
    const now = await world.epoch()
    const room = by.character.capacity - held(by, now).length
    const chosen = offers
      .filter((one) => isOpen(one, now + 1) && isWanted(one, by, now))
      .filter((one) => isAllowed(one, by) || chance(4))
      .slice(0, Math.max(room, 0))
    if (chosen.length === 0 || isWithin(by.character.away, since(now))) return
    const proposals: Uint8Array[] = []
    for (const { client, proposalId } of chosen) {
      const [encoded] = await world.viewClient(client, 'getDealProposal', proposalId)
      proposals.push(withProvider(getBytes(String(encoded)), idAddress(BigInt(by.id))))
    }
    const data = encodeNative(PUBLISH_STORAGE_DEALS, encodePublish(proposals))
    try {
      await world.post(by.worker, actorAddress(5n), data)
    } catch {
      // f05 took none of them: the clients said no.
    }
    const published = await book.read()
    refused += chosen.length - published.length
    for (const copy of published) {
      const at = slotAfter(copy.publishedAt + by.character.sealing + between(0, 1) * SLOT)
      later(at, () => {
        sealed.set(by, [...(sealed.get(by) ?? []), copy])
        return Promise.resolve()
      })
    }
  }

  async function prove(by: Provider): Promise<void> {
    const ready = sealed.get(by) ?? []
    sealed.delete(by)
    const now = await world.epoch()
    const { idle, away, quits } = by.character
    if (isWithin(idle, since(now)) || isWithin(away, since(now))) return
    const due = ready.filter(({ attempt }) => attempt.start > now + 2)
    if (due.length === 0) return
    const sectors = due.map((copy) => {
      const number = by.nextSector++
      by.sectors.set(number, copy)
      return { number, copy }
    })
    const preCommit = encodePreCommit(
      sectors.map(({ number, copy }) => ({
        number,
        expiration: BigInt(Math.max(copy.attempt.end + SECTOR_REST, now + MIN_SECTOR)),
      })),
    )
    const proveCommit = encodeProveCommit(
      sectors.map(({ number, copy }) => {
        const piece = plans[copy.attempt.store - 1]?.piece
        if (piece === undefined) throw new Error(`no store ${copy.attempt.store}`)
        const { pieceCid, pieceSize } = piece
        return { number, pieces: [{ pieceCid, pieceSize, notify: [dealNotice(copy.dealId)] }] }
      }),
      true,
    )
    const to = actorAddress(BigInt(by.id))
    await world.post(by.worker, to, encodeNative(PRE_COMMIT_SECTOR_BATCH_2, preCommit))
    await world.post(by.worker, to, encodeNative(PROVE_COMMIT_SECTORS_3, proveCommit))
    const activatedAt = await world.epoch()
    for (const { number, copy } of sectors) {
      copy.activatedAt = activatedAt
      if (!chance(quits)) continue
      later(slotAfter(activatedAt + between(15, 110) * DAY), () => giveUp(by, [number]))
    }
  }

  /** A provider ends sectors before their time, or the chain does it for one that is faulty too long. */
  async function giveUp(by: Provider, numbers: readonly bigint[]): Promise<void> {
    const now = await world.epoch()
    const lost = numbers.filter((number) => {
      const copy = by.sectors.get(number)
      return copy !== undefined && copy.lostAt === undefined && copy.attempt.end > now + 1
    })
    if (lost.length === 0) return
    await terminate(node, { miner: BigInt(by.id), worker: by.worker, numbers: [...lost] })
    const at = await world.epoch()
    for (const number of lost) {
      const copy = by.sectors.get(number)
      if (copy === undefined) continue
      copy.lostAt = at
      lostStores.add(copy.attempt.store)
    }
  }
  /** Whose copies were lost since somebody asked. */
  const lostStores = new Set<number>()

  async function leave(by: Provider, returns: number): Promise<void> {
    const now = await world.epoch()
    const numbers = [...by.sectors].filter(([, copy]) => held(by, now).includes(copy))
    const sectors = { miner: BigInt(by.id), worker: by.worker, numbers: numbers.map(([n]) => n) }
    if (sectors.numbers.length > 0) await fault(node, sectors)
    faults.push([by.id, now, Math.min(first + returns, now + FAULT_MAX_AGE)])
    const ends = now + FAULT_MAX_AGE
    if (first + returns > ends) later(slotAfter(ends), () => giveUp(by, sectors.numbers))
    else
      later(slotAfter(first + returns), async () => {
        const at = await world.epoch()
        const left = numbers.filter(([, copy]) => held(by, at).includes(copy)).map(([n]) => n)
        if (left.length > 0) await recover(node, { ...sectors, numbers: left })
      })
  }

  for (const by of providers) {
    const { away, exodus } = by.character
    for (const { from, to } of away)
      if (from !== exodus) later(slotAfter(first + from), () => leave(by, to))
    if (exodus !== undefined)
      later(slotAfter(first + exodus), () => giveUp(by, [...by.sectors.keys()]))
  }
  for (const [day, percent] of SUPPLY)
    later(slotAfter(first + day * DAY), async () => {
      await setNetworkFigures(node, {
        circulatingSupply: (circulatingSupply * BigInt(percent)) / 100n,
      })
      floor = await minProviderCollateral(node, GIB)
    })

  return {
    providers,
    faults: faults as Faults,
    lostStores,
    refused: () => refused,
    /** Everybody hears of an offer, and has fetched its piece some time later. */
    hear(offers: readonly Attempt[]): void {
      for (const offer of offers)
        for (const by of providers)
          later(slotAfter(offer.at + by.character.patience + between(0, 1) * SLOT), () => {
            fetched.set(by, [...(fetched.get(by) ?? []), offer])
            return Promise.resolve()
          })
    },
    /** After the deeds of a slot: those who have something to publish or to prove do so. */
    async work(): Promise<void> {
      for (const by of shuffle(providers)) if (sealed.has(by)) await prove(by)
      for (const by of shuffle(providers)) if (fetched.has(by)) await publish(by)
    },
  }
}

function isOpen(one: Attempt, now: number): boolean {
  return !one.over && one.published < one.copies && now < one.start
}
