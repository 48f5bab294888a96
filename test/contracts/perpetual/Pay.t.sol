// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IPerpetualStorage, Policy} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {vm} from "../support/Vm.sol";
import {Refuser} from "./Actors.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice What a keeper gets: gas and reward, out of that account only, within the bounds of poke and window.
contract PayTest is KeepTest {
    function _paidInWindow(address account) private view returns (uint256 paid) {
        (, , , , paid) = perpetual.accountOf(account);
    }

    function test_gasAndReward() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        uint256 before = gasleft();
        uint256 paid = _poke(id);
        uint256 used = before - gasleft();
        // A quarter is added to what was measured, and what is not measured is less than that.
        require(paid >= REWARD + used * GAS_PRICE, "less than the gas and the reward");
        require(paid <= REWARD + ((used * 5) / 4) * GAS_PRICE, "more than the gas, a quarter and the reward");
        _equal(_paidInWindow(ACCOUNT), paid);
        _equal(_free(ACCOUNT), FUNDS - 3 * 55_000_000 * uint256(uint64(TERM)) - paid);
    }

    function test_withoutAGasPriceTheRewardAlone() external {
        vm.txGasPrice(0);
        uint256 id = _store();
        _pass(DELAY + 1);
        _equal(_poke(id), REWARD);
    }

    function test_noMoreThanTheCeilingOfAPoke() external {
        vm.txGasPrice(1e12);
        uint256 id = _store();
        _pass(DELAY + 1);
        _equal(_poke(id), MAX_PAY);
    }

    function test_aPolicyThatPaysNothingPaysNothing() external {
        Policy memory p = _policy();
        (p.reward, p.maxPay, p.maxPayPerWindow) = (0, 0, 0);
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        _pass(DELAY + 1);
        _equal(_poke(id), 0);
        _equal(perpetual.storeOf(id).attempts, 2);
    }

    /// @dev Five stores of one account: the window ends within the fourth poke's ceiling.
    function test_noMoreThanTheWindowsCeilingOverManyPokes() external {
        vm.txGasPrice(1e12);
        vm.roll(uint64(EPOCH) - (uint64(EPOCH) % WINDOW) - uint64(DELAY) - 1);
        for (uint256 i = 0; i < 5; ++i) _store();
        _pass(DELAY + 1);
        _equal(block.number % WINDOW, 0);
        uint256 total = 0;
        for (uint256 id = 1; id <= 3; ++id) total += _poke(id);
        _equal(total, MAX_PAY_PER_WINDOW);
        // The last epoch of the window.
        _pass(int64(uint64(WINDOW - 1)));
        _equal(_poke(4), 0);
        _equal(perpetual.storeOf(4).attempts, 2);
        _equal(_paidInWindow(ACCOUNT), MAX_PAY_PER_WINDOW);
        // The first of the next.
        _pass(1);
        _equal(_paidInWindow(ACCOUNT), 0);
        _equal(_poke(5), MAX_PAY);
        _equal(_paidInWindow(ACCOUNT), MAX_PAY);
    }

    function test_theWindowIsTheAccountsOwn() external {
        vm.txGasPrice(1e12);
        Policy memory p = _policy();
        p.maxPayPerWindow = MAX_PAY;
        uint256 first = _storeAs(ACCOUNT, p, FUNDS);
        uint256 second = _storeAs(ACCOUNT, p, FUNDS);
        uint256 theirs = _storeAs(NEIGHBOUR, p, FUNDS);
        _pass(DELAY + 1);
        _equal(_poke(first), MAX_PAY);
        _equal(_poke(second), 0);
        _equal(_poke(theirs), MAX_PAY);
    }

    /// @dev What a window has left is all that there is: a poke gets that.
    function test_whatIsLeftOfAWindow() external {
        vm.txGasPrice(1e12);
        Policy memory p = _policy();
        p.maxPayPerWindow = MAX_PAY + 7;
        uint256 first = _storeAs(ACCOUNT, p, FUNDS);
        uint256 second = _storeAs(ACCOUNT, p, FUNDS);
        _pass(DELAY + 1);
        _equal(_poke(first), MAX_PAY);
        _equal(_poke(second), 7);
    }

    function test_outOfThatAccountOnly() external {
        uint256 mine = _store();
        _storeAs(NEIGHBOUR, _policy(), FUNDS);
        _pass(DELAY + 1);
        uint256 neighbours = _free(NEIGHBOUR);
        uint256 before = _free(ACCOUNT);
        uint256 paid = _poke(mine);
        // The offer costs more than before, and the old one's money is back.
        _equal(_free(ACCOUNT), before + 3 * COPY - 3 * 55_000_000 * uint256(uint64(TERM)) - paid);
        _equal(_free(NEIGHBOUR), neighbours);
        _equal(_paidInWindow(NEIGHBOUR), 0);
    }

    /// @dev A keeper's ceiling is set aside before anything is proposed.
    function test_aProposalLeavesThePayOfItsKeeper() external {
        vm.txGasPrice(1e12);
        (uint256 id, uint64[3] memory deals) = _stored();
        uint256 all = _free(ACCOUNT);
        vm.prank(ACCOUNT);
        perpetual.withdraw(payable(STRANGER), all - MAX_PAY);
        _terminateAt(MINER, deals[0]);
        _equal(_poke(id), MAX_PAY);
        _equal(_free(ACCOUNT), 0);
        _expectCopies(id, 2, 0, 1);
    }

    function test_anAccountWithoutMoneyPaysWhatThereIs() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        vm.prank(ACCOUNT);
        perpetual.withdraw(payable(STRANGER), FUNDS);
        vm.roll(uint64(EPOCH + DELAY + 10));
        _terminateAt(MINER, deals[0]);
        // The rest of the lost copy's money is less than a copy and a keeper.
        uint256 rest = PRICE * uint64(TERM - 10);
        _equal(_free(ACCOUNT), rest);
        _expectReason(id, Reason.Close);
        _equal(_poke(id), rest);
        _equal(_poke(id), 0);
    }

    /* NOTHING FOR NOTHING */

    function test_aPokeThatChangesNothingIsNeverPaid() external {
        uint256 id = _store();
        for (int64 i = 0; i < DELAY; i += 640) {
            _pokeIdle(id);
            _pass(640);
        }
        _equal(KEEPER.balance, 0);
    }

    /// @dev Every epoch of interest of a store's life: who calls at all of them is paid for what is due and no more.
    function test_aGreedyKeeperIsPaidOnceForEachAction() external {
        vm.txGasPrice(0);
        (uint256 id, uint64[3] memory deals) = _stored();
        _terminateAt(MINER, deals[0]);
        for (uint256 i = 0; i < 20; ++i) _poke(id);
        _equal(KEEPER.balance, REWARD);
        _takeAt(MINER + 3, id);
        for (uint256 i = 0; i < 20; ++i) _poke(id);
        _equal(KEEPER.balance, REWARD);
        vm.roll(uint64(EPOCH + DELAY + TERM - LEAD));
        for (uint256 i = 0; i < 20; ++i) _poke(id);
        _equal(KEEPER.balance, 2 * REWARD);
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        for (uint256 i = 0; i < 20; ++i) {
            _pass(100_000);
            _poke(id);
        }
        _equal(KEEPER.balance, 2 * REWARD);
    }

    /* KEEPERS THAT TAKE NO MONEY */

    function test_aKeeperThatRejectsItsPayHasDoneNothing() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        Refuser keeper = new Refuser();
        _expectEvent();
        emit IPerpetualStorage.PokeFailed(
            id,
            abi.encodeWithSelector(IDealClient.RecipientRefused.selector, address(keeper))
        );
        keeper.poke(perpetual, _ids(id));
        _equal(perpetual.storeOf(id).attempts, 1);
        _equal(_paidInWindow(ACCOUNT), 0);
        require(_poke(id) > 0, "the next was not paid");
    }

    function test_aKeeperThatIsPaidNothingNeedsNotTakeMoney() external {
        Policy memory p = _policy();
        (p.reward, p.maxPay, p.maxPayPerWindow) = (0, 0, 0);
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        _pass(DELAY + 1);
        new Refuser().poke(perpetual, _ids(id));
        _equal(perpetual.storeOf(id).attempts, 2);
    }
}
