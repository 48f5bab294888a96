/** Bugs that the aggregation hub does not have. Its own tests must notice each: `noticed` is the name of one of them. */
import type { Mutant } from './mutants.ts'

const HUB = 'contracts/AggregationHub.sol'
const DEALS = 'contracts/hub/BoundDeals.sol'
const LISTS = 'contracts/hub/DealLists.sol'
const SEGMENT = 'contracts/piece/DataSegment.sol'

const mutant = (
  name: string,
  bug: string,
  file: string,
  find: string,
  replace: string,
  noticed: RegExp,
): Mutant => ({ name, bug, edits: [{ file, find, replace }], noticed })

export const hubMutants: readonly Mutant[] = [
  mutant(
    'hub-any-deal',
    'A proof goes with a deal that stores something else.',
    DEALS,
    'if (commitment != dealCommitment) {',
    'if (dealCommitment == 0) {',
    /test_B13_foreignDealIsRefused/,
  ),
  mutant(
    'hub-terms-of-any-aggregate',
    'A deal that is known goes with any aggregate.',
    DEALS,
    'keccak256(abi.encode(dealId, commitment, size))',
    'keccak256(abi.encode(dealId))',
    /test_knownTermsAreThoseOfTheAggregateThatWasCompared/,
  ),
  mutant(
    'hub-missed-counts',
    'A deal that was never activated completes a request after its start.',
    DEALS,
    'now_ <= terms.startEpoch',
    'now_ <= terms.endEpoch',
    /test_B13_missedDealIsRefused/,
  ),
  mutant(
    'hub-ended-counts',
    'A deal completes a request in the epoch in which it has ended.',
    DEALS,
    'require(now_ < terms.endEpoch',
    'require(now_ <= terms.endEpoch',
    /test_B13_endedDealIsRefused/,
  ),
  mutant(
    'hub-silence-is-death',
    'A requester lets the question to f05 run out of gas, and takes back what is earned.',
    DEALS,
    'exitCode == OK ||',
    'exitCode != -1 ||',
    /test_silenceOfF05IsNoDeath/,
  ),
  mutant(
    'hub-smaller-piece',
    'An aggregator stores the top of a tree instead of the piece below it.',
    HUB,
    'size != r.pieceSize)',
    'size > r.pieceSize)',
    /test_rootOfASmallerPieceIsNotPaidFor/,
  ),
  mutant(
    'hub-content-by-anyone',
    'A stranger says where content is stored.',
    HUB,
    'if (msg.sender != only)',
    'if (only == address(0))',
    /test_contentIsCompletedByTheDefaultAggregator/,
  ),
  mutant(
    'hub-paid-before-noted',
    'A recipient that calls back is paid again.',
    HUB,
    'r.payment = Payment.Paid;\n        paid = _send(to, amount);',
    'paid = _send(to, amount);\n        r.payment = Payment.Paid;',
    /test_recipientThatCallsBackIsPaidOnce/,
  ),
  mutant(
    'hub-earned-is-taken-back',
    'A requester takes back what an active deal has earned.',
    HUB,
    'r.completions == 0 || !_isActive(first)',
    'r.completions >= 0 || !_isActive(first)',
    /test_whatAnActiveDealEarnedIsNotTakenBack/,
  ),
  mutant(
    'hub-lists-with-holes',
    'Lists have zeros where a deal was left out.',
    LISTS,
    'if (keep(entry, argument)) deals[count++] =',
    'if (!keep(entry, argument)) ++count; else deals[count++] =',
    /test_B16_listsHaveNoHoles/,
  ),
  mutant(
    'hub-entry-outside-index',
    'An entry in the data stands for one in the index.',
    SEGMENT,
    'if (entryAt < start)',
    'if (start > sizePa)',
    /test_theErrorsNameWhatDisagrees/,
  ),
  mutant(
    'hub-known-anywhere',
    'A node that an earlier proof of a batch led through is taken at any position.',
    SEGMENT,
    'known.positions[place] == index && ',
    '',
    /testFuzz_whatIsKnownLetsNoFalseProofPass/,
  ),
]
