// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    CALL_ACTOR,
    CALL_ACTOR_ID,
    CODEC_CBOR,
    CODEC_NONE,
    MARKET_ACTOR
} from "../../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {ADD_BALANCE, GET_BALANCE, GET_DEAL_CLIENT, INVOKE_EVM, SEND} from "../../../../contracts/filecoin/Methods.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";
import {Answers, NoMoney, Reverts} from "../support/Receivers.sol";

/// @notice 0xfe…03 and 0xfe…05: how a message leaves a contract and what comes back.
contract CallActorTest is LocalnetTest {
    uint64 private constant METHOD = 1 << 30;
    uint64 private constant READ_ONLY = 1;

    function setUp() public override {
        super.setUp();
        vm.deal(address(client), 10 ether);
    }

    /* THE CALL ITSELF */

    function test_OnlyDelegatecall() public {
        bytes memory input = abi.encode(GET_DEAL_CLIENT, 0, 0, CODEC_CBOR, Cbor.writeUint(0), uint64(5));
        (bool called, bytes memory output) = CALL_ACTOR_ID.call(input);
        require(!called && output.length == 0, "CALL went through");
        (called, ) = CALL_ACTOR_ID.staticcall(input);
        require(!called, "STATICCALL went through");
        (called, ) = CALL_ACTOR.call(abi.encode(GET_DEAL_CLIENT, 0, 0, CODEC_CBOR, Cbor.writeUint(0), hex"0005"));
        require(!called, "CALL went through");
        (called, ) = client.raw(CALL_ACTOR_ID, input);
        require(called, "DELEGATECALL failed");
    }

    function test_FailsForReservedMethods() public {
        _fails(abi.encode(1, 0, 0, CODEC_NONE, bytes(""), uint64(5)));
        _fails(abi.encode(1023, 0, 0, CODEC_NONE, bytes(""), uint64(5)));
    }

    function test_FailsForUnknownFlags() public {
        _fails(abi.encode(GET_DEAL_CLIENT, 0, 2, CODEC_CBOR, Cbor.writeUint(0), uint64(5)));
    }

    function test_FailsForOtherCodecs() public {
        _fails(abi.encode(GET_DEAL_CLIENT, 0, 0, 0x71, Cbor.writeUint(0), uint64(5)));
        _fails(abi.encode(GET_DEAL_CLIENT, 0, 0, 0x55, Cbor.writeUint(0), uint64(5)));
        _fails(abi.encode(GET_DEAL_CLIENT, 0, 0, CODEC_NONE, Cbor.writeUint(0), uint64(5)));
    }

    function test_FailsForIntegersAboveTheirType() public {
        uint256 over = uint256(1) << 64;
        bytes memory id = Cbor.writeUint(0);
        _fails(abi.encode(over | GET_DEAL_CLIENT, 0, 0, CODEC_CBOR, id, uint64(5)));
        _fails(abi.encode(GET_DEAL_CLIENT, 0, over, CODEC_CBOR, id, uint64(5)));
        _fails(abi.encode(GET_DEAL_CLIENT, 0, 0, over | CODEC_CBOR, id, uint64(5)));
        _fails(abi.encode(GET_DEAL_CLIENT, 0, 0, CODEC_CBOR, id, over | 5));
        _fails(abi.encode(GET_DEAL_CLIENT, 0, 0, CODEC_CBOR, uint256(1) << 32, uint64(5), bytes32(0)));
        _fails(abi.encode(GET_DEAL_CLIENT, 0, 0, CODEC_CBOR, 192, uint64(5), uint256(1) << 32));
    }

    function test_InputThatBreaksOffIsReadAsZeros() public {
        // Params offset behind the end: no params. Codec 0, so none are fine, and the method is unknown: 22.
        (bool called, bytes memory output) = client.raw(
            CALL_ACTOR_ID,
            abi.encode(METHOD, 0, 0, CODEC_NONE, 5000, uint64(5))
        );
        require(called, "failed");
        _equalExit(output, 22);
        // One byte of params where two are claimed: uint 0 and a zero behind it.
        bytes memory input = abi.encode(GET_DEAL_CLIENT, 0, 0, CODEC_CBOR, 192, uint64(5), 2);
        (called, output) = client.raw(CALL_ACTOR_ID, abi.encodePacked(input, hex"00"));
        require(called, "failed");
        _equalExit(output, 21);
        // No input at all: method 0, no value, to f00.
        (called, output) = client.raw(CALL_ACTOR_ID, "");
        require(called, "failed");
        _equal(output, abi.encode(int256(0), CODEC_NONE, ""));
        (called, ) = client.raw(CALL_ACTOR, "");
        require(!called, "an address without bytes");
    }

    function test_FailsForBytesThatAreNoAddress() public {
        (bool called, bytes memory output) = client.callAddress(hex"05", METHOD, 0, "");
        require(!called && output.length == 0, "went through");
    }

    /* WHAT NO ACTOR ANSWERS: errno of the syscall */

    function test_MissingActorIsMinus6() public {
        _exits(424242, METHOD, 0, 0, -6);
        bytes[3] memory nobody = [bytes(hex"01aabbccddeeff00112233445566778899aabbccdd"), hex"0463aa", hex"040a1122"];
        for (uint256 i = 0; i < nobody.length; ++i) {
            (bool called, bytes memory output) = client.callAddress(nobody[i], METHOD, 0, "");
            require(called, "failed");
            _equalExit(output, -6);
        }
    }

    function test_ValueAboveTheBalanceIsMinus5() public {
        _exits(5, ADD_BALANCE, 10 ether + 1, 0, -5);
    }

    function test_ValueInAReadOnlyMessageIsMinus13() public {
        _exits(5, ADD_BALANCE, 1, READ_ONLY, -13);
    }

    /* NATIVE ACTORS */

    function test_AnActorsAbortIsItsExitCode() public {
        (int256 exit, bytes memory data) = _fromClient(5, GET_DEAL_CLIENT, 0, Cbor.writeUint(99));
        require(exit == 17 && data.length == 0, "not exit 17 without data");
    }

    function test_ParamsThatDoNotDecodeAre21() public {
        (int256 exit, ) = _fromClient(5, GET_DEAL_CLIENT, 0, hex"1817");
        require(exit == 21, "not 21");
        (exit, ) = _fromClient(5, GET_DEAL_CLIENT, 0, hex"0000");
        require(exit == 21, "not 21");
    }

    function test_UnknownMethodsAre22() public {
        (int256 exit, ) = _fromClient(5, METHOD, 0, hex"80");
        require(exit == 22, "not 22");
        (exit, ) = _fromClient(1, METHOD, 0, hex"80");
        require(exit == 22, "not 22");
        (exit, ) = _fromClient(MINER, METHOD, 0, hex"80");
        require(exit == 22, "not 22");
    }

    function test_MethodsBelow2To24AreClosedToContracts() public {
        _exits(5, 1024, 0, 0, 18);
        _exits(MINER, (1 << 24) - 1, 0, 0, 18);
    }

    function test_AWriteInAReadOnlyMessageIs25() public {
        bytes memory params = Cbor.writeBytes(FilAddress.fromEth(address(client)));
        (bool called, bytes memory output) = client.callId(
            5,
            2280458852,
            0,
            READ_ONLY,
            bytes.concat(hex"82", params, hex"40")
        );
        require(called, "failed");
        _equalExit(output, 25);
    }

    function test_AReadIsPossibleInAReadOnlyMessage() public {
        bytes memory params = Cbor.writeBytes(FilAddress.fromActorId(MINER));
        (bool called, bytes memory output) = client.callId(5, GET_BALANCE, 0, READ_ONLY, params);
        require(called, "failed");
        (int256 exit, uint64 codec, bytes memory data) = abi.decode(output, (int256, uint64, bytes));
        require(exit == 0 && codec == CODEC_CBOR, "not exit 0 with CBOR");
        _equal(data, hex"824040");
    }

    function test_AnEmptyAnswerHasCodec0() public {
        bytes memory params = Cbor.writeBytes(FilAddress.fromActorId(MINER));
        (bool called, bytes memory output) = client.callId(5, ADD_BALANCE, 1 ether, 0, params);
        require(called, "failed");
        _equal(output, abi.encode(int256(0), CODEC_NONE, ""));
        _equal(MARKET_ACTOR.balance, 1 ether);
    }

    function test_ByAddressAsById() public {
        bytes memory params = Cbor.writeBytes(FilAddress.fromActorId(MINER));
        (, bytes memory byId) = client.callId(5, GET_BALANCE, 0, 0, params);
        (, bytes memory byAddress) = client.callAddress(hex"0005", GET_BALANCE, 0, params);
        _equal(byAddress, byId);
    }

    /* EVM CONTRACTS */

    function test_AContractGetsMethodCodecAndParams() public {
        Answers receiver = new Answers(abi.encode(uint32(0), CODEC_CBOR, hex"f5"));
        bytes memory output = _call(address(receiver), METHOD, 3, hex"8101");
        _equal(output, abi.encode(int256(0), CODEC_CBOR, hex"f5"));
        _equal(receiver.value(), 3);
        bytes memory call = abi.encodeWithSelector(bytes4(0x868e10c4), METHOD, CODEC_CBOR, hex"8101");
        _equal(receiver.lastCall(), call);
    }

    function test_ReturnRulesOfAContract() public {
        // [what it returns, exit code of the caller]
        _returns("", 0);
        _returns(abi.encode(uint32(0), CODEC_NONE, ""), 0);
        _returns(abi.encode(uint32(0), CODEC_CBOR, ""), 0);
        _returns(abi.encode(uint32(42), CODEC_CBOR, hex"f5"), 42);
        _returns(abi.encode(uint32(0), CODEC_NONE, hex"f5"), 21);
        _returns(abi.encode(uint32(0), 0x71, hex"f5"), 21);
        _returns(abi.encode(uint32(0), 0x55, hex"f5"), 21);
        _returns(abi.encode(uint256(1) << 32, CODEC_CBOR, hex"f5"), 21);
        _returns(abi.encode(uint32(0), (uint256(1) << 64) | CODEC_CBOR, hex"f5"), 21);
        _returns(hex"f5", 21);
        _returns(new bytes(32), 0);
        _returns(abi.encode(uint32(7), CODEC_CBOR, hex"f5"), 9);
        _returns(abi.encode(uint32(0), CODEC_CBOR, uint256(96), type(uint256).max, bytes32(0)), 21);
        _returns(abi.encode(uint32(0), CODEC_CBOR, type(uint256).max, uint256(1), bytes32(0)), 21);
    }

    function test_ARevertingContractIs33WithItsReasonInCbor() public {
        bytes memory output = _call(address(new Reverts()), METHOD, 0, "");
        bytes memory reason = abi.encodeWithSelector(Reverts.Reason.selector, 7);
        _equal(output, abi.encode(int256(33), CODEC_CBOR, Cbor.writeBytes(reason)));
    }

    function test_AContractHandlesNoMethodUpTo1023() public {
        Answers receiver = new Answers("");
        (bool called, ) = client.callAddress(FilAddress.fromEth(address(receiver)), 1023, 0, "");
        require(!called, "went through");
        _equal(receiver.calls(), 0);
    }

    function test_InvokeEvmWrapsCallAndReturnInCborBytes() public {
        NoMoney receiver = new NoMoney();
        bytes memory call = Cbor.writeBytes(abi.encodeCall(NoMoney.answer, ()));
        bytes memory output = _call(address(receiver), INVOKE_EVM, 0, call);
        _equal(output, abi.encode(int256(0), CODEC_CBOR, Cbor.writeBytes(abi.encode(42))));
    }

    /* ACCOUNTS, AND MONEY */

    function test_AnAccountTakesExportedMethodsOnly() public {
        _equal(_call(WORKER, METHOD, 0, ""), abi.encode(int256(0), CODEC_NONE, ""));
        _equalExit(_call(WORKER, 1024, 0, ""), 22);
    }

    function test_Method0RunsNoCode() public {
        NoMoney receiver = new NoMoney();
        _equal(_call(address(receiver), SEND, 1 ether, ""), abi.encode(int256(0), CODEC_NONE, ""));
        _equal(address(receiver).balance, 1 ether);
        Answers answers = new Answers("");
        _call(address(answers), SEND, 1 ether, "");
        _equal(address(answers).balance, 1 ether);
        _equal(answers.calls(), 0);
    }

    function test_Method0ReachesAnAddressThatNobodyUsed() public {
        _equal(_call(address(0xdead0003), SEND, 5, ""), abi.encode(int256(0), CODEC_NONE, ""));
        _equal(address(0xdead0003).balance, 5);
    }

    function test_TheNonceOfTheSenderIsNotTouched() public {
        // Two clients deploy in the same order; one sends money in between.
        Deployer plain = new Deployer();
        Deployer sender = new Deployer();
        vm.deal(address(sender), 1 ether);
        sender.sendTo(STRANGER);
        _equal(uint160(plain.deploy()), uint160(_created(address(plain), 1)));
        _equal(uint160(sender.deploy()), uint160(_created(address(sender), 1)));
    }

    function _call(
        address to,
        uint64 method,
        uint256 value,
        bytes memory params
    ) private returns (bytes memory output) {
        bool called;
        (called, output) = client.callAddress(FilAddress.fromEth(to), method, value, params);
        require(called, "the precompile failed");
    }

    function _returns(bytes memory answer, int256 exit) private {
        _equalExit(_call(address(new Answers(answer)), METHOD, 0, ""), exit);
    }

    function _exits(uint64 to, uint64 method, uint256 value, uint64 flags, int256 expected) private {
        (bool called, bytes memory output) = client.callId(to, method, value, flags, "");
        require(called, "the precompile failed");
        _equalExit(output, expected);
    }

    function _equalExit(bytes memory output, int256 expected) private pure {
        (int256 exit, , ) = abi.decode(output, (int256, uint64, bytes));
        require(exit == expected, string.concat("another exit code than ", vm.toString(uint256(expected))));
    }

    function _fails(bytes memory input) private {
        (bool called, bytes memory output) = client.raw(CALL_ACTOR_ID, input);
        require(!called && output.length == 0, "went through");
    }

    function _created(address by, uint8 nonce) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", by, nonce)))));
    }
}

/// @notice Sends by method 0, and deploys.
contract Deployer {
    function sendTo(address to) external {
        bytes memory input = abi.encode(SEND, 1, 0, CODEC_NONE, bytes(""), FilAddress.fromEth(to));
        (bool called, ) = CALL_ACTOR.delegatecall(input);
        require(called, "the precompile failed");
    }

    function deploy() external returns (address) {
        return address(new NoMoney());
    }
}
