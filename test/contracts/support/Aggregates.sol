// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DataSegment, InclusionProof, InclusionVerifierData, ProofData} from "../../../contracts/piece/DataSegment.sol";
import {PieceCid} from "../../../contracts/piece/PieceCid.sol";

/// @dev An aggregate of pieces of one size, from offset 0 in its left half, the index in its right half, zeros between.
struct Aggregate {
    uint64 size;
    uint64 pieceSize;
    bytes32 commitment;
    bytes32[] pieces;
    /// Nodes that are not of zeros, for each level from 64 bytes up to the halves.
    bytes32[][] data;
    bytes32[][] index;
    /// Nodes of zeros, for each level.
    bytes32[] zeros;
}

/// @dev Makes aggregates and their proofs. Pieces are named by commitments that no data is known for.
library Aggregates {
    function make(
        uint64 size,
        uint64 pieceSize,
        uint256 count,
        uint256 seed
    ) internal view returns (Aggregate memory a) {
        uint256 depth = _log2(size / 64);
        (a.size, a.pieceSize) = (size, pieceSize);
        a.zeros = new bytes32[](depth);
        a.zeros[0] = DataSegment.computeNode(0, 0);
        for (uint256 i = 1; i < depth; ++i) a.zeros[i] = DataSegment.computeNode(a.zeros[i - 1], a.zeros[i - 1]);

        a.pieces = new bytes32[](count);
        bytes32[] memory entries = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            a.pieces[i] = keccak256(abi.encode(seed, i)) & ~bytes32(uint256(0xc0));
            (bytes32 first, bytes32 second) = DataSegment.entryOf(a.pieces[i], uint64(i) * pieceSize, pieceSize);
            entries[i] = DataSegment.computeNode(first, second);
        }
        a.data = _levels(a.zeros, a.pieces, _log2(pieceSize / 64), 0);
        a.index = _levels(a.zeros, entries, 0, DataSegment.indexStart(size) / 64);
        a.commitment = DataSegment.computeNode(a.data[depth - 1][0], a.index[depth - 1][0]);
    }

    function proofOf(Aggregate memory a, uint256 i) internal pure returns (InclusionProof memory proof) {
        uint256 slot = DataSegment.indexStart(a.size) / 64 + i;
        proof.proofSubtree = _path(a, a.data, a.index, _log2(a.pieceSize / 64), i, 0);
        proof.proofIndex = _path(a, a.index, a.data, 0, slot, DataSegment.indexStart(a.size) / 64);
    }

    function verifierOf(Aggregate memory a, uint256 i) internal pure returns (InclusionVerifierData memory) {
        return InclusionVerifierData(PieceCid.fromCommitment(a.pieces[i]), a.pieceSize);
    }

    /// @dev Piece CID v2 with no padding.
    function sizedCid(Aggregate memory a, uint256 i) internal pure returns (bytes memory) {
        return abi.encodePacked(hex"015591202200", uint8(_log2(a.pieceSize / 32)), a.pieces[i]);
    }

    /// @dev `nodes` stand at `level` from position `start` on; all others of this half are zeros.
    function _levels(
        bytes32[] memory zeros,
        bytes32[] memory nodes,
        uint256 level,
        uint256 start
    ) private view returns (bytes32[][] memory levels) {
        levels = new bytes32[][](zeros.length);
        levels[level] = nodes;
        while (++level < zeros.length) {
            bytes32[] memory below = levels[level - 1];
            uint256 first = start / 2;
            bytes32[] memory up = new bytes32[]((start + below.length - 1) / 2 - first + 1);
            for (uint256 i = 0; i < up.length; ++i) {
                uint256 left = 2 * (first + i);
                up[i] = DataSegment.computeNode(
                    _at(below, start, left, zeros[level - 1]),
                    _at(below, start, left + 1, zeros[level - 1])
                );
            }
            levels[level] = up;
            start = first;
        }
    }

    function _path(
        Aggregate memory a,
        bytes32[][] memory levels,
        bytes32[][] memory others,
        uint256 level,
        uint256 at,
        uint256 start
    ) private pure returns (ProofData memory proof) {
        uint256 depth = a.zeros.length;
        proof.index = uint64(at);
        proof.path = new bytes32[](depth - level);
        for (uint256 i = 0; level < depth; (++i, ++level, at /= 2, start /= 2)) {
            proof.path[i] = level == depth - 1 ? others[level][0] : _at(levels[level], start, at ^ 1, a.zeros[level]);
        }
    }

    function _at(bytes32[] memory nodes, uint256 start, uint256 at, bytes32 zero) private pure returns (bytes32) {
        return at >= start && at - start < nodes.length ? nodes[at - start] : zero;
    }

    function _log2(uint64 value) private pure returns (uint256 log) {
        while (value > 1) (value, log) = (value / 2, log + 1);
    }
}
