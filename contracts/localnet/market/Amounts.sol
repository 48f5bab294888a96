// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";

/// @title  Amounts as the market reads them
/// @notice It reads more than it writes: leading zeros and amounts below zero decode, and are judged afterwards (ref-fvm
///         shared/src/bigint/bigint_ser.rs).
library Amounts {
    using Cbor for CborReader;

    /// @dev Stands for an amount below zero or beyond 256 bits: every bound refuses it.
    uint256 internal constant OUT_OF_BOUNDS = type(uint256).max;

    /// @notice Whether the next amount is below zero, without moving.
    function isNegative(CborReader memory r) internal pure returns (bool) {
        bytes memory text = CborReader(r.data, r.at).readBytes();
        return text.length > 0 && text[0] == 0x01;
    }

    function read(CborReader memory r) internal pure returns (uint256 value) {
        uint256 at = r.at;
        bytes memory text = r.readBytes();
        if (text.length == 0) return 0;
        require(uint8(text[0]) <= 1, Cbor.CborBigIntSign(at));
        if (text[0] == 0x01) return OUT_OF_BOUNDS;
        for (uint256 i = 1; i < text.length; ++i) {
            if (value >> 248 != 0) return OUT_OF_BOUNDS;
            value = (value << 8) | uint8(text[i]);
        }
    }
}
