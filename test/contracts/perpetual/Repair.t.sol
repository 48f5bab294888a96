// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {Policy, ProviderRule} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {vm} from "../support/Vm.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice Copies that were lost, or never activated, are replaced.
contract RepairTest is KeepTest {
    function test_aTerminatedCopyIsReplaced() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        _pass(100_000);
        _terminateAt(MINER, deals[0]);
        _expectCopies(id, 2, 0, 0);
        _expectReason(id, Reason.Repair);
        require(_poke(id) > REWARD, "not paid");
        IDealClient.Proposal memory p = _proposalOf(id);
        _equal(p.replicas, 1);
        _equal(p.startEpoch, EPOCH + 100_000 + DELAY);
        _equal(p.endEpoch, p.startEpoch + TERM);
        // The others go on.
        _expectCopies(id, 2, 0, 1);
        _pokeIdle(id);
        _takeAt(MINER + 3, id);
        _expectCopies(id, 3, 0, 0);
        _pokeIdle(id);
    }

    function test_theProviderThatLostItIsShunned() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        _terminateAt(MINER, deals[0]);
        _poke(id);
        uint64[4] memory shunned = perpetual.storeOf(id).shunned;
        _equal(shunned[0], MINER);
        _equal(shunned[1], 0);
        _publishRefused(MINER, id);
        _takeAt(MINER + 3, id);
    }

    function test_theMoneyOfTheLostCopyPaysForTheNext() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        _terminateAt(MINER, deals[0]);
        // Nothing was stored before the start: nothing is owed.
        _equal(_free(ACCOUNT), FUNDS - 2 * COPY);
        uint256 paid = _poke(id);
        _equal(_free(ACCOUNT), FUNDS - 3 * COPY - paid);
    }

    function test_aCopyThatWasNeverActivatedIsReplaced() external {
        uint256 id = _store();
        _takeAt(MINER, id);
        _takeAt(MINER + 1, id);
        uint64 missed = _publishAt(MINER + 2, id);
        vm.roll(uint64(EPOCH + DELAY));
        _pokeIdle(id);
        _pass(1);
        _expectReason(id, Reason.Repair);
        _poke(id);
        require(_clientOf(id).dealState(missed) == IDealClient.DealState.Missed, "not missed");
        _equal(perpetual.storeOf(id).shunned[0], MINER + 2);
        (, uint256 locked, uint256 reserved, , ) = _clientOf(id).funds();
        // Of the two that are active f05 has paid the first epoch.
        _equal(locked, 2 * (COPY - PRICE));
        _equal(reserved, COPY);
        _takeAt(MINER + 3, id);
        _expectCopies(id, 3, 0, 0);
    }

    function test_allThreeAtOnce() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        for (uint64 i = 0; i < 3; ++i) _terminateAt(MINER + i, deals[i]);
        _poke(id);
        _equal(_proposalOf(id).replicas, 3);
        for (uint64 i = 0; i < 3; ++i) _publishRefused(MINER + i, id);
        _takeThree(MINER + 3, id);
        _expectReason(id, Reason.Healthy);
    }

    /// @dev Four are remembered; the fifth takes the place of the oldest, who may then store again.
    function test_theLastFourThatFailedAreShunned() external {
        uint256 id = _store();
        _takeAt(MINER + 5, id);
        _pass(DELAY + 1);
        for (uint64 i = 0; i < 5; ++i) {
            _poke(id);
            uint64 deal = _takeAt(MINER + i, id);
            _pass(1);
            _terminateAt(MINER + i, deal);
        }
        _poke(id);
        uint64[4] memory shunned = perpetual.storeOf(id).shunned;
        for (uint64 i = 0; i < 4; ++i) _equal(shunned[i], MINER + 4 - i);
        // What is open excludes who was shunned when it was made; the next is made for those that are shunned now.
        _pass(DELAY + 1);
        _poke(id);
        _publishRefused(MINER + 1, id);
        _takeAt(MINER, id);
    }

    /// @dev The oldest of the four fails again: it is the newest, and nobody is forgotten for it.
    function test_whoFailsAgainMovesToTheFront() external {
        Policy memory p = _policy();
        p.replicas = 1;
        (p.rule, p.providers) = (ProviderRule.Only, new uint64[](2));
        (p.providers[0], p.providers[1]) = (MINER, MINER + 1);
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        uint64[3] memory order = [MINER, MINER + 1, MINER];
        for (uint256 i = 0; i < 3; ++i) {
            _terminateAt(order[i], _takeAt(order[i], id));
            _pass(1);
            _poke(id);
            // The other one, then both: nobody else is listed.
            if (i == 1) _equal(_proposalOf(id).providers.length, 2);
        }
        uint64[4] memory shunned = perpetual.storeOf(id).shunned;
        _equal(shunned[0], MINER);
        _equal(shunned[1], MINER + 1);
        _equal(shunned[2], 0);
    }

    /// @dev Whoever settles the deal at f05 first hides neither that it was missed nor who missed it.
    function test_settlingAtF05HidesNothing() external {
        uint256 id = _store();
        uint64 missed = _publishAt(MINER, id);
        vm.roll(uint64(EPOCH + DELAY + 1));
        _settle(missed);
        _poke(id);
        _equal(perpetual.storeOf(id).shunned[0], MINER);
        require(_clientOf(id).dealState(missed) == IDealClient.DealState.Missed, "not missed");
    }

    /// @dev f05 removes what ended when the provider asks for its pay.
    function test_aCopyThatEndedAndIsGoneIsNotHeldAgainstItsProvider() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        vm.roll(uint64(EPOCH + DELAY + TERM));
        _settle(deals[0]);
        _poke(id);
        _equal(perpetual.storeOf(id).shunned[0], 0);
        _equal(_proposalOf(id).replicas, 3);
    }

    function test_aRepairWaitsForItsProviderWhileMoreIsLost() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        _terminateAt(MINER, deals[0]);
        _poke(id);
        _terminateAt(MINER + 1, deals[1]);
        // What failed is settled now; its copy is proposed when the offer is taken or over.
        _poke(id);
        _expectCopies(id, 1, 0, 1);
        _expectReason(id, Reason.Awaiting);
        _takeAt(MINER + 3, id);
        _poke(id);
        _expectCopies(id, 2, 0, 1);
    }
}
