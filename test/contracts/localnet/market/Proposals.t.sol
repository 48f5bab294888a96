// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {Amounts} from "../../../../contracts/localnet/market/Amounts.sol";
import {DealProposal, Proposals} from "../../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../../support/Vm.sol";

/// @notice Golden bytes: test/vectors/f05-cbor.json, dealProposal.
contract ProposalsTest {
    bytes private constant PRICED =
        hex"8bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000f456040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a794400b08b01783b626166796265696561776c6d67746e62343535796e7261376b78797a697076686678726d7335796575796c723477376462707837773465367471651a004f58801a0067138043002faf4800038d7ea4c6800040";

    function decode(bytes memory data) external pure returns (DealProposal memory) {
        return Proposals.decode(data);
    }

    function test_DecodesTheGoldenProposal() public view {
        DealProposal memory p = this.decode(PRICED);
        require(keccak256(p.pieceCid) == keccak256(abi.encodePacked(hex"0181e203922020", _commP())), "piece CID");
        require(p.pieceSize == 262144 && !p.verified && p.labelIsText, "size, verified, kind of label");
        require(FilAddress.toEth(p.client) == 0xD4aac4D8fBc7575bDf5C19f900634d6c61a00a79, "client");
        require(FilAddress.toActorId(p.provider) == 17840, "provider");
        require(p.startEpoch == 5200000 && p.endEpoch == 6755200, "epochs");
        require(p.pricePerEpoch == 12207 && p.providerCollateral == 1e15 && p.clientCollateral == 0, "amounts");
    }

    function test_EncodesTheGoldenProposal() public view {
        require(keccak256(Proposals.encode(this.decode(PRICED))) == keccak256(PRICED), "other bytes");
    }

    function test_ABytesLabelStaysBytes() public view {
        bytes memory data = _withTail(bytes.concat(hex"420102", hex"1a004f58801a00671380", hex"404040"));
        DealProposal memory p = this.decode(data);
        require(!p.labelIsText && keccak256(p.label) == keccak256(hex"0102"), "label");
        require(keccak256(Proposals.encode(p)) == keccak256(data), "other bytes");
    }

    function test_ReadsAmountsAsTheMarketDoes() public view {
        // -1, a leading zero, and 2^256.
        require(this.decode(_withPrice(hex"420101")).pricePerEpoch == Amounts.OUT_OF_BOUNDS, "negative");
        require(this.decode(_withPrice(hex"4101")).pricePerEpoch == 0, "minus nothing");
        require(this.decode(_withPrice(hex"43010000")).pricePerEpoch == 0, "minus zero");
        require(this.decode(_withPrice(hex"43000005")).pricePerEpoch == 5, "leading zero");
        bytes memory large = abi.encodePacked(hex"58220001", bytes32(0));
        require(this.decode(_withPrice(large)).pricePerEpoch == Amounts.OUT_OF_BOUNDS, "2^256");
    }

    function test_RefusesTextThatIsNotUtf8() public {
        bytes memory data = _withTail(bytes.concat(hex"62c328", hex"1a004f58801a00671380", hex"404040"));
        uint256 at = PRICED.length - _tailLength();
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborNotUtf8.selector, at));
        this.decode(data);
    }

    function test_RefusesASignOtherThan0And1() public {
        // Behind a label of 2 bytes and epochs of 10.
        uint256 at = PRICED.length - _tailLength() + 2 + 10;
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborBigIntSign.selector, at));
        this.decode(_withPrice(hex"420205"));
    }

    function test_RefusesEveryPrefixAndOneByteMore() public view {
        for (uint256 length = 0; length < PRICED.length; ++length) {
            bytes memory prefix = new bytes(length);
            for (uint256 i = 0; i < length; ++i) prefix[i] = PRICED[i];
            _refused(prefix);
        }
        _refused(bytes.concat(PRICED, hex"00"));
    }

    function testFuzz_WhatEncodesDecodesToTheSame(DealProposal memory p, uint64 client, uint64 provider) public view {
        p.pieceCid = abi.encodePacked(hex"0181e203922020", keccak256(p.pieceCid));
        p.client = FilAddress.fromActorId(client);
        p.provider = FilAddress.fromActorId(provider);
        p.labelIsText = false;
        bytes memory data = Proposals.encode(p);
        require(keccak256(abi.encode(this.decode(data))) == keccak256(abi.encode(p)), "another proposal");
    }

    function _refused(bytes memory data) private view {
        try this.decode(data) {
            revert(string.concat("decoded ", vm.toString(data.length), " bytes"));
        } catch (bytes memory reason) {
            require(reason.length >= 4 && bytes4(reason) != bytes4(0x4e487b71), "a panic");
        }
    }

    /// @dev Everything from the label on replaced.
    function _withTail(bytes memory tail) private pure returns (bytes memory data) {
        data = new bytes(PRICED.length - _tailLength());
        for (uint256 i = 0; i < data.length; ++i) data[i] = PRICED[i];
        return bytes.concat(data, tail);
    }

    function _withPrice(bytes memory price) private pure returns (bytes memory) {
        return _withTail(bytes.concat(hex"6161", hex"1a004f58801a00671380", price, hex"4040"));
    }

    /// @dev Label 61, epochs 10, amounts 4 + 9 + 1.
    function _tailLength() private pure returns (uint256) {
        return 61 + 10 + 14;
    }

    function _commP() private pure returns (bytes32) {
        return 0xabababababababababababababababababababababababababababababababab;
    }
}
