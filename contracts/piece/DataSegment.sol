// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {PieceCid} from "./PieceCid.sol";

/// @notice A path in a Merkle tree, from a node at position `index` of its level up to the root.
struct ProofData {
    uint64 index;
    bytes32[] path;
}

/// @notice That a piece lies in an aggregate, and that the aggregate's index has an entry for it.
struct InclusionProof {
    ProofData proofSubtree;
    ProofData proofIndex;
}

/// @notice What the verifier knows: the piece.
struct InclusionVerifierData {
    /// Piece CID v1, 39 bytes.
    bytes commPc;
    /// Padded bytes.
    uint64 sizePc;
}

/// @notice What a proof implies, to be compared with a deal: the aggregate.
struct InclusionAuxData {
    /// Piece CID v1, 39 bytes.
    bytes commPa;
    /// Padded bytes.
    uint64 sizePa;
}

/// @notice Nodes that proofs of one aggregate led through, so that the next one climbs only to the first of them.
struct KnownNodes {
    /// The aggregate.
    bytes32 root;
    /// For each level of each path, the node that was met last and its position; empty arrays know nothing.
    bytes32[] nodes;
    uint64[] positions;
}

/// @title  Inclusion of a piece in an aggregate (FRC-0058)
/// @notice An aggregate is a piece of 2^n bytes: data from the front, and at its end an index with an entry of 64 bytes for
///         each piece:
///
///         commitment   32 bytes
///         offset       8 bytes, little-endian, padded bytes
///         size         8 bytes, little-endian, padded bytes
///         checksum     16 bytes: SHA-256 of the entry with a checksum of zeros, cut, two top bits of the last byte clear
///
///         A node of the tree is the SHA-256 of its two children with the two top bits of the last byte clear, so an
///         entry, two leaves, is a node as well. Stricter than the published verifiers: pieces have 128 bytes or more,
///         commitments are field elements.
/// @dev    `check…` return the error instead of throwing it, so that a batch can say which item it was; empty: none.
library DataSegment {
    uint64 internal constant ENTRY_SIZE = 64;
    uint256 internal constant MAX_DEPTH = 63;
    /// @dev Of the largest tree whose size fits 64 bits: 2^58 leaves of 32 bytes.
    uint256 private constant LEVELS = 59;
    /// @dev The FRC: 2048 bytes of data per entry of 64 bytes, but never fewer than four.
    uint64 private constant BYTES_PER_ENTRY = 2048 * ENTRY_SIZE;
    uint64 private constant MIN_ENTRIES = 4;

    /// @notice Thrown when a piece CID in a proof is not the 39 bytes of version 1.
    error SegmentCidInvalid(bytes cid);
    /// @notice Thrown when the two top bits of a commitment's last byte are not clear.
    error CommitmentNotInField(bytes32 commitment);
    /// @notice Thrown when a piece has less than 128 bytes, or not a power of two.
    error SegmentSizeInvalid(uint64 size);
    error ProofTooDeep(uint256 depth, uint256 max);
    /// @notice Thrown when a level has no node at this position: it has 2^depth.
    error ProofIndexInvalid(uint64 index, uint256 depth);
    /// @notice Thrown when size · 2^depth does not fit 64 bits.
    error AggregateSizeOverflow(uint64 size, uint256 depth);
    error AggregateRootsDiffer(bytes32 ofSubtree, bytes32 ofIndex);
    error AggregateSizesDiffer(uint64 ofSubtree, uint64 ofIndex);
    /// @notice Thrown when the entry lies before the index area.
    error EntryOutsideIndex(uint64 offset, uint64 indexStart);

    /// @notice The aggregate that a sound proof implies. Whether a deal stores it is another question.
    function aggregateOf(
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData
    ) internal view returns (bytes32 commPa, uint64 sizePa) {
        bytes memory fault;
        (fault, , commPa, sizePa) = check(proof, verifierData);
        revertWith(fault);
    }

    /// @notice Where `check` keeps what it learns. To be dropped when a proof turns out to be of another aggregate.
    function nothingKnown() internal pure returns (KnownNodes memory) {
        return KnownNodes(0, new bytes32[](2 * LEVELS), new uint64[](2 * LEVELS));
    }

    function check(
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData
    ) internal view returns (bytes memory fault, bytes32 commPc, bytes32 commPa, uint64 sizePa) {
        KnownNodes memory nothing;
        return check(proof, verifierData, nothing);
    }

    /// @param  known  Of earlier proofs that were found to be of one aggregate. What a path has above a node of these is not
    ///                looked at.
    /// @return fault  Encoded error, or empty.
    /// @return commPc Commitment of the piece.
    /// @return commPa Commitment of the aggregate.
    /// @return sizePa Padded bytes of the aggregate.
    function check(
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData,
        KnownNodes memory known
    ) internal view returns (bytes memory fault, bytes32 commPc, bytes32 commPa, uint64 sizePa) {
        (fault, commPc) = _commitmentOf(verifierData.commPc);
        if (fault.length == 0) (fault, commPa, sizePa) = _check(proof, commPc, verifierData.sizePc, known);
    }

    function _check(
        InclusionProof calldata proof,
        bytes32 commPc,
        uint64 sizePc,
        KnownNodes memory known
    ) private view returns (bytes memory fault, bytes32 commPa, uint64 sizePa) {
        if (!PieceCid.isPieceSize(sizePc)) {
            return (abi.encodeWithSelector(SegmentSizeInvalid.selector, sizePc), 0, 0);
        }
        (fault, sizePa) = _treeSize(proof.proofSubtree, sizePc);
        if (fault.length > 0) return (fault, 0, 0);
        uint64 indexSizePa;
        (fault, indexSizePa) = _treeSize(proof.proofIndex, ENTRY_SIZE);
        if (fault.length > 0) return (fault, 0, 0);
        if (sizePa != indexSizePa) {
            return (abi.encodeWithSelector(AggregateSizesDiffer.selector, sizePa, indexSizePa), 0, 0);
        }
        // Cannot overflow: both positions lie in a tree of sizePa bytes.
        uint64 entryAt;
        uint64 segmentAt;
        unchecked {
            entryAt = proof.proofIndex.index * ENTRY_SIZE;
            segmentAt = proof.proofSubtree.index * sizePc;
        }
        uint64 start = indexStart(sizePa);
        if (entryAt < start) return (abi.encodeWithSelector(EntryOutsideIndex.selector, entryAt, start), 0, 0);

        // An entry is one level above the leaves; the piece is as far below the root as its path is long.
        uint256 height = proof.proofIndex.path.length + 1;
        commPa = _root(proof.proofSubtree, commPc, known, height - proof.proofSubtree.path.length);
        (bytes32 first, bytes32 second) = entryOf(commPc, segmentAt, sizePc);
        bytes32 indexCommPa = _root(proof.proofIndex, computeNode(first, second), known, LEVELS + 1);
        known.root = commPa;
        if (commPa != indexCommPa) {
            return (abi.encodeWithSelector(AggregateRootsDiffer.selector, commPa, indexCommPa), 0, 0);
        }
    }

    /// @notice An aggregate in the form of the FRC.
    function auxData(bytes32 commPa, uint64 sizePa) internal pure returns (InclusionAuxData memory) {
        return InclusionAuxData(PieceCid.fromCommitment(commPa), sizePa);
    }

    /// @notice Throws what `check` returned, if anything.
    function revertWith(bytes memory fault) internal pure {
        if (fault.length == 0) return;
        assembly ("memory-safe") {
            revert(add(fault, 32), mload(fault))
        }
    }

    /* THE TREE */

    /// @notice SHA-256 of two nodes, cut to 254 bits.
    function computeNode(bytes32 left, bytes32 right) internal view returns (bytes32 node) {
        node = _sha256(left, right);
        assembly ("memory-safe") {
            node := and(node, not(0xc0))
        }
    }

    /// @notice The root that a path leads to.
    function computeRoot(ProofData calldata path, bytes32 node) internal view returns (bytes32 root) {
        (bytes memory fault, ) = _treeSize(path, 1);
        revertWith(fault);
        return _root(path, node);
    }

    /// @param place Of the node's level among the known ones.
    function _root(
        ProofData calldata proof,
        bytes32 node,
        KnownNodes memory known,
        uint256 place
    ) private view returns (bytes32) {
        if (known.nodes.length == 0) return _root(proof, node);
        bytes32[] calldata path = proof.path;
        uint64 index = proof.index;
        for (uint256 i = 0; i < path.length; ++i) {
            // A node of zeros is never known: no hash is zero.
            if (known.nodes[place] == node && known.positions[place] == index && node != 0) return known.root;
            known.nodes[place] = node;
            known.positions[place] = index;
            node = index & 1 == 0 ? computeNode(node, path[i]) : computeNode(path[i], node);
            index >>= 1;
            ++place;
        }
        return node;
    }

    /// @dev The path has a valid depth and index. In Solidity, for each of its nodes:
    ///
    ///      root = index & 1 == 0 ? computeNode(root, path[i]) : computeNode(path[i], root);
    ///      index >>= 1;
    function _root(ProofData calldata proof, bytes32 node) private view returns (bytes32 root) {
        bytes32[] calldata path = proof.path;
        uint256 index = proof.index;
        // Bytes 0 to 63 are free to use; 2 is SHA-256.
        assembly ("memory-safe") {
            root := node
            let end := add(path.offset, shl(5, path.length))
            for {
                let at := path.offset
            } lt(at, end) {
                at := add(at, 32)
            } {
                let side := shl(5, and(index, 1))
                mstore(side, root)
                mstore(xor(side, 32), calldataload(at))
                if iszero(staticcall(gas(), 2, 0, 64, 0, 32)) {
                    revert(0, 0)
                }
                root := and(mload(0), not(0xc0))
                index := shr(1, index)
            }
        }
    }

    /// @dev The size of a tree in which a node of `size` bytes has this path.
    function _treeSize(
        ProofData calldata proof,
        uint64 size
    ) private pure returns (bytes memory fault, uint64 treeSize) {
        uint256 depth = proof.path.length;
        if (depth > MAX_DEPTH) return (abi.encodeWithSelector(ProofTooDeep.selector, depth, MAX_DEPTH), 0);
        if (proof.index >> depth != 0) {
            return (abi.encodeWithSelector(ProofIndexInvalid.selector, proof.index, depth), 0);
        }
        uint256 sum = uint256(size) << depth;
        if (sum > type(uint64).max) return (abi.encodeWithSelector(AggregateSizeOverflow.selector, size, depth), 0);
        treeSize = uint64(sum);
    }

    /* THE INDEX */

    /// @notice Entries that the index of an aggregate has room for.
    /// @param aggregateSize A power of two.
    function maxIndexEntries(uint64 aggregateSize) internal pure returns (uint64) {
        uint64 entries = aggregateSize / BYTES_PER_ENTRY;
        return entries < MIN_ENTRIES ? MIN_ENTRIES : entries;
    }

    /// @notice Where the index begins. Below 256 bytes there is no room for one, and none is found.
    /// @param aggregateSize A power of two.
    function indexStart(uint64 aggregateSize) internal pure returns (uint64) {
        uint64 indexSize = maxIndexEntries(aggregateSize) * ENTRY_SIZE;
        return aggregateSize < indexSize ? aggregateSize : aggregateSize - indexSize;
    }

    /// @notice The entry of a piece, in two leaves.
    function entryOf(
        bytes32 commitment,
        uint64 offset,
        uint64 size
    ) internal view returns (bytes32 first, bytes32 second) {
        uint256 word = (_littleEndian(offset) << 192) | (_littleEndian(size) << 128);
        uint256 checksum = (uint256(_sha256(commitment, bytes32(word))) >> 128) & ~uint256(0xc0);
        return (commitment, bytes32(word | checksum));
    }

    /* INTERNALS */

    function _commitmentOf(bytes calldata cid) private pure returns (bytes memory fault, bytes32 commitment) {
        bool valid;
        (valid, commitment) = PieceCid.tryCommitment(cid);
        if (!valid || cid.length != 39) return (abi.encodeWithSelector(SegmentCidInvalid.selector, cid), 0);
        if (!PieceCid.isInField(commitment)) {
            return (abi.encodeWithSelector(CommitmentNotInField.selector, commitment), 0);
        }
    }

    function _sha256(bytes32 left, bytes32 right) private view returns (bytes32 digest) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            if iszero(staticcall(gas(), 2, 0, 64, 0, 32)) {
                revert(0, 0)
            }
            digest := mload(0)
        }
    }

    /// @dev Swaps neighbouring bytes, then pairs, then halves.
    function _littleEndian(uint64 value) private pure returns (uint256) {
        uint256 v = value;
        v = ((v & 0xff00ff00ff00ff00) >> 8) | ((v & 0x00ff00ff00ff00ff) << 8);
        v = ((v & 0xffff0000ffff0000) >> 16) | ((v & 0x0000ffff0000ffff) << 16);
        return (v >> 32) | ((v & 0xffffffff) << 32);
    }
}
