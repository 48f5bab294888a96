// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IAggregationHub} from "../interfaces/IAggregationHub.sol";
import {PieceCid} from "../piece/PieceCid.sol";

/// @title What the bytes of a request name, and the key of the list of its deals
library Names {
    uint256 internal constant MAX_LENGTH = 128;

    /// @return subject    What kind of name it is.
    /// @return commitment 0 for content.
    /// @return pieceSize  0 unless the name says it.
    function read(
        bytes calldata cid
    ) internal pure returns (IAggregationHub.Subject subject, bytes32 commitment, uint64 pieceSize) {
        require(cid.length > 0 && cid.length <= MAX_LENGTH, IAggregationHub.CidLengthInvalid(cid.length, MAX_LENGTH));
        bool valid;
        (valid, commitment) = PieceCid.tryCommitment(cid);
        if (valid && PieceCid.isInField(commitment)) return (IAggregationHub.Subject.Piece, commitment, 0);
        (valid, commitment, pieceSize) = PieceCid.trySized(cid);
        if (valid) return (IAggregationHub.Subject.SizedPiece, commitment, pieceSize);
        // A piece CID with a fault would be content that nobody can prove.
        bytes calldata bare = cid[0] == 0 ? cid[1:] : cid;
        require(
            bytes7(bare) != PieceCid.PREFIX && bytes4(bare) != PieceCid.PREFIX_V2,
            IAggregationHub.PieceCidMalformed(cid)
        );
        return (IAggregationHub.Subject.Content, 0, 0);
    }

    /// @dev A commitment has zeros where the other two kinds have 10 and 11, so that no name has another's list.
    function listOfPiece(bytes32 commitment, uint64 pieceSize) internal pure returns (bytes32) {
        if (pieceSize == 0) return commitment;
        return _tagged(keccak256(abi.encode(commitment, pieceSize)), 0x80);
    }

    /// @dev What one aggregator says of content is no other's business.
    function listOfContent(address aggregator, bytes calldata cid) internal pure returns (bytes32) {
        return _tagged(keccak256(abi.encodePacked(aggregator, cid)), 0xc0);
    }

    function _tagged(bytes32 hash, uint256 tag) private pure returns (bytes32) {
        return bytes32((uint256(hash) & ~uint256(0xc0)) | tag);
    }
}
