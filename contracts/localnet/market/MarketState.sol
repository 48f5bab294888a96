// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EX_DEAL_EXPIRED, USR_NOT_FOUND} from "../../filecoin/ExitCodes.sol";
import {check} from "../Abort.sol";
import {Actor} from "../Actor.sol";
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

    /// @notice 17: no such deal yet. 32: it is over.
    function _proposal(uint64 dealId) internal view returns (DealProposal memory) {
        check(dealId < _nextDealId, USR_NOT_FOUND, "no such deal");
        bytes memory encoded = _proposals[dealId];
        check(encoded.length > 0, EX_DEAL_EXPIRED, "deal expired");
        return Proposals.decode(encoded);
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
