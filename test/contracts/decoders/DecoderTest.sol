// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {vm} from "../support/Vm.sol";
import {Dice, Mutator} from "./Mutator.sol";

/// @title  What every decoder owes to any bytes
/// @notice 1. It refuses with an error of its own: no panic, no empty revert (which running out of gas is too), no text.
///         2. It accepts one form of a value: what it read is written as the same bytes.
///         3. Its gas is bounded by a line over the length of the input.
abstract contract DecoderTest {
    /// @dev A function `f(bytes) returns (bytes)` that decodes its argument and encodes again what it read. Its gas, with
    ///      the call and the encoding, is at most `perByte · length + base` for up to 1,024 bytes: half as much again as
    ///      the most that was measured.
    struct Decoder {
        string name;
        address at;
        bytes4 selector;
        uint256 perByte;
        uint256 base;
    }

    /// @dev Whether a refusal has a name that the decoder may use.
    function _named(bytes4 error) internal pure virtual returns (bool);

    function _feed(Decoder memory decoder, bytes memory input) internal returns (bool accepted) {
        uint256 free = _freeMemory();
        uint256 gas;
        bytes memory out;
        (accepted, gas, out) = _measured(decoder.at, abi.encodeWithSelector(decoder.selector, input));
        _bounded(decoder, gas, input.length);
        if (!accepted) _typed(decoder.name, out);
        else if (keccak256(abi.decode(out, (bytes))) != keccak256(input)) _fail(decoder.name, "a second form", input);
        _freeMemoryFrom(free);
    }

    /// @notice The input, every cut of it, and the input with one more byte.
    function _feedPrefixes(Decoder memory decoder, bytes memory valid) internal {
        if (!_feed(decoder, valid)) _fail(decoder.name, "refused", valid);
        for (uint256 length = 0; length < valid.length; ++length) {
            bytes memory cut = Mutator.slice(valid, 0, length);
            if (_feed(decoder, cut)) _fail(decoder.name, "accepted a cut", cut);
        }
        for (uint256 tail = 0; tail < 256; tail += 15) {
            bytes memory longer = abi.encodePacked(valid, uint8(tail));
            if (_feed(decoder, longer)) _fail(decoder.name, "accepted a byte more", longer);
        }
    }

    /// @notice Long inputs of one byte each: the dearest shapes are among them (a tag, an array or an item a byte).
    function _feedMonotone(Decoder memory decoder, uint256 length) internal {
        bytes memory input = new bytes(length);
        for (uint256 value = 0; value < 256; ++value) {
            for (uint256 i = 0; i < length; ++i) input[i] = bytes1(uint8(value));
            _feed(decoder, input);
        }
    }

    function _feedRandom(Decoder memory decoder, Dice memory dice, uint256 maxLength) internal {
        _feed(decoder, Mutator.random(dice, maxLength));
    }

    function _bounded(Decoder memory decoder, uint256 gas, uint256 length) internal virtual {
        uint256 bound = decoder.perByte * length + decoder.base;
        if (gas <= bound) return;
        string memory measured = string.concat(vm.toString(gas), " gas for ", vm.toString(length), " bytes");
        revert(string.concat(decoder.name, ": ", measured, ", bound ", vm.toString(bound)));
    }

    function _typed(string memory name, bytes memory error) internal pure {
        // A selector and whole words.
        if (error.length % 32 != 4 || !_named(bytes4(error))) _fail(name, "no error of its own", error);
    }

    function _isCborError(bytes4 e) internal pure returns (bool) {
        return
            e == Cbor.CborTruncated.selector ||
            e == Cbor.CborTrailing.selector ||
            e == Cbor.CborWrongType.selector ||
            e == Cbor.CborWrongArity.selector ||
            e == Cbor.CborNotMinimal.selector ||
            e == Cbor.CborUnsupported.selector ||
            e == Cbor.CborOutOfRange.selector ||
            e == Cbor.CborNotBool.selector ||
            e == Cbor.CborNotUtf8.selector ||
            e == Cbor.CborBigIntSign.selector ||
            e == Cbor.CborBigIntNegative.selector ||
            e == Cbor.CborNotCid.selector;
    }

    /// @dev The gas without what it costs to bring the answer into this contract's memory.
    function _measured(address at, bytes memory input) internal returns (bool ok, uint256 used, bytes memory out) {
        uint256 length;
        assembly ("memory-safe") {
            let start := gas()
            ok := call(gas(), at, 0, add(input, 32), mload(input), 0, 0)
            used := sub(start, gas())
            length := returndatasize()
        }
        out = new bytes(length);
        assembly ("memory-safe") {
            returndatacopy(add(out, 32), 0, length)
        }
    }

    function _freeMemory() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// @dev Memory costs more the more of it there is, and no test keeps what one input needed.
    function _freeMemoryFrom(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }

    function _fail(string memory name, string memory what, bytes memory bytes_) internal pure {
        revert(string.concat(name, ": ", what, " ", _hex(bytes_)));
    }

    function _hex(bytes memory data) private pure returns (string memory) {
        bytes memory digits = "0123456789abcdef";
        bytes memory out = new bytes(2 * data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            (out[2 * i], out[2 * i + 1]) = (digits[uint8(data[i]) >> 4], digits[uint8(data[i]) & 15]);
        }
        return string(out);
    }
}
