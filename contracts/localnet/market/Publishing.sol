// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SEND_READ_ONLY} from "../../filecoin/Actors.sol";
import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {USR_FORBIDDEN, USR_ILLEGAL_ARGUMENT, USR_NOT_FOUND, USR_SERIALIZATION} from "../../filecoin/ExitCodes.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {AUTHENTICATE_MESSAGE, IS_CONTROLLING_ADDRESS, MARKET_NOTIFY_DEAL} from "../../filecoin/Methods.sol";
import {ActorAbort, check, textOf} from "../Abort.sol";
import {BitField} from "../BitField.sol";
import {Receipt} from "../Receipt.sol";
import {DealProposal, Proposals} from "./Proposals.sol";
import {DealRules} from "./DealRules.sol";
import {TimeOuts} from "./TimeOuts.sol";

/// @title  PublishStorageDeals
/// @notice One provider per message. A deal that is wrong is dropped and the others go on; a client that refuses the
///         notification undoes them all. Source: builtin-actors actors/market/src/lib.rs `publish_storage_deals`.
abstract contract Publishing is TimeOuts {
    using Cbor for CborReader;
    using Proposals for DealProposal;

    struct Offer {
        DealProposal proposal;
        /// Without the type byte that stands before it on the wire.
        bytes signature;
        uint64 clientId;
        /// CBOR with client and provider as f0 addresses.
        bytes normalised;
        bool valid;
        uint64 dealId;
    }

    struct Batch {
        Offer[] offers;
        bytes providerRaw;
        uint64 provider;
        uint256 valid;
        /// Why the first of the dropped offers was dropped.
        bytes32 fault;
        uint256 faultAt;
    }

    /// @notice params: [[[proposal, bytes signature]…]] → [[ids…], RLE+ of the places of the deals that were valid].
    function _publish(bytes memory params) internal returns (bytes memory) {
        Batch memory b;
        b.offers = _readOffers(params);
        check(b.offers.length > 0, USR_ILLEGAL_ARGUMENT, "Empty deals parameter");
        b.providerRaw = b.offers[0].proposal.provider;
        b.provider = _resolve(b.providerRaw, USR_NOT_FOUND);
        _requireController(b.provider);

        // Every client is asked before anything else is looked at: what it calls meanwhile cannot come between.
        bool[] memory sound = new bool[](b.offers.length);
        for (uint256 i = 0; i < b.offers.length; ++i) {
            sound[i] = _holds(b, i, _offerFault(b.offers[i]));
        }
        for (uint256 i = 0; i < b.offers.length; ++i) {
            if (!sound[i] || !_holds(b, i, _batchFault(b, i))) continue;
            b.offers[i].valid = true;
            b.valid += 1;
        }
        if (b.valid == 0) _allInvalid(b);
        for (uint256 i = 0; i < b.offers.length; ++i) {
            if (b.offers[i].valid) _record(b.offers[i], b.provider);
        }
        for (uint256 i = 0; i < b.offers.length; ++i) {
            if (b.offers[i].valid) _notify(b.offers[i]);
        }
        return _encodeResult(b);
    }

    /* WHAT IS WRONG WITH AN OFFER */

    /// @dev By itself, and in the eyes of the client. The client is asked last, because asking costs most; nothing can
    ///      tell the order, because nothing may be written meanwhile.
    function _offerFault(Offer memory offer) private returns (bytes32 why) {
        why = DealRules.fault(offer.proposal, _epoch());
        if (why != 0) return why;
        (bool found, uint64 client) = INIT.resolve(offer.proposal.client);
        if (!found) return "client does not exist";
        offer.clientId = client;
        (bool isEth, address eth) = FilAddress.tryEth(offer.proposal.client);
        if (isEth) _remember(eth);
        bytes memory params = _pair(Cbor.writeBytes(offer.signature), Cbor.writeBytes(offer.proposal.encode()));
        Receipt memory receipt = _sendById(client, AUTHENTICATE_MESSAGE, 0, SEND_READ_ONLY, params);
        if (receipt.exit != 0) return "client refused the proposal";
        if (keccak256(receipt.data) != keccak256(hex"f5")) return "client did not answer true";
    }

    /// @dev Given the offers before it in the message, and what is published. Normalises the proposal.
    function _batchFault(Batch memory b, uint256 index) private view returns (bytes32) {
        Offer memory offer = b.offers[index];
        DealProposal memory p = offer.proposal;
        if (keccak256(p.provider) != keccak256(b.providerRaw)) {
            if (keccak256(p.provider) != keccak256(FilAddress.fromActorId(b.provider))) return "another provider";
        }
        uint256 clientNeed = p.clientRequirement();
        uint256 providerNeed = p.providerCollateral;
        for (uint256 i = 0; i < index; ++i) {
            Offer memory other = b.offers[i];
            if (!other.valid) continue;
            providerNeed += other.proposal.providerCollateral;
            if (other.clientId == offer.clientId) clientNeed += other.proposal.clientRequirement();
        }
        if (_free(offer.clientId) < clientNeed) return "client escrow too small";
        if (_free(b.provider) < providerNeed) return "provider escrow too small";
        offer.normalised = _normalise(p, offer.clientId, b.provider);
        bytes32 key = keccak256(offer.normalised);
        if (_pending[key]) return "duplicate of a published deal";
        for (uint256 i = 0; i < index; ++i) {
            if (b.offers[i].valid && keccak256(b.offers[i].normalised) == key) return "duplicate in the message";
        }
        return 0;
    }

    function _holds(Batch memory b, uint256 index, bytes32 why) private pure returns (bool) {
        if (why == 0) return true;
        if (b.fault == 0) (b.fault, b.faultAt) = (why, index);
        return false;
    }

    function _allInvalid(Batch memory b) private pure {
        string memory where = string.concat("All deal proposals invalid; deal ", _decimal(b.faultAt), ": ");
        revert ActorAbort(uint32(uint256(USR_ILLEGAL_ARGUMENT)), string.concat(where, textOf(b.fault)));
    }

    /* WHAT BECOMES OF IT */

    function _record(Offer memory offer, uint64 provider) private {
        _lock(offer.clientId, offer.proposal.clientRequirement());
        _lock(provider, offer.proposal.providerCollateral);
        offer.dealId = _nextDealId++;
        _pending[keccak256(offer.normalised)] = true;
        _proposals[offer.dealId] = offer.normalised;
        _await(offer.dealId, offer.proposal.startEpoch);
    }

    function _notify(Offer memory offer) private {
        bytes memory params = _pair(Cbor.writeBytes(offer.normalised), Cbor.writeUint(offer.dealId));
        Receipt memory receipt = _send(offer.clientId, MARKET_NOTIFY_DEAL, 0, params);
        check(receipt.exit == 0, USR_ILLEGAL_ARGUMENT, "failed to notify the client");
    }

    function _normalise(DealProposal memory p, uint64 client, uint64 provider) private pure returns (bytes memory) {
        p.client = FilAddress.fromActorId(client);
        p.provider = FilAddress.fromActorId(provider);
        return p.encode();
    }

    /* WHO AND WHAT */

    function _requireController(uint64 provider) private {
        (bool exists, ) = INIT.locate(provider);
        check(exists, USR_NOT_FOUND, "no code ID for the provider");
        check(_isMiner(provider), USR_ILLEGAL_ARGUMENT, "provider is not a storage miner");
        bytes memory params = Cbor.writeBytes(FilAddress.fromActorId(_callerId()));
        bytes memory answer = _mustSend(provider, IS_CONTROLLING_ADDRESS, 0, params);
        check(keccak256(answer) == keccak256(hex"f5"), USR_FORBIDDEN, "caller does not control provider");
    }

    function _readOffers(bytes memory params) private pure returns (Offer[] memory offers) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(1);
        uint64 count = r.readArray();
        // An offer takes more than one byte: a larger count is a lie about what follows.
        check(count <= params.length, USR_SERIALIZATION, "more deals than bytes");
        offers = new Offer[](count);
        for (uint256 i = 0; i < count; ++i) {
            r.readArray(2);
            offers[i].proposal = Proposals.read(r);
            offers[i].signature = _withoutType(r.readBytes());
        }
        r.done();
    }

    /// @dev Signature on the wire: 01 (secp256k1) or 02 (BLS) ‖ data (ref-fvm shared/src/crypto/signature.rs).
    function _withoutType(bytes memory wire) private pure returns (bytes memory data) {
        check(wire.length > 0 && (wire[0] == 0x01 || wire[0] == 0x02), USR_SERIALIZATION, "unknown signature type");
        data = new bytes(wire.length - 1);
        for (uint256 i = 0; i < data.length; ++i) {
            data[i] = wire[i + 1];
        }
    }

    function _encodeResult(Batch memory b) private pure returns (bytes memory) {
        bytes memory ids = Cbor.writeArray(uint64(b.valid));
        uint64[] memory places = new uint64[](b.valid);
        uint256 next = 0;
        for (uint256 i = 0; i < b.offers.length; ++i) {
            if (!b.offers[i].valid) continue;
            ids = bytes.concat(ids, Cbor.writeUint(b.offers[i].dealId));
            places[next++] = uint64(i);
        }
        return _pair(ids, Cbor.writeBytes(BitField.encode(places)));
    }

    function _decimal(uint256 value) private pure returns (string memory text) {
        text = string(abi.encodePacked(bytes1(uint8(48 + (value % 10)))));
        return value < 10 ? text : string.concat(_decimal(value / 10), text);
    }
}
