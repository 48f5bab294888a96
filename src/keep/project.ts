/**
 * What becomes of one purse on which many stores draw, poke by poke and to the attoFIL, if nothing changes but time: offers
 * are taken at once by providers that keep their word, keepers are punctual and take their ceiling. The contract's
 * `runway` of a store is only its share of the purse; this is who is renewed, when, and whose money ends first.
 *
 * The rules are those of `decide`, so a store whose offer had gone up comes down again as it does on chain.
 */
import { type Decision, decide, hasOfferFailed, isDue } from './decide.ts'
import { type DealFacts, type Facts, isLive, UNLISTED } from './facts.ts'
import { offerPerEpoch } from './offer.ts'
import type { Reason } from './reason.ts'

export interface PurseStore {
  readonly id: bigint
  /** Of one epoch for all; its money is not read. */
  readonly facts: Facts
  /** attoFIL for a poke: the policy's ceiling. */
  readonly pay: bigint
}

export interface ProjectedPoke {
  readonly epoch: number
  readonly id: bigint
  readonly reason: Reason
  readonly copies: number
  readonly startEpoch: number
  readonly endEpoch: number
  /** attoFIL of all copies for the whole term. */
  readonly cost: bigint
  /** attoFIL to the keeper. */
  readonly pay: bigint
  /** attoFIL in the purse afterwards. */
  readonly left: bigint
}

export interface ProjectedStore {
  readonly id: bigint
  /** When the first copy ends that cannot be paid again; undefined: not before the horizon. */
  readonly completeUntil: number | undefined
  /** When the last copy ends that the money pays for; undefined: there is none. */
  readonly storedUntil: number | undefined
}

export interface Projection {
  readonly pokes: readonly ProjectedPoke[]
  /** In the order given. */
  readonly stores: readonly ProjectedStore[]
  /** The earliest of the stores'; undefined: not before the horizon. */
  readonly completeUntil: number | undefined
  /** attoFIL in the purse at the horizon. */
  readonly left: bigint
}

/** A store as it goes on. */
interface Running {
  readonly store: PurseStore
  facts: Facts
  /** Epoch; Infinity: never. */
  dueAt: number
  completeUntil: number | undefined
  storedUntil: number | undefined
}

/**
 * Stores that are due at one epoch are poked in the order given.
 * @param money attoFIL: the account's free money.
 * @param until Epoch: the horizon.
 */
export function projectPurse(
  stores: readonly PurseStore[],
  money: bigint,
  until: number,
): Projection {
  const running = stores.map((store): Running => ({
    store,
    facts: begin(store.facts),
    dueAt: store.facts.epoch,
    completeUntil: undefined,
    storedUntil: undefined,
  }))
  const pokes: ProjectedPoke[] = []
  let left = money
  for (let epoch = earliest(running); epoch <= until; epoch = earliest(running)) {
    for (const one of running.filter(({ dueAt }) => dueAt === epoch)) {
      one.facts = passTime(one.facts, epoch)
      let decision = decideWith(one, left)
      while (isDue(decision)) {
        const poke = pokeOf(one, decision, left)
        pokes.push(poke)
        left = poke.left
        one.facts = applied(one.facts, decision)
        decision = decideWith(one, left)
      }
      if (decision.reason === 'no-money') one.completeUntil ??= lackingFrom(one.facts)
      one.storedUntil = latest(one.storedUntil, one.facts.deals)
      one.dueAt = decision.dueAt === 0 ? Infinity : decision.dueAt
    }
  }
  const ends = running.flatMap(({ completeUntil }) => completeUntil ?? [])
  return {
    pokes,
    stores: running.map(({ store, completeUntil, storedUntil }) => ({
      id: store.id,
      completeUntil,
      storedUntil,
    })),
    completeUntil: ends.length === 0 ? undefined : Math.min(...ends),
    left,
  }
}

function earliest(running: readonly Running[]): number {
  return running.reduce((least, { dueAt }) => Math.min(least, dueAt), Infinity)
}

/** What is on offer counts as taken, unless its time is over; who is listed, or how crowded it is, changes with time. */
function begin(facts: Facts): Facts {
  const free = { ...facts, eligible: UNLISTED, crowded: false }
  if (facts.openCopies === 0 || hasOfferFailed(facts) || facts.cancelled) return free
  const { openCopies, openStart, term } = facts
  return {
    ...free,
    openCopies: 0,
    openReserve: 0n,
    deals: [...deals(openCopies, openStart, openStart + term), ...facts.deals],
  }
}

function deals(copies: number, startEpoch: number, endEpoch: number): DealFacts[] {
  return Array.from({ length: copies }, () => ({
    dealId: 0n,
    provider: 0n,
    startEpoch,
    endEpoch,
    standing: 'published' as const,
    closed: false,
  }))
}

/** What is over is left out: it asks for nothing more. */
function passTime(facts: Facts, epoch: number): Facts {
  if (epoch === facts.epoch) return facts
  const left = facts.deals.filter((deal) => isLive(deal) && deal.endEpoch > epoch)
  const standing = left.map((deal) =>
    deal.standing === 'published' && epoch > deal.startEpoch
      ? { ...deal, standing: 'active' as const }
      : deal,
  )
  return { ...facts, epoch, deals: standing }
}

function decideWith({ facts, store }: Running, left: bigint): Decision {
  const money = left > store.pay ? left - store.pay : 0n
  const lacking = left < store.pay ? store.pay - left : 0n
  const openReserve = facts.openReserve > lacking ? facts.openReserve - lacking : 0n
  return decide({ ...facts, money, openReserve })
}

function pokeOf({ store, facts }: Running, decision: Decision, before: bigint): ProjectedPoke {
  const { reason, copies, startEpoch, endEpoch, step, endsOpen } = decision
  const perEpoch = offerPerEpoch(facts.price, facts.maxPrice, step, facts.pieceSize)
  const cost = perEpoch * BigInt(facts.term) * BigInt(copies)
  const free = before + (endsOpen ? facts.openReserve : 0n) - cost
  const pay = store.pay < free ? store.pay : free
  const { id } = store
  const { epoch } = facts
  return { epoch, id, reason, copies, startEpoch, endEpoch, cost, pay, left: free - pay }
}

function applied(facts: Facts, decision: Decision): Facts {
  const { copies, startEpoch, endEpoch, step, endsOpen, settles } = decision
  const kept = settles ? facts.deals.filter(isLive) : facts.deals
  return {
    ...facts,
    step,
    ...(endsOpen ? { openCopies: 0, openReserve: 0n } : {}),
    deals: [...deals(copies, startEpoch, endEpoch), ...kept],
  }
}

/** When the first copy ends that has no follower; now, if copies are missing now. */
function lackingFrom({ epoch, replicas, deals: all }: Facts): number {
  const ends = all
    .filter(isLive)
    .map(({ endEpoch }) => endEpoch)
    .toSorted((a, b) => a - b)
  return ends.length < replicas ? epoch : (ends[ends.length - replicas] ?? epoch)
}

function latest(before: number | undefined, all: readonly DealFacts[]): number | undefined {
  const ends = all.filter(isLive).map(({ endEpoch }) => endEpoch)
  return ends.reduce((max, end) => Math.max(max ?? end, end), before)
}
