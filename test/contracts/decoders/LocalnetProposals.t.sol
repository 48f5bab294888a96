// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {DealProposals} from "../../../contracts/filecoin/DealProposals.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {Amounts} from "../../../contracts/localnet/market/Amounts.sol";
import {Proposals} from "../../../contracts/localnet/market/Proposals.sol";
import {Corpus} from "./Corpus.sol";
import {DecoderTest} from "./DecoderTest.sol";
import {Dice, Mutator} from "./Mutator.sol";

contract LocalnetRoundTrips {
    using Cbor for CborReader;

    /// @dev The market's amounts have more forms than one, by its own rules; the canonical form of what was read is that
    ///      of the three amounts, and of them alone.
    function proposal(bytes memory data) external pure returns (bytes memory) {
        return Proposals.encode(Proposals.decode(data));
    }

    function amount(bytes memory data) external pure returns (uint256 value) {
        CborReader memory r = Cbor.reader(data);
        value = Amounts.read(r);
        r.done();
    }

    function strict(bytes memory data) external pure returns (bytes memory) {
        return DealProposals.encode(DealProposals.decode(data));
    }
}

/// @notice The localnet's own decoders, Proposals and Amounts, on any bytes.
contract LocalnetProposalDecodersTest is DecoderTest {
    LocalnetRoundTrips private immutable HARNESS = new LocalnetRoundTrips();
    Decoder private _proposal;
    Decoder private _amount;

    constructor() {
        _proposal = Decoder("Proposals.decode", address(HARNESS), LocalnetRoundTrips.proposal.selector, 330, 8_000);
        _amount = Decoder("Amounts.read", address(HARNESS), LocalnetRoundTrips.amount.selector, 250, 7_000);
    }

    function testFuzz_damagedProposals(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes[] memory valid = Corpus.proposals();
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory other = valid[Mutator.roll(dice, valid.length)];
            _compare(Mutator.mutate(valid[Mutator.roll(dice, valid.length)], other, dice));
        }
        _compare(bytes.concat(hex"8bd82a", Mutator.random(dice, 300)));
    }

    function test_everyCutAndOneByteMore() external {
        bytes[] memory valid = Corpus.proposals();
        for (uint256 i = 0; i < valid.length; ++i) _feedPrefixes(_proposal, valid[i]);
    }

    function test_everyByteChanged() external {
        bytes memory valid = Corpus.proposals()[1];
        for (uint256 at = 0; at < valid.length; ++at) {
            for (uint256 i = 0; i < 16; ++i) {
                _compare(Mutator.replace(valid, at, at + 1, abi.encodePacked(uint8(i * 17))));
            }
        }
    }

    function testFuzz_amounts(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory text = Mutator.random(dice, 40);
        // Signs and leading zeros, which random bytes seldom have.
        uint256 count = Mutator.roll(dice, 8);
        for (uint256 i = 0; i < text.length && i < count; ++i) text[i] = bytes1(uint8(i == 0 ? seed % 3 : 0));
        bytes memory item = Cbor.writeBytes(text);
        _amountOf(item, text);
        item = Mutator.mutate(item, hex"40", dice);
        (bool ok, uint256 gas, bytes memory out) = _readAmount(item);
        _bounded(_amount, gas, item.length);
        if (!ok) _typed("Amounts.read", out);
    }

    function test_longInputs() external {
        _feedMonotone(_proposal, 600);
        for (uint256 length = 126; length < 132; ++length)
            _amountOf(Cbor.writeBytes(new bytes(length)), new bytes(length));
        _amountOf(Cbor.writeBytes(new bytes(1000)), new bytes(1000));
    }

    /// @dev Where the client's strict decoder reads a proposal the market's reads the same. What only the market's reads
    ///      differs in the amounts, or is refused for an address in no form.
    function _compare(bytes memory data) private {
        uint256 free = _freeMemory();
        (bool ok, uint256 gas, bytes memory out) = _measured(
            address(HARNESS),
            abi.encodeCall(HARNESS.proposal, (data))
        );
        _bounded(_proposal, gas, data.length);
        (bool strictOk, , bytes memory strictOut) = _measured(address(HARNESS), abi.encodeCall(HARNESS.strict, (data)));
        if (!ok) _typed("Proposals.decode", out);
        if (ok && strictOk && keccak256(out) != keccak256(strictOut))
            _fail("Proposals.decode", "another reading", data);
        if (ok && !strictOk && !_isAmountError(bytes4(strictOut))) _fail("Proposals.decode", "too lenient", data);
        if (!ok && strictOk && bytes4(out) != FilAddress.AddressInvalid.selector) {
            _fail("Proposals.decode", "too strict", data);
        }
        _freeMemoryFrom(free);
    }

    /// @dev The amount by ref-fvm's rule (shared/src/bigint/bigint_ser.rs): a sign byte, and a big-endian number with any
    ///      leading zeros, 128 bytes together; a minus before zero is none.
    function _amountOf(bytes memory item, bytes memory text) private {
        (bool ok, uint256 gas, bytes memory out) = _readAmount(item);
        _bounded(_amount, gas, item.length);
        if (text.length > 0 && uint8(text[0]) > 1) {
            require(!ok && bytes4(out) == Cbor.CborBigIntSign.selector, "a sign byte above 1");
            return;
        }
        if (text.length > 128) {
            require(!ok && bytes4(out) == Cbor.CborOutOfRange.selector, "more than 128 bytes");
            return;
        }
        uint256 first = 1;
        while (first < text.length && text[first] == 0) ++first;
        uint256 expected = 0;
        bool outOfBounds = first < text.length && (text[0] == 0x01 || text.length - first > 32);
        for (uint256 i = first; i < text.length && !outOfBounds; ++i) expected = expected * 256 + uint8(text[i]);
        if (outOfBounds) expected = Amounts.OUT_OF_BOUNDS;
        require(ok && abi.decode(out, (uint256)) == expected, "another amount");
    }

    function _readAmount(bytes memory item) private returns (bool, uint256, bytes memory) {
        return _measured(address(HARNESS), abi.encodeCall(HARNESS.amount, (item)));
    }

    function _isAmountError(bytes4 error) private pure returns (bool) {
        return
            error == Cbor.CborNotMinimal.selector ||
            error == Cbor.CborBigIntNegative.selector ||
            error == Cbor.CborOutOfRange.selector;
    }

    function _named(bytes4 error) internal pure override returns (bool) {
        return _isCborError(error) || error == FilAddress.AddressInvalid.selector;
    }
}
