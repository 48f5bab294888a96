/** Bugs that PerpetualStorage does not have. Its own tests must notice each: `noticed` is the name of one of them. */
import type { Mutant } from './mutants.ts'

const PERPETUAL = 'contracts/PerpetualStorage.sol'
const ACCOUNTS = 'contracts/perpetual/Accounts.sol'
const RULES = 'contracts/perpetual/KeepRules.sol'
const OFFER = 'contracts/perpetual/Offer.sol'
const CHOICE = 'contracts/perpetual/ProviderChoice.sol'
const CLIENT = 'contracts/perpetual/StoreClient.sol'

const mutant = (
  name: string,
  bug: string,
  file: string,
  find: string,
  replace: string,
  noticed: RegExp,
): Mutant => ({ name, bug, edits: [{ file, find, replace }], noticed })

export const perpetualMutants: readonly Mutant[] = [
  mutant(
    'keep-paid-for-nothing',
    'A poke that changes nothing is paid.',
    PERPETUAL,
    'if (!_isDue(d)) return;',
    '',
    /test_aPokeThatChangesNothingIsNeverPaid/,
  ),
  mutant(
    'keep-no-ceiling',
    "A keeper's gas price decides what it gets.",
    PERPETUAL,
    'if (asked > p.maxPay) asked = p.maxPay;',
    '',
    /test_noMoreThanTheCeilingOfAPoke/,
  ),
  mutant(
    'keep-window-forgets',
    'Every poke has a window of its own.',
    ACCOUNTS,
    'uint256 before = a.window == window ? a.paidInWindow : 0;',
    'uint256 before = 0;',
    /test_noMoreThanTheWindowsCeilingOverManyPokes/,
  ),
  mutant(
    'keep-window-never-ends',
    'What was paid in one window counts in all that follow.',
    ACCOUNTS,
    'uint256 before = a.window == window ? a.paidInWindow : 0;',
    'uint256 before = a.paidInWindow;',
    /test_noMoreThanTheWindowsCeilingOverManyPokes/,
  ),
  {
    name: 'keep-noted-after-payment',
    bug: 'A keeper that pokes again while it is paid gets past the window.',
    edits: [
      {
        file: ACCOUNTS,
        find: `(a.window, a.paidInWindow) = (window, uint128(before + paid));
        }
        _send(a.client, payable(keeper), paid);`,
        replace: `_send(a.client, payable(keeper), paid);
            (a.window, a.paidInWindow) = (window, uint128(before + paid));
        }`,
      },
    ],
    noticed: /test_keeper_doesNotGetPastTheWindowFromWithin/,
  },
  mutant(
    'keep-pay-not-set-aside',
    'A proposal takes the money with which its keeper is to be paid.',
    PERPETUAL,
    'f.money = free > p.maxPay ? free - p.maxPay : 0;',
    'f.money = free;',
    /test_withoutMoneyNothingIsProposed_NoMoney/,
  ),
  mutant(
    'keep-attempts-pile-up',
    'Attempts that nobody took are followed until no further one can be.',
    PERPETUAL,
    '_drop(seen, s);\n            _place',
    '_place',
    /test_aStoreThatNobodyTakesIsOfferedForEver/,
  ),
  mutant(
    'keep-forgets-copies',
    'Only the newest attempt is followed, and the copies of others are made again.',
    PERPETUAL,
    'if (!alive) continue;',
    'if (i != last) continue;',
    /test_attemptsWithCopiesAreFollowedThroughAllThatLapse/,
  ),
  mutant(
    'keep-forgives',
    'A provider that lost a copy is asked for the next.',
    PERPETUAL,
    'if (KeepRules.hasFailed(deal, seen.facts.epoch)) _shun(s, deal.provider);',
    '',
    /test_theProviderThatLostItIsShunned/,
  ),
  mutant(
    'keep-any-location',
    'Whoever pokes first names the location of every attempt.',
    PERPETUAL,
    'require(!s.placedByKeeper, LocationNotNow(id));',
    '',
    /test_pokeFrom_everyOtherAttemptOnly_LocationNotNow/,
  ),
  mutant(
    'keep-pay-to-anyone',
    'Anyone says who is paid for a poke, outside of a batch.',
    PERPETUAL,
    'require(msg.sender == address(this), NotSelf(msg.sender));',
    '',
    /test_pokeOne_NotSelf/,
  ),
  mutant(
    'keep-gas-swallowed',
    'A poke that ran out of gas looks like one that succeeded.',
    PERPETUAL,
    'require(gasleft() > gasBefore / GAS_LEFT_PART, GasTooLow(ids[i]));',
    '',
    /test_withTooLittleGasNothingHappens_GasTooLow/,
  ),
  mutant(
    'keep-never-dearer',
    'An offer that nobody took is made again as it was.',
    RULES,
    'if (offerFails && f.step < MAX_STEP) ++d.step;',
    '',
    /test_aLapsedOfferIsMadeAnew_Retry/,
  ),
  mutant(
    'keep-above-the-ceiling',
    'An offer rises a step above the ceiling.',
    OFFER,
    'if (step > STEPS) return ceiling;',
    '',
    /test_theOfferRisesToTheCeilingAndNoFurther_AtCeiling/,
  ),
  mutant(
    'keep-renews-late',
    'A renewal begins an epoch after its lead.',
    RULES,
    'return isLive(deal) && deal.endEpoch - f.epoch > f.lead;',
    'return isLive(deal) && deal.endEpoch - f.epoch >= f.lead;',
    /test_dueFromTheLeadOn_notAnEpochBefore/,
  ),
  mutant(
    'keep-cancelled-goes-on',
    'A store that its account has ended is repaired.',
    RULES,
    'if (f.cancelled) {',
    'if (f.cancelled && f.openCopies > 0) {',
    /test_cancel_nothingIsProposedEverAgain/,
  ),
  mutant(
    'keep-lost-is-healthy',
    'The quick look takes a lost copy for a good one.',
    CLIENT,
    'if (state != DealState.Active && state != DealState.Published) return false;',
    '',
    /test_aTerminatedCopyIsReplaced/,
  ),
  mutant(
    'keep-all-at-one',
    'A provider that holds a copy gets another.',
    CHOICE,
    'uint64[] memory holders = distinct ? _holders(f) : new uint64[](0);',
    'uint64[] memory holders = new uint64[](0);',
    /test_distinct_whoHoldsACopyGetsNoSecond/,
  ),
  mutant(
    'keep-silence-is-consent',
    'A judge that fails lets everybody store.',
    CLIENT,
    'return ok && answer == 1;',
    'return !ok || answer == 1;',
    /test_judge_anAnswerThatIsNoYesIsANo/,
  ),
  mutant(
    'keep-judge-asked-twice',
    "A judge that changes its mind within a message undoes other clients' deals.",
    CLIENT,
    'if (judge != address(0) && _isAsked())',
    'if (judge != address(0))',
    /test_judge_whoseMindChangesWithinAMessageUndoesNobodysDeals/,
  ),
  mutant(
    'keep-anyone-settles',
    'A provider that failed has it written down where nobody holds it against it.',
    CLIENT,
    'function settle(uint64[] calldata ids) public override(DealClient, IDealClient) onlyOwner {',
    'function settle(uint64[] calldata ids) public override(DealClient, IDealClient) {',
    /test_onlyPerpetualStorageOwnsAClient/,
  ),
]
