// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPerpetualStorage} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {vm} from "../support/Vm.sol";
import {Reenterer} from "./Actors.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice Foreign code runs where money leaves: a keeper's, a recipient's, an account's. It finds everything done. (A judge
///         runs read-only: Providers.t.sol.)
contract ReentrancyTest is KeepTest {
    Reenterer private _caller;

    function setUp() public override {
        super.setUp();
        _caller = new Reenterer(perpetual);
        vm.deal(address(this), 1000 ether);
    }

    function _pokeCall(uint256 id) private view returns (bytes memory) {
        return abi.encodeCall(perpetual.poke, (_ids(id)));
    }

    function _paidInWindow() private view returns (uint256 paid) {
        (, , , , paid) = perpetual.accountOf(ACCOUNT);
    }

    function test_keeper_pokesTheSameStoreWhenItIsPaid() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _caller.arm(_pokeCall(id));
        _caller.call(_pokeCall(id));
        require(_caller.succeeded(), "the second poke failed");
        _equal(_caller.paid(), 1);
        _equal(perpetual.storeOf(id).attempts, 2);
        _equal(address(_caller).balance, _paidInWindow());
    }

    /// @dev The second store of the batch is poked from within the first: it is paid once.
    function test_keeper_pokesTheNextStoreOfTheBatchFromWithin() external {
        uint256 first = _store();
        uint256 second = _store();
        _pass(DELAY + 1);
        _caller.arm(_pokeCall(second));
        _caller.call(abi.encodeCall(perpetual.poke, (_ids(first, second))));
        _equal(_caller.paid(), 2);
        _equal(perpetual.storeOf(second).attempts, 2);
        _equal(address(_caller).balance, _paidInWindow());
        require(_paidInWindow() <= 2 * MAX_PAY, "paid more than two pokes");
    }

    function test_keeper_doesNotGetPastTheWindowFromWithin() external {
        vm.txGasPrice(1e12);
        for (uint256 i = 0; i < 4; ++i) _store();
        _pass(DELAY + 1);
        uint256[] memory all = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) all[i] = i + 1;
        _caller.arm(abi.encodeCall(perpetual.poke, (all)));
        _caller.call(abi.encodeCall(perpetual.poke, (all)));
        _equal(address(_caller).balance, MAX_PAY_PER_WINDOW);
        _equal(_paidInWindow(), MAX_PAY_PER_WINDOW);
    }

    /// @dev An account that is its own keeper takes its money out while it is paid.
    function test_account_withdrawsWhileItIsPaidAsAKeeper() external {
        bytes memory out = _caller.call{value: FUNDS}(abi.encodeCall(perpetual.store, (_piece(), _policy())));
        uint256 id = abi.decode(out, (uint256));
        _pass(DELAY + 1);
        _caller.arm(abi.encodeCall(perpetual.withdraw, (payable(address(_caller)), FUNDS)));
        _caller.call(_pokeCall(id));
        require(_caller.succeeded(), "refused");
        // All that is free, and no more: the copies on offer are covered.
        _equal(address(_caller).balance, FUNDS - 3 * 55_000_000 * uint256(uint64(TERM)));
        _equal(_free(address(_caller)), 0);
        _takeThree(MINER, id);
        _expectCopies(id, 3, 0, 0);
    }

    function test_account_withdrawsAgainWhileItWithdraws() external {
        _caller.call{value: FUNDS}(abi.encodeCall(perpetual.store, (_piece(), _policy())));
        bytes memory withdraw = abi.encodeCall(perpetual.withdraw, (payable(address(_caller)), 0.5 ether));
        _caller.arm(withdraw);
        _caller.call(withdraw);
        require(_caller.succeeded(), "refused");
        _equal(address(_caller).balance, FUNDS - 3 * COPY);
        _equal(_free(address(_caller)), 0);
        _equal(abi.decode(_caller.answer(), (uint256)), FUNDS - 3 * COPY - 0.5 ether);
    }

    /// @dev The store is gone from its account while the keeper, who is the account, is paid for it.
    function test_account_cancelsWhileItIsPaidAsAKeeper() external {
        bytes memory out = _caller.call{value: FUNDS}(abi.encodeCall(perpetual.store, (_piece(), _policy())));
        uint256 id = abi.decode(out, (uint256));
        _pass(DELAY + 1);
        _caller.arm(abi.encodeCall(perpetual.cancel, (id)));
        _caller.call(_pokeCall(id));
        require(_caller.succeeded() && perpetual.storeOf(id).cancelled, "not cancelled");
        _expectCopies(id, 0, 0, 0);
        _equal(_free(address(_caller)), FUNDS - address(_caller).balance);
    }

    function test_account_storesWhileItIsPaidAsAKeeper() external {
        bytes memory store = abi.encodeCall(perpetual.store, (_piece(), _policy()));
        uint256 id = abi.decode(_caller.call{value: FUNDS}(store), (uint256));
        _pass(DELAY + 1);
        _caller.arm(store);
        _caller.call(_pokeCall(id));
        require(_caller.succeeded(), "refused");
        _equal(perpetual.storeCount(), 2);
        _expectCopies(id, 0, 0, 3);
        _expectCopies(2, 0, 0, 3);
    }

    function test_recipient_pokesWhileItReceives() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _caller.arm(_pokeCall(id));
        uint256 before = _free(ACCOUNT);
        vm.prank(ACCOUNT);
        perpetual.withdraw(payable(address(_caller)), 0.1 ether);
        require(_caller.succeeded(), "refused");
        _equal(perpetual.storeOf(id).attempts, 2);
        _equal(address(_caller).balance, 0.1 ether + _paidInWindow());
        // The old offer gave its money back, the new one took its own.
        uint256 left = before + 3 * COPY - 3 * 55_000_000 * uint256(uint64(TERM));
        _equal(_free(ACCOUNT), left - 0.1 ether - _paidInWindow());
    }

    function test_pokeOne_isNotReachedFromWithin() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _caller.arm(abi.encodeCall(perpetual.pokeOne, (id, address(_caller), 0)));
        _caller.call(_pokeCall(id));
        require(!_caller.succeeded(), "obeyed");
        _equal(_caller.answer(), abi.encodeWithSelector(IPerpetualStorage.NotSelf.selector, address(_caller)));
    }
}
