// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealProposal} from "../filecoin/DealProposals.sol";
import {IDealClient} from "../interfaces/IDealClient.sol";
import {PieceCid} from "../piece/PieceCid.sol";

/// @title Which field of a published deal is not the proposal's
/// @dev   Off the accepted path: only what matches no proposal comes here, to get a reason.
library Mismatch {
    /// @notice The number of equal fields; 0 if neither piece nor label is equal: that is another proposal.
    function similarity(DealProposal memory a, DealProposal memory b) internal pure returns (uint256 equal) {
        bool samePiece = _same(a.pieceCid, b.pieceCid);
        bool sameLabel = _sameLabel(a, b);
        if (!samePiece && !sameLabel) return 0;
        if (samePiece) ++equal;
        if (sameLabel) ++equal;
        if (a.pieceSize == b.pieceSize) ++equal;
        if (a.startEpoch == b.startEpoch) ++equal;
        if (a.endEpoch == b.endEpoch) ++equal;
        if (a.pricePerEpoch == b.pricePerEpoch) ++equal;
        if (a.providerCollateral == b.providerCollateral) ++equal;
        if (a.clientCollateral == b.clientCollateral) ++equal;
    }

    /// @notice Reverts with the error of the first field that differs.
    function refuse(DealProposal memory got, DealProposal memory expected) internal pure {
        if (!_same(got.pieceCid, expected.pieceCid)) {
            (bool valid, bytes32 commitment) = PieceCid.tryCommitment(got.pieceCid);
            require(valid, IDealClient.PieceCidInvalid(got.pieceCid));
            revert IDealClient.PieceCidMismatch(commitment);
        }
        require(got.pieceSize == expected.pieceSize, IDealClient.PieceSizeMismatch(got.pieceSize, expected.pieceSize));
        require(_sameLabel(got, expected), IDealClient.LabelMismatch(string(got.label)));
        require(
            got.startEpoch == expected.startEpoch,
            IDealClient.StartEpochMismatch(got.startEpoch, expected.startEpoch)
        );
        require(got.endEpoch == expected.endEpoch, IDealClient.EndEpochMismatch(got.endEpoch, expected.endEpoch));
        require(
            got.pricePerEpoch == expected.pricePerEpoch,
            IDealClient.PriceMismatch(got.pricePerEpoch, expected.pricePerEpoch)
        );
        require(
            got.providerCollateral == expected.providerCollateral,
            IDealClient.ProviderCollateralMismatch(got.providerCollateral, expected.providerCollateral)
        );
        require(
            got.clientCollateral == expected.clientCollateral,
            IDealClient.ClientCollateralMismatch(got.clientCollateral, expected.clientCollateral)
        );
    }

    function _sameLabel(DealProposal memory a, DealProposal memory b) private pure returns (bool) {
        return a.labelIsText == b.labelIsText && _same(a.label, b.label);
    }

    function _same(bytes memory a, bytes memory b) private pure returns (bool) {
        return keccak256(a) == keccak256(b);
    }
}
