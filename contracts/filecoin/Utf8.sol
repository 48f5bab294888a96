// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Well-formed UTF-8 (Unicode 15, table 3-7)
/// @dev   f05 decodes text with Rust's `String`, which refuses anything else.
library Utf8 {
    /// @dev The top bit of each byte.
    uint256 private constant NOT_ASCII = uint256(0x80) * (type(uint256).max / 0xff);

    /// @notice False for overlong forms, surrogates, code points above U+10FFFF and cut sequences.
    function isValid(bytes memory text) internal pure returns (bool valid) {
        uint256 at = 0;
        unchecked {
            while (at < text.length) {
                // 32 bytes at a time as long as they are ASCII, which nearly all text is.
                if (text.length - at >= 32 && _word(text, at) & NOT_ASCII == 0) {
                    at += 32;
                    continue;
                }
                uint8 first = uint8(text[at++]);
                if (first < 0x80) continue;
                if (first < 0xc2 || first > 0xf4) return false;
                // Bytes to come, and the bounds of the next one: they depend on the lead byte.
                (uint256 more, uint8 low, uint8 high) = (1, 0x80, 0xbf);
                if (first >= 0xf0) {
                    more = 3;
                    if (first == 0xf0) low = 0x90;
                    if (first == 0xf4) high = 0x8f;
                } else if (first >= 0xe0) {
                    more = 2;
                    if (first == 0xe0) low = 0xa0;
                    if (first == 0xed) high = 0x9f;
                }
                if (text.length - at < more) return false;
                if (uint8(text[at]) < low || uint8(text[at]) > high) return false;
                for (uint256 i = 1; i < more; ++i) {
                    if (uint8(text[at + i]) & 0xc0 != 0x80) return false;
                }
                at += more;
            }
        }
        return true;
    }

    /// @dev text[at:at + 32]
    function _word(bytes memory text, uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(text, 32), at))
        }
    }
}
