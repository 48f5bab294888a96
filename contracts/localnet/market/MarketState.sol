// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EX_DEAL_EXPIRED, USR_NOT_FOUND} from "../../filecoin/ExitCodes.sol";
import {check} from "../Abort.sol";
import {Actor} from "../Actor.sol";
import {DEAL_UPDATES_INTERVAL} from "../Native.sol";
import {DealProposal, Proposals} from "./Proposals.sol";

/// @title  What f05 remembers
abstract contract MarketState is Actor {
    /// @notice Exists from activation until the deal ends.
    struct DealState {
        uint64 sector;
        int64 activatedAt;
        /// Epoch up to which the deal was last processed; -1: never.
        int64 updatedAt;
    }

    int64 internal constant NEVER = -1;

    /// @dev attoFIL by actor id. Locked money is part of the escrow.
    mapping(uint64 actorId => uint256) internal _escrow;
    mapping(uint64 actorId => uint256) internal _locked;
    /// @dev CBOR of the proposal with client and provider as f0 addresses; empty once the deal is removed.
    mapping(uint64 dealId => bytes) internal _proposals;
    mapping(uint64 dealId => DealState) internal _states;
    /// @dev Proposals that may not be published again. The chain keys them by CID (dag-cbor, blake2b-256); no EVM
    ///      computes that cheaply, so keccak256 of the same bytes is the key here. Equal keys mean equal proposals in both.
    mapping(bytes32 proposalHash => bool) internal _pending;
    mapping(uint64 provider => mapping(uint64 sector => uint64[])) internal _sectorDeals;
    uint64 internal _nextDealId;
    /// @dev No deal below this id waits for its activation.
    uint64 internal _firstWaiting;
    /// @dev No deal times out up to this epoch.
    int64 internal _nothingDueUntil;

    /// @notice 17: no such deal yet. 32: it is over.
    function _proposal(uint64 dealId) internal view returns (DealProposal memory) {
        check(dealId < _nextDealId, USR_NOT_FOUND, "no such deal");
        bytes memory encoded = _proposals[dealId];
        check(encoded.length > 0, EX_DEAL_EXPIRED, "deal expired");
        check(!_isTimedOut(dealId), EX_DEAL_EXPIRED, "deal expired");
        return Proposals.decode(encoded);
    }

    /// @notice Whether a chain's cron has removed the deal, because it was not activated.
    function _isTimedOut(uint64 dealId) internal view returns (bool) {
        if (_epoch() <= _nothingDueUntil || !_isWaiting(dealId)) return false;
        return _epoch() > _timeOutOf(dealId, Proposals.decode(_proposals[dealId]).startEpoch);
    }

    function _isWaiting(uint64 dealId) internal view returns (bool) {
        return _proposals[dealId].length > 0 && !_isActive(dealId);
    }

    /// @notice The epoch at whose end the cron looks after a deal: the first one from its start on that is, modulo 30 days, the
    ///         deal's id (builtin-actors actors/market/src/lib.rs `next_update_epoch`).
    function _timeOutOf(uint64 dealId, int64 startEpoch) internal pure returns (int64) {
        int64 offset = int64(dealId % uint64(DEAL_UPDATES_INTERVAL));
        if (startEpoch <= offset) return offset;
        int64 intervals = (startEpoch - offset + DEAL_UPDATES_INTERVAL - 1) / DEAL_UPDATES_INTERVAL;
        return offset + intervals * DEAL_UPDATES_INTERVAL;
    }

    function _isActive(uint64 dealId) internal view returns (bool) {
        // An id is known as long as its proposal is; the epoch of activation is never 0 on a chain that has blocks.
        return _states[dealId].activatedAt != 0;
    }

    function _proposalKey(uint64 dealId) internal view returns (bytes32) {
        return keccak256(_proposals[dealId]);
    }

    function _removeDeal(uint64 dealId) internal {
        delete _proposals[dealId];
        delete _states[dealId];
    }
}
