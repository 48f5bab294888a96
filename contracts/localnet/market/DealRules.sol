// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {POWER_ACTOR} from "../../filecoin/Actors.sol";
import {IStoragePower} from "../Interfaces.sol";
import {MAX_DEAL_DURATION, MAX_LABEL_BYTES, MIN_DEAL_DURATION, MIN_PIECE_SIZE, TOTAL_FILECOIN} from "../Native.sol";
import {DealProposal} from "./Proposals.sol";

/// @title  What a proposal must satisfy by itself to be published
/// @notice Source: builtin-actors actors/market/src/lib.rs `validate_deal`, policy.rs.
library DealRules {
    /// @dev CIDv1 | fil-commitment-unsealed | sha2-256-trunc254-padded | 32 bytes follow
    bytes7 private constant PIECE_CID_PREFIX = 0x0181e203922020;

    /// @return why What is wrong; 0: nothing.
    function fault(DealProposal memory p, int64 epoch) internal view returns (bytes32 why) {
        if (p.label.length > MAX_LABEL_BYTES) return "label longer than 256 bytes";
        if (!isPieceSize(p.pieceSize)) return "piece size is no power of two";
        if (p.pieceCid.length != 39 || bytes7(p.pieceCid) != PIECE_CID_PREFIX)
            return "piece CID is no piece commitment";
        if (p.endEpoch <= p.startEpoch) return "end is not after start";
        if (epoch > p.startEpoch) return "start epoch has elapsed";
        // Safe: both are of one sign here, start ≥ epoch ≥ 0.
        int64 duration = p.endEpoch - p.startEpoch;
        if (duration < MIN_DEAL_DURATION || duration > MAX_DEAL_DURATION) return "duration out of bounds";
        if (p.pricePerEpoch > TOTAL_FILECOIN) return "price out of bounds";
        uint256 minimum = IStoragePower(POWER_ACTOR).minProviderCollateral(p.pieceSize);
        if (p.providerCollateral < minimum || p.providerCollateral > TOTAL_FILECOIN) {
            return "collateral out of bounds";
        }
        if (p.clientCollateral > TOTAL_FILECOIN) return "client collateral out of bounds";
        // FIP-0118: there is no DataCap to make a verified deal with.
        if (p.verified) return "client has no DataCap";
    }

    function isPieceSize(uint64 size) internal pure returns (bool) {
        return size >= MIN_PIECE_SIZE && size & (size - 1) == 0;
    }
}
