// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {vm} from "../support/Vm.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice Deals near their end are renewed before it.
contract RenewalTest is KeepTest {
    int64 private constant END_OF_FIRST = EPOCH + DELAY + TERM;

    function test_dueFromTheLeadOn_notAnEpochBefore() external {
        (uint256 id, ) = _stored();
        _equal(_status(id).next.dueAt, END_OF_FIRST - LEAD);
        vm.roll(uint64(END_OF_FIRST - LEAD - 1));
        _pokeIdle(id);
        _pass(1);
        _expectReason(id, Reason.Renewal);
        require(_poke(id) > REWARD, "not paid");
        _pokeIdle(id);
    }

    function test_theNewDealsOverlapByWhatAnAttemptTakes() external {
        (uint256 id, ) = _stored();
        vm.roll(uint64(END_OF_FIRST - LEAD));
        _poke(id);
        IDealClient.Proposal memory p = _proposalOf(id);
        _equal(p.replicas, 3);
        _equal(p.startEpoch, END_OF_FIRST - DELAY - 1);
        _equal(p.endEpoch, p.startEpoch + TERM);
        _equal(p.pricePerEpoch, PRICE);
        _expectCopies(id, 3, 0, 3);
    }

    function test_aRenewalMayGoToTheProviderOfTheCopyThatItFollows() external {
        (uint256 id, ) = _stored();
        vm.roll(uint64(END_OF_FIRST - LEAD));
        _poke(id);
        _takeThree(MINER, id);
        _expectCopies(id, 6, 0, 0);
        _expectReason(id, Reason.Healthy);
        _pokeIdle(id);
        vm.roll(uint64(END_OF_FIRST));
        _expectCopies(id, 3, 0, 0);
        _pokeIdle(id);
    }

    function test_throughManyTerms() external {
        (uint256 id, ) = _stored();
        int64 end = END_OF_FIRST;
        for (uint256 i = 2; i < 7; ++i) {
            vm.roll(uint64(end - LEAD - 1));
            _pokeIdle(id);
            _pass(1);
            _poke(id);
            _takeThree(MINER + uint64(i % 3), id);
            end += TERM - DELAY - 1;
            _equal(perpetual.storeOf(id).attempts, i);
            require(perpetual.storeOf(id).proposals.length <= 3, "ended attempts are followed");
        }
        // Old deals have paid out: what the client has is what it had, less deals and keepers.
        _expectReason(id, Reason.Healthy);
    }

    function test_aRenewalThatNobodyTakesIsOfferedDearerWhileTheOldCopiesRun() external {
        (uint256 id, ) = _stored();
        vm.roll(uint64(END_OF_FIRST - LEAD));
        _poke(id);
        _pass(DELAY + 1);
        _expectReason(id, Reason.Retry);
        _poke(id);
        _equal(_proposalOf(id).pricePerEpoch, 55_000_000);
        _expectCopies(id, 3, 0, 3);
        _takeThree(MINER, id);
        _expectReason(id, Reason.Healthy);
    }

    /// @dev Published, never activated: found out at the start, with an attempt's time left before the old copies end.
    function test_aRenewalThatIsMissedIsRepairedBeforeTheOldCopiesEnd() external {
        (uint256 id, ) = _stored();
        vm.roll(uint64(END_OF_FIRST - LEAD));
        _poke(id);
        for (uint64 i = 0; i < 3; ++i) _publishAt(MINER + i, id);
        vm.roll(uint64(END_OF_FIRST - DELAY - 1));
        _pokeIdle(id);
        _pass(1);
        _expectReason(id, Reason.Repair);
        _poke(id);
        IDealClient.Proposal memory p = _proposalOf(id);
        require(p.startEpoch <= END_OF_FIRST, "a gap");
        _equal(p.replicas, 3);
        _takeThree(MINER + 3, id);
        vm.roll(uint64(END_OF_FIRST));
        _expectCopies(id, 3, 0, 0);
    }

    function test_theNextRenewalIsOfferedAStepLower() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _poke(id);
        _takeThree(MINER, id);
        _equal(perpetual.storeOf(id).step, 1);
        vm.roll(uint64(_proposalOf(id).endEpoch - LEAD));
        _expectReason(id, Reason.Renewal);
        _poke(id);
        _equal(_proposalOf(id).pricePerEpoch, PRICE);
        _equal(perpetual.storeOf(id).step, 0);
        (, , , uint256 perEpoch, ) = perpetual.accountOf(ACCOUNT);
        _equal(perEpoch, 3 * PRICE);
    }

    /// @dev Nobody looked until the copies had ended: they are missing, and made anew.
    function test_afterEverythingEndedItBeginsAnew_Missing() external {
        (uint256 id, ) = _stored();
        vm.roll(uint64(END_OF_FIRST + 100_000));
        _expectReason(id, Reason.Missing);
        _poke(id);
        _takeThree(MINER, id);
        _expectCopies(id, 3, 0, 0);
        _pokeIdle(id);
    }

    function test_copiesThatEndAtDifferentEpochsAreRenewedEachInItsTime() external {
        uint256 id = _store();
        _takeAt(MINER, id);
        _pass(DELAY + 1);
        _poke(id);
        _takeAt(MINER + 1, id);
        _takeAt(MINER + 2, id);
        vm.roll(uint64(END_OF_FIRST - LEAD));
        _expectReason(id, Reason.Renewal);
        _poke(id);
        _equal(_proposalOf(id).replicas, 1);
        _takeAt(MINER, id);
        _pass(DELAY);
        _pokeIdle(id);
        _pass(1);
        _expectReason(id, Reason.Renewal);
        _poke(id);
        _equal(_proposalOf(id).replicas, 2);
    }
}
