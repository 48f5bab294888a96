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
        Active,
        Terminated
    }

    struct Sector {
        SectorStatus status;
        int64 expiration;
    }

    uint64 internal _owner;
    uint64 internal _worker;
    uint64[] internal _controls;
    uint64 internal _sectorSize;
    uint64 internal _activeSectors;
    bytes internal _peerId;
    /// @dev Binary multiaddrs.
    bytes[] internal _multiaddrs;
    mapping(uint64 number => Sector) internal _sectors;

    function _isController(uint64 id) internal view returns (bool) {
        if (id == _owner || id == _worker) return true;
        for (uint256 i = 0; i < _controls.length; ++i) {
            if (_controls[i] == id) return true;
        }
        return false;
    }

    function _requireController() internal {
        check(_isController(_callerId()), USR_FORBIDDEN, "caller is not owner, worker or control address");
    }

    function _ownId() internal view returns (uint64 id) {
        (, id) = FilAddress.tryMaskedId(address(this));
    }
}
