// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../filecoin/Cbor.sol";
import {USR_ILLEGAL_ARGUMENT} from "../../filecoin/ExitCodes.sol";
import {check} from "../Abort.sol";
import {Escrow} from "./Escrow.sol";
import {DealProposal, Proposals} from "./Proposals.sol";

/// @title  Deals that were published and never activated
/// @notice Anybody may have f05 settle such a deal from its start epoch on, which ends it. If nobody does, a chain's cron ends it
///         within 30 days of the start. There is no cron here: after that epoch the deal is over for whoever asks, the
///         balances are told as if it had been ended, and the next message that changes something in f05 writes it down. Only
///         the burnt collateral arrives in f099 that much later.
///         Source: builtin-actors actors/market/src/lib.rs `cron_tick`, state.rs `process_deal_init_timed_out`.
abstract contract TimeOuts is Escrow {
    using Proposals for DealProposal;

    /// @notice params: bytes address → [bigint balance, bigint locked].
    function _getBalance(bytes memory params) internal view returns (bytes memory) {
        (bool found, uint64 party) = INIT.resolve(_onlyAddress(params));
        check(found, USR_ILLEGAL_ARGUMENT, "failed to resolve address");
        (uint256 escrow, uint256 locked) = (_escrow[party], _locked[party]);
        for (uint64 id = _firstWaiting; id < _nextDealId; ++id) {
            if (!_isTimedOut(id)) continue;
            DealProposal memory p = Proposals.decode(_proposals[id]);
            if (p.clientId() == party) locked -= p.clientRequirement();
            if (p.providerId() == party) {
                escrow -= p.providerCollateral;
                locked -= p.providerCollateral;
            }
        }
        return _pair(Cbor.writeBigInt(escrow), Cbor.writeBigInt(locked));
    }

    /// @notice A deal waits for its activation.
    function _await(uint64 dealId, int64 startEpoch) internal {
        int64 timeOut = _timeOutOf(dealId, startEpoch);
        if (dealId == _firstWaiting || timeOut < _nothingDueUntil) _nothingDueUntil = timeOut;
    }

    /// @notice Ends every deal that the cron would have ended.
    function _sweep() internal {
        if (_firstWaiting == _nextDealId || _epoch() <= _nothingDueUntil) return;
        uint64 first = _nextDealId;
        uint256 slashed = 0;
        int64 next = type(int64).max;
        for (uint64 id = _firstWaiting; id < _nextDealId; ++id) {
            if (!_isWaiting(id)) continue;
            DealProposal memory p = Proposals.decode(_proposals[id]);
            int64 timeOut = _timeOutOf(id, p.startEpoch);
            if (_epoch() > timeOut) {
                slashed += _timeOut(id, p);
                continue;
            }
            if (first > id) first = id;
            if (timeOut < next) next = timeOut;
        }
        (_firstWaiting, _nothingDueUntil) = (first, next);
        _burn(slashed);
    }

    /// @notice The client gets everything back, the provider's collateral is to be burned.
    function _timeOut(uint64 dealId, DealProposal memory p) internal returns (uint256 slashed) {
        _unlock(p.clientId(), p.clientRequirement());
        slashed = p.providerCollateral;
        _slash(p.providerId(), slashed);
        delete _pending[_proposalKey(dealId)];
        _removeDeal(dealId);
    }
}
