// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice A source of numbers that one seed determines.
struct Dice {
    uint256 seed;
}

/// @title  Damages valid bytes as faults and attackers do
/// @notice Eleven kinds of damage, of which `mutate` does one to three: a bit flipped, a byte set, a byte inserted, one
///         deleted, the end cut off, bytes appended, a slice repeated, two slices swapped, a CBOR head in the next longer
///         form, a CBOR head with a huge value, two messages spliced.
library Mutator {
    /// @dev What grows beyond it is cut: gas bounds are stated up to here.
    uint256 internal constant MAX_LENGTH = 1024;

    uint256 private constant KINDS = 11;
    /// @dev Longer byte strings of the vectors hold a CBOR message, whose heads are worth damage too; CIDs and addresses
    ///      are shorter.
    uint256 private constant MESSAGE_LENGTH = 64;

    /// @return A number below `bound`, which is not 0.
    function roll(Dice memory d, uint256 bound) internal pure returns (uint256) {
        d.seed = uint256(keccak256(abi.encode(d.seed)));
        return d.seed % bound;
    }

    function random(Dice memory d, uint256 maxLength) internal pure returns (bytes memory out) {
        out = new bytes(roll(d, maxLength + 1));
        for (uint256 i = 0; i < out.length; ++i) out[i] = bytes1(uint8(roll(d, 256)));
    }

    /// @param other A second valid message, for splices.
    function mutate(bytes memory data, bytes memory other, Dice memory d) internal pure returns (bytes memory) {
        data = slice(data, 0, data.length);
        for (uint256 times = 1 + roll(d, 3); times > 0; --times) data = _once(data, other, d);
        return data.length > MAX_LENGTH ? slice(data, 0, MAX_LENGTH) : data;
    }

    function slice(bytes memory data, uint256 from, uint256 to) internal pure returns (bytes memory out) {
        out = new bytes(to - from);
        for (uint256 i = from; i < to; ++i) out[i - from] = data[i];
    }

    /// @notice `data` with the bytes of `[from, to)` replaced.
    function replace(
        bytes memory data,
        uint256 from,
        uint256 to,
        bytes memory by
    ) internal pure returns (bytes memory) {
        return bytes.concat(slice(data, 0, from), by, slice(data, to, data.length));
    }

    /* DAMAGE */

    function _once(bytes memory data, bytes memory other, Dice memory d) private pure returns (bytes memory) {
        uint256 kind = roll(d, KINDS);
        if (data.length == 0) return random(d, 4);
        uint256 at = roll(d, data.length);
        if (kind == 0) return replace(data, at, at + 1, abi.encodePacked(data[at] ^ bytes1(uint8(1 << roll(d, 8)))));
        if (kind == 1) return replace(data, at, at + 1, abi.encodePacked(uint8(roll(d, 256))));
        if (kind == 2) return replace(data, at, at, abi.encodePacked(uint8(roll(d, 256))));
        if (kind == 3) return replace(data, at, at + 1, "");
        if (kind == 4) return slice(data, 0, at);
        if (kind == 5) return bytes.concat(data, random(d, 4));
        uint256 to = at + 1 + roll(d, data.length - at);
        if (kind == 6) return replace(data, at, at, slice(data, at, to));
        if (kind == 7) return _swap(data, at, to, d);
        if (kind == 8) return _widen(data, d);
        if (kind == 9) return _enlarge(data, d);
        return bytes.concat(slice(data, 0, at), slice(other, roll(d, other.length + 1), other.length));
    }

    /// @dev a ‖ b ‖ c ‖ d becomes a ‖ c ‖ b ‖ d.
    function _swap(bytes memory data, uint256 from, uint256 to, Dice memory d) private pure returns (bytes memory) {
        uint256 middle = from + roll(d, to - from + 1);
        return replace(data, from, to, bytes.concat(slice(data, middle, to), slice(data, from, middle)));
    }

    function _widen(bytes memory data, Dice memory d) private pure returns (bytes memory) {
        uint256 at = _someHead(data, d);
        uint8 top = uint8(data[at]) & 0xe0;
        uint8 info = uint8(data[at]) & 0x1f;
        if (info < 24) return replace(data, at, at + 1, abi.encodePacked(top | 24, info));
        if (info > 26) return replace(data, at, at + 1, abi.encodePacked(top | 31));
        // A field of n bytes becomes one of 2n: n zeros go before it.
        return replace(data, at, at + 1, bytes.concat(abi.encodePacked(top | (info + 1)), new bytes(1 << (info - 24))));
    }

    function _enlarge(bytes memory data, Dice memory d) private pure returns (bytes memory) {
        uint256 at = _someHead(data, d);
        uint256 info = uint8(data[at]) & 0x1f;
        uint256 end = at + 1 + (info > 23 && info < 28 ? 1 << (info - 24) : 0);
        if (end > data.length) end = data.length;
        uint64 value = type(uint64).max >> roll(d, 64);
        return replace(data, at, end, abi.encodePacked((uint8(data[at]) & 0xe0) | 27, value));
    }

    /// @dev The offset of a head, each as likely as the others, those in nested messages included; of any byte if the
    ///      bytes are no CBOR.
    function _someHead(bytes memory data, Dice memory d) private pure returns (uint256 chosen) {
        uint256 seen = 0;
        for (uint256 at = 0; at < data.length;) {
            if (roll(d, ++seen) == 0) chosen = at;
            uint256 major = uint8(data[at]) >> 5;
            uint256 info = uint8(data[at]) & 0x1f;
            if (info > 27) break;
            uint256 width = info < 24 ? 0 : 1 << (info - 24);
            uint256 value = info;
            for (uint256 i = 0; i < width; ++i) {
                value = (i == 0 ? 0 : value << 8) | (at + 1 + i < data.length ? uint8(data[at + 1 + i]) : 0);
            }
            bool passes = major == 3 || (major == 2 && value < MESSAGE_LENGTH);
            at += 1 + width + (passes ? value : 0);
        }
    }
}
