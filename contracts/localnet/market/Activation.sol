// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {USR_FORBIDDEN} from "../../filecoin/ExitCodes.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {check} from "../Abort.sol";
import {DealProposal, Proposals} from "./Proposals.sol";
import {TimeOuts} from "./TimeOuts.sol";

/// @title  SectorContentChanged: a miner says that pieces lie in its sectors, the payload of a piece names a deal
/// @notice Source: builtin-actors actors/market/src/lib.rs `sector_content_changed`; wire form FIP-0109.
abstract contract Activation is TimeOuts {
    using Cbor for CborReader;
    using Proposals for DealProposal;

    struct Piece {
        bytes cid;
        uint64 size;
        bytes payload;
    }

    /// @notice params: [[sector, minimum commitment epoch, [[CID, padded size, bytes payload]…]]…] → [[bool…]…].
    ///         Each deal activates or not by itself.
    function _sectorContentChanged(bytes memory params) internal returns (bytes memory answer) {
        uint64 miner = _requireMiner();
        CborReader memory r = Cbor.reader(params);
        uint64 sectors = r.readArray();
        answer = Cbor.writeArray(sectors);
        for (uint256 i = 0; i < sectors; ++i) {
            r.readArray(3);
            uint64 sector = r.readUint();
            int64 committedUntil = r.readInt();
            uint64 pieces = r.readArray();
            answer = bytes.concat(answer, Cbor.writeArray(pieces));
            for (uint256 k = 0; k < pieces; ++k) {
                r.readArray(3);
                Piece memory piece = Piece(r.readCid(), r.readUint(), r.readBytes());
                answer = bytes.concat(answer, Cbor.writeBool(_activate(miner, sector, committedUntil, piece)));
            }
        }
        r.done();
    }

    function _requireMiner() internal view returns (uint64 id) {
        bool native;
        (native, id) = FilAddress.tryMaskedId(msg.sender);
        check(native && _isMiner(id), USR_FORBIDDEN, "caller is not a storage miner");
    }

    function _activate(
        uint64 miner,
        uint64 sector,
        int64 committedUntil,
        Piece memory piece
    ) private returns (bool accepted) {
        (bool isId, uint64 dealId) = _tryDealId(piece.payload);
        if (!isId || _proposals[dealId].length == 0 || _isActive(dealId)) return false;
        DealProposal memory p = Proposals.decode(_proposals[dealId]);
        if (p.providerId() != miner || _epoch() > p.startEpoch || p.endEpoch > committedUntil) return false;
        if (keccak256(piece.cid) != keccak256(p.pieceCid) || piece.size != p.pieceSize) return false;
        _states[dealId] = DealState(sector, _epoch(), NEVER);
        _sectorDeals[miner][sector].push(dealId);
        return true;
    }

    /// @dev The payload is a CBOR uint, whose head may be longer than it need be (cbor4ii does not mind). One that is not
    ///      rejects its piece, not the message.
    function _tryDealId(bytes memory payload) private pure returns (bool, uint64 id) {
        if (payload.length == 0) return (false, 0);
        uint8 info = uint8(payload[0]);
        if (info < 24) return (payload.length == 1, info);
        if (info > 27 || payload.length != 1 + (1 << (info - 24))) return (false, 0);
        for (uint256 i = 1; i < payload.length; ++i) {
            id = (id << 8) | uint8(payload[i]);
        }
        return (true, id);
    }
}
