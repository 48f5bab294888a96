// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title  RLE+, the form in which f05 takes sets of deal ids
/// @notice Bits, lowest first in each byte: version 00, value of the first run, then the runs' lengths, the values
///         alternating:
///
///         length 1      1
///         2..15         01 ‖ 4 bits
///         from 16 on    00 ‖ unsigned varint, 8 bits a group
///
///         The empty set is the empty string. Source: ref-fvm bitfield/src/rleplus.
library RlePlus {
    /// @notice Thrown when an id is not above the one before it.
    error IdsNotAscending(uint64 id);

    struct Bits {
        bytes data;
        uint256 length;
    }

    /// @param ids Strictly ascending.
    function encode(uint64[] memory ids) internal pure returns (bytes memory) {
        if (ids.length == 0) return "";
        // An id makes a run of zeros (2 + 80 bits at most) and a run of ones.
        Bits memory bits = Bits(new bytes(21 * ids.length + 2), 0);
        _write(bits, ids[0] == 0 ? 4 : 0, 3);
        uint256 next = 0; // the first id after the runs written so far
        for (uint256 i = 0; i < ids.length;) {
            uint64 first = ids[i];
            require(first >= next, IdsNotAscending(first));
            if (first > next) _writeRun(bits, first - next);
            uint256 ones = 1;
            while (i + ones < ids.length && ids[i + ones] == first + ones) ++ones;
            _writeRun(bits, ones);
            next = first + ones;
            i += ones;
        }
        bytes memory data = bits.data;
        uint256 length = (bits.length + 7) / 8;
        // Readers refuse a trailing zero byte; bits behind the end read as zero.
        while (data[length - 1] == 0) --length;
        // Shortens the array in place: data = data[0:length]
        assembly ("memory-safe") {
            mstore(data, length)
        }
        return data;
    }

    function _writeRun(Bits memory bits, uint256 length) private pure {
        if (length == 1) return _write(bits, 1, 1);
        if (length < 16) return _write(bits, 2 | (length << 2), 6);
        _write(bits, 0, 2);
        for (; length > 0x7f; length >>= 7) _write(bits, 0x80 | (length & 0x7f), 8);
        _write(bits, length, 8);
    }

    /// @dev Appends the lowest `count` bits of `value`, lowest first. Unchecked: `encode` has made room.
    function _write(Bits memory bits, uint256 value, uint256 count) private pure {
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                uint256 at = bits.length++;
                if ((value >> i) & 1 == 1) bits.data[at / 8] |= bytes1(uint8(1 << (at % 8)));
            }
        }
    }
}
