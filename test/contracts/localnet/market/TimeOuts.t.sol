// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {GET_DEAL_ACTIVATION, GET_DEAL_LABEL, WITHDRAW_BALANCE} from "../../../../contracts/filecoin/Methods.sol";
import {BURNT_FUNDS_ACTOR_ID} from "../../../../contracts/localnet/Native.sol";
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

/// @notice What becomes of a deal that nobody activated and nobody settled. `next_update_epoch(0, 86400, 5200000)` is 61 · 86400
///         = 5270400, of id 1 it is 5270401.
contract TimeOutsTest is LocalnetTest {
    uint64 private constant DUE = 5_270_400;

    DealProposal private _p;

    function setUp() public override {
        super.setUp();
        _fund();
        _p = _proposal();
        _equal(_publishOne(_p), 0);
    }

    function test_InTheEpochOfTheCronItIsStillThere() public {
        vm.roll(DUE);
        _equal(_native(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"00"), hex"822020");
        _holds(10 ether, 12207 * 1_555_200, 10 ether, COLLATERAL);
    }

    function test_InTheNextEpochItIsOverThoughNobodyCame() public {
        vm.roll(DUE + 1);
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"00"), 32);
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_LABEL, 0, hex"00"), 32);
        _holds(10 ether, 0, 10 ether - COLLATERAL, 0);
    }

    function test_TheNextChangeWritesItDown() public {
        vm.roll(DUE + 1);
        bytes memory params = bytes.concat(
            hex"82",
            Cbor.writeBytes(FilAddress.fromEth(address(client))),
            Cbor.writeBigInt(100 ether)
        );
        (, bytes memory taken) = _fromClient(5, WITHDRAW_BALANCE, 0, params);
        _equal(taken, Cbor.writeBigInt(10 ether));
        _equal(FilAddress.toMaskedId(BURNT_FUNDS_ACTOR_ID).balance, COLLATERAL);
        _holds(0, 0, 10 ether - COLLATERAL, 0);
        _equal(_settle(0), hex"828200818200182080");
        _equal(FilAddress.toMaskedId(BURNT_FUNDS_ACTOR_ID).balance, COLLATERAL);
    }

    function test_EachDealHasItsOwnEpoch() public {
        _p.label = "second";
        _equal(_publishOne(_p), 1);
        vm.roll(DUE + 1);
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"00"), 32);
        _equal(_native(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"01"), hex"822020");
        _addBalance(FilAddress.fromActorId(MINER), 1);
        _holds(10 ether, 12207 * 1_555_200, 10 ether + 1 - COLLATERAL, COLLATERAL);
        vm.roll(DUE + 2);
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"01"), 32);
        _holds(10 ether, 0, 10 ether + 1 - 2 * COLLATERAL, 0);
    }

    function test_ASettledOrActivatedDealHasNoTimeOut() public {
        _activate(0, _p, 7, END);
        _p.label = "second";
        _publishOne(_p);
        vm.roll(uint64(START));
        _settle(1);
        _equal(FilAddress.toMaskedId(BURNT_FUNDS_ACTOR_ID).balance, COLLATERAL);
        vm.roll(DUE + 86_400);
        _addBalance(FilAddress.fromActorId(MINER), 1);
        _equal(
            _native(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"00"),
            bytes.concat(hex"82", Cbor.writeInt(EPOCH), hex"20")
        );
        _equal(FilAddress.toMaskedId(BURNT_FUNDS_ACTOR_ID).balance, COLLATERAL);
    }

    function _holds(uint256 client_, uint256 clientLocked, uint256 miner, uint256 minerLocked) private {
        (uint256 escrow, uint256 locked) = _clientBalance();
        _equal(escrow, client_);
        _equal(locked, clientLocked);
        (escrow, locked) = _minerBalance();
        _equal(escrow, miner);
        _equal(locked, minerLocked);
    }
}
