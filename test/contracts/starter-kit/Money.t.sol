// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {vm} from "../support/Vm.sol";
import {Kit} from "./Kit.sol";

/// @notice Money that the starter kit's client could not take, use or give back.
contract StarterKitMoneyTest is Kit {
    /// @notice B2, 7.1.1. The old `withdrawBalance` required the flag of `BigInts.toUint256` to be true, and true means
    ///         overflow: it reverted on every success, and escrow was locked for ever (DealClient.sol:307-311).
    function test_B2_withdrawalOfEscrowSucceeds() external {
        kit.deposit{value: 3 ether}(3 ether);
        _funds(3 ether, 0);
        require(kit.withdrawBalance(address(kit), 1 ether) == 1 ether, "what was taken");
        _funds(2 ether, 1 ether);
        require(kit.withdrawBalance(address(kit), 2 ether) == 2 ether, "what was taken");
        _funds(0, 3 ether);
    }

    /// @notice B2. In npm 1.1.3 of the old library a zero amount ran out of gas (BigInts.toUint256 of an empty value).
    function test_B2_zeroAmountsAreAmounts() external {
        require(kit.withdrawBalance(address(kit), 0) == 0, "nothing of nothing");
        require(kit.withdrawBalance(address(kit), 1 ether) == 0, "something of nothing");
        kit.deposit{value: 1 ether}(1 ether);
        require(kit.withdrawBalance(address(kit), 0) == 0, "nothing of something");
        _funds(1 ether, 0);
        // More than there is: all there is.
        require(kit.withdrawBalance(address(kit), type(uint256).max) == 1 ether, "all");
        _funds(0, 1 ether);
    }

    /// @notice B3, 7.1.3. The old contract had nothing payable and no receive function, yet `addBalance` spent its own
    ///         balance (DealClient.sol:286-289), and no function moved FIL out.
    function test_B3_plainTransferPaysADealAndComesBack() external {
        uint256 fee = _fee();
        (bool sent, ) = address(kit).call{value: fee + 1 ether}("");
        require(sent, "the client takes no money");
        bytes32 id = kit.makeDealProposal(_request("paid"));
        _funds(fee, 1 ether);

        uint64 dealId = _publishAs(id, WORKER, MINER);
        (uint256 earnedBefore, ) = _minerBalance();
        _activateDeal(id, dealId);
        vm.roll(uint64(END));
        kit.settle(_ids(dealId));
        (uint256 earned, ) = _minerBalance();
        _equal(earned - earnedBefore, fee);
        _funds(0, 1 ether);

        uint256 before = STRANGER.balance;
        kit.withdraw(payable(STRANGER), 1 ether);
        _equal(STRANGER.balance - before, 1 ether);
        _equal(address(kit).balance, 0);
    }

    /// @notice B3. The old `addBalance` is used by scripts under that name: it works, with money sent along or there.
    function test_B3_addBalanceSpendsWhatIsThereOrComesAlong() external {
        kit.addBalance{value: 2 ether}(1 ether);
        _funds(1 ether, 1 ether);
        kit.addBalance(1 ether);
        _funds(2 ether, 0);
    }

    /// @notice 7.1.3. The old `addBalance` threw the exit code away (DealClient.sol:286-289): a deposit that f05 refused
    ///         looked like one that went well. f05 takes nothing for nothing (exit 16).
    function test_7_1_3_depositThatF05RefusesFails() external {
        vm.expectRevert(abi.encodeWithSelector(IDealClient.BalanceTooLow.selector, 1 ether, 0));
        kit.addBalance(1 ether);
        // AddBalance of 0 is exit 16 of f05, and is passed on.
        vm.expectRevert(abi.encodeWithSelector(IDealClient.ActorFailed.selector, 822473126, int256(16)));
        kit.addBalance(0);
    }

    /// @notice 7.1.4. The old `withdrawBalance` took any client's address though f05 pays a client only to itself, and
    ///         its comment said otherwise (DealClient.sol:293).
    function test_7_1_4_withdrawalInAnothersNameIsRefusedByName() external {
        _addBalance(FilAddress.fromEth(STRANGER), 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.NotThisClient.selector, STRANGER));
        kit.withdrawBalance(STRANGER, 1 ether);
        (uint256 escrow, ) = _balance(FilAddress.fromEth(STRANGER));
        _equal(escrow, 1 ether);
    }

    function _funds(uint256 escrow, uint256 balance) private view {
        (uint256 escrow_, , , , uint256 balance_) = kit.funds();
        _equal(escrow_, escrow);
        _equal(balance_, balance);
    }
}
