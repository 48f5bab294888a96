// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {SECTOR_CONTENT_CHANGED} from "../../filecoin/Methods.sol";
import {check} from "../Abort.sol";
import {
    NOTIFICATION_RECEIVER_ABORTED,
    NOTIFICATION_REJECTED,
    NOTIFICATION_RESPONSE_INVALID,
    NOTIFICATION_SEND_FAILED
} from "../Native.sol";
import {Receipt} from "../Receipt.sol";
import {Profile} from "./Profile.sol";

/// @title  SectorContentChanged: what a miner tells the actors that a piece's manifest names
/// @notice One message per receiver: [[sector, minimum commitment epoch, [[CID, padded size, bytes payload]…]]…], answered
///         by [[bool…]…] of the same shape. Both stand bare, without a tuple around them. Receivers and sectors come in
///         ascending order, whatever the order of the manifests.
///         Source: FIP-0109; builtin-actors actors/miner/src/notifications.rs.
abstract contract Notifications is Profile {
    using Cbor for CborReader;

    struct Notice {
        bytes receiver;
        bytes payload;
    }

    struct PieceData {
        bytes cid;
        uint64 size;
        Notice[] notices;
    }

    struct SectorData {
        uint64 number;
        int64 expiration;
        PieceData[] pieces;
        bool activated;
    }

    /// @param required Abort when a receiver cannot be reached, fails, answers in a wrong shape or rejects a piece.
    function _notifyAll(SectorData[] memory sectors, bool required) internal {
        sectors = _byNumber(sectors);
        bytes[] memory receivers = _receivers(sectors);
        for (uint256 i = 0; i < receivers.length; ++i) {
            (bytes memory params, bytes memory expected) = _changes(sectors, receivers[i]);
            Receipt memory receipt = _sendByAddress(receivers[i], SECTOR_CONTENT_CHANGED, params);
            if (!required) continue;
            check(receipt.exit >= 0, NOTIFICATION_SEND_FAILED, "notification could not be sent");
            check(receipt.exit == 0, NOTIFICATION_RECEIVER_ABORTED, "receiver aborted");
            if (keccak256(receipt.data) == keccak256(expected)) continue;
            check(_hasShape(receipt.data, expected), NOTIFICATION_RESPONSE_INVALID, "response has another shape");
            check(false, NOTIFICATION_REJECTED, "sector change rejected");
        }
    }

    /// @return params For one receiver.
    /// @return expected The answer that accepts every piece.
    function _changes(
        SectorData[] memory sectors,
        bytes memory receiver
    ) private pure returns (bytes memory params, bytes memory expected) {
        uint64 count = 0;
        for (uint256 i = 0; i < sectors.length; ++i) {
            if (!sectors[i].activated) continue;
            (bytes memory pieces, bytes memory trues, uint64 added) = _pieces(sectors[i], receiver);
            if (added == 0) continue;
            count += 1;
            params = bytes.concat(
                params,
                Cbor.writeArray(3),
                Cbor.writeUint(sectors[i].number),
                Cbor.writeInt(sectors[i].expiration),
                Cbor.writeArray(added),
                pieces
            );
            expected = bytes.concat(expected, Cbor.writeArray(added), trues);
        }
        params = bytes.concat(Cbor.writeArray(count), params);
        expected = bytes.concat(Cbor.writeArray(count), expected);
    }

    function _pieces(
        SectorData memory sector,
        bytes memory receiver
    ) private pure returns (bytes memory pieces, bytes memory trues, uint64 added) {
        bytes32 wanted = keccak256(receiver);
        for (uint256 i = 0; i < sector.pieces.length; ++i) {
            PieceData memory piece = sector.pieces[i];
            for (uint256 k = 0; k < piece.notices.length; ++k) {
                if (keccak256(piece.notices[k].receiver) != wanted) continue;
                added += 1;
                trues = bytes.concat(trues, Cbor.writeBool(true));
                pieces = bytes.concat(
                    pieces,
                    Cbor.writeArray(3),
                    Cbor.writeCid(piece.cid),
                    Cbor.writeUint(piece.size),
                    Cbor.writeBytes(piece.notices[k].payload)
                );
            }
        }
    }

    /// @dev Each receiver once, ascending as addresses compare.
    function _receivers(SectorData[] memory sectors) private pure returns (bytes[] memory list) {
        uint256 most = 0;
        for (uint256 i = 0; i < sectors.length; ++i) {
            for (uint256 k = 0; k < sectors[i].pieces.length; ++k) most += sectors[i].pieces[k].notices.length;
        }
        list = new bytes[](most);
        uint256 count = 0;
        for (uint256 i = 0; i < sectors.length; ++i) {
            if (sectors[i].activated) count = _collect(list, count, sectors[i].pieces);
        }
        assembly ("memory-safe") {
            mstore(list, count)
        }
        for (uint256 i = 1; i < list.length; ++i) {
            bytes memory receiver = list[i];
            uint256 k = i;
            for (; k > 0 && _isBefore(receiver, list[k - 1]); --k) list[k] = list[k - 1];
            list[k] = receiver;
        }
    }

    /// @dev By protocol; ids as numbers, the others byte by byte (ref-fvm shared/src/address/payload.rs).
    function _isBefore(bytes memory a, bytes memory b) private pure returns (bool) {
        (bool isIdA, uint64 idA) = FilAddress.tryActorId(a);
        (bool isIdB, uint64 idB) = FilAddress.tryActorId(b);
        if (isIdA && isIdB) return idA < idB;
        for (uint256 i = 0; i < a.length && i < b.length; ++i) {
            if (a[i] != b[i]) return a[i] < b[i];
        }
        return a.length < b.length;
    }

    /// @dev In the order in which the receivers are told of them.
    function _byNumber(SectorData[] memory sectors) private pure returns (SectorData[] memory sorted) {
        sorted = new SectorData[](sectors.length);
        for (uint256 i = 0; i < sectors.length; ++i) {
            uint256 k = i;
            for (; k > 0 && sorted[k - 1].number > sectors[i].number; --k) sorted[k] = sorted[k - 1];
            sorted[k] = sectors[i];
        }
    }

    function _collect(bytes[] memory list, uint256 count, PieceData[] memory pieces) private pure returns (uint256) {
        for (uint256 i = 0; i < pieces.length; ++i) {
            for (uint256 k = 0; k < pieces[i].notices.length; ++k) {
                bytes memory receiver = pieces[i].notices[k].receiver;
                uint256 at = 0;
                while (at < count && keccak256(list[at]) != keccak256(receiver)) ++at;
                if (at == count) list[count++] = receiver;
            }
        }
        return count;
    }

    /// @dev The answer differs from "all accepted" in nothing but some f4 in the place of f5.
    function _hasShape(bytes memory answer, bytes memory expected) private pure returns (bool) {
        if (answer.length != expected.length) return false;
        for (uint256 i = 0; i < answer.length; ++i) {
            if (answer[i] != expected[i] && (answer[i] != 0xf4 || expected[i] != 0xf5)) return false;
        }
        return true;
    }
}
