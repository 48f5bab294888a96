// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BigIntCBOR} from "@zondax/filecoin-solidity/contracts/v0.8/cbor/BigIntCbor.sol";
import {BytesCBOR} from "@zondax/filecoin-solidity/contracts/v0.8/cbor/BytesCbor.sol";
import {FilecoinCBOR} from "@zondax/filecoin-solidity/contracts/v0.8/cbor/FilecoinCbor.sol";
import {Uint64CBOR} from "@zondax/filecoin-solidity/contracts/v0.8/cbor/IntCbor.sol";
import {MarketCBOR} from "@zondax/filecoin-solidity/contracts/v0.8/cbor/MarketCbor.sol";
import {CommonTypes} from "@zondax/filecoin-solidity/contracts/v0.8/types/CommonTypes.sol";
import {MarketTypes} from "@zondax/filecoin-solidity/contracts/v0.8/types/MarketTypes.sol";
import {CBORDecoder} from "@zondax/filecoin-solidity/contracts/v0.8/utils/CborDecode.sol";
import {FilAddresses} from "@zondax/filecoin-solidity/contracts/v0.8/utils/FilAddresses.sol";
import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {DealProposal, DealProposals} from "../../../contracts/filecoin/DealProposals.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {MarketActor} from "../../../contracts/filecoin/MarketActor.sol";
import "../../../contracts/filecoin/Methods.sol";
import {PieceCid} from "../../../contracts/piece/PieceCid.sol";
import {vm} from "../support/Vm.sol";

