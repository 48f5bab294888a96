// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {SECTOR_CONTENT_CHANGED, SETTLE_DEAL_PAYMENTS} from "../../../../contracts/filecoin/Methods.sol";
import {IDealClient} from "../../../../contracts/interfaces/IDealClient.sol";
import {BitField} from "../../../../contracts/localnet/BitField.sol";
import {MARKET_ON_MINER_SECTORS_TERMINATE} from "../../../../contracts/localnet/Native.sol";
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../../support/Vm.sol";
import {Forging} from "./Forging.sol";

/// @title  Deals are activated or missed, paid, lost or ended, and looked at; time passes
/// @notice A miner speaks to f05 by its own messages, SectorContentChanged and OnMinerSectorsTerminate: what it would
///         send after proofs and terminations. A deal lies in the sector that has its number.
abstract contract Storing is Forging {
    /// @dev 30 days.
    int64 private constant CRON_INTERVAL = 86_400;
    address private constant CRON = address(0x0E07);

    /* THE MINER */

    function activate(uint256 seed) external action(seed) {
        uint256 first = _anyCopy();
        for (uint256 i = 0; i < _copies.length; ++i) {
            Copy storage c = _copies[(first + _copies.length - i) % _copies.length];
            if (c.gone || c.activatedAt != 0 || _now() > _offers[c.offer].startEpoch) continue;
            require(_activateAtMarket(c), "f05 did not activate");
            c.activatedAt = _now();
            return;
        }
        _nothingToDo();
    }

    /// @notice Nothing is activated after its start, nor twice.
    function activateTooLate(uint256 seed) external action(seed) {
        Copy storage c = _copies[_anyCopy()];
        if (c.activatedAt == 0 && !c.gone && _now() <= _offers[c.offer].startEpoch) _nothingToDo();
        require(!_activateAtMarket(c), "f05 activated what it may not");
    }

    function terminate(uint256 seed) external action(seed) {
        uint256 first = _anyCopy();
        for (uint256 i = 0; i < _copies.length; ++i) {
            Copy storage c = _copies[(first + _copies.length - i) % _copies.length];
            if (c.gone || c.activatedAt == 0 || _now() >= _offers[c.offer].endEpoch) continue;
            bytes memory params = bytes.concat(
                Cbor.writeArray(2),
                Cbor.writeInt(_now()),
                Cbor.writeBytes(BitField.encode(_ids(c.dealId)))
            );
            _native(FilAddress.toMaskedId(c.provider), 5, MARKET_ON_MINER_SECTORS_TERMINATE, 0, params);
            return _noteTerminated(c);
        }
        _nothingToDo();
    }

    /* WHO SETTLES AND LOOKS */

    /// @notice A stranger asks f05 itself; the client learns nothing of it.
    function settleAtMarket(uint256 seed) external action(seed) {
        _settleAtMarket(STRANGER, _copies[_anyCopy()]);
    }

    /// @notice Through the client, up to six deals.
    function settle(uint256 seed) external action(seed) {
        uint256[] memory picked = _ascending(1 + _random(6));
        uint64[] memory ids = new uint64[](picked.length);
        for (uint256 i = 0; i < picked.length; ++i) ids[i] = _copies[picked[i]].dealId;
        _do(_oneIn(2) ? KEEPER : STRANGER, 0, abi.encodeCall(IDealClient.settle, (ids)));
        for (uint256 i = 0; i < picked.length; ++i) {
            Copy storage c = _copies[picked[i]];
            _noteSeen(c);
            // What may still be activated is left alone: from its start on f05 would remove it.
            if (_copyState(c) == IDealClient.DealState.Published) continue;
            _noteSettled(c);
            _noteSeen(c);
        }
        _checkStates(picked);
    }

    function observe(uint256 seed) external action(seed) {
        uint256[] memory picked = _ascending(1 + _random(6));
        uint64[] memory ids = new uint64[](picked.length);
        for (uint256 i = 0; i < picked.length; ++i) {
            ids[i] = _copies[picked[i]].dealId;
            _noteSeen(_copies[picked[i]]);
        }
        _do(_oneIn(2) ? KEEPER : STRANGER, 0, abi.encodeCall(IDealClient.observe, (ids)));
        _checkStates(picked);
    }

    /* TIME, in epochs. With it comes the cron. */

    function passTime(uint256 seed) external action(seed) {
        _rollTo(_now() + 1 + int64(uint64(_random(_oneIn(3) ? 20_000 : 200))));
    }

    /// @notice To an epoch beside the start of a proposal, or to the start itself.
    function passToStart(uint256 seed) external action(seed) {
        uint256 first = _anyOffer();
        for (uint256 i = 0; i < _offers.length; ++i) {
            int64 start = _offers[(first + i) % _offers.length].startEpoch;
            if (start <= _now()) continue;
            return _rollTo(start - 1 + int64(uint64(_random(3))));
        }
        _nothingToDo();
    }

    /// @notice To the end of a deal, or an epoch beside it.
    function passToEnd(uint256 seed) external action(seed) {
        uint256 first = _anyCopy();
        for (uint256 i = 0; i < _copies.length; ++i) {
            Copy storage c = _copies[(first + i) % _copies.length];
            int64 end = _offers[c.offer].endEpoch;
            if (c.gone || end <= _now()) continue;
            return _rollTo(end - 1 + int64(uint64(_random(3))));
        }
        _nothingToDo();
    }

    /* INTERNALS */

    /// @dev A chain's cron removes a deal that was not activated at the first epoch from its start on that is, modulo 30
    ///      days, the deal's id (builtin-actors actors/market/src/lib.rs `cron_tick`, `next_update_epoch`). Settling such a
    ///      deal does the same, so it stands for the cron.
    function _rollTo(int64 epoch) internal {
        vm.roll(uint64(epoch));
        for (uint256 i = 0; i < _copies.length; ++i) {
            Copy storage c = _copies[i];
            if (c.gone || c.activatedAt != 0) continue;
            int64 offset = int64(c.dealId % uint64(CRON_INTERVAL));
            int64 since = _offers[c.offer].startEpoch - offset;
            if (epoch > offset + ((since + CRON_INTERVAL - 1) / CRON_INTERVAL) * CRON_INTERVAL)
                _settleAtMarket(CRON, c);
        }
    }

    function _settleAtMarket(address from, Copy storage c) internal override {
        _native(from, 5, SETTLE_DEAL_PAYMENTS, 0, Cbor.writeBytes(BitField.encode(_ids(c.dealId))));
        _noteSettled(c);
    }

    /// @dev params: [[sector, committed until, [[CID, size, bytes payload]]]] → [[bool]].
    function _activateAtMarket(Copy storage c) private returns (bool) {
        DealProposal memory p = _terms[c.offer];
        bytes memory piece = bytes.concat(
            Cbor.writeArray(3),
            Cbor.writeCid(p.pieceCid),
            Cbor.writeUint(p.pieceSize),
            Cbor.writeBytes(Cbor.writeUint(c.dealId))
        );
        bytes memory params = bytes.concat(
            hex"8183",
            Cbor.writeUint(c.dealId),
            Cbor.writeInt(p.endEpoch),
            Cbor.writeArray(1),
            piece
        );
        bytes memory answer = _native(FilAddress.toMaskedId(c.provider), 5, SECTOR_CONTENT_CHANGED, 0, params);
        return keccak256(answer) == keccak256(hex"8181f5");
    }

    /// @dev What was settled or looked at is known for what it is at once, not when its turn comes.
    function _checkStates(uint256[] memory picked) private view {
        for (uint256 i = 0; i < picked.length; ++i) {
            Copy storage c = _copies[picked[i]];
            require(subject.dealState(c.dealId) == _copyState(c), "states: a deal is in another one");
        }
    }

    function _ids(uint64 id) internal pure returns (uint64[] memory list) {
        list = new uint64[](1);
        list[0] = id;
    }

    /// @dev Up to `n` deals in a row with gaps, the newest included now and then.
    function _ascending(uint256 n) private returns (uint256[] memory picked) {
        uint256 at = _anyCopy();
        picked = new uint256[](n);
        uint256 count = 0;
        for (; count < n && at < _copies.length; at += 1 + _random(3)) picked[count++] = at;
        assembly ("memory-safe") {
            mstore(picked, count)
        }
    }
}
