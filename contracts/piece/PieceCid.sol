// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title  Piece commitments and their CIDs
/// @notice Version 1, 39 bytes:
///
///         01                 CID version 1
///         81 e2 03           codec 0xf101, fil-commitment-unsealed
///         92 20              multihash 0x1012, sha2-256-trunc254-padded
///         20                 32 bytes follow
///         commitment         32 bytes
///
///         Source: builtin-actors actors/market/src/deal.rs `is_piece_cid`. A piece of 2^n padded bytes holds
///         127/128 of that many raw bytes (FR32).
///
///         Version 2, 39 to 47 bytes, says the size too (FRC-0069):
///
///         01                 CID version 1
///         55                 codec raw
///         91 20              multihash 0x1011, fr32-sha2-256-trunc254-padded-binary-tree
///         length             of what follows
///         padding            LEB128: raw bytes of the piece that are not payload
///         height             of the tree: 2^height leaves of 32 bytes
///         commitment         32 bytes
library PieceCid {
    bytes7 internal constant PREFIX = 0x0181e203922020;
    bytes4 internal constant PREFIX_V2 = 0x01559120;
    /// @dev A piece of 2^63 bytes, the largest whose size fits 64 bits.
    uint256 private constant MAX_HEIGHT = 58;

    /// @notice Accepts the 39 bytes, and the 40 of CBOR's link form with a leading 00.
    function tryCommitment(bytes memory cid) internal pure returns (bool valid, bytes32 commitment) {
        uint256 skip = cid.length == 40 && cid[0] == 0 ? 1 : 0;
        if (cid.length != 39 + skip) return (false, 0);
        bytes7 prefix;
        // prefix = cid[skip:skip + 7], commitment = cid[skip + 7:]
        assembly ("memory-safe") {
            let start := add(add(cid, 32), skip)
            prefix := shl(200, shr(200, mload(start)))
            commitment := mload(add(start, 7))
        }
        return prefix == PREFIX ? (true, commitment) : (false, bytes32(0));
    }

    /// @notice Reads a version 2 CID. Refuses what has another form for the same piece: a padding that is not minimal, or
    ///         that a smaller piece would not need; and what is no field element.
    function trySized(bytes memory cid) internal pure returns (bool valid, bytes32 commitment, uint64 pieceSize) {
        uint256 length = cid.length;
        if (length < 39 || length > 47 || bytes4(cid) != PREFIX_V2 || uint8(cid[4]) != length - 5) return (false, 0, 0);
        uint256 height = uint8(cid[length - 33]);
        if (height < 2 || height > MAX_HEIGHT) return (false, 0, 0);
        uint256 padding;
        for (uint256 i = 5; i < length - 33; ++i) {
            uint256 group = uint8(cid[i]);
            padding |= (group & 0x7f) << (7 * (i - 5));
            // The last group, and no other, has no continuation bit; zero would be no group at all.
            bool last = i == length - 34;
            if (last == (group >= 0x80) || (last && group == 0 && i > 5)) return (false, 0, 0);
        }
        uint256 rawCapacity = 127 << (height - 2);
        if (height == 2 ? padding > rawCapacity : padding >= rawCapacity / 2) return (false, 0, 0);
        // commitment = cid[length - 32:]
        assembly ("memory-safe") {
            commitment := mload(add(cid, length))
        }
        return isInField(commitment) ? (true, commitment, uint64(32 << height)) : (false, bytes32(0), 0);
    }

    /// @notice Whether the two top bits of the last byte are clear, as in every node of a piece's tree.
    function isInField(bytes32 commitment) internal pure returns (bool) {
        return uint256(commitment) & 0xc0 == 0;
    }

    function fromCommitment(bytes32 commitment) internal pure returns (bytes memory cid) {
        return abi.encodePacked(PREFIX, commitment);
    }

    /// @notice Raw bytes that fit a piece of `pieceSize` padded bytes.
    function capacity(uint64 pieceSize) internal pure returns (uint64 rawBytes) {
        return (pieceSize / 128) * 127;
    }

    /// @notice A power of two of at least 128 bytes (builtin-actors actors/market/src/lib.rs `validate_deal`).
    function isPieceSize(uint64 size) internal pure returns (bool) {
        return size >= 128 && size & (size - 1) == 0;
    }

    /// @notice The padded size of the smallest piece that holds `rawBytes`.
    /// @param rawBytes At most 2^63 · 127/128.
    function paddedSize(uint64 rawBytes) internal pure returns (uint64 pieceSize) {
        pieceSize = 128;
        while (capacity(pieceSize) < rawBytes) pieceSize *= 2;
    }
}
