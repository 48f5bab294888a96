// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {RlePlus} from "../../../contracts/filecoin/RlePlus.sol";
import {BitField} from "../../../contracts/localnet/BitField.sol";
import {Corpus} from "./Corpus.sol";
import {DecoderTest} from "./DecoderTest.sol";
import {Dice, Mutator} from "./Mutator.sol";

/// @dev Both implementations of RLE+: the client's, which writes, and the localnet's, which also reads.
contract RlePlusRoundTrips {
    uint256 internal constant MAX = 1000;

    function ids(bytes memory data) external pure returns (bytes memory) {
        uint64[] memory members = BitField.decodeIds(data, MAX);
        bytes memory written = RlePlus.encode(members);
        require(keccak256(BitField.encode(members)) == keccak256(written), "two encoders, two forms");
        return written;
    }

    /// @dev For sets of any size, which have no list of members: the runs as bits again, by a third hand.
    function runs(bytes memory data) external pure returns (bytes memory) {
        BitField.Run[] memory found = BitField.decode(data);
        if (found.length == 0) return "";
        bytes memory bits = new bytes(22 * 8 * found.length);
        uint256 at = 3;
        if (found[0].start == 0) bits[2] = 0x01;
        uint256 position = 0;
        for (uint256 i = 0; i < found.length; ++i) {
            if (found[i].start > position) at = _write(bits, at, found[i].start - position);
            at = _write(bits, at, found[i].length);
            position = uint256(found[i].start) + found[i].length;
        }
        return _packed(bits, at);
    }

    function decode(bytes memory data) external pure returns (bytes memory) {
        BitField.decode(data);
        return data;
    }

    function decodeIds(bytes memory data) external pure returns (bytes memory) {
        BitField.decodeIds(data, MAX);
        return data;
    }

    /// @param data Ids of 8 bytes each.
    function encode(bytes memory data) external pure returns (bytes memory) {
        uint64[] memory members = _members(data);
        bytes memory written = RlePlus.encode(members);
        uint64[] memory back = BitField.decodeIds(written, MAX);
        require(keccak256(abi.encode(back)) == keccak256(abi.encode(members)), "other ids");
        return data;
    }

    function encodeAlone(bytes memory data) external pure returns (bytes memory) {
        RlePlus.encode(_members(data));
        return data;
    }

    function _members(bytes memory data) private pure returns (uint64[] memory members) {
        members = new uint64[](data.length / 8);
        for (uint256 i = 0; i < members.length; ++i) {
            // The first 8 bytes of the word at 8i.
            assembly ("memory-safe") {
                mstore(add(members, mul(32, add(i, 1))), shr(192, mload(add(add(data, 32), mul(8, i)))))
            }
        }
    }

    /// @dev One bit a byte.
    function _write(bytes memory bits, uint256 at, uint256 length) private pure returns (uint256) {
        if (length < 16) {
            if (length == 1) return _put(bits, at, 1, 1);
            return _put(bits, _put(bits, at, 2, 2), length, 4);
        }
        at += 2;
        while (length > 127) {
            at = _put(bits, at, 128 + (length % 128), 8);
            length /= 128;
        }
        return _put(bits, at, length, 8);
    }

    function _put(bytes memory bits, uint256 at, uint256 value, uint256 count) private pure returns (uint256) {
        for (uint256 i = 0; i < count; ++i) bits[at + i] = bytes1(uint8((value >> i) % 2));
        return at + count;
    }

    function _packed(bytes memory bits, uint256 count) private pure returns (bytes memory out) {
        while (bits[count - 1] == 0) --count;
        out = new bytes((count + 7) / 8);
        for (uint256 i = 0; i < count; ++i) {
            if (bits[i] != 0) out[i / 8] |= bytes1(uint8(1 << (i % 8)));
        }
    }
}

