// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {USR_FORBIDDEN} from "../../filecoin/ExitCodes.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {check} from "../Abort.sol";
import {Actor} from "../Actor.sol";

/// @title  What a storage miner remembers
abstract contract MinerState is Actor {
    enum SectorStatus {
        None,
        PreCommitted,
        /// Committed, healthy or faulty, until it expires or is terminated.
        Live,
        /// Still in its partition.
        Terminated,
        /// Compacted away; the number stays taken.
        Removed
    }

    struct Sector {
        SectorStatus status;
        /// Last epoch of its life; termination does not lower it.
        int64 expiration;
        /// Epoch of the declaration; 0: healthy.
        int64 faultySince;
        /// Place in `_live`.
        uint64 place;
    }

    uint64 internal _owner;
    uint64 internal _worker;
    uint64[] internal _controls;
    uint64 internal _sectorSize;
    bytes internal _peerId;
    /// @dev Binary multiaddrs.
    bytes[] internal _multiaddrs;
    mapping(uint64 number => Sector) internal _sectors;
    /// @dev Numbers in no order.
    uint64[] internal _live;
    uint64[] internal _terminated;
    uint64 internal _faulty;
    /// @dev No live sector ends by itself up to this epoch.
    int64 internal _nothingDueUntil;

    function _isController(uint64 id) internal view returns (bool) {
        if (id == _owner || id == _worker) return true;
        for (uint256 i = 0; i < _controls.length; ++i) {
            if (_controls[i] == id) return true;
        }
        return false;
    }

    function _requireController() internal {
        check(_isController(_callerId()), USR_FORBIDDEN, "caller does not control miner");
    }

    function _ownId() internal view returns (uint64 id) {
        (, id) = FilAddress.tryMaskedId(address(this));
    }
}
