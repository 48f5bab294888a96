/**
 * What the client contract says when it refuses, in words, with the code of our errors that fits and what to do next.
 * Every error of its ABI is here, of the hub's in hub-revert.ts,
 * of PerpetualStorage's in perpetual-revert.ts; tests hold them together.
 */
import { Interface } from 'ethers'
import { StorageError } from '../errors.ts'
import { formatFil } from '../deal/units.ts'
import { CLIENT_ABI, FACTORY_ABI, INNER_ERRORS_ABI, OWNER_ABI } from './abi.ts'
import { HUB_ERRORS_ABI, HUB_WORDS } from './hub-revert.ts'
import { STORE_CLIENT_ABI, STORE_CLIENT_FACTORY_ABI } from './perpetual-abi.ts'
import { LIBRARY_ERRORS_ABI, PERPETUAL_ERRORS_ABI, PERPETUAL_WORDS } from './perpetual-revert.ts'
import { type Describe, refused, term } from './revert-words.ts'

const PROPOSAL_STATES = ['none', 'open', 'filled', 'lapsed', 'cancelled']

/** A published deal that differs from the proposal: only providers see these. */
function mismatch(field: string): Describe {
  return ({ got, expected }) =>
    refused(`the published deal has another ${field} than the proposal`, {
      ...(expected === undefined ? {} : { expected: expected as bigint }),
      got: got as bigint,
      hint: 'Publish exactly what getDealProposal returns, with the provider filled in.',
    })
}

/** Params that the market would not send: only hand-made ones get here. */
function malformed(name: string): Describe {
  // By position: a Result's `at` is its own.
  return ([at]) =>
    refused(`the params are not the CBOR that the market sends: ${name} at byte ${at}`)
}

