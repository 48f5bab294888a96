// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {EX_DEAL_EXPIRED, USR_ILLEGAL_ARGUMENT} from "../../filecoin/ExitCodes.sol";
import {check} from "../Abort.sol";
import {BitField} from "../BitField.sol";
import {Activation} from "./Activation.sol";
import {DealProposal, Proposals} from "./Proposals.sol";

/// @title  How deals are paid and end
/// @notice Source: builtin-actors actors/market/src/lib.rs `settle_deal_payments`, `on_miner_sectors_terminate`;
///         state.rs `process_deal_update`, `process_slashed_deal`, `process_deal_init_timed_out`.
abstract contract Settlement is Activation {
    using Cbor for CborReader;
    using Proposals for DealProposal;

    /// @dev More deals in one message than any block's gas could settle.
    uint256 private constant MAX_DEALS = 8192;

    struct Tally {
        uint64 count;
        uint64 succeeded;
        uint64 failed;
        /// CBOR items without the head of their array.
        bytes failures;
        bytes settlements;
        uint256 slashed;
    }

    /* SETTLE */

    /// @notice params: RLE+ in bytes → [[success count, [[index, code]…]], [[bigint payment, bool completed]…]]. Anyone.
    function _settle(bytes memory params) internal returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        uint64[] memory ids = BitField.decodeIds(r.readBytes(), MAX_DEALS);
        r.done();
        Tally memory t;
        for (uint256 i = 0; i < ids.length; ++i) {
            _settleOne(t, ids[i]);
            t.count += 1;
        }
        _burn(t.slashed);
        return
            _pair(
                _pair(Cbor.writeUint(t.succeeded), bytes.concat(Cbor.writeArray(t.failed), t.failures)),
                bytes.concat(Cbor.writeArray(t.succeeded), t.settlements)
            );
    }

    function _settleOne(Tally memory t, uint64 dealId) private {
        if (_proposals[dealId].length == 0) return _fail(t);
        DealProposal memory p = Proposals.decode(_proposals[dealId]);
        if (!_isActive(dealId)) {
            if (_epoch() < p.startEpoch) return _succeed(t, 0, false);
            t.slashed += _timeOut(dealId, p);
            return _fail(t);
        }
        DealState storage state = _states[dealId];
        // The first processing frees the proposal for another publication, also before the deal starts.
        if (state.updatedAt == NEVER) delete _pending[_proposalKey(dealId)];
        if (p.startEpoch > _epoch()) {
            state.updatedAt = _epoch();
            return _succeed(t, 0, false);
        }
        int64 until = _min(p.endEpoch, _epoch());
        uint256 payment = p.pricePerEpoch * uint64(until - _max(p.startEpoch, state.updatedAt));
        if (payment > 0) _pay(p.clientId(), p.providerId(), payment);
        bool completed = _epoch() >= p.endEpoch;
        if (completed) _complete(dealId, p, state.sector);
        else state.updatedAt = _epoch();
        _succeed(t, payment, completed);
    }

    function _complete(uint64 dealId, DealProposal memory p, uint64 sector) private {
        _unlock(p.clientId(), p.clientCollateral);
        _unlock(p.providerId(), p.providerCollateral);
        _forgetInSector(p.providerId(), sector, dealId);
        _removeDeal(dealId);
    }

    function _succeed(Tally memory t, uint256 payment, bool completed) private pure {
        t.succeeded += 1;
        t.settlements = bytes.concat(t.settlements, _pair(Cbor.writeBigInt(payment), Cbor.writeBool(completed)));
    }

    /// @dev An unknown id, a removed deal and one that timed out just now all answer 32 here.
    function _fail(Tally memory t) private pure {
        t.failed += 1;
        t.failures = bytes.concat(
            t.failures,
            _pair(Cbor.writeUint(t.count), Cbor.writeUint(uint64(uint256(EX_DEAL_EXPIRED))))
        );
    }

    /* TERMINATE */

    /// @notice params: [int epoch, RLE+ of sectors in bytes]. The client pays up to `epoch` and gets the rest and its
    ///         collateral back, the provider's collateral burns, proposal and state are removed.
    function _sectorsTerminated(bytes memory params) internal returns (bytes memory) {
        uint64 miner = _requireMiner();
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        int64 epoch = r.readInt();
        uint64[] memory sectors = BitField.decodeIds(r.readBytes(), MAX_DEALS);
        r.done();
        uint256 slashed = 0;
        for (uint256 i = 0; i < sectors.length; ++i) {
            uint64[] memory deals = _sectorDeals[miner][sectors[i]];
            delete _sectorDeals[miner][sectors[i]];
            for (uint256 k = 0; k < deals.length; ++k) {
                slashed += _terminate(deals[k], epoch);
            }
        }
        _burn(slashed);
        return "";
    }

    function _terminate(uint64 dealId, int64 epoch) private returns (uint256 slashed) {
        if (_proposals[dealId].length == 0) return 0;
        DealProposal memory p = Proposals.decode(_proposals[dealId]);
        // It ran to its end; it only was not settled yet.
        if (p.endEpoch <= epoch) return 0;
        check(_isActive(dealId), USR_ILLEGAL_ARGUMENT, "no state for deal");
        DealState memory state = _states[dealId];
        if (state.updatedAt == NEVER) delete _pending[_proposalKey(dealId)];
        int64 from = _max(p.startEpoch, state.updatedAt);
        uint256 payment = epoch > from ? p.pricePerEpoch * uint64(epoch - from) : 0;
        if (payment > 0) _pay(p.clientId(), p.providerId(), payment);
        uint256 rest = p.pricePerEpoch * uint64(p.endEpoch - _max(p.startEpoch, epoch));
        _unlock(p.clientId(), rest + p.clientCollateral);
        slashed = p.providerCollateral;
        _slash(p.providerId(), slashed);
        _removeDeal(dealId);
    }

    function _forgetInSector(uint64 provider, uint64 sector, uint64 dealId) private {
        uint64[] storage deals = _sectorDeals[provider][sector];
        for (uint256 i = 0; i < deals.length; ++i) {
            if (deals[i] != dealId) continue;
            deals[i] = deals[deals.length - 1];
            deals.pop();
            return;
        }
    }

    function _min(int64 a, int64 b) private pure returns (int64) {
        return a < b ? a : b;
    }

    function _max(int64 a, int64 b) private pure returns (int64) {
        return a > b ? a : b;
    }
}
