// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Well-formed UTF-8 (Unicode 15, table 3-7)
/// @dev   f05 decodes text with Rust's `String`, which refuses anything else.
library Utf8 {
    /// @notice False for overlong forms, surrogates, code points above U+10FFFF and cut sequences.
    function isValid(bytes memory text) internal pure returns (bool valid) {
        uint256 at = 0;
        unchecked {
            while (at < text.length) {
                uint8 first = uint8(text[at++]);
                if (first < 0x80) continue;
                if (first < 0xc2 || first > 0xf4) return false;
                uint256 more =
                    first < 0xe0
                        ? 1
                        : first < 0xf0
                            ? 2
                            : 3;
                if (text.length - at < more) return false;
                // Only the first continuation byte has bounds that depend on the lead byte.
                uint8 second = uint8(text[at]);
                if (
                    second <
                    (
                        first == 0xe0
                            ? 0xa0
                            : first == 0xf0
                                ? 0x90
                                : 0x80
                    )
                ) return false;
                if (
                    second >
                    (
                        first == 0xed
                            ? 0x9f
                            : first == 0xf4
                                ? 0x8f
                                : 0xbf
                    )
                ) return false;
                for (uint256 i = 1; i < more; ++i) {
                    if (uint8(text[at + i]) & 0xc0 != 0x80) return false;
                }
                at += more;
            }
        }
        return true;
    }
}
