/**
 * On what terms a store is kept, with defaults that providers with default settings accept. Epochs are numbers, amounts
 * attoFIL.
 * @see contracts/interfaces/IPerpetualStorage.sol, `Policy`; contracts/perpetual/PolicyRules.sol for the same bounds
 */
import { MAX_AMOUNT, MAX_DURATION, MIN_DURATION } from '../deal/rules.ts'
import {
  BOOST_START_WINDOW,
  type CollateralBounds,
  DEFAULT_DURATION,
  DEFAULT_LEAD,
  DEFAULT_PRICE_PER_GIB,
  defaultCollateral,
  MAX_COLLATERAL_MULTIPLE,
} from '../deal/terms.ts'
import { EPOCHS_PER_DAY } from '../deal/units.ts'
import { checkUrl } from '../deal/url.ts'
import { StorageError } from '../errors.ts'
import type { ProviderPolicy } from './choose-providers.ts'

export interface Policy extends ProviderPolicy {
  /** Copies, 1 to 8. */
  readonly replicas: number
  /** Keepers that repair may name where the piece is to be fetched. */
  readonly keeperLocations: boolean
  /** Address of a contract that decides about each provider as well. */
  readonly judge: string | undefined
  /** Of each deal. */
  readonly term: number
  /** Before a deal's end, in which it is renewed. */
  readonly lead: number
  /** That providers have to publish and activate; after as many a proposal is made anew. */
  readonly startDelay: number
  /** Per GiB of padded bytes and epoch: first offer, and ceiling. */
  readonly price: bigint
  readonly maxPrice: bigint
  /** Per GiB of padded bytes: what a provider locks, at the first offer and at most. */
  readonly collateral: bigint
  readonly maxCollateral: bigint
  /** What a keeper gets for a poke that changed something, above its gas. */
  readonly reward: bigint
  /** Gas and reward of one store's poke, at most. */
  readonly maxPay: bigint
  /** All pokes of the account in one window of a day, at most. */
  readonly maxPayPerWindow: bigint
  /** URLs that serve the piece; each attempt takes the next. After one that ends in a slash the piece CID follows. */
  readonly locations: readonly string[]
}

const MAX_REPLICAS = 8
/** Two days: Boost declines a start nearer than one, and needs time to see the proposal. */
const MIN_START_DELAY = Number(DEFAULT_LEAD)
/** Boost declines a start further away. */
const MAX_LEAD = Number(BOOST_START_WINDOW.maxLead)
/** Providers count the market's longest duration from their head, not from the start. */
const MAX_TERM = Number(MAX_DURATION) - MAX_LEAD
/** An attempt that fails, or whose providers never activate, must leave time for another. */
const minLead = (startDelay: number): number => 2 * startDelay + 2
const MAX_PROVIDERS = 64
const MAX_LOCATIONS = 8
/** Bytes. */
const MAX_LOCATION_LENGTH = 1024
/** Pieces have 64 GiB at most. */
const MAX_PER_GIB = MAX_AMOUNT / 64n
const MAX_UINT64 = (1n << 64n) - 1n
const GIB = 1n << 30n
const MILLIFIL = 10n ** 15n

/** What must be said; everything else of `Policy` has a default. */
export type PolicyRequest = Pick<Policy, 'locations'> & Partial<Policy>

export interface PolicyCircumstances {
  /** Padded bytes of the piece that the bounds are of. */
  readonly pieceSize: number
  /** What the node says; only needed for a default collateral. */
  readonly collateralBounds?: CollateralBounds | undefined
}

/**
 * Fills in what `request` leaves out and checks the whole.
 * @throws as `checkPolicy`; TERM_INVALID when no collateral is given and the bounds are not known
 */
export function policyFor(request: PolicyRequest, circumstances?: PolicyCircumstances): Policy {
  const given = withoutUndefined(request)
  const price = request.price ?? DEFAULT_PRICE_PER_GIB
  const collateral = request.collateral ?? collateralPerGib(circumstances)
  const providers = request.providers ?? []
  const policy: Policy = {
    replicas: 3,
    distinct: true,
    keeperLocations: true,
    rule: providers.length === 0 ? 'any' : 'only',
    judge: undefined,
    term: Number(DEFAULT_DURATION),
    // A day less than providers plan ahead, and time for several attempts.
    lead: MAX_LEAD - Number(EPOCHS_PER_DAY),
    startDelay: Number(DEFAULT_LEAD),
    maxPrice: price * 4n,
    // From a fifth above what is needed to the most that Boost takes.
    maxCollateral: (collateral * MAX_COLLATERAL_MULTIPLE * 5n) / 6n,
    reward: MILLIFIL,
    maxPay: 20n * MILLIFIL,
    maxPayPerWindow: 200n * MILLIFIL,
    ...given,
    price,
    collateral,
    providers,
  }
  checkPolicy(policy)
  return policy
}

