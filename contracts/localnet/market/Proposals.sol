// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {isAddressOfNobody} from "../Nobody.sol";
import {Amounts} from "./Amounts.sol";

/// @notice What a client and a provider agree on.
struct DealProposal {
    bytes pieceCid;
    /// Padded bytes.
    uint64 pieceSize;
    bool verified;
    /// Address bytes of any kind as submitted; f0 once published.
    bytes client;
    bytes provider;
    bool labelIsText;
    bytes label;
    int64 startEpoch;
    int64 endEpoch;
    /// attoFIL, for the whole piece.
    uint256 pricePerEpoch;
    uint256 providerCollateral;
    uint256 clientCollateral;
}

/// @title  CBOR of a deal proposal
/// @notice 8b | piece CID | uint piece size | bool verified | bytes client | bytes provider | text or bytes label |
///         int start | int end | bigint price per epoch | bigint provider collateral | bigint client collateral
///
///         Source: builtin-actors actors/market/src/deal.rs.
library Proposals {
    using Cbor for CborReader;

    function read(CborReader memory r) internal pure returns (DealProposal memory p) {
        r.readArray(11);
        p.pieceCid = r.readCid();
        p.pieceSize = r.readUint();
        p.verified = r.readBool();
        p.client = _readAddress(r);
        p.provider = _readAddress(r);
        p.labelIsText = r.peek() == Cbor.TEXT;
        p.label = p.labelIsText ? bytes(r.readText()) : r.readBytes();
        p.startEpoch = r.readInt();
        p.endEpoch = r.readInt();
        p.pricePerEpoch = Amounts.read(r);
        p.providerCollateral = Amounts.read(r);
        p.clientCollateral = Amounts.read(r);
    }

    function decode(bytes memory data) internal pure returns (DealProposal memory p) {
        CborReader memory r = Cbor.reader(data);
        p = read(r);
        r.done();
    }

    function encode(DealProposal memory p) internal pure returns (bytes memory) {
        return bytes.concat(_encodePiece(p), _encodeParties(p), _encodeTerms(p));
    }

    function encodeLabel(DealProposal memory p) internal pure returns (bytes memory) {
        return p.labelIsText ? Cbor.writeText(string(p.label)) : Cbor.writeBytes(p.label);
    }

    function duration(DealProposal memory p) internal pure returns (int64) {
        return p.endEpoch - p.startEpoch;
    }

    function storageFee(DealProposal memory p) internal pure returns (uint256) {
        return p.pricePerEpoch * uint64(duration(p));
    }

    function clientRequirement(DealProposal memory p) internal pure returns (uint256) {
        return storageFee(p) + p.clientCollateral;
    }

    function clientId(DealProposal memory p) internal pure returns (uint64) {
        return FilAddress.toActorId(p.client);
    }

    function providerId(DealProposal memory p) internal pure returns (uint64) {
        return FilAddress.toActorId(p.provider);
    }

    function _encodePiece(DealProposal memory p) private pure returns (bytes memory) {
        return
            bytes.concat(
                Cbor.writeArray(11),
                Cbor.writeCid(p.pieceCid),
                Cbor.writeUint(p.pieceSize),
                Cbor.writeBool(p.verified)
            );
    }

    function _encodeParties(DealProposal memory p) private pure returns (bytes memory) {
        return bytes.concat(Cbor.writeBytes(p.client), Cbor.writeBytes(p.provider), encodeLabel(p));
    }

    function _encodeTerms(DealProposal memory p) private pure returns (bytes memory) {
        return
            bytes.concat(
                Cbor.writeInt(p.startEpoch),
                Cbor.writeInt(p.endEpoch),
                Cbor.writeBigInt(p.pricePerEpoch),
                Cbor.writeBigInt(p.providerCollateral),
                Cbor.writeBigInt(p.clientCollateral)
            );
    }

    function _readAddress(CborReader memory r) private pure returns (bytes memory a) {
        a = r.readBytes();
        if (!isAddressOfNobody(a)) FilAddress.kindOf(a);
    }
}
