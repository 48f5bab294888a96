// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ADD_BALANCE} from "../../../../contracts/filecoin/Methods.sol";
import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {IDealClient} from "../../../../contracts/interfaces/IDealClient.sol";
import {vm} from "../../support/Vm.sol";
import {Storing} from "./Storing.sol";

/// @title Money comes in by four ways, moves between balance and escrow, and goes out
abstract contract Paying is Storing {
    function fundByTransfer(uint256 seed) external action(seed) {
        _transferIn(_random(1 ether));
    }

    function fundByMethod0(uint256 seed) external action(seed) {
        uint256 value = 1 + _random(1 ether);
        _sendMethod0(address(subject), value);
        _noteReceived(value);
    }

    /// @notice A stranger adds to the escrow at f05; the client is not asked.
    function fundAtMarket(uint256 seed) external action(seed) {
        uint256 value = 1 + _random(1 ether);
        vm.deal(DONOR, value);
        bytes memory account = _oneIn(2) ? FilAddress.fromEth(address(subject)) : FilAddress.fromActorId(_subjectId);
        _native(DONOR, 5, ADD_BALANCE, value, Cbor.writeBytes(account));
        _received += value;
        _escrow += value;
    }

    function deposit(uint256 seed) external action(seed) {
        uint256 value = _oneIn(2) ? 0 : _random(1 ether);
        if (_held + value == 0) _nothingToDo();
        uint256 amount = 1 + _random(_held + value);
        bytes memory call_ =
            _oneIn(4)
                ? abi.encodeCall(IDealClient.addBalance, (amount))
                : abi.encodeCall(IDealClient.deposit, (amount));
        _do(_owner, value, call_);
        _noteReceived(value);
        _noteDeposited(amount);
    }

    function depositTooMuch(uint256 seed) external action(seed) {
        bytes memory call_ = abi.encodeCall(IDealClient.deposit, (_held + 1 + _random(1 ether)));
        _refused(_owner, call_, IDealClient.BalanceTooLow.selector, "deposit");
    }

    /// @notice Some of what is free, or more than that: then all of it comes.
    function withdrawEscrow(uint256 seed) external action(seed) {
        uint256 free = _escrow - _locked - _reserved;
        uint256 amount = _oneIn(3) ? free + _random(1 ether) : _random(free + 1);
        bytes memory call_ =
            _oneIn(4)
                ? abi.encodeCall(IDealClient.withdrawBalance, (address(subject), amount))
                : abi.encodeCall(IDealClient.withdrawEscrow, (amount));
        uint256 taken = abi.decode(_do(_owner, 0, call_), (uint256));
        require(taken == (amount < free ? amount : free), "money: another amount than is free came");
        _escrow -= taken;
        _held += taken;
    }

    function withdraw(uint256 seed) external action(seed) {
        uint256 amount = _random(_held + 1);
        uint256 before = RECIPIENT.balance;
        _do(_owner, 0, abi.encodeCall(IDealClient.withdraw, (payable(RECIPIENT), amount)));
        require(RECIPIENT.balance == before + amount, "money: the recipient got another amount");
        _held -= amount;
        _withdrawn += amount;
    }

    function withdrawTooMuch(uint256 seed) external action(seed) {
        uint256 amount = _held + 1 + _random(1 ether);
        bytes memory call_ = abi.encodeCall(IDealClient.withdraw, (payable(RECIPIENT), amount));
        _refused(_owner, call_, IDealClient.BalanceTooLow.selector, "withdraw");
    }
}
