// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {IS_CONTROLLING_ADDRESS} from "../../../../contracts/filecoin/Methods.sol";
import "../../../../contracts/localnet/Native.sol" as Native;
import {StorageMinerActor} from "../../../../contracts/localnet/StorageMinerActor.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

/// @notice f01002: owner, worker and one control address, 2 KiB sectors, a peer id, two multiaddrs.
contract ProfileTest is LocalnetTest {
    using Cbor for CborReader;

    uint64 private constant ID = 1002;
    address private constant OWNER = address(0x990001);
    address private constant CONTROL = address(0x990002);
    bytes private constant MULTIADDRS = hex"8245047f00000146047f00000106";

    function setUp() public override {
        super.setUp();
        vm.deal(OWNER, 1);
        vm.deal(CONTROL, 1);
        vm.etch(FilAddress.toMaskedId(ID), address(new StorageMinerActor()).code);
    }

    function test_OnlyF00ConstructsAndOnce() public {
        _equal(_nativeExit(STRANGER, ID, Native.CONSTRUCTOR, 0, _params(10)), 18);
        _native(Native.SYSTEM_ACTOR, ID, Native.CONSTRUCTOR, 0, _params(10));
        _equal(_nativeExit(Native.SYSTEM_ACTOR, ID, Native.CONSTRUCTOR, 0, _params(10)), 20);
    }

    function test_SectorSizeFollowsFromTheProof() public {
        _native(Native.SYSTEM_ACTOR, ID, Native.CONSTRUCTOR, 0, _params(5));
        _equal(_native(STRANGER, ID, Native.GET_SECTOR_SIZE, 0, ""), hex"190800");
        _equal(_native(STRANGER, MINER, Native.GET_SECTOR_SIZE, 0, ""), hex"1b0000000800000000");
        vm.etch(FilAddress.toMaskedId(1003), address(new StorageMinerActor()).code);
        _equal(_nativeExit(Native.SYSTEM_ACTOR, 1003, Native.CONSTRUCTOR, 0, _params(4)), 16);
        _equal(_nativeExit(Native.SYSTEM_ACTOR, 1003, Native.CONSTRUCTOR, 0, _params(15)), 16);
    }

    function test_TellsItsPeople() public {
        _native(Native.SYSTEM_ACTOR, ID, Native.CONSTRUCTOR, 0, _params(10));
        CborReader memory r = Cbor.reader(_native(STRANGER, ID, Native.MINER_CONTROL_ADDRESSES, 0, ""));
        r.readArray(3);
        uint64 owner = FilAddress.toActorId(r.readBytes());
        uint64 worker = FilAddress.toActorId(r.readBytes());
        r.readArray(1);
        uint64 control = FilAddress.toActorId(r.readBytes());
        r.done();
        require(owner != worker && worker != control && control != owner, "one and the same");
        bytes memory answer = _native(STRANGER, ID, Native.GET_OWNER, 0, "");
        _equal(answer, bytes.concat(hex"82", Cbor.writeBytes(FilAddress.fromActorId(owner)), hex"f6"));
        _equal(_controlling(FilAddress.fromEth(OWNER)), hex"f5");
        _equal(_controlling(FilAddress.fromEth(WORKER)), hex"f5");
        _equal(_controlling(FilAddress.fromActorId(control)), hex"f5");
        _equal(_controlling(FilAddress.fromEth(STRANGER)), hex"f4");
        _equal(_controlling(FilAddress.fromEth(address(0xdead0001))), hex"f4");
    }

    function test_TellsHowToReachIt() public {
        _native(Native.SYSTEM_ACTOR, ID, Native.CONSTRUCTOR, 0, _params(10));
        _equal(_native(STRANGER, ID, Native.GET_PEER_ID, 0, ""), hex"81420a0b");
        _equal(_native(STRANGER, ID, Native.GET_MULTIADDRS, 0, ""), bytes.concat(hex"81", MULTIADDRS));
    }

    function test_ControllersChangeTheMultiaddrs() public {
        _native(Native.SYSTEM_ACTOR, ID, Native.CONSTRUCTOR, 0, _params(10));
        _equal(_nativeExit(STRANGER, ID, Native.MINER_CHANGE_MULTIADDRS, 0, hex"8180"), 18);
        _native(CONTROL, ID, Native.MINER_CHANGE_MULTIADDRS, 0, hex"81814103");
        _equal(_native(STRANGER, ID, Native.GET_MULTIADDRS, 0, ""), hex"81814103");
        _native(WORKER, ID, Native.CHANGE_MULTIADDRS, 0, hex"8180");
        _equal(_native(STRANGER, ID, Native.GET_MULTIADDRS, 0, ""), hex"8180");
    }

    function _controlling(bytes memory account) private returns (bytes memory) {
        return _native(STRANGER, ID, IS_CONTROLLING_ADDRESS, 0, Cbor.writeBytes(account));
    }

    function _params(int64 proofType) private pure returns (bytes memory) {
        bytes memory people = bytes.concat(
            Cbor.writeBytes(FilAddress.fromEth(OWNER)),
            Cbor.writeBytes(FilAddress.fromEth(WORKER)),
            hex"81",
            Cbor.writeBytes(FilAddress.fromEth(CONTROL))
        );
        return bytes.concat(hex"86", people, Cbor.writeInt(proofType), hex"420a0b", MULTIADDRS);
    }
}
