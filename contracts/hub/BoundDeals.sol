// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ActorCall} from "../filecoin/ActorCall.sol";
import {EX_DEAL_EXPIRED, OK, USR_NOT_FOUND} from "../filecoin/ExitCodes.sol";
import {MarketActor} from "../filecoin/MarketActor.sol";
import {GET_DEAL_ACTIVATION} from "../filecoin/Methods.sol";
import {IAggregationHub} from "../interfaces/IAggregationHub.sol";
import {PieceCid} from "../piece/PieceCid.sol";

/// @notice A deal that f05 was asked for.
struct BoundDeal {
    uint64 dealId;
    /// Actor id.
    uint64 provider;
    int64 startEpoch;
    int64 endEpoch;
    /// Now.
    bool active;
    /// The aggregate that it stores.
    bytes32 commitment;
    /// Padded bytes.
    uint64 size;
}

/// @title  Deals as f05 knows them
/// @notice What cannot change is asked once for each deal. What can, its activation, is asked every time.
abstract contract BoundDeals {
    /// @dev One word. Stands under the hash of deal id, commitment and size, so that it is also the proof that f05 named
    ///      these two.
    struct DealTerms {
        uint64 provider;
        int32 startEpoch;
        /// 0: f05 was not asked.
        int32 endEpoch;
    }

    mapping(bytes32 dealAndAggregate => DealTerms) private _terms;

    /// @dev Refuses a deal that does not stand: unknown, gone, missed or ended.
    /// @return fault Encoded error if the deal stores another aggregate; empty: none.
    function _bind(
        uint64 dealId,
        bytes32 commitment,
        uint64 size
    ) internal returns (bytes memory fault, BoundDeal memory deal) {
        (int256 exitCode, bool active) = _activationOf(dealId);
        require(exitCode != USR_NOT_FOUND, IAggregationHub.DealNotFound(dealId));
        require(exitCode != EX_DEAL_EXPIRED, IAggregationHub.DealGone(dealId));

        bytes32 key = keccak256(abi.encode(dealId, commitment, size));
        DealTerms memory terms = _terms[key];
        if (terms.endEpoch == 0) {
            fault = _compare(dealId, commitment, size);
            if (fault.length > 0) return (fault, deal);
            terms = _ask(dealId);
            _terms[key] = terms;
        }
        int64 now_ = _now();
        require(active || now_ <= terms.startEpoch, IAggregationHub.DealMissed(dealId, terms.startEpoch, now_));
        require(now_ < terms.endEpoch, IAggregationHub.DealEnded(dealId, terms.endEpoch, now_));
        deal = BoundDeal(dealId, terms.provider, terms.startEpoch, terms.endEpoch, active, commitment, size);
    }

    /// @dev f05's word of this moment: activated, and not removed.
    function _isActive(uint64 dealId) internal view returns (bool active) {
        (, active) = _activationOf(dealId);
    }

    function _now() internal view returns (int64) {
        return int64(uint64(block.number));
    }

    /// @dev Refuses an answer that is neither yes nor no, such as that of a call that ran out of gas.
    function _activationOf(uint64 dealId) private view returns (int256 exitCode, bool active) {
        int64 activatedAt;
        (exitCode, activatedAt) = MarketActor.activationOf(dealId);
        require(
            exitCode == OK || exitCode == EX_DEAL_EXPIRED || exitCode == USR_NOT_FOUND,
            ActorCall.ActorFailed(GET_DEAL_ACTIVATION, exitCode)
        );
        active = activatedAt >= 0;
    }

    function _compare(uint64 dealId, bytes32 commitment, uint64 size) private view returns (bytes memory fault) {
        (bytes memory pieceCid, uint64 dealSize) = MarketActor.dataCommitmentOf(dealId);
        // f05 publishes no other CIDs; one that is none is no commitment of ours.
        (, bytes32 dealCommitment) = PieceCid.tryCommitment(pieceCid);
        if (commitment != dealCommitment) {
            return abi.encodeWithSelector(IAggregationHub.DealCommitmentMismatch.selector, dealCommitment, commitment);
        }
        if (size != dealSize) {
            return abi.encodeWithSelector(IAggregationHub.DealSizeMismatch.selector, dealSize, size);
        }
    }

    function _ask(uint64 dealId) private view returns (DealTerms memory) {
        (int64 startEpoch, int64 endEpoch) = MarketActor.termOf(dealId);
        int64 max = type(int32).max;
        require(endEpoch <= max, IAggregationHub.EpochOutOfRange(endEpoch, max));
        return DealTerms(MarketActor.providerOf(dealId), int32(startEpoch), int32(endEpoch));
    }
}
