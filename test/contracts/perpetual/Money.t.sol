// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IPerpetualStorage} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {vm} from "../support/Vm.sol";
import {PoorAccount, Refuser} from "./Actors.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice The account's money: what is free can be taken out, whatever happens, and by nobody else.
contract MoneyTest is KeepTest {
    address payable private constant HEIR = payable(address(0x4E14));

    function _withdraw(address account, address to, uint256 amount) private returns (uint256) {
        vm.prank(account);
        return perpetual.withdraw(payable(to), amount);
    }

    function test_withdraw_whatIsFree() external {
        _store();
        _expectEvent();
        emit IPerpetualStorage.Withdrawn(ACCOUNT, HEIR, FUNDS - 3 * COPY);
        _equal(_withdraw(ACCOUNT, HEIR, type(uint256).max), FUNDS - 3 * COPY);
        _equal(HEIR.balance, FUNDS - 3 * COPY);
        _equal(_free(ACCOUNT), 0);
        // Nothing more.
        _equal(_withdraw(ACCOUNT, HEIR, 1), 0);
        _equal(HEIR.balance, FUNDS - 3 * COPY);
    }

    function test_withdraw_upToTheAmount() external {
        _store();
        _equal(_withdraw(ACCOUNT, HEIR, 5), 5);
        _equal(HEIR.balance, 5);
        _equal(_free(ACCOUNT), FUNDS - 3 * COPY - 5);
    }

    function test_withdraw_fromBalanceAndEscrow() external {
        uint256 id = _store();
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        // The copies' money is in the escrow, the rest is not.
        (uint256 escrow, , , uint256 available, uint256 balance) = _clientOf(id).funds();
        _equal(escrow, 3 * COPY);
        _equal(available, 3 * COPY);
        _equal(balance, FUNDS - 3 * COPY);
        _equal(_withdraw(ACCOUNT, HEIR, FUNDS - 1), FUNDS - 1);
        _equal(HEIR.balance, FUNDS - 1);
        _equal(_withdraw(ACCOUNT, HEIR, 9), 1);
    }

    function test_withdraw_ClientMissing() external {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.ClientMissing.selector, STRANGER));
        perpetual.withdraw(HEIR, 1);
    }

    function test_withdraw_nobodyElses() external {
        _store();
        _storeAs(NEIGHBOUR, _policy(), 3 * COPY);
        _equal(_withdraw(NEIGHBOUR, HEIR, FUNDS), 0);
        _equal(_free(ACCOUNT), FUNDS - 3 * COPY);
    }

    function test_withdraw_aRecipientThatRefuses_RecipientRefused() external {
        _store();
        address refuser = address(new Refuser());
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.RecipientRefused.selector, refuser));
        perpetual.withdraw(payable(refuser), 1);
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.RecipientRefused.selector, address(0)));
        perpetual.withdraw(payable(address(0)), 1);
        _equal(_withdraw(ACCOUNT, HEIR, 1), 1);
    }

    function test_anAccountThatTakesNoMoneyNamesSomebodyWhoDoes() external {
        PoorAccount account = new PoorAccount(perpetual);
        vm.deal(address(this), FUNDS);
        uint256 id = account.store{value: FUNDS}(_piece(), _policy());
        vm.expectRevert(abi.encodeWithSelector(IDealClient.RecipientRefused.selector, address(account)));
        account.withdraw(payable(address(account)), 1);
        // Its store is kept like any other.
        _pass(DELAY + 1);
        uint256 paid = _poke(id);
        require(paid > REWARD, "not paid");
        account.cancel(id);
        account.withdraw(HEIR, FUNDS);
        _equal(HEIR.balance, FUNDS - paid);
    }

    function test_moneyThatIsSentToTheClientIsTheAccounts() external {
        uint256 id = _store();
        vm.prank(STRANGER);
        (bool ok, ) = address(_clientOf(id)).call{value: 7}("");
        require(ok, "not taken");
        _addBalance(FilAddress.fromEth(address(_clientOf(id))), 11);
        _equal(_free(ACCOUNT), FUNDS - 3 * COPY + 18);
    }

    function test_theMoneyOfOneAccountNeverPaysForAnothers() external {
        uint256 mine = _store();
        uint256 theirs = _storeAs(NEIGHBOUR, _policy(), 3 * COPY);
        _pass(DELAY + 1);
        uint256 before = _free(ACCOUNT);
        // The neighbour has nothing beside what its offer gives back, which is not enough for a higher one.
        _poke(theirs);
        _equal(_free(ACCOUNT), before);
        _equal(_clientOf(mine).proposalCount(), 1);
    }

    /// @dev Three terms, one copy lost, keepers paid: every attoFIL is somewhere.
    function test_nothingIsLostOnTheWay() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        vm.roll(uint64(EPOCH + DELAY + 1000));
        _terminateAt(MINER, deals[0]);
        uint256 paid = _poke(id);
        _takeAt(MINER + 3, id);
        int64 end = EPOCH + DELAY + TERM;
        vm.roll(uint64(end - LEAD));
        paid += _poke(id);
        _takeAt(MINER + 4, id);
        _takeAt(MINER + 5, id);
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        vm.roll(uint64(end + TERM + TERM));
        uint256 earned = 0;
        uint64 count = uint64(_clientOf(id).dealCount());
        uint64[] memory all = _clientOf(id).dealIds(0, count);
        for (uint256 i = 0; i < count; ++i) _settle(all[i]);
        for (uint64 i = 0; i < MINERS; ++i) {
            (uint256 escrow, ) = _balance(FilAddress.fromActorId(MINER + i));
            // Each but the first two had 100 FIL, those had 110; the collateral of one was burned.
            uint256 had = 100 ether;
            if (i == 0) had -= 3e14;
            earned += escrow - had;
        }
        // 1,000 epochs of the lost copy, whole terms of two of the first, of its replacement and of two renewals.
        _equal(earned, PRICE * 1000 + 5 * COPY);
        _equal(_withdraw(ACCOUNT, HEIR, FUNDS), FUNDS - earned - paid);
        _equal(HEIR.balance + earned + paid, FUNDS);
        _equal(KEEPER.balance, paid);
    }

    function test_runway_ofACancelledStoreIsNothing() external {
        uint256 id = _store();
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        _equal(perpetual.runway(id), 0);
    }

    /// @dev 1 FIL less three copies pays for so many rounds of three copies and a keeper's ceiling.
    function test_runway_roundsThatTheMoneyPays() external {
        (uint256 id, ) = _stored();
        uint256 rounds = (FUNDS - 3 * COPY) / (3 * COPY + MAX_PAY);
        _equal(perpetual.runway(id), uint64(DELAY + TERM) + rounds * uint64(TERM - DELAY - 1));
        _pass(1000);
        _equal(perpetual.runway(id), uint64(DELAY + TERM) - 1000 + rounds * uint64(TERM - DELAY - 1));
    }

    function test_runway_withoutMoneyItEndsWithTheDeals() external {
        (uint256 id, ) = _stored();
        _withdraw(ACCOUNT, HEIR, FUNDS);
        _equal(perpetual.runway(id), uint64(DELAY + TERM));
    }

    function test_runway_theShareOfEachOfSeveralStores() external {
        (uint256 id, ) = _stored();
        uint256 second = _storeAs(ACCOUNT, _policy(), 0);
        uint256 share = (FUNDS - 6 * COPY) / 2;
        uint256 rounds = share / (3 * COPY + MAX_PAY);
        _equal(perpetual.runway(id), uint64(DELAY + TERM) + rounds * uint64(TERM - DELAY - 1));
        _equal(perpetual.runway(second), uint64(DELAY + TERM) + rounds * uint64(TERM - DELAY - 1));
    }

    /// @dev A term and two periods: three deals, two of them by paid pokes.
    function test_endowment_whatItTakes() external view {
        uint256 epochs = uint64(TERM + 2 * (TERM - DELAY - 1));
        (uint256 first, uint256 ceiling) = perpetual.endowment(1 << 30, _policy(), epochs);
        _equal(first, 9 * COPY + 2 * MAX_PAY);
        _equal(ceiling, 9 * MAX_PRICE * uint64(TERM) + 2 * MAX_PAY);
        (first, ) = perpetual.endowment(1 << 30, _policy(), epochs + 1);
        _equal(first, 12 * COPY + 3 * MAX_PAY);
        (first, ) = perpetual.endowment(32 << 30, _policy(), 1);
        _equal(first, 32 * 3 * COPY);
        (first, ceiling) = perpetual.endowment(1 << 30, _policy(), 0);
        _equal(first + ceiling, 0);
    }
}
