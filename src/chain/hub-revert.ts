/**
 * What the aggregation hub says when it refuses, in words. Its errors in ethers' human-readable form; a test compares them
 * with the compiler's.
 * @see contracts/interfaces/IAggregationHub.sol, contracts/piece/DataSegment.sol
 */
import type { Result } from 'ethers'
import { type Describe, refused, term, type Words } from './revert-words.ts'

export const HUB_ERRORS_ABI = [
  'error CidLengthInvalid(uint256 length, uint256 max)',
  'error PieceCidMalformed(bytes cid)',
  'error AggregatorMissing()',
  'error DeadlinePassed(int64 deadline, int64 now_)',
  'error EpochOutOfRange(int64 epoch, int64 max)',
  'error PieceSizeMissing()',
  'error RequestUnknown(uint256 id)',
  'error NotAggregator(address caller, address aggregator)',
  'error SegmentMismatch(bytes32 got, bytes32 expected)',
  'error SegmentSizeMismatch(uint64 got, uint64 expected)',
  'error AlreadyCompleted(uint256 id, uint64 dealId)',
  'error DealNotFound(uint64 dealId)',
  'error DealGone(uint64 dealId)',
  'error DealMissed(uint64 dealId, int64 startEpoch, int64 now_)',
  'error DealEnded(uint64 dealId, int64 endEpoch, int64 now_)',
  'error DealEndsTooEarly(uint64 dealId, int64 endEpoch, int64 storedUntil)',
  'error DealProviderMismatch(uint64 got, uint64 expected)',
  'error DealCommitmentMismatch(bytes32 got, bytes32 expected)',
  'error DealSizeMismatch(uint64 got, uint64 expected)',
  'error BatchItemRefused(uint256 position, bytes reason)',
  'error BatchEmpty()',
  'error PaymentNotOpen(uint256 id, uint8 state)',
  'error NotCompleted(uint256 id, uint64 dealId)',
  'error DealNotActive(uint64 dealId)',
  'error NotEarner(address caller, address earner)',
  'error NotRequester(address caller, address requester)',
  'error DeadlineNotPassed(int64 deadline, int64 now_)',
  'error PaymentEarned(uint256 id, uint64 dealId)',
  'error RecipientRefused(address to)',
  'error SegmentCidInvalid(bytes cid)',
  'error CommitmentNotInField(bytes32 commitment)',
  'error SegmentSizeInvalid(uint64 size)',
  'error ProofTooDeep(uint256 depth, uint256 max)',
  'error ProofIndexInvalid(uint64 index, uint256 depth)',
  'error AggregateSizeOverflow(uint64 size, uint256 depth)',
  'error AggregateRootsDiffer(bytes32 ofSubtree, bytes32 ofIndex)',
  'error AggregateSizesDiffer(uint64 ofSubtree, uint64 ofIndex)',
  'error EntryOutsideIndex(uint64 offset, uint64 indexStart)',
] as const

const PAYMENTS = ['not offered', 'open', 'paid', 'taken back']

const proof = (what: string, more: Parameters<typeof refused>[1] = {}): Words =>
  refused(`the inclusion proof does not hold: ${what}`, more)

