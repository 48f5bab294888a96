// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MARKET_ACTOR_ID} from "../../filecoin/Actors.sol";
import {Cbor} from "../../filecoin/Cbor.sol";
import {BitField} from "../BitField.sol";
import {FAULT_MAX_AGE, MARKET_ON_MINER_SECTORS_TERMINATE} from "../Native.sol";
import {MinerState} from "./MinerState.sol";

/// @title  Which sectors live, which of them are faulty, and when they end by themselves
/// @notice A chain's cron looks after every deadline of every miner. Here
///
///         expiration  the sector is dead from the epoch after it on, whoever asks. On a chain up to a day later, with the end
///                     of its deadline.
///         fault age   a sector that was faulty for 42 days is terminated, with its deals in f05, by the next message that
///                     changes the miner's sectors, or by method 12 (see Sectors). Until then it is faulty: as if the cron
///                     came late.
///
///         Source: builtin-actors actors/miner/src/{deadline_state,partition_state,expiration_queue}.rs.
abstract contract SectorLife is MinerState {
    function _isDead(Sector storage sector) internal view returns (bool) {
        return sector.status != SectorStatus.Live || _epoch() > sector.expiration;
    }

    /// @notice Bytes of all sectors that live and are not faulty.
    function _activeBytes() internal view returns (uint256) {
        if (_epoch() <= _nothingDueUntil) return (_live.length - _faulty) * _sectorSize;
        uint256 count = 0;
        for (uint256 i = 0; i < _live.length; ++i) {
            Sector storage sector = _sectors[_live[i]];
            if (!_isDead(sector) && sector.faultySince == 0) ++count;
        }
        return count * _sectorSize;
    }

    /* CHANGES */

    function _begin(uint64 number) internal {
        Sector storage sector = _sectors[number];
        sector.status = SectorStatus.Live;
        sector.place = uint64(_live.length);
        _live.push(number);
        _expect(sector);
    }

    function _end(uint64 number) internal {
        Sector storage sector = _sectors[number];
        if (sector.faultySince != 0) _setFaulty(sector, false);
        uint64 last = _live[_live.length - 1];
        _live[sector.place] = last;
        _sectors[last].place = sector.place;
        _live.pop();
        sector.status = SectorStatus.Terminated;
        _terminated.push(number);
    }

    /// @dev The sector lives, and is not what it shall be.
    function _setFaulty(Sector storage sector, bool faulty) internal {
        sector.faultySince = faulty ? _epoch() : int64(0);
        if (faulty) ++_faulty;
        else --_faulty;
        _expect(sector);
    }

    /// @notice Ends what should have ended before this epoch.
    function _endDue() internal {
        if (_epoch() <= _nothingDueUntil) return;
        uint64[] memory early = new uint64[](_live.length);
        uint256 count = 0;
        _nothingDueUntil = type(int64).max;
        // Backwards: the end of one sector moves the last one to its place.
        for (uint256 i = _live.length; i > 0; --i) {
            uint64 number = _live[i - 1];
            Sector storage sector = _sectors[number];
            if (_epoch() <= _lastEpochOf(sector)) {
                _expect(sector);
                continue;
            }
            if (_lastEpochOf(sector) < sector.expiration) early[count++] = number;
            _end(number);
        }
        assembly ("memory-safe") {
            mstore(early, count)
        }
        if (count > 0) _tellMarket(BitField.encode(_ascending(early)));
    }

    function _tellMarket(bytes memory terminated) internal {
        bytes memory params = _pair(Cbor.writeInt(_epoch()), Cbor.writeBytes(terminated));
        _mustSend(MARKET_ACTOR_ID, MARKET_ON_MINER_SECTORS_TERMINATE, 0, params);
    }

    function _expect(Sector storage sector) private {
        int64 last = _lastEpochOf(sector);
        if (last < _nothingDueUntil || _live.length == 1) _nothingDueUntil = last;
    }

    function _lastEpochOf(Sector storage sector) private view returns (int64) {
        int64 last = sector.expiration;
        if (sector.faultySince == 0 || sector.faultySince + FAULT_MAX_AGE > last) return last;
        return sector.faultySince + FAULT_MAX_AGE;
    }

    function _ascending(uint64[] memory numbers) internal pure returns (uint64[] memory) {
        for (uint256 i = 1; i < numbers.length; ++i) {
            uint64 number = numbers[i];
            uint256 k = i;
            for (; k > 0 && numbers[k - 1] > number; --k) numbers[k] = numbers[k - 1];
            numbers[k] = number;
        }
        return numbers;
    }
}
