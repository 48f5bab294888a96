// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../filecoin/Cbor.sol";
import {IS_CONTROLLING_ADDRESS} from "../filecoin/Methods.sol";
import {IMinerPower} from "./Interfaces.sol";
import {
    CHANGE_MULTIADDRS,
    CONSTRUCTOR,
    GET_MULTIADDRS,
    GET_OWNER,
    GET_PEER_ID,
    GET_SECTOR_SIZE,
    MINER_CHANGE_MULTIADDRS,
    MINER_CONTROL_ADDRESSES,
    MINER_PRE_COMMIT_SECTOR_BATCH_2,
    MINER_PROVE_COMMIT_SECTORS_3,
    MINER_TERMINATE_SECTORS
} from "./Native.sol";
import {Sectors} from "./miner/Sectors.sol";

/// @title  A storage miner, f01000 and on
contract StorageMinerActor is Sectors, IMinerPower {
    /// @inheritdoc IMinerPower
    function rawPower() external view returns (uint256) {
        return uint256(_activeSectors) * _sectorSize;
    }

    function _invoke(uint64 method, bytes memory params) internal override returns (bytes memory) {
        if (method == CONSTRUCTOR) return _construct(params);
        if (method == MINER_PRE_COMMIT_SECTOR_BATCH_2) return _preCommit(params);
        if (method == MINER_PROVE_COMMIT_SECTORS_3) return _proveCommit(params);
        if (method == MINER_TERMINATE_SECTORS) return _terminateSectors(params);
        if (method == MINER_CHANGE_MULTIADDRS || method == CHANGE_MULTIADDRS) return _changeMultiaddrs(params);
        if (method == IS_CONTROLLING_ADDRESS) return _isControllingAddress(params);
        if (method == MINER_CONTROL_ADDRESSES) return _controlAddresses();
        if (method == GET_OWNER) return _getOwner();
        if (method == GET_SECTOR_SIZE) return Cbor.writeUint(_sectorSize);
        if (method == GET_PEER_ID) return bytes.concat(Cbor.writeArray(1), Cbor.writeBytes(_peerId));
        if (method == GET_MULTIADDRS) return _getMultiaddrs();
        return _unhandled();
    }
}
