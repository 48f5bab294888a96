// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {USR_ILLEGAL_ARGUMENT, USR_NOT_FOUND} from "../../filecoin/ExitCodes.sol";
import {check} from "../Abort.sol";
import {DealRules} from "../market/DealRules.sol";
import {MAX_SECTOR_LIFETIME, MAX_SECTOR_NUMBER, MIN_SECTOR_LIFETIME} from "../Native.sol";
import {Notifications} from "./Notifications.sol";
import {SectorLife} from "./SectorLife.sol";

/// @title  How sectors come
/// @notice Nothing is sealed and no proof is checked: proof bytes may be anything, a sector may be proven in the epoch of
///         its pre-commitment, deposits and pledge are not taken. What others can see of a sector follows the rules.
///         Source: builtin-actors actors/miner/src/lib.rs, types.rs.
abstract contract Sectors is Notifications, SectorLife {
    using Cbor for CborReader;

    /// @notice params: [[[int seal proof, number, CID sealed, int randomness epoch, [deal ids…], int expiration,
    ///         CID unsealed or null]…]].
    function _preCommit(bytes memory params) internal returns (bytes memory) {
        _requireController();
        CborReader memory r = Cbor.reader(params);
        r.readArray(1);
        uint64 count = r.readArray();
        check(count > 0, USR_ILLEGAL_ARGUMENT, "batch is empty");
        for (uint256 i = 0; i < count; ++i) {
            r.readArray(7);
            r.readInt();
            uint64 number = r.readUint();
            r.readCid();
            r.readInt();
            r.skip();
            int64 expiration = r.readInt();
            r.skip();
            check(expiration - _epoch() >= MIN_SECTOR_LIFETIME, USR_ILLEGAL_ARGUMENT, "sector lifetime below 180 days");
            check(
                expiration - _epoch() <= MAX_SECTOR_LIFETIME,
                USR_ILLEGAL_ARGUMENT,
                "sector lifetime above 1278 days"
            );
            check(number <= MAX_SECTOR_NUMBER, USR_ILLEGAL_ARGUMENT, "sector number above 2^63 - 1");
            check(_sectors[number].status == SectorStatus.None, USR_ILLEGAL_ARGUMENT, "sector number is taken");
            _sectors[number] = Sector(SectorStatus.PreCommitted, expiration, 0, 0);
        }
        r.done();
        return "";
    }

    /// @notice params: [[[number, [[CID, size, allocation or null, [[bytes address, bytes payload]…]]…]]…],
    ///         [bytes proof…], bytes aggregate proof, int aggregate type or null, bool require activation,
    ///         bool require notification] → [success count, [[index, code]…]].
    function _proveCommit(bytes memory params) internal returns (bytes memory) {
        _requireController();
        CborReader memory r = Cbor.reader(params);
        r.readArray(6);
        SectorData[] memory sectors = _readManifests(r);
        uint64 proofs = r.readArray();
        for (uint256 i = 0; i < proofs; ++i) r.readBytes();
        bool aggregated = r.readBytes().length > 0;
        r.skip();
        bool requireActivation = r.readBool();
        bool requireNotification = r.readBool();
        r.done();
        check(sectors.length > 0, USR_ILLEGAL_ARGUMENT, "no sectors");
        for (uint256 i = 0; i < sectors.length; ++i) {
            bool waits = _sectors[sectors[i].number].status == SectorStatus.PreCommitted;
            check(waits, USR_NOT_FOUND, "sector is not pre-committed");
        }
        check(
            aggregated ? proofs == 0 : proofs == sectors.length,
            USR_ILLEGAL_ARGUMENT,
            "not one proof for each sector"
        );
        _endDue();
        bytes memory answer = _activateAll(sectors, requireActivation);
        _notifyAll(sectors, requireNotification);
        return answer;
    }

    function _activateAll(SectorData[] memory sectors, bool requireAll) private returns (bytes memory) {
        uint64 succeeded = 0;
        bytes memory failures = "";
        for (uint256 i = 0; i < sectors.length; ++i) {
            Sector storage sector = _sectors[sectors[i].number];
            // A number that the message names twice is live the second time.
            if (sector.status == SectorStatus.PreCommitted && _fits(sectors[i].pieces)) {
                _begin(sectors[i].number);
                sectors[i].expiration = sector.expiration;
                sectors[i].activated = true;
                succeeded += 1;
                continue;
            }
            check(!requireAll, USR_ILLEGAL_ARGUMENT, "the pieces do not fit the sector");
            failures = bytes.concat(
                failures,
                Cbor.writeArray(2),
                Cbor.writeUint(uint64(i)),
                Cbor.writeUint(uint64(uint256(USR_ILLEGAL_ARGUMENT)))
            );
        }
        check(succeeded > 0, USR_ILLEGAL_ARGUMENT, "no sector could be activated");
        return
            bytes.concat(
                Cbor.writeArray(2),
                Cbor.writeUint(succeeded),
                Cbor.writeArray(uint64(sectors.length) - succeeded),
                failures
            );
    }

    function _fits(PieceData[] memory pieces) private view returns (bool) {
        uint256 total = 0;
        for (uint256 i = 0; i < pieces.length; ++i) {
            if (!DealRules.isPieceSize(pieces[i].size)) return false;
            total += pieces[i].size;
        }
        return total <= _sectorSize;
    }

    function _readManifests(CborReader memory r) private pure returns (SectorData[] memory sectors) {
        sectors = new SectorData[](_boundedArray(r));
        for (uint256 i = 0; i < sectors.length; ++i) {
            r.readArray(2);
            sectors[i].number = r.readUint();
            PieceData[] memory pieces = new PieceData[](_boundedArray(r));
            for (uint256 k = 0; k < pieces.length; ++k) {
                r.readArray(4);
                pieces[k].cid = r.readCid();
                pieces[k].size = r.readUint();
                r.skip();
                pieces[k].notices = _readNotices(r);
            }
            sectors[i].pieces = pieces;
        }
    }

    function _readNotices(CborReader memory r) private pure returns (Notice[] memory notices) {
        notices = new Notice[](_boundedArray(r));
        for (uint256 i = 0; i < notices.length; ++i) {
            r.readArray(2);
            notices[i] = Notice(r.readBytes(), r.readBytes());
        }
    }

    /// @dev Every item takes a byte: a larger count is a lie about what follows, and memory is not made for it.
    function _boundedArray(CborReader memory r) private pure returns (uint64 length) {
        length = r.readArray();
        require(length <= r.data.length - r.at, Cbor.CborTruncated(r.at));
    }
}
