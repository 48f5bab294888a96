// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";

/// @title  Amounts as the market reads them
/// @notice It reads more than it writes: leading zeros, a minus before zero and amounts below zero decode, and are judged
///         afterwards; 128 bytes at most (ref-fvm shared/src/bigint/bigint_ser.rs).
library Amounts {
    using Cbor for CborReader;

    /// @dev Stands for an amount below zero or beyond 256 bits: every bound refuses it.
    uint256 internal constant OUT_OF_BOUNDS = type(uint256).max;

    uint256 private constant MAX_LENGTH = 128;

    /// @notice Whether the next amount is below zero, without moving.
    function isNegative(CborReader memory r) internal pure returns (bool negative) {
        (negative, ) = _read(CborReader(r.data, r.at));
    }

    function read(CborReader memory r) internal pure returns (uint256 value) {
        bool negative;
        (negative, value) = _read(r);
        return negative ? OUT_OF_BOUNDS : value;
    }

    function _read(CborReader memory r) private pure returns (bool negative, uint256 value) {
        uint256 at = r.at;
        bytes memory text = r.readBytes();
        if (text.length == 0) return (false, 0);
        require(uint8(text[0]) <= 1, Cbor.CborBigIntSign(at));
        require(text.length <= MAX_LENGTH, Cbor.CborOutOfRange(at));
        for (uint256 i = 1; i < text.length; ++i) {
            value = value >> 248 != 0 ? OUT_OF_BOUNDS : (value << 8) | uint8(text[i]);
        }
        negative = text[0] == 0x01 && value != 0;
    }
}
