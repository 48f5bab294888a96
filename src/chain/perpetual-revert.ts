/**
 * What PerpetualStorage and its clients say when they refuse, in words. Its errors in ethers' human-readable form; a test compares
 * them with the compiler's.
 * @see contracts/interfaces/IPerpetualStorage.sol, contracts/perpetual
 */
import { formatFil } from '../deal/units.ts'
import { type Describe, refused, term } from './revert-words.ts'

export const PERPETUAL_ERRORS_ABI = [
  'error StoreUnknown(uint256 id)',
  'error NotAccount(address caller, address account)',
  'error StoreIsCancelled(uint256 id)',
  'error ClientMissing(address account)',
  'error NotSelf(address caller)',
  'error MoneyMissing()',
  'error LocationsFixed(uint256 id)',
  'error LocationNotNow(uint256 id)',
  'error RootTooLong(uint256 length, uint256 max)',
  'error GasTooLow(uint256 id)',
  'error ReplicasOutOfBounds(uint256 replicas, uint256 min, uint256 max)',
  'error TermOutOfBounds(int64 term, int64 min, int64 max)',
  'error StartDelayOutOfBounds(int64 startDelay, int64 min, int64 max)',
  'error LeadOutOfBounds(int64 lead, int64 min, int64 max)',
  'error PriceAboveCeiling(uint256 price, uint256 ceiling)',
  'error CollateralAboveCeiling(uint256 collateral, uint256 ceiling)',
  'error RewardAboveCeiling(uint256 reward, uint256 ceiling)',
  'error PayAboveWindow(uint256 maxPay, uint256 maxPayPerWindow)',
  'error PolicyAmountTooLarge(uint256 amount, uint256 max)',
  'error ProvidersUnexpected(uint8 rule, uint256 count)',
  'error PolicyProvidersTooMany(uint256 count, uint256 max)',
  'error PolicyProvidersTooFew(uint256 count, uint256 replicas)',
  'error PolicyProviderRepeated(uint64 provider)',
  'error LocationsOutOfBounds(uint256 count, uint256 max)',
  'error PolicyLocationTooLong(uint256 index, uint256 length, uint256 max)',
  'error JudgeHasNoCode(address judge)',
  'error PolicyUnknown(uint32 policy)',
] as const

/** Of a library that the contract is made with. */
export const LIBRARY_ERRORS_ABI = [
  'error AddressEmptyCode(address target)',
  'error FailedCall()',
] as const

/** By the name of the error. */
export const PERPETUAL_WORDS: Readonly<Record<string, Describe>> = {
  // who may, and what there is
  StoreUnknown: ({ id }) => refused(`there is no store ${id}`),
  NotAccount: ({ caller, account }) =>
    refused('only the account that stored may do this', {
      expected: account as string,
      got: caller as string,
    }),
  StoreIsCancelled: ({ id }) =>
    refused(`the store ${id} was ended by its account`, { hint: 'Store the piece again.' }),
  ClientMissing: ({ account }) => refused(`the account ${account} never stored: it has no money`),
  NotSelf: ({ caller }) =>
    refused('only the contract itself calls this; poke is for everybody', {
      got: caller as string,
    }),
  MoneyMissing: () => term('a top-up needs money', { hint: 'Send a value along.' }),
  PolicyUnknown: ({ policy }) => refused(`there is no policy ${policy}`),

  // upkeep
  LocationsFixed: ({ id }) =>
    refused(`the policy of the store ${id} lets no keeper name a location`),
  LocationNotNow: ({ id }) =>
    refused(`a keeper named the location of the last attempt of the store ${id} as well`, {
      hint: 'Poke without a location: this attempt takes one of the policy.',
    }),
  GasTooLow: ({ id }) =>
    refused(`the store ${id} took nearly all the gas there was, and failed`, {
      hint: 'Give more gas, or poke fewer stores at once.',
    }),

  // what may be stored; by position: a Result's `length` is its own
  RootTooLong: ([length, max]) =>
    term('the root of the piece is too long', {
      expected: `at most ${max} bytes`,
      got: length as bigint,
    }),

  // policies
  ReplicasOutOfBounds: bounds('the number of copies is not possible', 'replicas'),
  TermOutOfBounds: bounds('the market takes no deals of this term', 'term', ' epochs'),
  StartDelayOutOfBounds: bounds('providers need another time to start', 'startDelay', ' epochs'),
  LeadOutOfBounds: bounds('renewals must begin at another time', 'lead', ' epochs'),
  PriceAboveCeiling: ceiling('the first price is above the ceiling', 'price'),
  CollateralAboveCeiling: ceiling('the first collateral is above the ceiling', 'collateral'),
  RewardAboveCeiling: ceiling('the reward is above what a poke may cost', 'reward'),
  PayAboveWindow: ({ maxPay, maxPayPerWindow }) =>
    term('one poke may cost more than all of a day', {
      expected: `at most ${formatFil(maxPayPerWindow as bigint)}`,
      got: formatFil(maxPay as bigint),
    }),
  PolicyAmountTooLarge: ({ amount, max }) =>
    term('an amount is larger than all FIL there is could pay', {
      expected: `at most ${max} attoFIL`,
      got: amount as bigint,
    }),
  ProvidersUnexpected: ({ count }) =>
    term(
      count === 0n
        ? 'the rule for providers needs a list, and there is none'
        : 'providers are listed, and the rule says any',
    ),
  PolicyProvidersTooMany: ({ count, max }) =>
    term('too many providers are listed', { expected: `at most ${max}`, got: count as bigint }),
  PolicyProvidersTooFew: ({ count, replicas }) =>
    term('fewer providers are listed than copies wanted', {
      expected: replicas as bigint,
      got: count as bigint,
    }),
  PolicyProviderRepeated: ({ provider }) => term(`the provider f0${provider} is listed twice`),
  LocationsOutOfBounds: ({ count, max }) =>
    term('providers need locations to fetch from', {
      expected: `1 to ${max}`,
      got: count as bigint,
    }),
  PolicyLocationTooLong: ([index, length, max]) => ({
    code: 'URL_INVALID',
    what: `the location ${index} is too long`,
    expected: `at most ${max} bytes`,
    got: length as bigint,
  }),
  JudgeHasNoCode: ({ judge }) =>
    term('the contract that decides about providers is none', { got: judge as string }),

  // clients and their factory
  AlreadyPublished: ({ id }) =>
    refused(`a provider has published the proposal ${id}: it is too late to exclude some`),
  AddressEmptyCode: ({ target }) =>
    refused('a contract that should be called is none', { got: target as string }),
  FailedCall: () => refused('a contract that was called failed, and did not say why'),
  FailedDeployment: () => refused('the account has a client already, or it could not be created'),
  InsufficientBalance: ({ balance, needed }) =>
    refused('a contract has less than it needs', {
      expected: needed as bigint,
      got: balance as bigint,
    }),
}

function bounds(what: string, field: string, unit = ''): Describe {
  return (values) =>
    term(what, {
      expected: `${values['min']} to ${values['max']}${unit}`,
      got: values[field] as bigint,
    })
}

function ceiling(what: string, field: string): Describe {
  return (values) =>
    term(what, { expected: `at most ${values['ceiling']} attoFIL`, got: values[field] as bigint })
}
