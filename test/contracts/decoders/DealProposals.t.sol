// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {DealProposal, DealProposals} from "../../../contracts/filecoin/DealProposals.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {Corpus} from "./Corpus.sol";
import {DecoderTest} from "./DecoderTest.sol";
import {Dice, Mutator} from "./Mutator.sol";

contract DealProposalRoundTrips {
    using DealProposals for DealProposal;

    address internal constant OWNER = 0xD4aac4D8fBc7575bDf5C19f900634d6c61a00a79;

    function decode(bytes memory data) external pure returns (bytes memory) {
        return DealProposals.decode(data).encode();
    }

    /// @dev What it read does not make the message again: the head and the tail are in the id alone. So the places of
    ///      client and provider are looked for at which the id is the message's.
    function identify(bytes memory data) external pure returns (bytes memory) {
        (bytes32 id, bytes memory client, bytes memory provider) = DealProposals.identify(data, OWNER);
        bytes memory parties = bytes.concat(Cbor.writeBytes(client), Cbor.writeBytes(provider));
        bytes memory owner = Cbor.writeBytes(FilAddress.fromEth(OWNER));
        for (uint256 at = 0; at + parties.length <= data.length; ++at) {
            bytes memory head = Mutator.slice(data, 0, at);
            bytes memory tail = Mutator.slice(data, at + parties.length, data.length);
            if (keccak256(bytes.concat(head, owner, tail)) != id) continue;
            return bytes.concat(head, parties, tail);
        }
        return "";
    }

    /// @dev Only for the gas of `identify` without the search.
    function identifyOnly(bytes memory data) external pure returns (bytes memory) {
        DealProposals.identify(data, OWNER);
        return data;
    }
}

/// @notice DealProposals on any bytes.
contract DealProposalDecodersTest is DecoderTest {
    Decoder private _decode;
    Decoder private _identify;
    Decoder private _identifyOnly;

    constructor() {
        address at = address(new DealProposalRoundTrips());
        _decode = Decoder("decode", at, DealProposalRoundTrips.decode.selector, 300, 8_000);
        _identify = Decoder("identify", at, DealProposalRoundTrips.identify.selector, 0, type(uint64).max);
        _identifyOnly = Decoder("identify", at, DealProposalRoundTrips.identifyOnly.selector, 910, 8_000);
    }

    function testFuzz_damagedProposals(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes[] memory valid = Corpus.proposals();
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory message = valid[Mutator.roll(dice, valid.length)];
            bytes memory damaged = Mutator.mutate(message, valid[Mutator.roll(dice, valid.length)], dice);
            _feed(_decode, damaged);
            _feed(_identifyOnly, damaged);
            if (i == 0) _feed(_identify, damaged);
        }
    }

    function testFuzz_randomBytes(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory input = Mutator.random(dice, 400);
        _feed(_decode, input);
        _feed(_identifyOnly, input);
        // Behind the right head of the array, so that the fields are reached.
        input = bytes.concat(hex"8bd82a", input);
        _feed(_decode, input);
        _feed(_identifyOnly, input);
    }

    function test_everyCutAndOneByteMore() external {
        bytes[] memory valid = Corpus.proposals();
        for (uint256 i = 0; i < valid.length; ++i) _feedPrefixes(_decode, valid[i]);
    }

    /// @dev Every byte replaced by each of sixteen: refused, or another proposal in its one form.
    function test_everyByteChanged() external {
        bytes memory valid = Corpus.proposals()[1];
        for (uint256 at = 0; at < valid.length; ++at) {
            for (uint256 i = 0; i < 16; ++i) {
                bytes memory changed = Mutator.replace(valid, at, at + 1, abi.encodePacked(uint8(i * 17)));
                _feed(_decode, changed);
                _feed(_identifyOnly, changed);
            }
        }
    }

    /// @dev No two messages that differ have one id, but for client and provider.
    function testFuzz_damageChangesTheId(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes memory valid = Corpus.proposals()[0];
        bytes memory damaged = Mutator.mutate(valid, Corpus.proposals()[1], dice);
        (bytes32 id, , ) = this.identify(valid);
        try this.identify(damaged) returns (bytes32 other, bytes memory client, bytes memory provider) {
            if (other != id) return;
            DealProposal memory p = DealProposals.decode(valid);
            (p.client, p.provider) = (client, provider);
            require(keccak256(DealProposals.encode(p)) == keccak256(damaged), "one id for two proposals");
        } catch {
            // That the refusal has a name is the other tests' business.
        }
    }

    function test_longInputs() external {
        _feedMonotone(_decode, 600);
        _feedMonotone(_identifyOnly, 600);
        // The dearest known: the label is the one long field, and its characters are looked at.
        bytes memory valid = Corpus.proposals()[0];
        bytes memory label = Cbor.writeText(string(new bytes(850)));
        require(_feed(_decode, Mutator.replace(valid, 79, 140, label)), "refused a long label");
        // For `identify` it is one of the fields that it passes: a tag a byte.
        bytes memory tags = new bytes(1000);
        for (uint256 i = 0; i < tags.length; ++i) tags[i] = 0xc0;
        _feed(_identifyOnly, bytes.concat(hex"8b", tags, hex"0000f4", hex"42000042000000"));
    }

    function identify(bytes memory message) external pure returns (bytes32, bytes memory, bytes memory) {
        return DealProposals.identify(message, 0xD4aac4D8fBc7575bDf5C19f900634d6c61a00a79);
    }

    function _named(bytes4 error) internal pure override returns (bool) {
        return _isCborError(error);
    }
}
