/**
 * How long money lasts. A renewal moves a copy's end by a period: the term without the overlap of new deal and old. Copies
 * that end at one epoch are renewed by one poke. A round renews every copy once; each round costs the same and moves every
 * end by a period:
 *
 *   round = replicas · copy + groups · pay        copy = offer per epoch · term
 * @see contracts/perpetual/Runway.sol
 */
import { delayOf, hasOfferFailed } from './decide.ts'
import { type Facts, isLive } from './facts.ts'
import { offerPerEpoch, STEPS } from './offer.ts'
import type { Policy } from './policy.ts'

/** Epochs of what costs nothing: the contract's 2^256 − 1. */
export const FOR_EVER = (1n << 256n) - 1n

/** Epochs by which a renewal moves an end. */
function periodOf({ term, startDelay }: Pick<Facts, 'term' | 'startDelay'>): number {
  return term - startDelay - 1
}

/**
 * @param money attoFIL: the whole of what may be spent.
 * @param pay   attoFIL: a keeper's for each poke.
 * @returns epochs from now until the first copy ends that cannot be renewed
 */
export function runwayOf(f: Facts, money: bigint, pay: bigint): bigint {
  if (f.cancelled) return 0n
  const copy = offerPerEpoch(f.price, f.maxPrice, f.step, f.pieceSize) * BigInt(f.term)
  const offerFails = hasOfferFailed(f)
  const ends = latestEnds(f, offerFails ? 0 : f.openCopies)
  let left = offerFails ? money + f.openReserve : money
  if (ends.length < f.replicas) {
    const missing = f.replicas - ends.length
    const first = BigInt(missing) * copy + pay
    if (left < first) return 0n
    left -= first
    ends.push(...Array<number>(missing).fill(f.epoch + delayOf(f, f.step) + f.term))
  }
  // What ends first is renewed first.
  const groups = [...Map.groupBy(ends, (end) => end)]
    .toSorted(([a], [b]) => a - b)
    .map(([end, { length }]) => ({ end, cost: BigInt(length) * copy + pay }))
  const round = groups.reduce((sum, { cost }) => sum + cost, 0n)
  if (round === 0n) return FOR_EVER
  const rounds = left / round
  left %= round
  // Less than a round is left.
  const unpaid = groups.find(({ cost }) => left < cost || (left -= cost) < 0n)
  return BigInt(Math.max((unpaid?.end ?? 0) - f.epoch, 0)) + rounds * BigInt(periodOf(f))
}

export interface Endowment {
  readonly atFirstOffer: bigint
  readonly atCeiling: bigint
}

/**
 * attoFIL that it takes to keep a piece of `pieceSize` padded bytes for `epochs`, with a keeper's ceiling for each renewal.
 */
export function endowmentFor(policy: Policy, pieceSize: number, epochs: bigint): Endowment {
  const deals = dealsFor(epochs, policy.term, periodOf(policy))
  const at = (step: number): bigint => {
    const price = offerPerEpoch(policy.price, policy.maxPrice, step, pieceSize)
    return capital(deals, BigInt(policy.replicas) * price * BigInt(policy.term), policy.maxPay)
  }
  return { atFirstOffer: at(0), atCeiling: at(STEPS) }
}

/** How many deals it takes one after the other, to store for `epochs`. */
function dealsFor(epochs: bigint, term: number, period: number): bigint {
  const [first, step] = [BigInt(term), BigInt(period)]
  if (epochs === 0n) return 0n
  return epochs <= first ? 1n : 1n + (epochs - first + step - 1n) / step
}

/** What they cost, each but the first made by a paid poke. */
function capital(deals: bigint, perDeal: bigint, pay: bigint): bigint {
  return deals === 0n ? 0n : deals * perDeal + (deals - 1n) * pay
}

/** Of the copies that end last, one for each replica; what is on offer counts as if it was taken. */
function latestEnds({ deals, replicas, openStart, term }: Facts, onOffer: number): number[] {
  const taken = Array<number>(onOffer).fill(openStart + term)
  const ends = [...deals.filter(isLive).map(({ endEpoch }) => endEpoch), ...taken]
  return ends.toSorted((a, b) => b - a).slice(0, replicas)
}
