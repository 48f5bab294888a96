/**
 * How long money lasts. Copies that end at one epoch are renewed by one poke. A round renews every copy once; each round
 * costs the same and moves every end by a term:
 *
 *   round = replicas · copy + groups · pay        copy = offer per epoch · term
 * @see contracts/perpetual/Runway.sol
 */
import { type Facts, isLive } from './facts.ts'
import { offerPerEpoch } from './offer.ts'

/** Epochs of what costs nothing: the contract's 2^256 − 1. */
export const FOR_EVER = (1n << 256n) - 1n

/**
 * @param money attoFIL: the whole of what may be spent.
 * @param pay   attoFIL: a keeper's for each poke.
 * @returns epochs from now until the first copy ends that cannot be renewed
 */
export function runwayOf(f: Facts, money: bigint, pay: bigint): bigint {
  if (f.cancelled) return 0n
  const copy = offerPerEpoch(f.price, f.maxPrice, f.step, f.pieceSize) * BigInt(f.term)
  const ends = latestEnds(f)
  let left = money
  if (ends.length < f.replicas) {
    const missing = f.replicas - ends.length
    const first = BigInt(missing) * copy + pay
    if (left < first) return 0n
    left -= first
    ends.push(...Array<number>(missing).fill(f.epoch + f.startDelay + f.term))
  }
  const groups = [...Map.groupBy(ends, (end) => end)].toSorted(([a], [b]) => a - b)
  const round = BigInt(f.replicas) * copy + BigInt(groups.length) * pay
  if (round === 0n) return FOR_EVER
  const rounds = left / round
  left -= rounds * round
  for (const [end, { length }] of groups) {
    const cost = BigInt(length) * copy + pay
    if (left < cost) return BigInt(end - f.epoch) + rounds * BigInt(f.term)
    left -= cost
  }
  // Not reached: less than a round was left.
  return 0n
}

/** What it takes to keep copies for `epochs`: deals one after the other, each renewed by a paid poke. attoFIL. */
export function endowmentFor({
  replicas,
  pricePerEpoch,
  term,
  pay,
  epochs,
}: {
  readonly replicas: number
  /** Of a copy. */
  readonly pricePerEpoch: bigint
  readonly term: number
  readonly pay: bigint
  readonly epochs: bigint
}): bigint {
  if (epochs === 0n) return 0n
  const length = BigInt(term)
  const deals = (epochs + length - 1n) / length
  return deals * BigInt(replicas) * pricePerEpoch * length + (deals - 1n) * pay
}

/** Of the copies that end last, one for each replica; what is on offer counts as if it was taken. */
function latestEnds({ deals, replicas, openCopies, openStart, term }: Facts): number[] {
  const taken = Array<number>(openCopies).fill(openStart + term)
  const ends = [...deals.filter(isLive).map(({ endEpoch }) => endEpoch), ...taken]
  return ends.toSorted((a, b) => b - a).slice(0, replicas)
}
