/**
 * Stores in every state that the rules can meet, made by dice. Times are short and close together, so that epochs fall
 * on each other's edges often; what f05 and the client can never say is left out: no published deal is past its start, no
 * live one past its end.
 */
import { type DealFacts, type Facts, type Standing, UNLISTED } from '../../src/keep/facts.ts'
import { offerPerEpoch } from '../../src/keep/offer.ts'
import type { Dice } from './dice.ts'

/** Small enough to meet again. */
const PROVIDERS = 9

export function randomFacts(dice: Dice): Facts {
  const epoch = dice.int(200, 240)
  const startDelay = dice.int(2, 6)
  const policy = {
    replicas: dice.int(1, 8),
    term: dice.int(30, 60),
    lead: dice.int(startDelay, 20),
    startDelay,
  }
  const openSince = epoch - dice.int(0, startDelay + 3)
  const facts: Facts = {
    epoch,
    ...policy,
    cancelled: dice.once(12),
    step: dice.pick([0, 0, 1, 4, 7, 8, 9, 11]),
    openCopies: dice.once(3) ? dice.int(1, policy.replicas) : 0,
    openSince,
    openStart: openSince + startDelay + (dice.once(2) ? 0 : dice.int(0, 10)),
    crowded: dice.once(12),
    deals: Array.from({ length: dice.int(0, 10) }, (_, i) => randomDeal(dice, epoch, policy, i)),
    eligible: dice.once(3) ? dice.int(0, 8) : UNLISTED,
    pieceSize: 2 ** dice.int(7, 36),
    price: dice.once(8) ? 0n : dice.big(24),
    maxPrice: 0n,
    money: 0n,
    openReserve: 0n,
  }
  const maxPrice = facts.price + (dice.once(3) ? 0n : dice.big(26))
  return { ...facts, maxPrice, ...randomMoney(dice, { ...facts, maxPrice }) }
}

/** Around what some copies cost at some step: an atto more or less is often decisive. */
function randomMoney(dice: Dice, facts: Facts): Pick<Facts, 'money' | 'openReserve'> {
  const costAt = (step: number): bigint =>
    offerPerEpoch(facts.price, facts.maxPrice, step, facts.pieceSize) * BigInt(facts.term)
  const step = Math.min(facts.step + dice.int(0, 1), 8)
  const near = costAt(step) * BigInt(dice.int(0, facts.replicas)) + BigInt(dice.int(-1, 1))
  return {
    money: dice.once(6) ? dice.big(80) : near < 0n ? 0n : near,
    openReserve: costAt(facts.step) * BigInt(facts.openCopies),
  }
}

function randomDeal(
  dice: Dice,
  epoch: number,
  { term, lead }: Pick<Facts, 'term' | 'lead'>,
  age: number,
): DealFacts {
  const made: Readonly<Record<Standing, () => number>> = {
    published: () => epoch + dice.int(0, 12),
    active: () => dice.pick([epoch + dice.int(1, lead + 3) - term, epoch - dice.int(-5, term - 1)]),
    missed: () => epoch - dice.int(1, 2 * term),
    ended: () => epoch - term - dice.int(0, 5),
    terminated: () => epoch - dice.int(-5, term - 1),
  }
  const standing = dice.pick(['published', 'active', 'active', 'active', ...KINDS] as const)
  const startEpoch = made[standing]()
  return {
    dealId: BigInt(1000 - age),
    provider: BigInt(dice.int(1, PROVIDERS)),
    startEpoch,
    endEpoch: startEpoch + term,
    standing,
    closed: standing !== 'published' && standing !== 'active' && dice.once(2),
  }
}

const KINDS = ['missed', 'ended', 'terminated'] as const
