// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title  Piece commitments and their CIDs, version 1
/// @notice CID bytes, 39:
///
///         01                 CID version 1
///         81 e2 03           codec 0xf101, fil-commitment-unsealed
///         92 20              multihash 0x1012, sha2-256-trunc254-padded
///         20                 32 bytes follow
///         commitment         32 bytes
///
///         Source: builtin-actors actors/market/src/deal.rs `is_piece_cid`. A piece of 2^n padded bytes holds
///         127/128 of that many raw bytes (FR32).
library PieceCid {
    bytes7 internal constant PREFIX = 0x0181e203922020;

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
