// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {EX_DEAL_NOT_ACTIVATED} from "../../filecoin/ExitCodes.sol";
import {
    GET_DEAL_ACTIVATION,
    GET_DEAL_CLIENT,
    GET_DEAL_CLIENT_COLLATERAL,
    GET_DEAL_DATA_COMMITMENT,
    GET_DEAL_LABEL,
    GET_DEAL_PROVIDER,
    GET_DEAL_PROVIDER_COLLATERAL,
    GET_DEAL_SECTOR,
    GET_DEAL_TERM,
    GET_DEAL_TOTAL_PRICE,
    GET_DEAL_VERIFIED
} from "../../filecoin/Methods.sol";
import {check} from "../Abort.sol";
import {DealProposal, Proposals} from "./Proposals.sol";
import {MarketState} from "./MarketState.sol";

/// @title  What f05 tells about a deal
/// @notice params: uint deal id, not wrapped. Exit 17: no such deal yet; 32: it is over; 33: it has no sector yet.
abstract contract DealQueries is MarketState {
    using Cbor for CborReader;
    using Proposals for DealProposal;

    function _isQuery(uint64 method) internal pure returns (bool) {
        return _isTermsQuery(method) || method == GET_DEAL_ACTIVATION || method == GET_DEAL_SECTOR;
    }

    function _query(uint64 method, bytes memory params) internal view returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        uint64 dealId = r.readUint();
        r.done();
        DealProposal memory p = _proposal(dealId);
        if (method == GET_DEAL_ACTIVATION) return _activation(dealId);
        if (method == GET_DEAL_SECTOR) {
            check(_isActive(dealId), EX_DEAL_NOT_ACTIVATED, "deal not yet activated");
            return Cbor.writeUint(_states[dealId].sector);
        }
        return _terms(method, p);
    }

    /// @dev [activated, terminated], -1 for not. A terminated deal is removed at once, so the second is always -1.
    function _activation(uint64 dealId) private view returns (bytes memory) {
        int64 activated = _isActive(dealId) ? _states[dealId].activatedAt : NEVER;
        return _pair(Cbor.writeInt(activated), Cbor.writeInt(NEVER));
    }

    function _terms(uint64 method, DealProposal memory p) private pure returns (bytes memory) {
        if (method == GET_DEAL_DATA_COMMITMENT) {
            return _pair(Cbor.writeCid(p.pieceCid), Cbor.writeUint(p.pieceSize));
        }
        if (method == GET_DEAL_CLIENT) return Cbor.writeUint(p.clientId());
        if (method == GET_DEAL_PROVIDER) return Cbor.writeUint(p.providerId());
        if (method == GET_DEAL_LABEL) return p.encodeLabel();
        if (method == GET_DEAL_TERM) {
            return _pair(Cbor.writeInt(p.startEpoch), Cbor.writeInt(p.duration()));
        }
        if (method == GET_DEAL_TOTAL_PRICE) return Cbor.writeBigInt(p.storageFee());
        if (method == GET_DEAL_CLIENT_COLLATERAL) return Cbor.writeBigInt(p.clientCollateral);
        if (method == GET_DEAL_PROVIDER_COLLATERAL) return Cbor.writeBigInt(p.providerCollateral);
        return Cbor.writeBool(p.verified);
    }

    function _isTermsQuery(uint64 method) private pure returns (bool) {
        return
            method == GET_DEAL_DATA_COMMITMENT ||
            method == GET_DEAL_CLIENT ||
            method == GET_DEAL_PROVIDER ||
            method == GET_DEAL_LABEL ||
            method == GET_DEAL_TERM ||
            method == GET_DEAL_TOTAL_PRICE ||
            method == GET_DEAL_CLIENT_COLLATERAL ||
            method == GET_DEAL_PROVIDER_COLLATERAL ||
            method == GET_DEAL_VERIFIED;
    }
}
