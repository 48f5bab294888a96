/**
 * Which providers a missing copy may go to: not to those with a good copy, if copies must be at distinct providers. Not to
 * those that failed, unless too few others are listed, or nobody takes the highest offer: then they may try again.
 * @see contracts/perpetual/ProviderChoice.sol
 */
import type { Decision } from './decide.ts'
import { type Facts, isLive, UNLISTED } from './facts.ts'

/** Any provider; those listed only; any but those listed. */
export type ProviderRule = 'any' | 'only' | 'except'

/** In the order of the contract's enum. */
export const PROVIDER_RULES: readonly ProviderRule[] = ['any', 'only', 'except']

export interface ProviderPolicy {
  readonly rule: ProviderRule
  /** Actor ids. */
  readonly providers: readonly bigint[]
  /** No provider holds two copies at a time. */
  readonly distinct: boolean
}

/** Whom the next proposal is for: `allowed` if it is restricted, else anyone; never `excluded`. Actor ids. */
export interface Choice {
  readonly restricted: boolean
  readonly allowed: readonly bigint[]
  readonly excluded: readonly bigint[]
}

/** @param shunned Providers that failed, 0 stands for none. */
export function chooseProviders(
  facts: Facts,
  { rule, providers, distinct }: ProviderPolicy,
  shunned: readonly bigint[],
  { reason, copies }: Pick<Decision, 'reason' | 'copies'>,
): Choice {
  const holders = distinct ? holdersOf(facts) : []
  const failed = reason === 'at-ceiling' ? [] : shunned.filter((provider) => provider !== 0n)
  if (rule !== 'only') {
    const named = rule === 'except' ? providers : []
    const excluded = [...new Set([...named, ...holders, ...failed])]
    return { restricted: false, allowed: [], excluded }
  }
  const free = without(providers, holders)
  const trusted = without(free, failed)
  return { restricted: true, allowed: trusted.length < copies ? free : trusted, excluded: [] }
}

/** How many providers may take a copy. */
export function eligibleProviders(
  facts: Facts,
  { rule, providers, distinct }: ProviderPolicy,
): number {
  if (rule !== 'only') return UNLISTED
  return distinct ? without(providers, holdersOf(facts)).length : providers.length
}

/** Providers of good copies. */
function holdersOf({ deals, epoch, lead }: Facts): bigint[] {
  return deals
    .filter((deal) => isLive(deal) && deal.endEpoch - epoch > lead)
    .map(({ provider }) => provider)
}

function without(all: readonly bigint[], some: readonly bigint[]): bigint[] {
  return all.filter((one) => !some.includes(one))
}
