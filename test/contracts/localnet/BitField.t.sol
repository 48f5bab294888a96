// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BitField} from "../../../contracts/localnet/BitField.sol";
import {vm} from "../support/Vm.sol";

/// @notice Vectors: test/vectors/f05-cbor.json, rlePlus.
contract BitFieldTest {
    uint256 private constant MAX = 1000;

    function decodeIds(bytes calldata data) external pure returns (uint64[] memory) {
        return BitField.decodeIds(data, MAX);
    }

    function test_EncodesAsOtherImplementationsDo() public pure {
        _encodes(_ids(0, 1), hex"0c");
        _encodes(_ids(1, 1), hex"18");
        _encodes(_ids(2, 1), hex"5002");
        _encodes(_ids(15, 1), hex"f003");
        _encodes(_ids(16, 1), hex"0022");
        _encodes(_ids(128, 1), hex"003020");
        _encodes(_ids(147142, 1), hex"c0b81f21");
        _encodes(_ids(100000000, 1), hex"0050f8fa25");
        _encodes(_ids(0, 2), hex"54");
        _encodes(_ids(0, 15), hex"f401");
        _encodes(_ids(0, 16), hex"0402");
        _encodes(_ids(0, 17), hex"2402");
        _encodes(_ids(5, 3), hex"b01c");
        _encodes(_ids(type(uint64).max - 1, 1), hex"c0ffffffffffffffff3f20");
        _encodes(new uint64[](0), "");
    }

    function test_EncodesSpreadIds() public pure {
        uint64[] memory ids = new uint64[](8);
        (ids[0], ids[1], ids[2], ids[3]) = (3, 100, 101, 102);
        (ids[4], ids[5], ids[6], ids[7]) = (5000, 5017, 4294967296, 9007199254740993);
        _encodes(ids, hex"7002e6106a12889863ffff3f0410101010feffff21");
    }

    function test_DropsTheZeroByteThatALongRunCanEndIn() public pure {
        // 3 bits, 00, varint 128 in 16 bits: the third byte is zero.
        _encodes(_ids(0, 128), hex"0430");
    }

    function test_RefusesWhateverIsNotTheOneFormOfASet() public view {
        bytes[16] memory wrong = [
            bytes(hex"0d"), // version 1
            hex"0e", // version 2
            hex"1b", // version 3
            hex"0c00", // last byte zero
            hex"00",
            hex"1c", // run of zeros at the end
            hex"04", // no run after a leading one
            hex"2c04", // short block of 0
            hex"3406", // short block of 1
            hex"0c40", // long block of 0
            hex"e401", // long block of 15
            hex"2460", // long block of 1
            hex"6410e0", // varint with a redundant group
            hex"04101010101010101050e0", // tenth group above 1
            hex"e4ffffffffffffffffff3f", // eleven groups
            hex"e4ffffffffffffffff8fffffffffffffffff3f05" // 2^64 and more
        ];
        for (uint256 i = 0; i < wrong.length; ++i) {
            try this.decodeIds(wrong[i]) {
                revert(string.concat("decoded number ", vm.toString(i)));
            } catch (bytes memory reason) {
                require(bytes4(reason) == BitField.BitFieldInvalid.selector, "another error");
            }
        }
    }

    function test_RefusesMoreMembersThanTheCallerTakes() public {
        // One run of 2^64 - 1.
        vm.expectRevert(abi.encodeWithSelector(BitField.BitFieldTooMany.selector, MAX));
        this.decodeIds(hex"e4ffffffffffffffff3f");
    }

    function testFuzz_DecodeUndoesEncode(uint64[] memory gaps) public pure {
        uint256 count = gaps.length > 60 ? 60 : gaps.length;
        uint64[] memory ids = new uint64[](count);
        uint64 next = 0;
        for (uint256 i = 0; i < count; ++i) {
            // Many neighbours, some far away.
            next += gaps[i] % 4 == 0 ? gaps[i] >> 8 : gaps[i] % 20;
            ids[i] = next++;
        }
        uint64[] memory back = BitField.decodeIds(BitField.encode(ids), MAX);
        require(keccak256(abi.encode(back)) == keccak256(abi.encode(ids)), "other ids");
    }

    function testFuzz_WhatDecodesEncodesToTheSameBytes(bytes memory data) public view {
        try this.decodeIds(data) returns (uint64[] memory ids) {
            require(keccak256(BitField.encode(ids)) == keccak256(data), "two forms of one set");
        } catch (bytes memory reason) {
            bytes4 error = bytes4(reason);
            require(
                error == BitField.BitFieldInvalid.selector || error == BitField.BitFieldTooMany.selector,
                "neither a set nor one of the two errors"
            );
        }
    }

    function _encodes(uint64[] memory ids, bytes memory expected) private pure {
        require(keccak256(BitField.encode(ids)) == keccak256(expected), "encodes to other bytes");
        require(
            keccak256(abi.encode(BitField.decodeIds(expected, MAX))) == keccak256(abi.encode(ids)),
            "decodes to other ids"
        );
    }

    function _ids(uint64 first, uint64 count) private pure returns (uint64[] memory ids) {
        ids = new uint64[](count);
        for (uint64 i = 0; i < count; ++i) ids[i] = first + i;
    }
}
