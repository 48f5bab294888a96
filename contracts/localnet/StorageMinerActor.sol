// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../filecoin/Cbor.sol";
import {
    GENERATE_SECTOR_LOCATION,
    GET_NOMINAL_SECTOR_EXPIRATION,
    IS_CONTROLLING_ADDRESS,
    VALIDATE_SECTOR_STATUS
} from "../filecoin/Methods.sol";
import {IMinerPower} from "./Interfaces.sol";
import {
    CHANGE_MULTIADDRS,
    CONSTRUCTOR,
    GET_MULTIADDRS,
    GET_OWNER,
    GET_PEER_ID,
    GET_SECTOR_SIZE,
    MINER_CHANGE_MULTIADDRS,
    MINER_COMPACT_PARTITIONS,
    MINER_CONTROL_ADDRESSES,
    MINER_DECLARE_FAULTS,
    MINER_DECLARE_FAULTS_RECOVERED,
    MINER_ON_DEFERRED_CRON_EVENT,
    MINER_PRE_COMMIT_SECTOR_BATCH_2,
    MINER_PROVE_COMMIT_SECTORS_3,
    MINER_TERMINATE_SECTORS
} from "./Native.sol";
import {SectorQueries} from "./miner/SectorQueries.sol";
import {Sectors} from "./miner/Sectors.sol";

/// @title  A storage miner, f01000 and on
contract StorageMinerActor is Sectors, SectorQueries, IMinerPower {
    /// @inheritdoc IMinerPower
    function rawPower() external view returns (uint256) {
        return _activeBytes();
    }

    function _invoke(uint64 method, bytes memory params) internal override returns (bytes memory) {
        if (method == CONSTRUCTOR) return _construct(_given(params));
        if (method == MINER_PRE_COMMIT_SECTOR_BATCH_2) return _preCommit(_given(params));
        if (method == MINER_PROVE_COMMIT_SECTORS_3) return _proveCommit(_given(params));
        if (method == MINER_TERMINATE_SECTORS) return _terminateSectors(_given(params));
        if (method == MINER_DECLARE_FAULTS) return _declareFaults(_given(params));
        if (method == MINER_DECLARE_FAULTS_RECOVERED) return _declareFaultsRecovered(_given(params));
        if (method == MINER_COMPACT_PARTITIONS) return _compactPartitions(_given(params));
        if (method == MINER_ON_DEFERRED_CRON_EVENT) return _onDeferredCronEvent();
        if (method == MINER_CHANGE_MULTIADDRS || method == CHANGE_MULTIADDRS) return _changeMultiaddrs(_given(params));
        return _ask(method, params);
    }

    function _ask(uint64 method, bytes memory params) private view returns (bytes memory) {
        if (method == IS_CONTROLLING_ADDRESS) return _isControllingAddress(_given(params));
        if (method == GENERATE_SECTOR_LOCATION) return _generateSectorLocation(_given(params));
        if (method == VALIDATE_SECTOR_STATUS) return _validateSectorStatus(_given(params));
        if (method == GET_NOMINAL_SECTOR_EXPIRATION) return _getNominalSectorExpiration(_given(params));
        bool known =
            method == MINER_CONTROL_ADDRESSES ||
                method == GET_OWNER ||
                method == GET_SECTOR_SIZE ||
                method == GET_PEER_ID ||
                method == GET_MULTIADDRS;
        if (!known) return _unhandled();
        _none(params);
        if (method == MINER_CONTROL_ADDRESSES) return _controlAddresses();
        if (method == GET_OWNER) return _getOwner();
        if (method == GET_SECTOR_SIZE) return Cbor.writeUint(_sectorSize);
        if (method == GET_PEER_ID) return bytes.concat(Cbor.writeArray(1), Cbor.writeBytes(_peerId));
        return _getMultiaddrs();
    }
}