/** By the name of the error. */
export const HUB_WORDS: Readonly<Record<string, Describe>> = {
  // what may be asked for; by position: a Result's `length` is its own
  CidLengthInvalid: ([length, max]) =>
    term('what is asked for has too many bytes, or none', {
      expected: `1 to ${max} bytes`,
      got: length as bigint,
    }),
  PieceCidMalformed: ({ cid }) => ({
    code: 'CID_INVALID',
    what: 'bytes are not a piece CID',
    got: cid as string,
  }),
  AggregatorMissing: () =>
    term('nobody could complete a request for content: the hub has no default aggregator', {
      hint: 'Name an aggregator in the terms, or ask for a piece.',
    }),
  DeadlinePassed: ({ deadline, now_ }) => ({
    code: 'EPOCH_PAST',
    what: 'a payment needs a deadline to come',
    expected: `after epoch ${now_}`,
    got: deadline as bigint,
  }),
  EpochOutOfRange: ({ epoch, max }) =>
    term('an epoch is negative or beyond what the hub stores', {
      expected: `0 to ${max}`,
      got: epoch as bigint,
    }),
  PieceSizeMissing: () =>
    term('a payment for a piece needs the size of the piece', {
      hint: 'Ask with the piece CID v2 (bafkzcib…), which says it.',
    }),

  // what completes a request
  RequestUnknown: ({ id }) => refused(`the hub has no request ${id}`),
  NotAggregator: ({ caller, aggregator }) =>
    refused('only its aggregator may complete a request for content', {
      expected: aggregator as string,
      got: caller as string,
    }),
  SegmentMismatch: pair('the proof is of another piece than the request names'),
  SegmentSizeMismatch: pair('the proof is of a piece of another size than the request names'),
  AlreadyCompleted: ({ id, dealId }) =>
    refused(`the deal ${dealId} has completed the request ${id} before`),
  DealNotFound: ({ dealId }) => refused(`the market has no deal ${dealId}`),
  DealGone: ({ dealId }) =>
    refused(`the market has removed the deal ${dealId}: terminated, ended, or never activated`),
  DealMissed: ({ dealId, startEpoch, now_ }) =>
    refused(`the deal ${dealId} was not activated in time`, {
      expected: `by epoch ${startEpoch}`,
      got: `epoch ${now_}`,
    }),
  DealEnded: ({ dealId, endEpoch, now_ }) =>
    refused(`the deal ${dealId} has ended`, {
      expected: `before epoch ${endEpoch}`,
      got: `epoch ${now_}`,
    }),
  DealEndsTooEarly: ({ dealId, endEpoch, storedUntil }) =>
    refused(`the deal ${dealId} ends before the request allows`, {
      expected: `at least epoch ${storedUntil}`,
      got: endEpoch as bigint,
    }),
  DealProviderMismatch: pair('the deal is at another provider'),
  DealCommitmentMismatch: pair('the deal stores another aggregate than that of the proof'),
  DealSizeMismatch: pair('the deal has another size than the aggregate of the proof'),
  BatchItemRefused: ({ position, reason }) =>
    refused(`item ${position} of the batch is refused, and the batch with it`, {
      got: reason as string,
    }),
  BatchEmpty: () => refused('the batch has no items'),

  // money
  PaymentNotOpen: ({ id, state }) =>
    refused(`the payment of the request ${id} is not open`, {
      got: PAYMENTS[Number(state)] ?? String(state),
    }),
  NotCompleted: ({ id, dealId }) =>
    refused(`the deal ${dealId} has not completed the request ${id}`),
  DealNotActive: ({ dealId }) =>
    refused(`the deal ${dealId} is not active`, { hint: 'Claim when its sector is proven.' }),
  NotEarner: pairOf('only who earned the payment may say where it goes', 'earner'),
  NotRequester: pairOf('only who offered the payment may take it back', 'requester'),
  DeadlineNotPassed: ({ deadline, now_ }) =>
    refused('the payment is open until its deadline has passed', {
      expected: `after epoch ${deadline}`,
      got: now_ as bigint,
    }),
  PaymentEarned: ({ id, dealId }) =>
    refused(`the payment of the request ${id} is earned by the deal ${dealId}, which is active`),

  // the proof
  SegmentCidInvalid: ({ cid }) =>
    proof('the piece is not named by a piece CID v1 of 39 bytes', { got: cid as string }),
  CommitmentNotInField: ({ commitment }) =>
    proof('the commitment is no field element', { got: commitment as string }),
  SegmentSizeInvalid: ({ size }) =>
    proof('the size of the piece is not possible', {
      expected: 'a power of two of at least 128 bytes',
      got: size as bigint,
    }),
  ProofTooDeep: ({ depth, max }) =>
    proof('a path is too long', { expected: `at most ${max} nodes`, got: depth as bigint }),
  ProofIndexInvalid: ({ index, depth }) =>
    proof('a position lies outside its tree', {
      expected: `below 2^${depth}`,
      got: index as bigint,
    }),
  AggregateSizeOverflow: ({ size, depth }) =>
    proof(`an aggregate of ${size} · 2^${depth} bytes is not possible`),
  AggregateRootsDiffer: ({ ofSubtree, ofIndex }) =>
    proof('its two paths lead to different aggregates', {
      expected: ofSubtree as string,
      got: ofIndex as string,
    }),
  AggregateSizesDiffer: ({ ofSubtree, ofIndex }) =>
    proof('its two paths lead to aggregates of different sizes', {
      expected: ofSubtree as bigint,
      got: ofIndex as bigint,
    }),
  EntryOutsideIndex: ({ offset, indexStart }) =>
    proof('the entry of the piece lies outside the index', {
      expected: `from byte ${indexStart} on`,
      got: offset as bigint,
    }),
}

function pair(what: string): (values: Result) => Words {
  return ({ got, expected }) => refused(what, { expected: expected as bigint, got: got as bigint })
}

function pairOf(what: string, owner: string): (values: Result) => Words {
  return (values) =>
    refused(what, { expected: values[owner] as string, got: values['caller'] as string })
}
