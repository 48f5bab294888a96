// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Utf8} from "./Utf8.sol";

/// @notice A place in CBOR bytes. Every read moves it past one item.
struct CborReader {
    bytes data;
    uint256 at;
}

/// @title  The CBOR that Filecoin's actors speak, strictly
/// @notice RFC 8949 restricted as in DAG-CBOR: definite lengths, shortest heads, tag 42 for CIDs. A value has one form;
///         every other is refused. `at` in an error is the offset of the item's first byte.
///
///         head: | major 3 bits | info 5 bits | 0, 1, 2, 4 or 8 bytes of value |
///               info 0..23 is the value, 24..27 say how many bytes follow, 28..31 are refused
///         CID:  d8 2a | byte string head | 00 | CID
///         big integer (ref-fvm shared/src/bigint): byte string, empty = 0, else 00 (+) or 01 (-) ‖ minimal big-endian
library Cbor {
    uint8 internal constant UINT = 0;
    uint8 internal constant NEGATIVE = 1;
    uint8 internal constant BYTES = 2;
    uint8 internal constant TEXT = 3;
    uint8 internal constant ARRAY = 4;
    uint8 internal constant MAP = 5;
    uint8 internal constant TAG = 6;
    uint8 internal constant SIMPLE = 7;

    uint64 private constant CID_TAG = 42;
    uint64 private constant FALSE = 20;
    uint64 private constant TRUE = 21;
    uint64 private constant NULL = 22;

    /// @notice Thrown when the bytes end before the item does.
    error CborTruncated(uint256 at);
    /// @notice Thrown when bytes follow the last item.
    error CborTrailing(uint256 at);
    /// @notice Thrown when another major type stands where `expected` should.
    error CborWrongType(uint256 at, uint8 expected, uint8 got);
    /// @notice Thrown when an array has another number of items.
    error CborWrongArity(uint256 at, uint256 expected, uint256 got);
    /// @notice Thrown when a head or a big integer could be shorter.
    error CborNotMinimal(uint256 at);
    /// @notice Thrown for indefinite lengths, reserved heads, floats and simple values other than false, true, null.
    error CborUnsupported(uint256 at);
    /// @notice Thrown when an integer does not fit the type that is read.
    error CborOutOfRange(uint256 at);
    /// @notice Thrown when a simple value is not the boolean that is read.
    error CborNotBool(uint256 at);
    /// @notice Thrown when text is not UTF-8.
    error CborNotUtf8(uint256 at);
    /// @notice Thrown when a big integer has a sign byte other than 0 and 1.
    error CborBigIntSign(uint256 at);
    /// @notice Thrown when a big integer is below zero.
    error CborBigIntNegative(uint256 at);
    /// @notice Thrown when a tag is not 42 or the bytes behind it do not start with 00.
    error CborNotCid(uint256 at);

    /* READ */

    function reader(bytes memory data) internal pure returns (CborReader memory) {
        return CborReader(data, 0);
    }

    /// @notice Refuses what follows. To be called after the last item.
    function done(CborReader memory r) internal pure {
        require(r.at == r.data.length, CborTrailing(r.at));
    }

    /// @notice The major type of the next item, without moving.
    function peek(CborReader memory r) internal pure returns (uint8 major) {
        require(r.at < r.data.length, CborTruncated(r.at));
        return uint8(r.data[r.at]) >> 5;
    }

    function readArray(CborReader memory r) internal pure returns (uint64 length) {
        return _expect(r, ARRAY);
    }

    function readArray(CborReader memory r, uint64 expected) internal pure {
        uint256 at = r.at;
        uint64 length = _expect(r, ARRAY);
        require(length == expected, CborWrongArity(at, expected, length));
    }

    function readUint(CborReader memory r) internal pure returns (uint64) {
        return _expect(r, UINT);
    }

    function readInt(CborReader memory r) internal pure returns (int64) {
        uint256 at = r.at;
        (uint8 major, uint64 value) = _head(r);
        require(major <= NEGATIVE, CborWrongType(at, UINT, major));
        require(value <= uint64(type(int64).max), CborOutOfRange(at));
        // A negative item n stands for -1 - n. Safe: value < 2^63.
        return major == UINT ? int64(value) : -1 - int64(value);
    }

    function readBool(CborReader memory r) internal pure returns (bool) {
        uint256 at = r.at;
        uint64 value = _expect(r, SIMPLE);
        require(value == FALSE || value == TRUE, CborNotBool(at));
        return value == TRUE;
    }

    function readBytes(CborReader memory r) internal pure returns (bytes memory) {
        return _take(r, _expect(r, BYTES));
    }

    /// @notice Moves past a byte string without a copy of it.
    function skipBytes(CborReader memory r) internal pure {
        _pass(r, _expect(r, BYTES));
    }

    function readText(CborReader memory r) internal pure returns (string memory) {
        uint256 at = r.at;
        bytes memory text = _take(r, _expect(r, TEXT));
        require(Utf8.isValid(text), CborNotUtf8(at));
        return string(text);
    }

    /// @notice A big integer from 0 to 2^256 - 1.
    function readBigInt(CborReader memory r) internal pure returns (uint256 value) {
        uint256 at = r.at;
        bytes memory text = _take(r, _expect(r, BYTES));
        if (text.length == 0) return 0;
        require(uint8(text[0]) <= 1, CborBigIntSign(at));
        require(text.length > 1 && text[1] != 0, CborNotMinimal(at));
        require(text[0] == 0, CborBigIntNegative(at));
        require(text.length <= 33, CborOutOfRange(at));
        for (uint256 i = 1; i < text.length; ++i) {
            value = (value << 8) | uint8(text[i]);
        }
    }

    /// @notice The CID's bytes, without the 00 that stands before them in CBOR.
    function readCid(CborReader memory r) internal pure returns (bytes memory) {
        uint256 at = r.at;
        uint64 tag = _expect(r, TAG);
        require(tag == CID_TAG, CborNotCid(at));
        uint64 length = _expect(r, BYTES);
        require(length > 1, CborNotCid(at));
        require(r.at < r.data.length, CborTruncated(r.at));
        require(r.data[r.at] == 0, CborNotCid(at));
        r.at += 1;
        return _take(r, length - 1);
    }

    /// @notice Moves past the next item, whatever it is, and checks its form.
    function skip(CborReader memory r) internal pure {
        // Items still to pass. Each needs a byte, so a count above the bytes that are left fails before it overflows.
        uint256 left = 1;
        while (left > 0) {
            uint256 at = r.at;
            (uint8 major, uint64 value) = _head(r);
            --left;
            if (major == BYTES) {
                _pass(r, value);
            } else if (major == TEXT) {
                require(Utf8.isValid(_take(r, value)), CborNotUtf8(at));
            } else if (major == ARRAY || major == MAP) {
                left += major == MAP ? 2 * uint256(value) : value;
                require(left <= r.data.length - r.at, CborTruncated(at));
            } else if (major == TAG) {
                ++left;
            } else if (major == SIMPLE) {
                require(value >= FALSE && value <= NULL, CborUnsupported(at));
            }
        }
    }

    /* WRITE */

    function writeArray(uint64 length) internal pure returns (bytes memory) {
        return _writeHead(ARRAY, length);
    }

    function writeUint(uint64 value) internal pure returns (bytes memory) {
        return _writeHead(UINT, value);
    }

    function writeInt(int64 value) internal pure returns (bytes memory) {
        return value >= 0 ? _writeHead(UINT, uint64(value)) : _writeHead(NEGATIVE, uint64(-1 - value));
    }

    function writeBool(bool value) internal pure returns (bytes memory) {
        return _writeHead(SIMPLE, value ? TRUE : FALSE);
    }

    function writeBytes(bytes memory value) internal pure returns (bytes memory) {
        return bytes.concat(_writeHead(BYTES, uint64(value.length)), value);
    }

    /// @param value UTF-8; not checked here.
    function writeText(string memory value) internal pure returns (bytes memory) {
        return bytes.concat(_writeHead(TEXT, uint64(bytes(value).length)), bytes(value));
    }

    function writeBigInt(uint256 value) internal pure returns (bytes memory) {
        if (value == 0) return hex"40";
        uint256 length = 1;
        while (length < 32 && value >> (8 * length) != 0) ++length;
        bytes memory text = new bytes(length + 1);
        for (uint256 i = 0; i < length; ++i) {
            text[length - i] = bytes1(uint8(value >> (8 * i)));
        }
        return writeBytes(text);
    }

    /// @param cid Without the 00 that stands before it in CBOR.
    function writeCid(bytes memory cid) internal pure returns (bytes memory) {
        return bytes.concat(hex"d82a", _writeHead(BYTES, uint64(cid.length + 1)), hex"00", cid);
    }

    function writeNull() internal pure returns (bytes memory) {
        return hex"f6";
    }

    /* HEADS */

    /// @dev Reads the head of an item of the major type `expected`.
    function _expect(CborReader memory r, uint8 expected) private pure returns (uint64 value) {
        uint256 at = r.at;
        uint8 major;
        (major, value) = _head(r);
        require(major == expected, CborWrongType(at, expected, major));
    }

    /// @dev Unchecked arithmetic: no offset comes near 2^256, and `width` is at most 8.
    function _head(CborReader memory r) private pure returns (uint8 major, uint64 value) {
        unchecked {
            uint256 at = r.at;
            bytes memory data = r.data;
            require(at < data.length, CborTruncated(at));
            uint256 word;
            // word = data[at:at + 32]; what lies behind the end is not used
            assembly ("memory-safe") {
                word := mload(add(add(data, 32), at))
            }
            major = uint8(word >> 253);
            uint256 info = (word >> 248) & 31;
            if (info < 24) {
                r.at = at + 1;
                return (major, uint64(info));
            }
            // Behind a simple head stand floats and unassigned values.
            require(info < 28 && major != SIMPLE, CborUnsupported(at));
            uint256 width = 1 << (info - 24);
            require(data.length - at > width, CborTruncated(at));
            value = uint64((word << 8) >> (256 - 8 * width));
            // One byte is needed from 24 on, a wider field as soon as its upper half is not zero.
            require(width == 1 ? value >= 24 : value >> (4 * width) != 0, CborNotMinimal(at));
            r.at = at + 1 + width;
        }
    }

    /// @dev Moves past `length` bytes of content.
    function _pass(CborReader memory r, uint256 length) private pure {
        unchecked {
            uint256 at = r.at;
            require(length <= r.data.length - at, CborTruncated(at));
            r.at = at + length;
        }
    }

    function _take(CborReader memory r, uint256 length) private pure returns (bytes memory taken) {
        uint256 at = r.at;
        bytes memory data = r.data;
        _pass(r, length);
        taken = new bytes(length);
        // for (i = 0; i < length; ++i) taken[i] = data[at + i]
        assembly ("memory-safe") {
            mcopy(add(taken, 32), add(add(data, 32), at), length)
        }
    }

    function _writeHead(uint8 major, uint64 value) private pure returns (bytes memory) {
        uint8 top = major << 5;
        if (value < 24) return abi.encodePacked(top | uint8(value));
        if (value <= type(uint8).max) return abi.encodePacked(top | 24, uint8(value));
        if (value <= type(uint16).max) return abi.encodePacked(top | 25, uint16(value));
        if (value <= type(uint32).max) return abi.encodePacked(top | 26, uint32(value));
        return abi.encodePacked(top | 27, value);
    }
}