/// @notice RlePlus and BitField on any bytes and any ids.
contract RlePlusDecodersTest is DecoderTest {
    Decoder private _ids;
    Decoder private _runs;
    Decoder private _decode;
    Decoder private _decodeIds;
    Decoder private _encode;
    Decoder private _encodeAlone;

    constructor() {
        address at = address(new RlePlusRoundTrips());
        uint256 any = type(uint64).max;
        _ids = Decoder("decodeIds", at, RlePlusRoundTrips.ids.selector, 0, any);
        _runs = Decoder("decode", at, RlePlusRoundTrips.runs.selector, 0, any);
        _encode = Decoder("encode", at, RlePlusRoundTrips.encode.selector, 0, any);
        _encodeAlone = Decoder("encode alone", at, RlePlusRoundTrips.encodeAlone.selector, 3_300, 12_000);
        _decode = Decoder("decode alone", at, RlePlusRoundTrips.decode.selector, 10_200, 62_000);
        // Beyond the bytes it pays for the members, of which there are at most 1,000.
        _decodeIds = Decoder("decodeIds alone", at, RlePlusRoundTrips.decodeIds.selector, 12_100, 500_000);
    }

    function testFuzz_damagedSets(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes[] memory valid = Corpus.bitFields();
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory set = valid[Mutator.roll(dice, valid.length)];
            _feedAll(Mutator.mutate(set, valid[Mutator.roll(dice, valid.length)], dice));
        }
    }

    function testFuzz_randomBytes(uint256 seed) external {
        Dice memory dice = Dice(seed);
        for (uint256 i = 0; i < 4; ++i) {
            // A quarter of random inputs has the right version: all of these do.
            bytes memory input = Mutator.random(dice, 24);
            if (input.length > 0) input[0] &= 0xfc;
            _feedAll(input);
        }
    }

    /// @dev Unlike CBOR a set has no length: a cut is another set or none, in its one form all the same.
    function test_everyCutAndOneByteMore() external {
        bytes[] memory valid = Corpus.bitFields();
        for (uint256 i = 0; i < valid.length; ++i) {
            require(_feed(_runs, valid[i]), "refused");
            for (uint256 length = 0; length < valid[i].length; ++length) _feedAll(Mutator.slice(valid[i], 0, length));
            require(!_feed(_runs, bytes.concat(valid[i], hex"00")), "accepted a zero byte more");
            for (uint256 tail = 1; tail < 256; ++tail) _feedAll(abi.encodePacked(valid[i], uint8(tail)));
        }
    }

    /// @dev All there are of the right version and 12 bits.
    function test_everyShortInput() external {
        for (uint256 input = 0; input < 1 << 12; input += 4) {
            _feed(_runs, abi.encodePacked(uint8(input), uint8(input >> 8)));
        }
    }

    function testFuzz_ids(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory ids;
        uint256 id = Mutator.roll(dice, 3);
        for (uint256 count = Mutator.roll(dice, 40); count > 0 && id <= type(uint64).max; --count) {
            ids = abi.encodePacked(ids, uint64(id));
            id += 1 + (Mutator.roll(dice, 2) == 0 ? 0 : Mutator.roll(dice, 1 << Mutator.roll(dice, 63)));
        }
        require(_feed(_encode, ids), "refused ascending ids");
        // Then with two slices swapped, an id repeated, and what else can happen to them.
        bytes memory damaged = Mutator.mutate(ids, ids, dice);
        damaged = Mutator.slice(damaged, 0, damaged.length & ~uint256(7));
        _feed(_encode, damaged);
        _feed(_encodeAlone, damaged);
    }

    function test_longInputs() external {
        _feedMonotone(_decode, 300);
        _feedMonotone(_decodeIds, 300);
        _feedMonotone(_encodeAlone, 304);
        // The dearest ids: each far from the one before.
        bytes memory ids;
        for (uint64 i = 1; i <= 100; ++i) ids = abi.encodePacked(ids, i * (type(uint64).max / 100));
        require(_feed(_encode, ids) && _feed(_encodeAlone, ids), "refused ascending ids");
        // The dearest set: as many members as are taken, in few bytes.
        uint64[] memory members = new uint64[](1000);
        for (uint64 i = 0; i < 1000; ++i) members[i] = type(uint64).max - 1000 + i;
        require(_feed(_decodeIds, BitField.encode(members)), "refused a set");
    }

    function _feedAll(bytes memory input) private {
        _feed(_ids, input);
        _feed(_runs, input);
        _feed(_decode, input);
        _feed(_decodeIds, input);
    }

    function _named(bytes4 error) internal pure override returns (bool) {
        return
            error == RlePlus.IdsNotAscending.selector ||
            error == BitField.BitFieldInvalid.selector ||
            error == BitField.BitFieldTooMany.selector;
    }
}
