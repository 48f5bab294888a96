// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ActorCall} from "../../../contracts/filecoin/ActorCall.sol";
import {CALL_ACTOR_ID, RESOLVE_ADDRESS} from "../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {MarketActor, Settlement} from "../../../contracts/filecoin/MarketActor.sol";
import {Corpus} from "./Corpus.sol";
import {DecoderTest} from "./DecoderTest.sol";
import {Dice, Mutator} from "./Mutator.sol";
import {Says} from "./Says.sol";

/// @dev Asks f05, and encodes again what it was told: `f(bytes)` takes no notice of its argument, which is the answer that
///      the precompile gives.
contract MarketRoundTrips {
    function balanceOf(bytes memory) external view returns (bytes memory) {
        (uint256 escrow, uint256 locked) = MarketActor.balanceOf(hex"0000");
        return bytes.concat(hex"82", Cbor.writeBigInt(escrow), Cbor.writeBigInt(locked));
    }

    /// @dev Without the second number, which it reads and drops.
    function activationOf(bytes memory) external view returns (bytes memory) {
        (int256 exitCode, int64 activatedAt) = MarketActor.activationOf(7);
        return exitCode == 0 ? bytes.concat(hex"82", Cbor.writeInt(activatedAt)) : abi.encode(exitCode, activatedAt);
    }

    /// @dev Of three deals.
    function settle(bytes memory) external returns (bytes memory) {
        uint64[] memory ids = new uint64[](3);
        (ids[0], ids[1], ids[2]) = (5, 6, 2 ** 40);
        Settlement[] memory settled = MarketActor.settle(ids);
        require(settled.length == 3, "another number of settlements");
        bytes memory failures;
        bytes memory payments;
        uint64 failed = 0;
        for (uint64 i = 0; i < 3; ++i) {
            Settlement memory s = settled[i];
            if (s.exitCode != 0) {
                failures = bytes.concat(failures, hex"82", Cbor.writeUint(i), Cbor.writeUint(s.exitCode));
                require(s.paid == 0 && !s.completed, "a failure that paid");
                ++failed;
            } else {
                payments = bytes.concat(payments, hex"82", Cbor.writeBigInt(s.paid), Cbor.writeBool(s.completed));
            }
        }
        bytes memory batch = bytes.concat(hex"82", Cbor.writeUint(3 - failed), Cbor.writeArray(failed), failures);
        return bytes.concat(hex"82", batch, Cbor.writeArray(3 - failed), payments);
    }

    function resolve(bytes memory) external view returns (bytes memory) {
        (bool found, uint64 id) = ActorCall.tryResolve(hex"040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a79");
        return found ? abi.encode(id) : bytes("");
    }
}

