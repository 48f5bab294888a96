// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Utf8} from "../../../contracts/filecoin/Utf8.sol";
import {DecoderTest} from "./DecoderTest.sol";
import {Dice, Mutator} from "./Mutator.sol";

/// @dev Text as code points and back, by the arithmetic of RFC 3629: an implementation of another make than the library,
///      which looks at the bounds of bytes and never computes a code point.
contract SecondUtf8 {
    /// @return valid False for what is no text.
    function rewrite(bytes memory text) external pure returns (bool valid, bytes memory out) {
        for (uint256 at = 0; at < text.length;) {
            uint256 lead = uint8(text[at++]);
            uint256 more =
                lead < 0x80
                    ? 0
                    : lead < 0xc0
                        ? 9
                        : lead < 0xe0
                            ? 1
                            : lead < 0xf0
                                ? 2
                                : lead < 0xf8
                                    ? 3
                                    : 9;
            if (more == 9 || at + more > text.length) return (false, "");
            uint256 point = more == 0 ? lead : lead & (0x3f >> more);
            for (uint256 i = 0; i < more; ++i) {
                uint256 next = uint8(text[at++]);
                if (next >> 6 != 2) return (false, "");
                point = (point << 6) | (next & 0x3f);
            }
            if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000) || _length(point) != more + 1)
                return (false, "");
            out = bytes.concat(out, _write(point));
        }
        return (true, out);
    }

    function _length(uint256 point) private pure returns (uint256) {
        return
            point < 0x80
                ? 1
                : point < 0x800
                    ? 2
                    : point < 0x10000
                        ? 3
                        : 4;
    }

    function _write(uint256 point) private pure returns (bytes memory out) {
        uint256 length = _length(point);
        if (length == 1) return abi.encodePacked(uint8(point));
        out = new bytes(length);
        for (uint256 i = length - 1; i > 0; --i) {
            out[i] = bytes1(uint8(0x80 | (point & 0x3f)));
            point >>= 6;
        }
        out[0] = bytes1(uint8((0xf00 >> length) | point));
    }
}

/// @notice Utf8 on any bytes: it accepts what the second implementation accepts, and nothing else.
contract Utf8DecoderTest is DecoderTest {
    error NotUtf8();

    SecondUtf8 private immutable SECOND = new SecondUtf8();
    Decoder private _decoder;

    constructor() {
        _decoder = Decoder("isValid", address(this), Utf8DecoderTest.valid.selector, 330, 7_000);
    }

    /// @dev Alone, for its gas.
    function valid(bytes memory text) external pure returns (bytes memory) {
        require(Utf8.isValid(text), NotUtf8());
        return text;
    }

    function testFuzz_damagedText(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory text = unicode"Zürich ∑ 🚢 한 ≠ \u0000";
        bytes memory other = hex"7fc280dfbfe0a080ed9fbfee8080efbfbff0908080f48fbfbf";
        for (uint256 i = 0; i < 4; ++i) {
            _compare(Mutator.mutate(text, other, dice));
            _compare(Mutator.mutate(other, text, dice));
        }
    }

    function testFuzz_randomBytes(uint256 seed) external {
        Dice memory dice = Dice(seed);
        _compare(Mutator.random(dice, 40));
        // Lead and continuation bytes only.
        bytes memory text = Mutator.random(dice, 8);
        for (uint256 i = 0; i < text.length; ++i) text[i] |= 0x80;
        _compare(text);
    }

    /// @dev The bytes at which the rules change, as lead and as second byte, with continuations of both ends behind them.
    function test_everyBoundary() external {
        bytes memory leads = hex"7f80bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5f8ff";
        bytes memory nexts = hex"007f808f909fa0bfc0ff";
        for (uint256 i = 0; i < leads.length; ++i) {
            for (uint256 k = 0; k < nexts.length; ++k) {
                _compare(abi.encodePacked(leads[i], nexts[k]));
                _compare(abi.encodePacked(leads[i], nexts[k], hex"80"));
                _compare(abi.encodePacked(leads[i], nexts[k], hex"bfbf"));
            }
        }
    }

    function test_longInputs() external {
        _feedMonotone(_decoder, 600);
        bytes memory text;
        while (text.length < 1000) text = bytes.concat(text, hex"f09f9aa2");
        require(_feed(_decoder, text), "refused a text");
    }

    function _compare(bytes memory text) private {
        uint256 free = _freeMemory();
        bool accepted = _feed(_decoder, text);
        (bool expected, bytes memory written) = SECOND.rewrite(text);
        if (accepted != expected) _fail("isValid", expected ? "refused text" : "accepted what is no text", text);
        if (accepted && keccak256(written) != keccak256(text)) _fail("isValid", "a second form", text);
        _freeMemoryFrom(free);
    }

    function _named(bytes4 error) internal pure override returns (bool) {
        return error == NotUtf8.selector;
    }
}
