// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

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