/// @notice What f05 and the precompiles answer, as any bytes: the ABI of the envelope and the CBOR in it.
contract MarketActorDecodersTest is DecoderTest {
    Decoder private _balanceOf;
    Decoder private _activationOf;
    Decoder private _settle;
    Decoder private _resolve;

    constructor() {
        address at = address(new MarketRoundTrips());
        _balanceOf = Decoder("balanceOf", at, MarketRoundTrips.balanceOf.selector, 4, 80_000);
        _activationOf = Decoder("activationOf", at, MarketRoundTrips.activationOf.selector, 4, 12_000);
        _settle = Decoder("settle", at, MarketRoundTrips.settle.selector, 4, 160_000);
        _resolve = Decoder("tryResolve", at, MarketRoundTrips.resolve.selector, 4, 10_000);
    }

    /* THE CBOR */

    function testFuzz_damagedAnswers(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory balances = _one(Corpus.balances(), dice);
        bytes memory activation = _one(Corpus.activations(), dice);
        bytes memory settlements = _one(Corpus.settlements(), dice);
        for (uint256 i = 0; i < 3; ++i) {
            _hear(_balanceOf, Mutator.mutate(balances, activation, dice));
            _hear(_activationOf, Mutator.mutate(activation, balances, dice));
            _hear(_settle, Mutator.mutate(settlements, _one(Corpus.settlements(), dice), dice));
        }
    }

    function testFuzz_randomAnswers(uint256 seed) external {
        Dice memory dice = Dice(seed);
        _hearAll(Mutator.random(dice, 400));
        _hearAll(bytes.concat(hex"82", Mutator.random(dice, 20)));
        _hearAll(bytes.concat(hex"8282", Mutator.random(dice, 20)));
    }

    function test_everyCutAndOneByteMore() external {
        _hearPrefixes(_balanceOf, Corpus.balances());
        _hearPrefixes(_activationOf, Corpus.activations());
        _hearPrefixes(_settle, Corpus.settlements());
    }

    /// @dev Every byte by eight values with one bit flipped, and sixteen over the whole range.
    function test_everyByteChanged() external {
        bytes[] memory settlements = Corpus.settlements();
        for (uint256 i = 0; i < 4; ++i) _hearChanged(_settle, settlements[i]);
        _hearChanged(_balanceOf, Corpus.balances()[2]);
        _hearChanged(_activationOf, Corpus.activations()[3]);
    }

    /// @dev A failure twice or out of order, with code 0, with a code of more than 32 bits, for a fourth deal.
    function test_batchesThatContradictThemselves() external {
        bytes[6] memory answers = [
            // One success, two failures of the first deal, and a payment of each deal that did not fail.
            bytes(hex"828201828200182082001820828240f48240f4"),
            hex"828201828200182082001820818240f4",
            hex"828201828202182082001820818240f4",
            hex"82820281820100828240f48240f4",
            hex"8282028182011b0000000100000020828240f48240f4",
            hex"8282028182031820828240f48240f4"
        ];
        for (uint256 i = 0; i < answers.length; ++i) {
            require(!_hear(_settle, answers[i]), "a batch that contradicts itself");
        }
    }

    /* THE ENVELOPE */

    function testFuzz_damagedEnvelopes(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory balances = _envelope(0, 0x51, _one(Corpus.balances(), dice));
        bytes memory activation = _envelope(0, 0x51, _one(Corpus.activations(), dice));
        for (uint256 i = 0; i < 3; ++i) {
            _hearEnvelope(_balanceOf, _damagedWord(balances, dice));
            _hearEnvelope(_balanceOf, Mutator.mutate(balances, activation, dice));
            _hearEnvelope(_activationOf, Mutator.mutate(activation, balances, dice));
            _hearEnvelope(_settle, _damagedWord(_envelope(0, 0x51, _one(Corpus.settlements(), dice)), dice));
        }
    }

    function testFuzz_randomEnvelopes(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory input = Mutator.random(dice, 400);
        _hearEnvelope(_balanceOf, input);
        // Behind three right words, so that the length is looked at.
        input = bytes.concat(abi.encode(0, 0x51, 96), input);
        _hearEnvelope(_balanceOf, input);
        _hearEnvelope(_activationOf, input);
        _hearEnvelope(_settle, input);
    }

    function test_everyCutOfAnEnvelopeAndMore() external {
        bytes memory valid = _envelope(0, 0x51, Corpus.balances()[1]);
        require(_hearEnvelope(_balanceOf, valid), "refused");
        for (uint256 length = 0; length < valid.length; ++length) {
            require(!_hearEnvelope(_balanceOf, Mutator.slice(valid, 0, length)), "accepted a cut");
        }
        for (uint256 more = 1; more <= 64; ++more) {
            require(!_hearEnvelope(_balanceOf, bytes.concat(valid, new bytes(more))), "accepted more");
        }
    }

    /// @dev Each word of an envelope set to values at which sums wrap around.
    function test_wordsAtTheEdges() external {
        bytes memory valid = _envelope(0, 0x51, Corpus.balances()[1]);
        for (uint256 word = 0; word * 32 < valid.length; ++word) {
            for (uint256 i = 0; i < 256; ++i) {
                _hearEnvelope(_balanceOf, _withWord(valid, word, uint256(1) << i));
                _hearEnvelope(_balanceOf, _withWord(valid, word, (uint256(1) << i) - 1));
                _hearEnvelope(_balanceOf, _withWord(valid, word, type(uint256).max - i));
            }
        }
    }

    /// @dev Every exit code but 0 comes back as it is, whatever data are with it.
    function testFuzz_exitCodes(int256 exitCode, bytes memory data) external {
        Says.answer(CALL_ACTOR_ID, _envelope(exitCode, 0, data));
        if (exitCode == 0) return;
        (bool ok, , bytes memory out) = _measured(_balanceOf.at, abi.encodeWithSelector(_balanceOf.selector, ""));
        bytes memory expected = abi.encodeWithSelector(ActorCall.ActorFailed.selector, 726108461, exitCode);
        require(!ok && keccak256(out) == keccak256(expected), "the exit code is lost");
        (ok, , out) = _measured(_activationOf.at, abi.encodeWithSelector(_activationOf.selector, ""));
        require(
            ok && keccak256(abi.decode(out, (bytes))) == keccak256(abi.encode(exitCode, -1)),
            "the exit code is lost"
        );
    }

    /// @dev What a precompile says when it reverts is not passed on.
    function testFuzz_revertsOfThePrecompile(bytes memory data) external {
        Says.refuse(CALL_ACTOR_ID, data);
        require(!_feed(_balanceOf, "") && !_feed(_activationOf, "") && !_feed(_settle, ""), "accepted");
        Says.refuse(RESOLVE_ADDRESS, data);
        require(!_feed(_resolve, ""), "accepted");
    }

    /* ACTOR IDS */

    function testFuzz_resolvedIds(uint256 seed, uint64 id) external {
        Dice memory dice = Dice(seed);
        bytes memory valid = abi.encode(id);
        Says.answer(RESOLVE_ADDRESS, valid);
        require(_feed(_resolve, valid), "refused");
        bytes memory damaged = Mutator.mutate(valid, abi.encode(~id), dice);
        Says.answer(RESOLVE_ADDRESS, damaged);
        _feed(_resolve, damaged);
    }

    function test_resolvedIdsHave64Bits() external {
        for (uint256 bit = 0; bit < 256; ++bit) {
            bytes memory id = abi.encode(uint256(1) << bit);
            Says.answer(RESOLVE_ADDRESS, id);
            require(_feed(_resolve, id) == (bit < 64), "an id of more than 64 bits");
        }
    }

    /* SUPPORT */

    function _hear(Decoder memory decoder, bytes memory answer) private returns (bool accepted) {
        return _hearEnvelope(decoder, _envelope(0, 0x51, answer));
    }

    /// @dev The decoder's own encoding must be what the envelope holds, and the envelope in the one form of the ABI.
    function _hearEnvelope(Decoder memory decoder, bytes memory envelope) private returns (bool accepted) {
        uint256 free = _freeMemory();
        Says.answer(CALL_ACTOR_ID, envelope);
        uint256 gas;
        bytes memory out;
        (accepted, gas, out) = _measured(decoder.at, abi.encodeWithSelector(decoder.selector, ""));
        _bounded(decoder, gas, envelope.length);
        if (!accepted) {
            _typed(decoder.name, out);
        } else {
            bytes memory data = abi.decode(out, (bytes));
            (int256 exitCode, uint64 codec, bytes memory told) = abi.decode(envelope, (int256, uint64, bytes));
            if (keccak256(_envelope(exitCode, codec, told)) != keccak256(envelope)) {
                _fail(decoder.name, "a second form of the envelope", envelope);
            }
            if (decoder.selector == MarketRoundTrips.activationOf.selector) data = _withSecondNumber(data, told);
            if (exitCode == 0 && keccak256(data) != keccak256(told)) _fail(decoder.name, "a second form", told);
        }
        _freeMemoryFrom(free);
    }

    /// @dev The number that `activationOf` drops, read by its head alone and written in its one form.
    function _withSecondNumber(bytes memory data, bytes memory told) private pure returns (bytes memory) {
        if (told.length <= data.length) return data;
        uint256 value = 0;
        for (uint256 i = data.length + 1; i < told.length; ++i) value = value * 256 + uint8(told[i]);
        uint8 head = uint8(told[data.length]);
        if (told.length == data.length + 1) value = head & 31;
        int64 number = int64(uint64(value));
        return bytes.concat(data, Cbor.writeInt(head < 0x20 ? number : -1 - number));
    }

    function _hearAll(bytes memory answer) private {
        _hear(_balanceOf, answer);
        _hear(_activationOf, answer);
        _hear(_settle, answer);
    }

    function _hearPrefixes(Decoder memory decoder, bytes[] memory answers) private {
        for (uint256 i = 0; i < answers.length; ++i) {
            require(_hear(decoder, answers[i]), "refused");
            for (uint256 length = 0; length < answers[i].length; ++length) {
                require(!_hear(decoder, Mutator.slice(answers[i], 0, length)), "accepted a cut");
            }
            for (uint256 tail = 0; tail < 256; tail += 15) {
                require(!_hear(decoder, abi.encodePacked(answers[i], uint8(tail))), "accepted a byte more");
            }
        }
    }

    function _hearChanged(Decoder memory decoder, bytes memory answer) private {
        for (uint256 at = 0; at < answer.length; ++at) {
            for (uint256 i = 0; i < 24; ++i) {
                uint256 value = i < 16 ? i * 17 : uint8(answer[at]) ^ (1 << (i - 16));
                _hear(decoder, Mutator.replace(answer, at, at + 1, abi.encodePacked(uint8(value))));
            }
        }
    }

    /// @dev What the FEVM writes is what the ABI's encoder writes (fvm.rs `call_actor_shared`).
    function _envelope(int256 exitCode, uint64 codec, bytes memory data) private pure returns (bytes memory) {
        return abi.encode(exitCode, codec, data);
    }

    function _damagedWord(bytes memory envelope, Dice memory dice) private pure returns (bytes memory) {
        uint256 word = Mutator.roll(dice, envelope.length / 32);
        return _withWord(envelope, word, Mutator.roll(dice, type(uint256).max) >> Mutator.roll(dice, 256));
    }

    function _withWord(bytes memory envelope, uint256 word, uint256 value) private pure returns (bytes memory) {
        return Mutator.replace(envelope, 32 * word, 32 * word + 32, abi.encode(value));
    }

    function _one(bytes[] memory all, Dice memory dice) private pure returns (bytes memory) {
        return all[Mutator.roll(dice, all.length)];
    }

    function _named(bytes4 error) internal pure override returns (bool) {
        return
            _isCborError(error) ||
            error == ActorCall.PrecompileFailed.selector ||
            error == ActorCall.ActorFailed.selector ||
            error == MarketActor.SettlementsInconsistent.selector;
    }
}
