// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "./Cbor.sol";
import {FilAddress} from "./FilAddress.sol";

/// @notice f05's deal proposal (builtin-actors actors/market/src/deal.rs). Amounts are attoFIL, epochs chain epochs.
struct DealProposal {
    /// 39 bytes, without the 00 that stands before them in CBOR.
    bytes pieceCid;
    /// Padded bytes.
    uint64 pieceSize;
    bool verified;
    bytes client;
    bytes provider;
    bytes label;
    /// Labels are text, or bytes.
    bool labelIsText;
    int64 startEpoch;
    int64 endEpoch;
    uint256 pricePerEpoch;
    uint256 providerCollateral;
    uint256 clientCollateral;
}

/// @title  The CBOR of a deal proposal, and the id of a proposal
/// @notice array(11):
///
///         | 8b | piece CID | piece size | verified |  client  | provider | label | start | end | price | 2 collaterals |
///         |<---------------- head ---------------->|                     |<----------------- tail ------------------>|
///
///         id = keccak256(head ‖ 56 04 0a ‖ client's Ethereum address ‖ tail): the provider is left out, as it is
///         open, and the client stands in its f410 form, as f05 names it by actor id in a notification. Heads have no
///         common prefixes with longer heads, so two proposals with one id are the same bytes. The id therefore
///         fixes every field, in its canonical form.
library DealProposals {
    using Cbor for CborReader;

    uint64 private constant FIELDS = 11;

    /// @notice The id that a message of f05 claims, without decoding what the id fixes.
    /// @param message CBOR of a proposal, with any client and provider.
    /// @param owner   The contract in whose name it is.
    /// @return id       Of the proposal if its client is `owner`.
    /// @return client   Address bytes as they stand in the message.
    /// @return provider The same.
    function identify(
        bytes memory message,
        address owner
    ) internal pure returns (bytes32 id, bytes memory client, bytes memory provider) {
        CborReader memory r = Cbor.reader(message);
        r.readArray(FIELDS);
        r.skip();
        r.skip();
        r.skip();
        uint256 headEnd = r.at;
        client = r.readBytes();
        provider = r.readBytes();
        id = _idWithout(message, headEnd, r.at, owner);
    }

    function idOf(DealProposal memory p, address owner) internal pure returns (bytes32) {
        return _idOf(_head(p), owner, _tail(p));
    }

    function encode(DealProposal memory p) internal pure returns (bytes memory) {
        return bytes.concat(_head(p), Cbor.writeBytes(p.client), Cbor.writeBytes(p.provider), _tail(p));
    }

    /// @notice Strict: canonical CBOR, no byte behind it.
    function decode(bytes memory data) internal pure returns (DealProposal memory p) {
        CborReader memory r = Cbor.reader(data);
        r.readArray(FIELDS);
        p.pieceCid = r.readCid();
        p.pieceSize = r.readUint();
        p.verified = r.readBool();
        p.client = r.readBytes();
        p.provider = r.readBytes();
        p.labelIsText = r.peek() == Cbor.TEXT;
        p.label = p.labelIsText ? bytes(r.readText()) : r.readBytes();
        p.startEpoch = r.readInt();
        p.endEpoch = r.readInt();
        p.pricePerEpoch = r.readBigInt();
        p.providerCollateral = r.readBigInt();
        p.clientCollateral = r.readBigInt();
        r.done();
    }

    function _idOf(bytes memory head, address owner, bytes memory tail) private pure returns (bytes32) {
        return keccak256(bytes.concat(head, Cbor.writeBytes(FilAddress.fromEth(owner)), tail));
    }

    /// @dev The same of a whole message, with one copy instead of four: providers pay for it, about 1,500 gas.
    /// @param headEnd   Where the client's address begins.
    /// @param tailBegin Where the provider's ends.
    function _idWithout(
        bytes memory message,
        uint256 headEnd,
        uint256 tailBegin,
        address owner
    ) private pure returns (bytes32 id) {
        // id = keccak256(message[0:headEnd] ‖ 56040a ‖ owner ‖ message[tailBegin:])
        assembly ("memory-safe") {
            let bytes_ := add(message, 32)
            let out := mload(64)
            mcopy(out, bytes_, headEnd)
            let at := add(out, headEnd)
            mstore(at, shl(72, or(shl(160, 0x56040a), owner)))
            at := add(at, 23)
            let rest := sub(mload(message), tailBegin)
            mcopy(at, add(bytes_, tailBegin), rest)
            id := keccak256(out, sub(add(at, rest), out))
        }
    }

    function _head(DealProposal memory p) private pure returns (bytes memory) {
        return
            bytes.concat(
                Cbor.writeArray(FIELDS),
                Cbor.writeCid(p.pieceCid),
                Cbor.writeUint(p.pieceSize),
                Cbor.writeBool(p.verified)
            );
    }

    function _tail(DealProposal memory p) private pure returns (bytes memory) {
        return
            bytes.concat(
                p.labelIsText ? Cbor.writeText(string(p.label)) : Cbor.writeBytes(p.label),
                Cbor.writeInt(p.startEpoch),
                Cbor.writeInt(p.endEpoch),
                Cbor.writeBigInt(p.pricePerEpoch),
                Cbor.writeBigInt(p.providerCollateral),
                Cbor.writeBigInt(p.clientCollateral)
            );
    }
}