const WORDS: Readonly<Record<string, Describe>> = {
  // who may
  NotMarket: ({ caller }) =>
    refused('only the market actor f05 may notify a deal', { got: caller }),
  MethodNotHandled: ({ method }) =>
    refused('the contract does not handle this native method', { got: method }),
  CodecNotHandled: ({ codec }) =>
    refused('the contract takes native params in CBOR only', { expected: 0x51n, got: codec }),
  NotDataCap: ({ caller }) =>
    refused('only the DataCap actor f07 may call the receiver hook', { got: caller }),
  NotOwner: ({ caller, owner }) =>
    refused('only the owner of the client contract may do this', {
      expected: owner,
      got: caller,
      hint: 'Sign with the key of the owner, or deploy a client of your own.',
      next: 'deploy',
    }),
  NotPendingOwner: ({ caller, pendingOwner }) =>
    refused('only the account to which the ownership was offered may accept it', {
      expected: pendingOwner,
      got: caller,
    }),
  OwnerExists: ({ owner }) => refused(`the client contract has an owner already: ${owner}`),
  OwnerMissing: () => refused('a client contract needs an owner that is not the zero address'),
  NotProposer: ({ caller, owner }) =>
    refused('only the owner of the client contract, or a proposer that it named, may propose', {
      expected: owner,
      got: caller,
      hint: 'Sign with the key of the owner, have it call setProposer, or deploy a client of your own.',
      next: 'deploy',
    }),
  SpendingLimitExceeded: ({ asked, left }) =>
    refused('the proposal reserves more than its proposer may spend in this window of epochs', {
      expected: `at most ${formatFil(left as bigint)}`,
      got: formatFil(asked as bigint),
      hint: 'Wait for the next window, propose less, or have the owner raise the limit with setProposer.',
    }),
  WindowMissing: () => refused('a spending limit needs a window of at least one epoch'),
  ProposalsPaused: () =>
    refused('the owner has paused new proposals of this client contract', {
      hint: 'The owner lets them go on with setPaused(false).',
    }),
  ClientExists: ({ owner, client }) =>
    refused(`the owner ${owner} has a client contract already: ${client}`, {
      hint: 'One owner has one client; use that one.',
    }),

  // what may be proposed
  VerifiedDealsEnded: () =>
    term('verified deals have ended: FIP-0118 abolished DataCap', {
      hint: 'Propose an unverified deal with a price.',
    }),
  PieceCidInvalid: ({ pieceCid }) => ({
    code: 'CID_INVALID',
    what: 'the contract takes only version 1 piece CIDs',
    got: pieceCid,
  }),
  PieceSizeInvalid: ({ size, min, max }) => ({
    code: size > max ? 'PIECE_TOO_LARGE' : 'TERM_INVALID',
    what: 'the padded piece size is not possible',
    expected: `a power of two from ${min} to ${max} bytes`,
    got: size,
  }),
  CarSizeInvalid: ({ carSize, capacity }) =>
    term('the bytes to transfer do not fit the piece', {
      expected: `1 to ${capacity} bytes`,
      got: carSize,
    }),
  LabelEmpty: () => term('the label is empty', { hint: 'Leave it out to get one.' }),
  // By position: a Result's `length` is its own.
  LabelTooLong: ([length, max]) => ({
    code: 'LABEL_TOO_LONG',
    what: 'the label is too long',
    expected: `at most ${max} bytes`,
    got: length as bigint,
  }),
  LabelNotUtf8: () => term('the label is not valid UTF-8 text'),
  StartEpochPassed: ({ startEpoch, now_ }) => ({
    code: 'EPOCH_PAST',
    what: 'the start epoch lies in the past',
    expected: `after epoch ${now_}`,
    got: startEpoch,
  }),
  EpochTooFar: ({ epoch, max }) =>
    term('the end epoch is beyond what the contract stores', {
      expected: `at most ${max}`,
      got: epoch,
    }),
  DurationOutOfBounds: ({ duration, min, max }) =>
    term('the market takes no deal of this duration', {
      expected: `${min} to ${max} epochs`,
      got: duration,
    }),
  AmountTooLarge: ({ amount, max }) =>
    term('an amount is larger than all FIL there is', {
      expected: `at most ${max} attoFIL`,
      got: amount,
    }),
  LocationTooLong: ([length, max]) => ({
    code: 'URL_INVALID',
    what: 'the URL is too long',
    expected: `at most ${max} bytes`,
    got: length as bigint,
  }),
  LocationInvalid: ({ position }) => ({
    code: 'URL_INVALID',
    what: `the URL is one that providers cannot take, see position ${position}`,
    hint: 'Write unusual characters percent-encoded; the URL starts with http:// or https://.',
  }),
  ExtraParamsVersionUnknown: ({ version }) =>
    refused('the contract knows another version of the extra params', {
      expected: 1n,
      got: version,
    }),
  ReplicasInvalid: ({ replicas, max }) =>
    term('the number of replicas is not possible', { expected: `1 to ${max}`, got: replicas }),
  ProviderListTooLong: ([length, max]) =>
    term('too many providers are listed', { expected: `at most ${max}`, got: length as bigint }),
  ProviderRepeated: ({ provider }) => term(`the provider f0${provider} is listed twice`),
  ProvidersTooFew: ({ providers, replicas }) =>
    term('fewer providers are listed than replicas wanted', {
      expected: replicas,
      got: providers,
    }),
  ProposalExists: ({ id }) =>
    refused(`an identical proposal exists: ${id}`, {
      hint: 'Providers refuse twins. Change the label to propose the same again.',
      next: `deals ${id}`,
    }),
  ProposalUnknown: ({ id }) => ({
    code: 'PROPOSAL_NOT_FOUND',
    what: `the client contract has no proposal ${id}`,
    hint: 'Look at the proposals that it has.',
    next: 'deals',
  }),
  ProposalNotInState: ({ id, current, expected }) =>
    refused(`the proposal ${id} is in another state`, {
      expected: PROPOSAL_STATES[Number(expected)] ?? String(expected),
      got: PROPOSAL_STATES[Number(current)] ?? String(current),
      next: `deals ${id}`,
    }),

  // what may be published in our name
  PieceCidMismatch: mismatch('piece CID'),
  PieceSizeMismatch: mismatch('piece size'),
  ClientMismatch: mismatch('client'),
  LabelMismatch: mismatch('label'),
  StartEpochMismatch: mismatch('start epoch'),
  EndEpochMismatch: mismatch('end epoch'),
  PriceMismatch: mismatch('price'),
  ProviderCollateralMismatch: mismatch('provider collateral'),
  ClientCollateralMismatch: mismatch('client collateral'),
  ProviderNotAllowed: ({ provider }) =>
    refused(`the provider f0${provider} is not among those that the proposal names`),
  ProviderAlreadyPublished: ({ id, provider }) =>
    refused(`the provider f0${provider} has already published the proposal ${id}`),
  ActorUnknown: ({ got }) => refused('an address belongs to no actor of this chain', { got }),
  DealIdNotAscending: ({ dealId, newest }) =>
    refused('a deal was notified that is not newer than the last', {
      expected: `more than ${newest}`,
      got: dealId,
    }),

  // money
  EscrowTooLow: ({ missing }) => ({
    code: 'NO_MONEY',
    what: `the client contract lacks ${formatFil(missing)} for this proposal`,
    hint: 'Send at least so much to the client contract, or propose for less.',
  }),
  BalanceTooLow: ({ requested, available }) => ({
    code: 'NO_MONEY',
    what: 'the client contract has less than was asked for',
    expected: `at most ${available} attoFIL`,
    got: requested,
  }),
  ActorFailed: ({ method, exitCode }) =>
    refused(`an actor refused the method ${method} with exit code ${exitCode}`),
  DealUnknown: ({ dealId }) =>
    refused(`the client contract has no deal ${dealId}`, { next: 'deals' }),
  RecipientRefused: ({ to }) => refused(`the recipient ${to} refused the money`),
  NotThisClient: ({ client }) =>
    refused('the market pays a client only to itself', { got: client }),

  // codecs and actors
  PrecompileFailed: ({ precompile }) =>
    refused(`the precompile ${precompile} failed`, {
      hint: 'Is this a Filecoin network? Only those have the actors that the contract calls.',
    }),
  SettlementsInconsistent: ({ asked, answered }) =>
    refused('the market’s answer to a settlement contradicts itself', {
      expected: `an answer for each of ${asked} deals, in their order`,
      got: answered,
    }),
  IdsNotAscending: ({ id }) => refused('deal ids must be strictly ascending', { got: id }),
  AddressInvalid: ({ got }) => refused('bytes are not a Filecoin address', { got }),
  AddressNotId: ({ got }) => refused('a Filecoin address is not one by actor id', { got }),
  ...Object.fromEntries(
    INNER_ERRORS_ABI.map((line) => /^error (Cbor\w+)/.exec(line)?.[1])
      .filter((name) => name !== undefined)
      .map((name) => [name, malformed(name)]),
  ),

  ...HUB_WORDS,
  ...PERPETUAL_WORDS,

  // Solidity
  Error: (values) => refused(`the contract refused: ${values[0]}`),
  Panic: (values) => refused(`the contract failed with panic code ${values[0]}`),
}