function collateralPerGib(circumstances: PolicyCircumstances | undefined): bigint {
  const { pieceSize, collateralBounds } = circumstances ?? { pieceSize: 1 }
  const size = BigInt(pieceSize)
  return (defaultCollateral(collateralBounds) * GIB + size - 1n) / size
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T
}

/**
 * The bounds of the contract, but that a judge has code, which only the chain knows.
 * @throws ARGUMENT_INVALID, which names the field
 */
export function checkPolicy(p: Policy): void {
  checkNumber('replicas', p.replicas, 1, MAX_REPLICAS)
  checkNumber('term', p.term, Number(MIN_DURATION), MAX_TERM)
  checkNumber('startDelay', p.startDelay, MIN_START_DELAY, (MAX_LEAD - minLead(0)) / 2)
  checkNumber('lead', p.lead, minLead(p.startDelay), MAX_LEAD)
  checkAmount('maxPrice', p.maxPrice, MAX_PER_GIB)
  checkAmount('maxCollateral', p.maxCollateral, MAX_PER_GIB)
  checkAmount('maxPayPerWindow', p.maxPayPerWindow, MAX_AMOUNT)
  checkAmount('price', p.price, p.maxPrice, 'maxPrice')
  checkAmount('collateral', p.collateral, p.maxCollateral, 'maxCollateral')
  checkAmount('reward', p.reward, p.maxPay, 'maxPay')
  checkAmount('maxPay', p.maxPay, p.maxPayPerWindow, 'maxPayPerWindow')
  checkProviders(p)
  if (p.judge !== undefined && !/^0x[0-9a-fA-F]{40}$/.test(p.judge))
    throw invalid('judge', 'the address of a contract, 0x and 40 hex digits', p.judge)
  checkNumber('locations', p.locations.length, 1, MAX_LOCATIONS)
  for (const [i, location] of p.locations.entries()) checkLocation(`locations[${i}]`, location)
}

function checkProviders({ rule, providers, replicas }: Policy): void {
  if ((providers.length === 0) !== (rule === 'any'))
    throw invalid(
      'providers',
      rule === 'any' ? `none with the rule "any"` : `some with the rule "${rule}"`,
      providers.length,
    )
  if (providers.length > MAX_PROVIDERS)
    throw invalid('providers', `at most ${MAX_PROVIDERS}`, providers.length)
  if (rule === 'only' && providers.length < replicas)
    throw invalid('providers', `${replicas} or more, one for each copy`, providers.length)
  for (const [i, provider] of providers.entries()) {
    if (provider < 0n || provider > MAX_UINT64)
      throw invalid(`providers[${i}]`, 'an actor id of 64 bits', provider)
    if (providers.indexOf(provider) !== i)
      throw invalid(`providers[${i}]`, 'each provider once', `f0${provider} again`)
  }
}

function checkLocation(field: string, location: string): void {
  const length = Buffer.byteLength(location)
  if (length > MAX_LOCATION_LENGTH)
    throw invalid(field, `at most ${MAX_LOCATION_LENGTH} bytes`, length)
  try {
    checkUrl(location)
  } catch (cause) {
    throw invalid(field, 'a URL that providers can fetch', JSON.stringify(location), cause)
  }
}

function checkNumber(field: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw invalid(field, `a whole number from ${min} to ${max}`, value)
}

function checkAmount(field: string, value: bigint, max: bigint, bound?: string): void {
  if (value >= 0n && value <= max) return
  throw invalid(field, `0 to ${max} attoFIL${bound === undefined ? '' : `, its ${bound}`}`, value)
}

function invalid(
  field: string,
  expected: string,
  got: string | number | bigint,
  cause?: unknown,
): StorageError {
  return new StorageError('ARGUMENT_INVALID', {
    what: `the policy's ${field} is out of bounds`,
    expected,
    got,
    cause,
  })
}
