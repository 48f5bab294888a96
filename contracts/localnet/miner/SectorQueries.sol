// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {USR_ILLEGAL_ARGUMENT, USR_NOT_FOUND, USR_SERIALIZATION} from "../../filecoin/ExitCodes.sol";
import {check} from "../Abort.sol";
import {PROVING_DEADLINES} from "../Native.sol";
import {Declarations} from "./Declarations.sol";

/// @title  What a miner tells of a sector (FIP-0112)
/// @notice Status 0 dead, 1 active, 2 faulty. A terminated sector is dead at its place; one that was never proven, or was
///         compacted away, is dead at no place, which is deadline -1 and partition -1.
///         Source: builtin-actors actors/miner/src/lib.rs `generate_sector_location`, `validate_sector_status`,
///         `get_nominal_sector_expiration`.
abstract contract SectorQueries is Declarations {
    using Cbor for CborReader;

    uint64 private constant DEAD = 0;
    uint64 private constant ACTIVE = 1;
    uint64 private constant FAULTY = 2;
    int64 private constant NOWHERE = -1;

    /// @notice params: [number] → [status, bytes location], location: CBOR [int deadline, int partition].
    function _generateSectorLocation(bytes memory params) internal view returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(1);
        uint64 number = r.readUint();
        r.done();
        bool placed = _isPlaced(number);
        bytes memory location = _pair(
            Cbor.writeInt(placed ? int64(_deadlineOf(number)) : NOWHERE),
            Cbor.writeInt(placed ? int64(0) : NOWHERE)
        );
        return _pair(Cbor.writeUint(_statusOf(number)), Cbor.writeBytes(location));
    }

    /// @notice params: [number, status, bytes location] → bool. Exit 16: the location is none; 17: the sector is not there.
    function _validateSectorStatus(bytes memory params) internal view returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(3);
        uint64 number = r.readUint();
        uint64 status = r.readUint();
        bytes memory location = r.readBytes();
        r.done();
        check(status <= FAULTY, USR_SERIALIZATION, "no such status");
        (bool isLocation, int64 deadline, int64 partition) = _tryLocation(location);
        check(isLocation, USR_ILLEGAL_ARGUMENT, "invalid location");
        check((deadline == NOWHERE) == (partition == NOWHERE), USR_ILLEGAL_ARGUMENT, "only one of the two is -1");
        if (deadline == NOWHERE) {
            check(!_isPlaced(number), USR_NOT_FOUND, "the sector has a place");
            return Cbor.writeBool(status == DEAD);
        }
        check(deadline >= 0 && uint64(deadline) < PROVING_DEADLINES, USR_ILLEGAL_ARGUMENT, "no such deadline");
        check(
            _isPlaced(number) && uint64(deadline) == _deadlineOf(number) && partition == 0,
            USR_NOT_FOUND,
            "the sector is not there"
        );
        return Cbor.writeBool(status == _statusOf(number));
    }

    /// @notice params: uint number, not wrapped → int epoch. Exit 17: no such sector. Neither a fault nor termination lowers it.
    function _getNominalSectorExpiration(bytes memory params) internal view returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        uint64 number = r.readUint();
        r.done();
        check(_isPlaced(number), USR_NOT_FOUND, "no such sector");
        return Cbor.writeInt(_sectors[number].expiration);
    }

    function _isPlaced(uint64 number) private view returns (bool) {
        SectorStatus status = _sectors[number].status;
        return status == SectorStatus.Live || status == SectorStatus.Terminated;
    }

    function _statusOf(uint64 number) private view returns (uint64) {
        Sector storage sector = _sectors[number];
        if (_isDead(sector)) return DEAD;
        return sector.faultySince == 0 ? ACTIVE : FAULTY;
    }

    /// @dev Whatever the decoder has against the bytes is exit 16 here, not 21.
    function _tryLocation(bytes memory location) private view returns (bool, int64, int64) {
        try this.decodeLocation(location) returns (int64 deadline, int64 partition) {
            return (true, deadline, partition);
        } catch {
            return (false, 0, 0);
        }
    }

    /// @notice CBOR [int deadline, int partition]. Not of the chain: only a call of its own lets the decoder fail alone.
    function decodeLocation(bytes calldata location) external pure returns (int64 deadline, int64 partition) {
        CborReader memory r = Cbor.reader(location);
        r.readArray(2);
        deadline = r.readInt();
        partition = r.readInt();
        r.done();
    }
}
