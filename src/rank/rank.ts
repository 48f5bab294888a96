/**
 * Providers in an order that says why. The first rule in which two differ decides:
 *
 *   1. one that would refuse what is wished, or is no provider at all, comes last
 *   2. deals kept: (kept + 1) / (kept + lost + 2), so that an unknown provider stands at one half, between those that
 *      kept what they took and those that lost it
 *   3. proposals taken: (taken + 1) / (taken + refused + 2), likewise
 *   4. one that answers over HTTP before one that has to see an event
 *   5. the lower ask; the usual one stands in for an unknown
 *   6. the shorter median time to publish, then to activate; unknown last
 *   7. the lower id, so that equals are always in the same order
 */
import { DEFAULT_PRICE_PER_GIB } from '../deal/terms.ts'
import { median, type ProviderFacts } from './facts.ts'
import { type Obstacle, obstaclesOf, type RankWish } from './obstacles.ts'
import { reasonsOf, type Reason } from './reasons.ts'

/** `unknown`: nothing speaks against it, but what would speak for it is not known. */
export type Verdict = 'usable' | 'unknown' | 'unusable'

export interface RankedProvider {
  /** From 1. */
  readonly place: number
  readonly facts: ProviderFacts
  readonly verdict: Verdict
  readonly reasons: readonly Reason[]
}

export function rankProviders(
  providers: readonly ProviderFacts[],
  wish: RankWish,
): readonly RankedProvider[] {
  return providers
    .map((facts) => ({ facts, obstacles: obstaclesOf(facts, wish) }))
    .toSorted((a, b) => compare(keyOf(a.facts, a.obstacles), keyOf(b.facts, b.obstacles)))
    .map(({ facts, obstacles }, index) => ({
      place: index + 1,
      facts,
      verdict: verdictOf(facts, obstacles),
      reasons: reasonsOf(facts, obstacles),
    }))
}

function verdictOf({ isMiner, ask }: ProviderFacts, obstacles: readonly Obstacle[]): Verdict {
  if (obstacles.length > 0) return 'unusable'
  return isMiner === true && ask !== undefined ? 'usable' : 'unknown'
}

/** Ascending: better first. A pair is a fraction, of which the greater is better. */
type Key = readonly (bigint | { readonly of: number; readonly in: number })[]

function keyOf({ id, ask, experience }: ProviderFacts, obstacles: readonly Obstacle[]): Key {
  const { kept, lost, accepted, pending, refused, ignored } = experience
  const taken = accepted + kept + lost + pending
  const never = 1n << 63n
  return [
    obstacles.length > 0 ? 1n : 0n,
    { of: kept + 1, in: kept + lost + 2 },
    { of: taken + 1, in: taken + refused + ignored + 2 },
    ask === undefined ? 1n : 0n,
    ask?.pricePerGib ?? DEFAULT_PRICE_PER_GIB,
    median(experience.toPublish) ?? never,
    median(experience.toActive) ?? never,
    id,
  ]
}

function compare(a: Key, b: Key): number {
  for (const [index, one] of a.entries()) {
    const other = b[index]
    if (typeof one === 'bigint' && typeof other === 'bigint') {
      if (one !== other) return one < other ? -1 : 1
    } else if (typeof one === 'object' && typeof other === 'object') {
      const order = other.of * one.in - one.of * other.in
      if (order !== 0) return order
    }
  }
  return 0
}
