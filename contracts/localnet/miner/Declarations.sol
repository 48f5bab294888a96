// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {POWER_ACTOR} from "../../filecoin/Actors.sol";
import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {USR_FORBIDDEN, USR_ILLEGAL_ARGUMENT} from "../../filecoin/ExitCodes.sol";
import {check} from "../Abort.sol";
import {BitField} from "../BitField.sol";
import {MAX_ADDRESSED_SECTORS, PROVING_DEADLINES, SYSTEM_ACTOR} from "../Native.sol";
import {SectorLife} from "./SectorLife.sol";

/// @title  What a miner declares of its sectors: given up, faulty, recovered, to be compacted
/// @notice A chain assigns a sector to a partition of one of 48 deadlines when it is committed. Here the place follows from
///         the number: deadline = number mod 48, partition 0. GenerateSectorLocation tells it, ValidateSectorStatus and
///         CompactPartitions want it. The messages below take any deadline below 48 and any partition, so that whoever sends
///         them need not know it; a chain wants the place of the sector (16 or 17). It also refuses to touch a deadline
///         that is being proven: here none ever is.
///
///         Source: builtin-actors actors/miner/src/lib.rs, partition_state.rs, sector_map.rs.
abstract contract Declarations is SectorLife {
    using Cbor for CborReader;

    /// @notice params: [[[deadline, partition, RLE+ of sectors in bytes]…]] → [true]. Exit 16: one does not live.
    function _terminateSectors(bytes memory params) internal returns (bytes memory) {
        uint64[] memory numbers = _declared(params);
        for (uint256 i = 0; i < numbers.length; ++i) {
            check(!_isDead(_sectors[numbers[i]]), USR_ILLEGAL_ARGUMENT, "can only terminate live sectors");
            _end(numbers[i]);
        }
        if (numbers.length > 0) _tellMarket(BitField.encode(numbers));
        return bytes.concat(Cbor.writeArray(1), Cbor.writeBool(true));
    }

    /// @notice params: the same. The power of the sectors is gone at once; f05 hears nothing of it. Terminated sectors and such
    ///         as are faulty are passed over. Exit 16: one was never committed.
    function _declareFaults(bytes memory params) internal returns (bytes memory) {
        _setFaults(_declared(params), true);
        return "";
    }

    /// @notice params: the same. On a chain the sectors are healthy, and the power back, with the next proof of their deadline,
    ///         up to a day later. Nothing is proven here: they are healthy at once.
    function _declareFaultsRecovered(bytes memory params) internal returns (bytes memory) {
        _setFaults(_declared(params), false);
        return "";
    }

    /// @notice params: [deadline, RLE+ of partitions in bytes]. Removes the terminated sectors of the deadline from the state:
    ///         nothing is known of them any more. The last partition is always compacted, and here it is the only one.
    function _compactPartitions(bytes memory params) internal returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        uint64 deadline = r.readUint();
        uint64[] memory partitions = BitField.decodeIds(r.readBytes(), MAX_ADDRESSED_SECTORS);
        r.done();
        check(deadline < PROVING_DEADLINES, USR_ILLEGAL_ARGUMENT, "no such deadline");
        check(
            partitions.length == 0 || (partitions.length == 1 && partitions[0] == 0),
            USR_ILLEGAL_ARGUMENT,
            "no such partition"
        );
        _requireController();
        _endDue();
        for (uint256 i = _terminated.length; i > 0; --i) {
            uint64 number = _terminated[i - 1];
            if (_deadlineOf(number) != deadline) continue;
            _sectors[number].status = SectorStatus.Removed;
            _terminated[i - 1] = _terminated[_terminated.length - 1];
            _terminated.pop();
        }
        return "";
    }

    /// @notice params: anything. From f04, as on a chain, or from f00: ends the sectors that are due.
    function _onDeferredCronEvent() internal returns (bytes memory) {
        check(msg.sender == POWER_ACTOR || msg.sender == SYSTEM_ACTOR, USR_FORBIDDEN, "caller is not f04");
        _endDue();
        return "";
    }

    function _deadlineOf(uint64 number) internal pure returns (uint64) {
        return number % PROVING_DEADLINES;
    }

    function _setFaults(uint64[] memory numbers, bool faulty) private {
        for (uint256 i = 0; i < numbers.length; ++i) {
            Sector storage sector = _sectors[numbers[i]];
            check(
                sector.status == SectorStatus.Live || sector.status == SectorStatus.Terminated,
                USR_ILLEGAL_ARGUMENT,
                "a sector is not in the partition"
            );
            if (sector.status == SectorStatus.Live && (sector.faultySince != 0) != faulty) _setFaulty(sector, faulty);
        }
    }

    /// @dev All sectors that are declared, each once, ascending. What is due ends first.
    function _declared(bytes memory params) private returns (uint64[] memory numbers) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(1);
        uint64 count = r.readArray();
        for (uint256 i = 0; i < count; ++i) {
            r.readArray(3);
            check(r.readUint() < PROVING_DEADLINES, USR_ILLEGAL_ARGUMENT, "no such deadline");
            r.readUint();
            numbers = _union(numbers, BitField.decodeIds(r.readBytes(), MAX_ADDRESSED_SECTORS));
        }
        r.done();
        _requireController();
        _endDue();
    }

    function _union(uint64[] memory a, uint64[] memory b) private pure returns (uint64[] memory all) {
        all = new uint64[](a.length + b.length);
        uint256 count = 0;
        uint256 i = 0;
        uint256 k = 0;
        while (i < a.length || k < b.length) {
            bool fromA = k == b.length || (i < a.length && a[i] <= b[k]);
            uint64 next = fromA ? a[i++] : b[k++];
            if (count == 0 || all[count - 1] != next) all[count++] = next;
        }
        assembly ("memory-safe") {
            mstore(all, count)
        }
    }
}
