// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GET_DEAL_ACTIVATION, GET_DEAL_SECTOR, WITHDRAW_BALANCE} from "../../../contracts/filecoin/Methods.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../support/Vm.sol";
import {LocalnetTest} from "./support/LocalnetTest.sol";

/// @notice The whole life of a deal on the localnet.
contract LifeTest is LocalnetTest {
    function test_DealIsPublishedActivatedPaidAndCompleted() public {
        _fund();
        DealProposal memory p = _proposal();
        uint64 dealId = _publishOne(p);
        uint256 fee = 12207 * uint256(uint64(END - START));
        (uint256 escrow, uint256 locked) = _clientBalance();
        _equal(escrow, 10 ether);
        _equal(locked, fee);
        (, locked) = _minerBalance();
        _equal(locked, COLLATERAL);
        _equal(client.toldCount(), 1);

        _equal(_native(STRANGER, 5, GET_DEAL_ACTIVATION, 0, Cbor.writeUint(dealId)), hex"822020");
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_SECTOR, 0, Cbor.writeUint(dealId)), 33);
        vm.roll(uint64(START) - 100_000);
        _activate(dealId, p, 77, END + 5);
        _equal(_native(STRANGER, 5, GET_DEAL_SECTOR, 0, Cbor.writeUint(dealId)), hex"184d");

        vm.roll(uint64(START) + 100);
        _settle(dealId);
        (escrow, locked) = _clientBalance();
        _equal(escrow, 10 ether - 12207 * 100);
        _equal(locked, fee - 12207 * 100);

        vm.roll(uint64(END));
        _settle(dealId);
        (escrow, locked) = _clientBalance();
        _equal(escrow, 10 ether - fee);
        _equal(locked, 0);
        (escrow, locked) = _minerBalance();
        _equal(escrow, 10 ether + fee);
        _equal(locked, 0);
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_ACTIVATION, 0, Cbor.writeUint(dealId)), 32);

        bytes memory params = bytes.concat(
            Cbor.writeArray(2),
            Cbor.writeBytes(FilAddress.fromEth(address(client))),
            Cbor.writeBigInt(100 ether)
        );
        (int256 exit, bytes memory data) = _fromClient(5, WITHDRAW_BALANCE, 0, params);
        require(exit == 0);
        _equal(data, Cbor.writeBigInt(10 ether - fee));
        _equal(address(client).balance, 10 ether - fee);
        _equal(client.received(), 0);
    }
}
