// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {PieceCid} from "../../../contracts/piece/PieceCid.sol";
import {Corpus} from "./Corpus.sol";
import {DecoderTest} from "./DecoderTest.sol";
import {Dice, Mutator} from "./Mutator.sol";

/// @dev Each reader, and the writer of what it read. A `try…` that finds nothing refuses with `Nothing`: it may do so in
///      no other way.
contract AddressRoundTrips {
    error Nothing();

    function toActorId(bytes memory a) external pure returns (bytes memory) {
        return FilAddress.fromActorId(FilAddress.toActorId(a));
    }

    function tryActorId(bytes memory a) external pure returns (bytes memory) {
        (bool isId, uint64 id) = FilAddress.tryActorId(a);
        require(isId, Nothing());
        return FilAddress.fromActorId(id);
    }

    function toEth(bytes memory a) external pure returns (bytes memory) {
        return FilAddress.fromEth(FilAddress.toEth(a));
    }

    function tryEth(bytes memory a) external pure returns (bytes memory) {
        (bool isEth, address eth) = FilAddress.tryEth(a);
        require(isEth, Nothing());
        return FilAddress.fromEth(eth);
    }

    function kindOf(bytes memory a) external pure returns (bytes memory) {
        FilAddress.Kind kind = FilAddress.kindOf(a);
        if (kind == FilAddress.Kind.Id) return FilAddress.fromActorId(FilAddress.toActorId(a));
        if (kind == FilAddress.Kind.Ethereum) return FilAddress.fromEth(FilAddress.toEth(a));
        if (kind == FilAddress.Kind.Delegated) return _delegated(a);
        // The protocol byte and a hash or a key of its length.
        uint256 length = kind == FilAddress.Kind.Bls ? 48 : 20;
        return bytes.concat(bytes1(uint8(kind)), Mutator.slice(a, 1, 1 + length));
    }

    function tryCommitment(bytes memory cid) external pure returns (bytes memory) {
        (bool valid, bytes32 commitment) = PieceCid.tryCommitment(cid);
        require(valid, Nothing());
        bytes memory written = PieceCid.fromCommitment(commitment);
        // The form of CBOR's links is accepted too, and is the only other one.
        return cid.length == 40 ? bytes.concat(hex"00", written) : written;
    }

    /// @dev The namespace as a number, and its LEB128, which is that of an actor id.
    function _delegated(bytes memory a) private pure returns (bytes memory) {
        uint256 namespace = 0;
        uint256 at = 1;
        for (bool more = true; more; ++at) {
            more = uint8(a[at]) > 0x7f;
            namespace |= uint256(uint8(a[at]) & 0x7f) << (7 * (at - 1));
        }
        require(namespace <= type(uint64).max && a.length - at <= 54, "not a delegated address");
        bytes memory number = FilAddress.fromActorId(uint64(namespace));
        number[0] = 0x04;
        return bytes.concat(number, Mutator.slice(a, at, a.length));
    }
}

/// @notice FilAddress and PieceCid on any bytes.
contract AddressDecodersTest is DecoderTest {
    Decoder[] private _decoders;

    constructor() {
        address at = address(new AddressRoundTrips());
        _decoders.push(Decoder("kindOf", at, AddressRoundTrips.kindOf.selector, 4, 45_000));
        _decoders.push(Decoder("toActorId", at, AddressRoundTrips.toActorId.selector, 5, 12_000));
        _decoders.push(Decoder("tryActorId", at, AddressRoundTrips.tryActorId.selector, 5, 12_000));
        _decoders.push(Decoder("toEth", at, AddressRoundTrips.toEth.selector, 5, 7_000));
        _decoders.push(Decoder("tryEth", at, AddressRoundTrips.tryEth.selector, 5, 7_000));
        _decoders.push(Decoder("tryCommitment", at, AddressRoundTrips.tryCommitment.selector, 5, 7_000));
    }

    function testFuzz_damagedAddresses(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes[] memory valid = Corpus.addresses();
        for (uint256 i = 0; i < 8; ++i) {
            _feedAll(Mutator.mutate(valid[i], valid[Mutator.roll(dice, valid.length)], dice));
        }
    }

    function testFuzz_damagedPieceCids(uint256 seed, bytes32 commitment) external {
        Dice memory dice = Dice(seed);
        bytes memory cid = PieceCid.fromCommitment(commitment);
        _feedAll(Mutator.mutate(cid, bytes.concat(hex"00", cid), dice));
        _feedAll(Mutator.mutate(bytes.concat(hex"00", cid), cid, dice));
    }

    function testFuzz_randomBytes(uint256 seed) external {
        Dice memory dice = Dice(seed);
        _feedAll(Mutator.random(dice, 12));
        _feedAll(Mutator.random(dice, 60));
        _feedAll(bytes.concat(hex"00", Mutator.random(dice, 11)));
        _feedAll(bytes.concat(hex"04", Mutator.random(dice, 80)));
    }

    function test_everyCutAndOneByteMore() external {
        bytes[] memory valid = Corpus.addresses();
        // Not the last: a sub-address has any length, so its cuts are addresses, each in its one form.
        for (uint256 i = 0; i < 7; ++i) _feedPrefixes(_decoders[0], valid[i]);
        for (uint256 length = 0; length <= 70; ++length) {
            bytes memory a = bytes.concat(hex"0420", new bytes(length));
            require(_feed(_decoders[0], a) == (length <= 54), "length of a sub-address");
        }
        bytes memory cid = PieceCid.fromCommitment(bytes32(type(uint256).max));
        _feedPrefixes(_decoders[5], cid);
        // A cut of the link form is never the other form: that starts with 01.
        _feedPrefixes(_decoders[5], bytes.concat(hex"00", cid));
    }

    function test_longInputs() external {
        for (uint256 i = 0; i < _decoders.length; ++i) _feedMonotone(_decoders[i], 600);
    }

    function _feedAll(bytes memory input) private {
        for (uint256 i = 0; i < _decoders.length; ++i) _feed(_decoders[i], input);
    }

    function _named(bytes4 error) internal pure override returns (bool) {
        return
            error == FilAddress.AddressInvalid.selector ||
            error == FilAddress.AddressNotId.selector ||
            error == FilAddress.AddressNotEthereum.selector ||
            error == AddressRoundTrips.Nothing.selector;
    }
}
