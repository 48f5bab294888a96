// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    GET_RANDOMNESS,
    INIT_ACTOR,
    LOOKUP_DELEGATED_ADDRESS,
    RESOLVE_ADDRESS
} from "../../../../contracts/filecoin/Actors.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {ActorAbort} from "../../../../contracts/localnet/Abort.sol";
import {IInitActor} from "../../../../contracts/localnet/Interfaces.sol";
import {SYSTEM_ACTOR} from "../../../../contracts/localnet/Native.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

/// @notice Asks for its own id while it has no code yet.
contract AskInConstructor {
    uint64 public immutable id;

    constructor() {
        (, bytes memory output) = RESOLVE_ADDRESS.staticcall(abi.encodePacked(hex"040a", address(this)));
        id = abi.decode(output, (uint64));
    }
}

/// @notice 0xfe…01, …02 and …06, and f01 behind them.
contract AddressesTest is LocalnetTest {
    bytes private constant F1 = hex"01aabbccddeeff00112233445566778899aabbccdd";

    function test_ResolvesAnIdToItselfWhetherOrNotItExists() public view {
        _equal(_resolves(hex"00b08b01"), 17840);
        _equal(_resolves(hex"0005"), 5);
    }

    function test_ResolvesAContractToTheIdThatF05TellsIt() public {
        uint64 id = uint64(_resolves(FilAddress.fromEth(address(client))));
        _fund();
        _publishOne(_proposal());
        bytes memory params = client.told(0).params;
        bytes memory f0 = FilAddress.fromActorId(id);
        require(_contains(params, abi.encodePacked(uint8(0x40 + f0.length), f0)), "the notification names another id");
    }

    function test_ResolvesNothingForAnAddressThatNobodyUsed() public view {
        (bool success, bytes memory output) = RESOLVE_ADDRESS.staticcall(FilAddress.fromEth(address(0xdead0001)));
        require(success && output.length == 0, "resolved");
    }

    function test_ResolvesAnAddressOnceItHasMoney() public {
        vm.deal(address(0xdead0002), 1);
        require(_resolves(FilAddress.fromEth(address(0xdead0002))) != 0, "not resolved");
    }

    function test_ResolvesTheCallerDuringItsConstruction() public {
        AskInConstructor asker = new AskInConstructor();
        _equal(asker.id(), _resolves(FilAddress.fromEth(address(asker))));
    }

    function test_ResolvesNoMaskedId() public view {
        (bool success, bytes memory output) = RESOLVE_ADDRESS.staticcall(FilAddress.fromEth(INIT_ACTOR));
        require(success && output.length == 0, "resolved");
    }

    function test_FailsForBytesThatAreNoAddress() public view {
        bytes[11] memory wrong = [
            bytes(""),
            hex"00",
            hex"0080",
            hex"00ff00", // LEB128 with an empty last group
            hex"000000", // bytes behind the id
            hex"00ffffffffffffffffff02", // 65 bits
            hex"05aa",
            hex"01aabb",
            hex"03aabb",
            hex"0480",
            abi.encodePacked(hex"040a", new bytes(55))
        ];
        for (uint256 i = 0; i < wrong.length; ++i) {
            (bool success, bytes memory output) = RESOLVE_ADDRESS.staticcall(wrong[i]);
            require(!success && output.length == 0, "resolved no address");
        }
    }

    function test_ResolvesNothingForAWellFormedAddressOfNobody() public view {
        bytes[4] memory nobody = [
            bytes(hex"040a1122"), // f410 of two bytes
            abi.encodePacked(hex"040a", new bytes(54)),
            hex"0463aabb", // another namespace
            hex"0463"
        ];
        for (uint256 i = 0; i < nobody.length; ++i) {
            (bool success, bytes memory output) = RESOLVE_ADDRESS.staticcall(nobody[i]);
            require(success && output.length == 0, "not empty");
        }
    }

    function test_ResolvesABoundAddress() public {
        vm.prank(SYSTEM_ACTOR);
        IInitActor(INIT_ACTOR).bind(F1, WORKER);
        _equal(_resolves(F1), _resolves(FilAddress.fromEth(WORKER)));
    }

    function test_OnlyF00Binds() public {
        vm.expectRevert(abi.encodeWithSelector(ActorAbort.selector, uint32(18), "only f00 names actors"));
        IInitActor(INIT_ACTOR).bind(F1, WORKER);
    }

    function test_LooksUpTheDelegatedAddressOfAnActorThatWasMet() public {
        _addBalance(FilAddress.fromEth(address(client)), 1);
        (bool success, bytes memory output) = LOOKUP_DELEGATED_ADDRESS.staticcall(abi.encode(_clientId()));
        require(success, "failed");
        _equal(output, FilAddress.fromEth(address(client)));
    }

    function test_LooksUpNothingForNativeAndUnknownActors() public view {
        uint64[3] memory ids = [uint64(5), MINER, 123456];
        for (uint256 i = 0; i < ids.length; ++i) {
            (bool success, bytes memory output) = LOOKUP_DELEGATED_ADDRESS.staticcall(abi.encode(ids[i]));
            require(success && output.length == 0, "looked up");
        }
    }

    function test_LookUpFailsAboveSixtyFourBits() public view {
        (bool success, ) = LOOKUP_DELEGATED_ADDRESS.staticcall(abi.encode(uint256(1) << 64));
        require(!success, "looked up");
    }

    function test_InputThatBreaksOffIsReadAsZeros() public view {
        (bool success, bytes memory output) = LOOKUP_DELEGATED_ADDRESS.staticcall("");
        require(success && output.length == 0, "f00 has a delegated address");
        (success, ) = LOOKUP_DELEGATED_ADDRESS.staticcall(hex"01");
        require(!success, "a set upper bit");
        (, bytes memory genesis) = GET_RANDOMNESS.staticcall(abi.encode(0));
        (success, output) = GET_RANDOMNESS.staticcall("");
        require(success, "no randomness");
        _equal(output, genesis);
    }

    function test_TheEpochOfRandomnessIsAnInt64() public view {
        (, bytes memory genesis) = GET_RANDOMNESS.staticcall(abi.encode(0));
        (bool success, bytes memory output) = GET_RANDOMNESS.staticcall(abi.encode(uint256(type(uint64).max)));
        require(success, "a negative epoch failed");
        _equal(output, genesis);
        (success, ) = GET_RANDOMNESS.staticcall(abi.encode(uint256(1) << 64));
        require(!success, "more than 64 bits");
        (success, ) = GET_RANDOMNESS.staticcall(abi.encode(int256(-1)));
        require(!success, "more than 64 bits");
        (success, ) = GET_RANDOMNESS.staticcall(abi.encode(type(int64).max));
        require(!success, "randomness of a later epoch");
    }

    function test_RandomnessIsOfAnEpochThatPassed() public view {
        (bool success, bytes memory now_) = GET_RANDOMNESS.staticcall(abi.encode(EPOCH));
        require(success && now_.length == 32, "no randomness of this epoch");
        (, bytes memory before) = GET_RANDOMNESS.staticcall(abi.encode(EPOCH - 1));
        require(keccak256(now_) != keccak256(before), "the same for two epochs");
        (success, ) = GET_RANDOMNESS.staticcall(abi.encode(EPOCH + 1));
        require(!success, "randomness of a later epoch");
    }

    function _resolves(bytes memory filAddress) private view returns (uint256) {
        (bool success, bytes memory output) = RESOLVE_ADDRESS.staticcall(filAddress);
        require(success && output.length == 32, "not resolved");
        return abi.decode(output, (uint256));
    }

    function _contains(bytes memory haystack, bytes memory needle) private pure returns (bool) {
        for (uint256 i = 0; i + needle.length <= haystack.length; ++i) {
            uint256 k = 0;
            while (k < needle.length && haystack[i + k] == needle[k]) ++k;
            if (k == needle.length) return true;
        }
        return false;
    }
}