/// @dev Our bytes against those of another implementation, @zondax/filecoin-solidity. Amounts are handed to it as minimal
///      big-endian bytes, zero not at all, because its own conversion pads them to 32 bytes, which is not canonical; its
///      signed integers are compared from zero on only, because it drops the sign.
contract PeerTest {
    using Cbor for CborReader;
    using DealProposals for DealProposal;
    using CBORDecoder for bytes;

    /* ADDRESSES */

    function testFuzz_actorId(uint64 id, uint8 bits) external pure {
        id >>= bits % 64;
        _same(FilAddress.fromActorId(id), FilAddresses.fromActorID(id).data);
    }

    function testFuzz_ethereumAddress(address eth) external pure {
        bytes memory peer = FilAddresses.fromEthAddress(eth).data;
        _same(FilAddress.fromEth(eth), peer);
        require(FilAddress.toEth(peer) == eth, "read back");
    }

    function testFuzz_addressAsParams(address eth) external pure {
        _same(
            MarketActor.addBalanceParams(FilAddress.fromEth(eth)),
            FilecoinCBOR.serializeAddress(FilAddresses.fromEthAddress(eth))
        );
    }

    /* CBOR */

    function testFuzz_uint(uint64 value, uint8 bits) external pure {
        value >>= bits % 64;
        bytes memory peer = Uint64CBOR.serialize(value);
        _same(Cbor.writeUint(value), peer);
        require(Cbor.readUint(Cbor.reader(peer)) == value, "we read it");
        require(BytesCBOR.deserializeUint64(Cbor.writeUint(value)) == value, "it reads us");
    }

    function testFuzz_epoch(int64 value) external pure {
        vm.assume(value >= 0);
        (int64 read, uint256 next) = Cbor.writeInt(value).readInt64(0);
        require(read == value && next == Cbor.writeInt(value).length, "it reads us");
    }

    function testFuzz_bytes(bytes calldata value) external pure {
        bytes memory peer = BytesCBOR.serializeBytes(value);
        _same(Cbor.writeBytes(value), peer);
        _same(Cbor.readBytes(Cbor.reader(peer)), value);
        _same(BytesCBOR.deserializeAddress(Cbor.writeBytes(value)), value);
    }

    function testFuzz_text(uint8 length) external pure {
        string memory value = string(_ascii(length));
        _same(bytes(BytesCBOR.deserializeString(Cbor.writeText(value))), bytes(value));
    }

    function test_booleansAndNull() external pure {
        require(BytesCBOR.deserializeBool(Cbor.writeBool(true)), "true");
        require(!BytesCBOR.deserializeBool(Cbor.writeBool(false)), "false");
        _same(Cbor.writeNull(), BytesCBOR.serializeNull());
    }

    function testFuzz_cid(bytes32 commitment) external pure {
        bytes memory cid = PieceCid.fromCommitment(commitment);
        (CommonTypes.Cid memory peer, uint256 next) = FilecoinCBOR.readCid(Cbor.writeCid(cid), 0);
        require(next == 44, "length");
        _same(peer.data, cid);
    }

    function testFuzz_bigInteger(uint256 value, uint8 bits) external pure {
        value = (value >> bits) | 1;
        CommonTypes.BigInt memory peer = _amount(value);
        _same(Cbor.writeBigInt(value), BytesCBOR.serializeBytes(BigIntCBOR.serializeBigInt(peer)));
        peer = BytesCBOR.deserializeBytesBigInt(Cbor.writeBigInt(value));
        require(!peer.neg && value == uint256(bytes32(peer.val)) >> (256 - 8 * peer.val.length), "it reads us");
    }

    /* MESSAGES OF f05 */

    function testFuzz_withdrawBalanceParams(address eth, uint256 amount, uint8 bits) external pure {
        amount = (amount >> bits) | 1;
        MarketTypes.WithdrawBalanceParams memory peer = MarketTypes.WithdrawBalanceParams(
            FilAddresses.fromEthAddress(eth),
            _amount(amount)
        );
        _same(
            MarketActor.withdrawBalanceParams(FilAddress.fromEth(eth), amount),
            MarketCBOR.serializeWithdrawBalanceParams(peer)
        );
    }

    /// @dev All fields of a proposal, through PublishStorageDeals: [ [ [proposal, signature] ] ].
    function testFuzz_dealProposal(
        bytes32 commitment,
        uint64 size,
        bool verified,
        address eth,
        uint64 provider,
        uint8 label,
        bool labelIsText,
        int64[2] memory epochs,
        uint96[3] memory amounts
    ) external pure {
        DealProposal memory p;
        p.pieceCid = PieceCid.fromCommitment(commitment);
        p.pieceSize = size;
        p.verified = verified;
        p.client = FilAddress.fromEth(eth);
        p.provider = FilAddress.fromActorId(provider);
        p.label = _ascii(label);
        p.labelIsText = labelIsText;
        (p.startEpoch, p.endEpoch) = (epochs[0] & type(int64).max, epochs[1] & type(int64).max);
        p.pricePerEpoch = uint256(amounts[0]) + 1;
        p.providerCollateral = uint256(amounts[1]) + 1;
        p.clientCollateral = uint256(amounts[2]) + 1;
        bytes memory peer = MarketCBOR.serializePublishStorageDealsParams(_publishing(p));
        _same(bytes.concat(hex"818182", p.encode(), hex"42dead"), peer);
    }

    function test_methodNumbers() external pure {
        require(ADD_BALANCE == MarketTypes.AddBalanceMethodNum, "AddBalance");
        require(WITHDRAW_BALANCE == MarketTypes.WithdrawBalanceMethodNum, "WithdrawBalance");
        require(PUBLISH_STORAGE_DEALS == MarketTypes.PublishStorageDealsMethodNum, "PublishStorageDeals");
        require(GET_BALANCE == MarketTypes.GetBalanceMethodNum, "GetBalance");
        require(GET_DEAL_DATA_COMMITMENT == MarketTypes.GetDealDataCommitmentMethodNum, "GetDealDataCommitment");
        require(GET_DEAL_CLIENT == MarketTypes.GetDealClientMethodNum, "GetDealClient");
        require(GET_DEAL_PROVIDER == MarketTypes.GetDealProviderMethodNum, "GetDealProvider");
        require(GET_DEAL_LABEL == MarketTypes.GetDealLabelMethodNum, "GetDealLabel");
        require(GET_DEAL_TERM == MarketTypes.GetDealTermMethodNum, "GetDealTerm");
        require(GET_DEAL_TOTAL_PRICE == MarketTypes.GetDealTotalPriceMethodNum, "GetDealTotalPrice");
        require(GET_DEAL_CLIENT_COLLATERAL == MarketTypes.GetDealClientCollateralMethodNum, "ClientCollateral");
        require(GET_DEAL_PROVIDER_COLLATERAL == MarketTypes.GetDealProviderCollateralMethodNum, "ProviderCollateral");
        require(GET_DEAL_VERIFIED == MarketTypes.GetDealVerifiedMethodNum, "GetDealVerified");
        require(GET_DEAL_ACTIVATION == MarketTypes.GetDealActivationMethodNum, "GetDealActivation");
    }

    function _publishing(
        DealProposal memory p
    ) private pure returns (MarketTypes.PublishStorageDealsParams memory params) {
        MarketTypes.DealProposal memory peer;
        peer.piece_cid = CommonTypes.Cid(p.pieceCid);
        peer.piece_size = p.pieceSize;
        peer.verified_deal = p.verified;
        peer.client = CommonTypes.FilAddress(p.client);
        peer.provider = CommonTypes.FilAddress(p.provider);
        peer.label = CommonTypes.DealLabel(p.label, p.labelIsText);
        peer.start_epoch = CommonTypes.ChainEpoch.wrap(p.startEpoch);
        peer.end_epoch = CommonTypes.ChainEpoch.wrap(p.endEpoch);
        peer.storage_price_per_epoch = _amount(p.pricePerEpoch);
        peer.provider_collateral = _amount(p.providerCollateral);
        peer.client_collateral = _amount(p.clientCollateral);
        params.deals = new MarketTypes.ClientDealProposal[](1);
        params.deals[0] = MarketTypes.ClientDealProposal(peer, hex"dead");
    }

    /// @dev Minimal big-endian bytes of a positive number.
    function _amount(uint256 value) private pure returns (CommonTypes.BigInt memory) {
        uint256 length = 1;
        while (length < 32 && value >> (8 * length) != 0) ++length;
        bytes memory val = new bytes(length);
        for (uint256 i = 0; i < length; ++i) val[i] = bytes32(value)[32 - length + i];
        return CommonTypes.BigInt(val, false);
    }

    function _ascii(uint8 length) private pure returns (bytes memory text) {
        text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) text[i] = bytes1(uint8(0x20 + ((i * 7) % 95)));
    }

    function _same(bytes memory a, bytes memory b) private pure {
        require(keccak256(a) == keccak256(b), "bytes differ");
    }
}
