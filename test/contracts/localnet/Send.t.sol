// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CODEC_CBOR, CODEC_NONE, INIT_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {ADD_BALANCE, GET_BALANCE, INVOKE_EVM, WITHDRAW_BALANCE} from "../../../contracts/filecoin/Methods.sol";
import {IInitActor} from "../../../contracts/localnet/Interfaces.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../support/Vm.sol";
import {LocalnetTest} from "./support/LocalnetTest.sol";
import {TestClient} from "./support/TestClient.sol";
import {Relay, Writer} from "./support/Writers.sol";

/// @notice What a message may do under the read-only flag, and how its end is told (builtin-actors actors/evm/src/interpreter
///         instructions: storage.rs, log_event.rs, lifecycle.rs, call.rs).
contract SendTest is LocalnetTest {
    uint64 private constant METHOD = 1 << 30;
    uint64 private constant READ_ONLY = 1;

    /* EVERY WRITE IS 25 */

    function test_EachWritingOpcodeIs25() public {
        Writer.Deed[5] memory deeds = [
            Writer.Deed.Sstore,
            Writer.Deed.Log0,
            Writer.Deed.Create,
            Writer.Deed.Create2,
            Writer.Deed.SendValue
        ];
        for (uint256 i = 0; i < deeds.length; ++i) {
            address writer = address(new Writer{value: 1}(deeds[i]));
            _equal(_read(writer, METHOD, hex"80"), abi.encode(int256(25), CODEC_NONE, ""));
            _equal(_read(writer, INVOKE_EVM, hex"4101"), abi.encode(int256(25), CODEC_NONE, ""));
        }
    }

    function test_ATransientStoreAndASelfDestructAre25() public {
        vm.etch(address(0xdead0010), hex"600160005d"); // TSTORE(0, 1) STOP
        _equal(_read(address(0xdead0010), METHOD, hex"80"), abi.encode(int256(25), CODEC_NONE, ""));
        _equal(_send(address(0xdead0010), METHOD, 0, hex"80"), abi.encode(int256(0), CODEC_NONE, ""));
        vm.etch(address(0xdead0010), hex"33ff"); // SELFDESTRUCT(caller)
        _equal(_read(address(0xdead0010), METHOD, hex"80"), abi.encode(int256(25), CODEC_NONE, ""));
    }

    function test_TheSameWritesAreAllowedWithoutTheFlag() public {
        for (uint256 i = uint256(Writer.Deed.Sstore); i <= uint256(Writer.Deed.Create2); ++i) {
            address writer = address(new Writer(Writer.Deed(i)));
            _equal(_send(writer, METHOD, 0, hex"80"), abi.encode(int256(0), CODEC_CBOR, hex"f5"));
        }
    }

    function test_ANativeActorThatWritesIs25() public {
        bytes memory own = bytes.concat(hex"82", Cbor.writeBytes(FilAddress.fromEth(address(client))), hex"420001");
        (, bytes memory output) = client.callId(5, WITHDRAW_BALANCE, 0, READ_ONLY, own);
        _equalExit(output, 25);
        // Its other checks come first: this balance is a miner's.
        bytes memory other = bytes.concat(hex"82", Cbor.writeBytes(FilAddress.fromActorId(MINER)), hex"420001");
        (, output) = client.callId(5, WITHDRAW_BALANCE, 0, READ_ONLY, other);
        _equalExit(output, 18);
    }

    /* A REVERT IS 33 */

    function test_ARevertWithoutDataIs33() public {
        bytes memory expected = abi.encode(int256(33), CODEC_CBOR, hex"40");
        address reverts = address(new Writer(Writer.Deed.RevertEmpty));
        _equal(_read(reverts, METHOD, hex"80"), expected);
        _equal(_read(reverts, INVOKE_EVM, hex"4101"), expected);
        _equal(_send(reverts, METHOD, 0, hex"80"), expected);
    }

    function test_ARevertWithAReasonIs33() public {
        bytes memory reason = abi.encodeWithSelector(Writer.Reason.selector, 7);
        bytes memory expected = abi.encode(int256(33), CODEC_CBOR, Cbor.writeBytes(reason));
        _equal(_read(address(new Writer(Writer.Deed.RevertReason)), METHOD, hex"80"), expected);
    }

    /* A VIOLATION DEEPER DOWN IS THE RECEIVER'S BUSINESS */

    function test_AViolationThatTheReceiverCatchesIsNoViolation() public {
        bytes memory output = _read(address(new Writer(Writer.Deed.CatchViolation)), METHOD, hex"80");
        _equal(output, abi.encode(int256(0), CODEC_CBOR, hex"f5"));
    }

    function test_AViolationThatBubblesUpIsARevert() public {
        bytes memory output = _read(address(new Writer(Writer.Deed.BubbleViolation)), METHOD, hex"80");
        _equal(output, abi.encode(int256(33), CODEC_CBOR, hex"40"));
        output = _read(address(new Writer(Writer.Deed.DelegateViolation)), METHOD, hex"80");
        bytes memory reason = abi.encodeWithSelector(Writer.Reason.selector, 8);
        _equal(output, abi.encode(int256(33), CODEC_CBOR, Cbor.writeBytes(reason)));
    }

    /* THE FLAG IS INHERITED */

    function test_AMessageSentFromAReadOnlyFrameIsReadOnly() public {
        bytes memory account = Cbor.writeBytes(FilAddress.fromActorId(MINER));
        uint64 writer = IInitActor(INIT_ACTOR).register(address(new Writer(Writer.Deed.Sstore)));
        _equal(_relayed(abi.encode(METHOD, 0, 0, CODEC_CBOR, hex"80", writer)), 25);
        _equal(_relayed(abi.encode(ADD_BALANCE, 1, 0, CODEC_CBOR, account, uint64(5))), -13);
        _equal(_relayed(abi.encode(GET_BALANCE, 0, 0, CODEC_CBOR, account, uint64(5))), 0);
    }

    /* AUTHENTICATEMESSAGE */

    function test_AWritingClientIsDroppedAndSaysSoTheFrameLater() public {
        _fund();
        client.setMood(TestClient.Mood.Write);
        TestClient second = new TestClient();
        _addBalance(FilAddress.fromEth(address(second)), 10 ether);
        DealProposal memory q = _proposal();
        q.client = FilAddress.fromEth(address(second));
        _equal(_publish(_list(_proposal(), q)), hex"8281004118");
    }

    /* GAS */

    function test_AFrameThatUsesUpItsGasIs7() public {
        Burner burner = new Burner();
        (bool done, bytes memory output) = client.callAddress{gas: 3_000_000}(
            FilAddress.fromEth(address(burner)),
            METHOD,
            0,
            hex"80"
        );
        require(done, "the precompile failed");
        _equal(output, abi.encode(int256(7), CODEC_NONE, ""));
    }

    /* WHO RECEIVES */

    function test_AnAddressThatNobodyUsedBecomesAPlaceholderThatTakesEverything() public {
        address nobody = address(0xdead0012);
        _equal(_send(nobody, 1024, 0, ""), abi.encode(int256(0), CODEC_NONE, ""));
        (bool found, ) = IInitActor(INIT_ACTOR).resolve(FilAddress.fromEth(nobody));
        require(found, "no placeholder");
    }

    function test_AReadOnlyMessageMakesNoPlaceholder() public {
        _equalExit(_read(address(0xdead0013), METHOD, hex"80"), -13);
        (bool found, ) = IInitActor(INIT_ACTOR).resolve(FilAddress.fromEth(address(0xdead0013)));
        require(!found, "a placeholder");
    }

    function test_ANativeActorWithoutCodeHandlesNothing() public {
        uint64[3] memory ids = [uint64(2), 6, 7];
        for (uint256 i = 0; i < ids.length; ++i) {
            (bool done, bytes memory output) = client.callId(ids[i], METHOD, 0, 0, hex"80");
            require(done, "the precompile failed");
            _equalExit(output, 22);
        }
    }

    function test_IdsThatNoActorHasAreMinus6() public {
        uint64[5] memory ids = [uint64(8), 11, 98, 100, 999];
        for (uint256 i = 0; i < ids.length; ++i) {
            (bool done, bytes memory output) = client.callId(ids[i], METHOD, 0, 0, hex"80");
            require(done, "the precompile failed");
            _equalExit(output, -6);
        }
    }

    /* INVOKEEVM */

    function test_InvokeEvmWantsAByteString() public {
        address receiver = address(new Writer(Writer.Deed.Nothing));
        bytes[5] memory wrong = [bytes("\xf5"), hex"42aa", hex"41aabb", hex"5f", hex"6161"];
        for (uint256 i = 0; i < wrong.length; ++i) _equalExit(_send(receiver, INVOKE_EVM, 0, wrong[i]), 21);
        // A longer head than needed is read all the same.
        _equalExit(_send(receiver, INVOKE_EVM, 0, hex"5801aa"), 0);
    }

    function test_InvokeEvmReturnsAByteStringEvenWhenEmpty() public {
        _equal(_send(address(client), INVOKE_EVM, 0, ""), abi.encode(int256(0), CODEC_CBOR, hex"40"));
    }

    function _read(address to, uint64 method, bytes memory params) private returns (bytes memory output) {
        return _raw(abi.encode(method, 0, READ_ONLY, CODEC_CBOR, params, FilAddress.fromEth(to)));
    }

    function _send(address to, uint64 method, uint256 value, bytes memory params) private returns (bytes memory) {
        uint64 codec = params.length == 0 ? CODEC_NONE : CODEC_CBOR;
        return _raw(abi.encode(method, value, 0, codec, params, FilAddress.fromEth(to)));
    }

    function _raw(bytes memory input) private returns (bytes memory output) {
        bool done;
        (done, output) = client.raw(0xfe00000000000000000000000000000000000003, input);
        require(done, "the precompile failed");
    }

    function _relayed(bytes memory input) private returns (int256 exit) {
        address relay = address(new Relay{value: 1}(input));
        bytes memory data;
        (exit, , data) = abi.decode(_read(relay, METHOD, hex"80"), (int256, uint64, bytes));
        require(exit == 0, "the relay failed");
        return abi.decode(data, (int256));
    }

    function _equal(int256 got, int256 expected) private pure {
        require(got == expected, "another exit code");
    }

    function _equalExit(bytes memory output, int256 expected) private pure {
        (int256 exit, , ) = abi.decode(output, (int256, uint64, bytes));
        require(exit == expected, "another exit code");
    }
}

/// @notice Uses up whatever gas it gets.
contract Burner {
    fallback() external {
        while (gasleft() > 0) {
            assembly ("memory-safe") {
                pop(keccak256(0, 4096))
            }
        }
    }
}
