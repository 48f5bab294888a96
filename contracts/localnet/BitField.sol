// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title  Sets of numbers as RLE+
/// @notice Bits, lowest of a byte first:
///
///         | 2 bits version 00 | 1 bit: value of the first run | runs, values alternating |
///
///         run of 1           1
///         run of 2 … 15      01 | 4 bits, lowest first
///         run of 16 …        00 | LEB128
///
///         The last run has the value 1; zero bits fill the last byte, and the last byte is not zero. One set has one
///         form; every other is refused. Source: ref-fvm ipld/bitfield/src/rleplus.
///
///         Unchecked arithmetic below: offsets are of bytes in memory, and the end of a run was found to have 64 bits.
library BitField {
    /// @notice A run of ones, `[start, start + length)`.
    struct Run {
        uint64 start;
        uint64 length;
    }

    /// @notice Thrown when bytes are not the one form of a set.
    error BitFieldInvalid();
    /// @notice Thrown when a set has more members than the caller takes.
    error BitFieldTooMany(uint256 max);

    /* DECODE */

    function decode(bytes memory data) internal pure returns (Run[] memory runs) {
        if (data.length == 0) return runs;
        require(data[data.length - 1] != 0, BitFieldInvalid());
        require(_bits(data, 0, 2) == 0, BitFieldInvalid());
        // Every run of ones takes at least two bits with the run of zeros beside it.
        runs = new Run[](data.length * 4 + 1);
        uint256 count = 0;
        uint256 position = 0;
        uint256 at = 3;
        bool ones = _bits(data, 2, 1) == 1;
        while (!_onlyZeros(data, at)) {
            uint256 length;
            (length, at) = _readRun(data, at);
            require(position + length <= type(uint64).max, BitFieldInvalid());
            if (ones) runs[count++] = Run(uint64(position), uint64(length));
            position += length;
            ones = !ones;
        }
        // The last run read was one of ones: the next would be zeros.
        require(count > 0 && !ones, BitFieldInvalid());
        assembly ("memory-safe") {
            mstore(runs, count)
        }
    }

    /// @notice The members of a set that has at most `max` of them.
    function decodeIds(bytes memory data, uint256 max) internal pure returns (uint64[] memory ids) {
        unchecked {
            Run[] memory runs = decode(data);
            uint256 total = 0;
            for (uint256 i = 0; i < runs.length; ++i) {
                total += runs[i].length;
            }
            require(total <= max, BitFieldTooMany(max));
            ids = new uint64[](total);
            uint256 next = 0;
            for (uint256 i = 0; i < runs.length; ++i) {
                for (uint64 k = 0; k < runs[i].length; ++k) {
                    ids[next++] = runs[i].start + k;
                }
            }
        }
    }

    function _readRun(bytes memory data, uint256 at) private pure returns (uint256 length, uint256 next) {
        unchecked {
            if (_bits(data, at, 1) == 1) return (1, at + 1);
            if (_bits(data, at + 1, 1) == 1) {
                length = _bits(data, at + 2, 4);
                require(length >= 2, BitFieldInvalid());
                return (length, at + 6);
            }
            next = at + 2;
            for (uint256 shift = 0; shift < 70; shift += 7) {
                require(next + 8 <= data.length * 8 + 7, BitFieldInvalid());
                uint256 group = _bits(data, next, 8);
                next += 8;
                require(shift < 63 || group <= 1, BitFieldInvalid());
                length |= (group & 0x7f) << shift;
                if (group < 0x80) {
                    require((group != 0 || shift == 0) && length >= 16, BitFieldInvalid());
                    return (length, next);
                }
            }
            revert BitFieldInvalid();
        }
    }

    /// @dev `count` bits from bit `at` on, lowest first. Bits behind the end are zero.
    function _bits(bytes memory data, uint256 at, uint256 count) private pure returns (uint256 value) {
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                uint256 index = (at + i) >> 3;
                if (index >= data.length) break;
                value |= ((uint256(uint8(data[index])) >> ((at + i) & 7)) & 1) << i;
            }
        }
    }

    /// @dev True at the end: the filling. The last byte is not zero, so fewer than 8 bits are left.
    function _onlyZeros(bytes memory data, uint256 at) private pure returns (bool) {
        uint256 end = data.length * 8;
        return at >= end || (end - at < 8 && _bits(data, at, 8) == 0);
    }

    /* ENCODE */

    /// @param ids Ascending, without repetition.
    function encode(uint64[] memory ids) internal pure returns (bytes memory) {
        if (ids.length == 0) return "";
        // A run of zeros and one of ones take at most 2 · (2 + 80) bits.
        bytes memory out = new bytes(1 + ids.length * 21);
        uint256 at = 3;
        if (ids[0] == 0) _put(out, 2, 1, 1);
        uint256 position = 0;
        for (uint256 i = 0; i < ids.length;) {
            uint256 first = ids[i];
            uint256 next = first;
            while (i < ids.length && ids[i] == next) {
                ++next;
                ++i;
            }
            if (first > position) at = _putRun(out, at, first - position);
            at = _putRun(out, at, next - first);
            position = next;
        }
        uint256 length = (at + 7) / 8;
        while (out[length - 1] == 0) --length;
        assembly ("memory-safe") {
            mstore(out, length)
        }
        return out;
    }

    function _putRun(bytes memory out, uint256 at, uint256 length) private pure returns (uint256) {
        if (length == 1) return _put(out, at, 1, 1);
        if (length < 16) return _put(out, _put(out, at, 2, 2), length, 4);
        at = _put(out, at, 0, 2);
        for (; length >= 0x80; length >>= 7) at = _put(out, at, (length & 0x7f) | 0x80, 8);
        return _put(out, at, length, 8);
    }

    function _put(bytes memory out, uint256 at, uint256 value, uint256 count) private pure returns (uint256) {
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                if ((value >> i) & 1 == 1) {
                    uint256 index = (at + i) >> 3;
                    out[index] = bytes1(uint8(out[index]) | uint8(1 << ((at + i) & 7)));
                }
            }
            return at + count;
        }
    }
}
