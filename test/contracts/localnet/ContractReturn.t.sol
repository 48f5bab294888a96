// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CODEC_CBOR, CODEC_NONE} from "../../../contracts/filecoin/Actors.sol";
import {ContractReturn} from "../../../contracts/localnet/ContractReturn.sol";
import {Receipt} from "../../../contracts/localnet/Receipt.sol";

/// @notice Bytes by hand, against builtin-actors actors/evm/src/lib.rs `handle_filecoin_method_output` as read.
contract ContractReturnTest {
    bytes32 private constant ZERO = 0;
    uint256 private constant CBOR = 0x51;

    /* READ AS IF ZEROS FOLLOWED */

    function test_NothingIsNoValue() public pure {
        _ends("", 0, CODEC_NONE, "");
    }

    function test_AWordOfZerosIsASuccess() public pure {
        for (uint256 length = 1; length <= 128; ++length) _ends(new bytes(length), 0, CODEC_NONE, "");
    }

    function test_WhatIsCutOffIsZero() public pure {
        // Exit code 19 and nothing else: offset 0, where the exit code is taken for a length of 19, with codec 0.
        _malformed(abi.encode(19));
        _malformed(abi.encode(19, 0, 0));
        // Offset 96, length cut off: 0.
        _ends(abi.encode(19, 0, 96), 19, CODEC_NONE, "");
        _ends(abi.encode(19, CBOR, 96), 19, CODEC_CBOR, "");
        // Three bytes of data where one is.
        _ends(abi.encodePacked(abi.encode(0, CBOR, 96, 3), hex"aa"), 0, CODEC_CBOR, hex"aa0000");
        // A word that breaks off is filled from the right, not shifted.
        _ends(abi.encodePacked(abi.encode(0, CBOR, 96), new bytes(31)), 0, CODEC_CBOR, "");
        _malformed(abi.encodePacked(abi.encode(0, CBOR, 96), hex"01"));
    }

    function test_AnyOffsetIsTaken() public pure {
        // Behind the end: length 0. In the middle of a word. Backwards.
        _ends(abi.encode(0, CBOR, 1000, 1, ZERO), 0, CODEC_CBOR, "");
        _ends(abi.encode(0, CBOR, type(uint32).max), 0, CODEC_CBOR, "");
        _ends(abi.encodePacked(abi.encode(0, CBOR, 97, 0), hex"02aabb"), 0, CODEC_CBOR, hex"aabb");
        _ends(abi.encode(2 << 4, CBOR, 0), 32, CODEC_CBOR, abi.encode(CBOR));
    }

    /* UPPER BITS */

    function test_AnUpperBitIs21() public pure {
        _malformed(abi.encode(uint256(1) << 32, CBOR, 96, 1, bytes1(0xf5)));
        _malformed(abi.encode(uint256(1) << 255, CBOR, 96, 1, bytes1(0xf5)));
        _malformed(abi.encode(0, (uint256(1) << 64) | CBOR, 96, 1, bytes1(0xf5)));
        _malformed(abi.encode(0, CBOR, (uint256(1) << 32) | 96, 1, bytes1(0xf5)));
        _malformed(abi.encode(0, CBOR, 96, uint256(1) << 32, bytes1(0xf5)));
        _ends(
            abi.encode(type(uint32).max, CBOR, 96, 1, bytes1(0xf5)),
            int256(uint256(type(uint32).max)),
            CODEC_CBOR,
            hex"f5"
        );
    }

    /* CODECS */

    function test_OnlyCborAndNoneAreTaken() public pure {
        uint64[6] memory others = [uint64(1), 0x50, 0x52, 0x55, 0x71, type(uint64).max];
        for (uint256 i = 0; i < others.length; ++i) {
            _malformed(abi.encode(0, others[i], 96, 0));
            // Whatever exit code it wanted.
            _malformed(abi.encode(42, others[i], 96, 1, bytes1(0xf5)));
        }
    }

    function test_Codec0HasNoData() public pure {
        _ends(abi.encode(0, 0, 96, 0), 0, CODEC_NONE, "");
        _malformed(abi.encode(0, 0, 96, 1, bytes1(0xf5)));
        _malformed(abi.encode(42, 0, 96, 1, bytes1(0xf5)));
    }

    function test_AnExitCodeKeepsItsData() public pure {
        _ends(abi.encode(uint32(42), uint64(CBOR), hex"f5"), 42, CODEC_CBOR, hex"f5");
    }

    /* CODES OF THE SYSTEM */

    function test_CodesBelow16Are9() public pure {
        for (uint32 code = 1; code < 16; ++code) {
            _ends(abi.encode(code, uint64(CBOR), hex"f5"), 9, CODEC_CBOR, hex"f5");
        }
        _ends(abi.encode(uint32(16), uint64(CBOR), hex"f5"), 16, CODEC_CBOR, hex"f5");
    }

    function _malformed(bytes memory returned) private pure {
        _ends(returned, 21, CODEC_NONE, "");
    }

    function _ends(bytes memory returned, int256 exit, uint64 codec, bytes memory data) private pure {
        Receipt memory r = ContractReturn.decode(returned);
        require(r.exit == exit, "another exit code");
        require(r.codec == codec, "another codec");
        require(keccak256(r.data) == keccak256(data), "other data");
    }
}