const REVERTS = new Interface(
  [
    ...CLIENT_ABI,
    ...OWNER_ABI,
    ...INNER_ERRORS_ABI,
    ...FACTORY_ABI,
    ...HUB_ERRORS_ABI,
    ...PERPETUAL_ERRORS_ABI,
    ...LIBRARY_ERRORS_ABI,
    ...STORE_CLIENT_ABI,
    ...STORE_CLIENT_FACTORY_ABI,
  ].filter((line) => line.startsWith('error ')),
)

/** Names of the errors that have words. */
export const DESCRIBED_ERRORS: readonly string[] = Object.keys(WORDS)

export interface RevertContext {
  /** What was being done. */
  readonly what: string
  readonly network?: string | undefined
  readonly cause?: unknown
}

/** The revert data `0x…` as an error; undefined for data that is no known error. */
export function decodeRevert(data: string, context: RevertContext): StorageError | undefined {
  const error = REVERTS.parseError(data)
  const words = error === null ? undefined : WORDS[error.name]?.(error.args)
  if (words === undefined) return undefined
  const { code, next, ...detail } = words
  const network = context.network === undefined ? '' : ` --network ${context.network}`
  return new StorageError(code, {
    ...detail,
    what: `${context.what}: ${detail.what}`,
    ...(next === undefined ? {} : { next: `npx hardhat ${next}${network}` }),
    cause: context.cause,
  })
}

/** A refusal that says nothing that we know. */
export function refusal(what: string, data: string | undefined, cause: unknown): StorageError {
  return new StorageError('CONTRACT_REFUSED', {
    what: `the contract refused: ${what}`,
    got: data ?? 'no reason',
    hint: 'Is the address that of a contract of this version?',
    cause,
  })
}
