// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MARKET_ACTOR} from "../../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {ADD_BALANCE, GET_BALANCE, WITHDRAW_BALANCE} from "../../../../contracts/filecoin/Methods.sol";
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

contract EscrowTest is LocalnetTest {
    function test_AnyoneAddsForAnyone() public {
        _addBalance(FilAddress.fromEth(address(client)), 3);
        _addBalance(FilAddress.fromActorId(_clientId()), 4);
        (uint256 escrow, uint256 locked) = _clientBalance();
        _equal(escrow, 7);
        _equal(locked, 0);
    }

    function test_AddingNothingIs16() public {
        bytes memory params = Cbor.writeBytes(FilAddress.fromEth(address(client)));
        _equal(_nativeExit(STRANGER, 5, ADD_BALANCE, 0, params), 16);
    }

    function test_AddingForNobodyIs16() public {
        _equal(_nativeExit(STRANGER, 5, ADD_BALANCE, 1, Cbor.writeBytes(FilAddress.fromEth(address(0xdead0001)))), 16);
        _equal(_nativeExit(STRANGER, 5, ADD_BALANCE, 1, Cbor.writeBytes(FilAddress.fromActorId(424242))), 16);
    }

    function test_MethodNumber2IsTheSameForAWallet() public {
        _native(WORKER, 5, 2, 9, Cbor.writeBytes(FilAddress.fromActorId(MINER)));
        (uint256 escrow, ) = _minerBalance();
        _equal(escrow, 9);
    }

    function test_BalanceOfOneWhoNeverPaidIsZero() public {
        _equal(_native(STRANGER, 5, GET_BALANCE, 0, Cbor.writeBytes(FilAddress.fromActorId(MINER))), hex"824040");
        _equal(_nativeExit(STRANGER, 5, GET_BALANCE, 0, Cbor.writeBytes(FilAddress.fromEth(address(0xdead0001)))), 16);
    }

    function test_OnlyTheClientItselfWithdraws() public {
        _addBalance(FilAddress.fromEth(address(client)), 1 ether);
        bytes memory params = _withdrawal(FilAddress.fromEth(address(client)), 1);
        _equal(_nativeExit(STRANGER, 5, WITHDRAW_BALANCE, 0, params), 18);
        (int256 exit, bytes memory data) = _fromClient(5, WITHDRAW_BALANCE, 0, params);
        require(exit == 0, "exit code");
        _equal(data, hex"420001");
        _equal(address(client).balance, 1);
        _equal(client.received(), 0);
    }

    function test_OwnerAndWorkerWithdrawForTheMinerAndTheOwnerGetsIt() public {
        _addBalance(FilAddress.fromActorId(MINER), 1 ether);
        uint256 before = WORKER.balance;
        _native(WORKER, 5, WITHDRAW_BALANCE, 0, _withdrawal(FilAddress.fromActorId(MINER), 5));
        _equal(WORKER.balance, before + 5);
        _equal(_nativeExit(OTHER_WORKER, 5, WITHDRAW_BALANCE, 0, _withdrawal(FilAddress.fromActorId(MINER), 5)), 18);
    }

    function test_WhatIsLockedStays() public {
        _fund();
        DealProposal memory p = _proposal();
        p.pricePerEpoch = 1e12;
        p.clientCollateral = 2 ether;
        _publishOne(p);
        uint256 locked = 1e12 * uint256(uint64(END - START)) + 2 ether;
        bytes memory params = _withdrawal(FilAddress.fromEth(address(client)), 100 ether);
        (, bytes memory data) = _fromClient(5, WITHDRAW_BALANCE, 0, params);
        _equal(data, Cbor.writeBigInt(10 ether - locked));
        (, data) = _fromClient(5, WITHDRAW_BALANCE, 0, params);
        _equal(data, hex"40");
        (uint256 escrow, uint256 still) = _clientBalance();
        _equal(escrow, locked);
        _equal(still, locked);
    }

    function test_ANegativeAmountIs16() public {
        bytes memory params = bytes.concat(hex"82", Cbor.writeBytes(FilAddress.fromEth(address(client))), hex"420101");
        (int256 exit, ) = _fromClient(5, WITHDRAW_BALANCE, 0, params);
        require(exit == 16, "exit code");
    }

    function test_AnAmountAboveEveryBoundTakesWhatIsThere() public {
        _addBalance(FilAddress.fromEth(address(client)), 5);
        bytes memory amount = Cbor.writeBytes(abi.encodePacked(hex"00ff", new bytes(40)));
        bytes memory account = Cbor.writeBytes(FilAddress.fromEth(address(client)));
        (int256 exit, bytes memory data) = _fromClient(5, WITHDRAW_BALANCE, 0, bytes.concat(hex"82", account, amount));
        require(exit == 0, "exit code");
        _equal(data, hex"420005");
    }

    function test_AMethodWithoutItsParamsIs16() public {
        _equal(_nativeExit(STRANGER, 5, ADD_BALANCE, 1, ""), 16);
        (int256 exit, ) = _fromClient(5, GET_BALANCE, 0, "");
        require(exit == 16, "exit code");
    }

    function testFuzz_TheBooksEqualTheMoney(uint96 a, uint96 b, uint96 taken) public {
        uint256 first = (uint256(a) % 100 ether) + 1;
        uint256 second = (uint256(b) % 100 ether) + 1;
        _addBalance(FilAddress.fromEth(address(client)), first);
        _addBalance(FilAddress.fromActorId(MINER), second);
        _fromClient(5, WITHDRAW_BALANCE, 0, _withdrawal(FilAddress.fromEth(address(client)), taken));
        (uint256 ofClient, ) = _clientBalance();
        (uint256 ofMiner, ) = _minerBalance();
        _equal(MARKET_ACTOR.balance, ofClient + ofMiner);
        _equal(address(client).balance, first - ofClient);
    }

    function _withdrawal(bytes memory account, uint256 amount) private pure returns (bytes memory) {
        return bytes.concat(Cbor.writeArray(2), Cbor.writeBytes(account), Cbor.writeBigInt(amount));
    }
}
