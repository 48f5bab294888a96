// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {Corpus} from "./Corpus.sol";
import {DecoderTest} from "./DecoderTest.sol";
import {Dice, Mutator} from "./Mutator.sol";

/// @dev Each reader, and the writer of what it reads.
contract CborRoundTrips {
    using Cbor for CborReader;

    function uint_(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        uint64 value = r.readUint();
        r.done();
        return Cbor.writeUint(value);
    }

    function int_(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        int64 value = r.readInt();
        r.done();
        return Cbor.writeInt(value);
    }

    function bool_(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        bool value = r.readBool();
        r.done();
        return Cbor.writeBool(value);
    }

    function bytes_(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        bytes memory value = r.readBytes();
        r.done();
        return Cbor.writeBytes(value);
    }

    function text(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        string memory value = r.readText();
        r.done();
        return Cbor.writeText(value);
    }

    function bigInt(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        uint256 value = r.readBigInt();
        r.done();
        return Cbor.writeBigInt(value);
    }

    function cid(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        bytes memory value = r.readCid();
        r.done();
        return Cbor.writeCid(value);
    }

    function array(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        uint64 length = r.readArray();
        r.done();
        return Cbor.writeArray(length);
    }

    function pair(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        r.readArray(2);
        uint64 first = r.readUint();
        int64 second = r.readInt();
        r.done();
        return bytes.concat(Cbor.writeArray(2), Cbor.writeUint(first), Cbor.writeInt(second));
    }

    /// @dev Moves past one item, and says how far: what it passed is compared by the test.
    function skip(bytes memory data) external pure returns (bytes memory) {
        CborReader memory r = Cbor.reader(data);
        r.peek();
        r.skip();
        r.done();
        return data;
    }
}

/// @notice Cbor on any bytes.
contract CborDecodersTest is DecoderTest {
    Decoder[] private _decoders;

    constructor() {
        address at = address(new CborRoundTrips());
        _decoders.push(Decoder("readUint", at, CborRoundTrips.uint_.selector, 2, 7_000));
        _decoders.push(Decoder("readInt", at, CborRoundTrips.int_.selector, 2, 7_000));
        _decoders.push(Decoder("readBool", at, CborRoundTrips.bool_.selector, 2, 7_000));
        _decoders.push(Decoder("readArray", at, CborRoundTrips.array.selector, 2, 7_000));
        _decoders.push(Decoder("readArray(2)", at, CborRoundTrips.pair.selector, 2, 7_000));
        _decoders.push(Decoder("readBytes", at, CborRoundTrips.bytes_.selector, 2, 7_000));
        _decoders.push(Decoder("readText", at, CborRoundTrips.text.selector, 400, 7_000));
        _decoders.push(Decoder("readBigInt", at, CborRoundTrips.bigInt.selector, 2, 27_000));
        _decoders.push(Decoder("readCid", at, CborRoundTrips.cid.selector, 2, 9_000));
        _decoders.push(Decoder("skip", at, CborRoundTrips.skip.selector, 1_150, 8_000));
    }

    function testFuzz_damagedItems(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes[] memory items = Corpus.items();
        bytes memory item = items[Mutator.roll(dice, items.length)];
        bytes memory other = items[Mutator.roll(dice, items.length)];
        _feedAll(Mutator.mutate(item, other, dice));
    }

    function testFuzz_randomBytes(uint256 seed) external {
        Dice memory dice = Dice(seed);
        // Short ones are accepted now and then, long ones never.
        _feedAll(Mutator.random(dice, 10));
        _feedAll(Mutator.random(dice, 300));
    }

    /// @dev All heads there are, each as a whole input and before content.
    function test_everyHead() external {
        for (uint256 head = 0; head < 256; ++head) {
            _feedAll(abi.encodePacked(uint8(head)));
            _feedAll(abi.encodePacked(uint8(head), hex"00"));
            _feedAll(abi.encodePacked(uint8(head), hex"1800010203040506"));
            _feedAll(abi.encodePacked(uint8(head), hex"ffffffffffffffff"));
            _feedAll(abi.encodePacked(uint8(head), uint64(Mutator.MAX_LENGTH), new bytes(Mutator.MAX_LENGTH)));
        }
    }

    function test_everyCutAndOneByteMore() external {
        bytes[] memory items = Corpus.items();
        for (uint256 i = 0; i < items.length; ++i) {
            _feedPrefixes(_decoderOf(items[i]), items[i]);
            _feedPrefixes(_decoders[9], items[i]);
        }
    }

    function test_longInputs() external {
        for (uint256 i = 0; i < _decoders.length; ++i) _feedMonotone(_decoders[i], 600);
    }

    /// @dev The longest text, in characters of each length: to check it is what costs most.
    function test_longTexts() external {
        bytes[4] memory characters = [bytes("a"), hex"c3bc", hex"e28891", hex"f09f9aa2"];
        for (uint256 i = 0; i < characters.length; ++i) {
            bytes memory content;
            while (content.length < 1000) content = bytes.concat(content, characters[i]);
            bytes memory item = Cbor.writeText(string(content));
            require(_feed(_decoders[6], item) && _feed(_decoders[9], item), "refused a text");
        }
    }

    function _feedAll(bytes memory input) private {
        for (uint256 i = 0; i < _decoders.length; ++i) {
            bool accepted = _feed(_decoders[i], input);
            if (accepted && i == 9) require(keccak256(_rewritten(input)) == keccak256(input), "skip: a second form");
        }
    }

    function _decoderOf(bytes memory item) private view returns (Decoder memory) {
        uint8 major = uint8(item[0]) >> 5;
        if (major == Cbor.UINT) return _decoders[0];
        if (major == Cbor.NEGATIVE) return _decoders[1];
        if (major == Cbor.SIMPLE) return _decoders[2];
        if (major == Cbor.BYTES) return _decoders[5];
        if (major == Cbor.TEXT) return _decoders[6];
        return major == Cbor.TAG ? _decoders[8] : _decoders[9];
    }

    /// @dev Every head of well-formed CBOR in its shortest form, by a second reading.
    function _rewritten(bytes memory data) private pure returns (bytes memory out) {
        for (uint256 at = 0; at < data.length;) {
            uint8 major = uint8(data[at]) >> 5;
            uint256 info = uint8(data[at]) & 31;
            uint256 width = info < 24 ? 0 : 1 << (info - 24);
            uint256 value = width == 0 ? info : 0;
            for (uint256 i = 1; i <= width; ++i) value = value * 256 + uint8(data[at + i]);
            bytes memory head = Cbor.writeUint(uint64(value));
            head[0] |= bytes1(major << 5);
            uint256 start = at + 1 + width;
            at = start + (major == Cbor.BYTES || major == Cbor.TEXT ? value : 0);
            out = bytes.concat(out, head, Mutator.slice(data, start, at));
        }
    }

    function _named(bytes4 error) internal pure override returns (bool) {
        return _isCborError(error);
    }
}
