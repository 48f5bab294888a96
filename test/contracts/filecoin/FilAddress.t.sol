// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {vm} from "../support/Vm.sol";

contract FilAddressHarness {
    function kindOf(bytes memory a) external pure returns (FilAddress.Kind) {
        return FilAddress.kindOf(a);
    }

    function toActorId(bytes memory a) external pure returns (uint64) {
        return FilAddress.toActorId(a);
    }

    function toEth(bytes memory a) external pure returns (address) {
        return FilAddress.toEth(a);
    }
}

contract FilAddressTest {
    FilAddressHarness private immutable harness = new FilAddressHarness();

    function testFuzz_actorId(uint64 id) external view {
        bytes memory a = FilAddress.fromActorId(id);
        require(harness.toActorId(a) == id && harness.kindOf(a) == FilAddress.Kind.Id, "round trip");
    }

    function testFuzz_actorIdHasOneForm(bytes11 data, uint8 length) external pure {
        bytes memory a = new bytes(length % 12);
        for (uint256 i = 1; i < a.length; ++i) a[i] = data[i];
        (bool isId, uint64 id) = FilAddress.tryActorId(a);
        if (isId) require(keccak256(FilAddress.fromActorId(id)) == keccak256(a), "second form");
    }

    function testFuzz_eth(address eth) external view {
        bytes memory a = FilAddress.fromEth(eth);
        require(harness.toEth(a) == eth && harness.kindOf(a) == FilAddress.Kind.Ethereum, "round trip");
    }

    function testFuzz_maskedId(uint64 id) external pure {
        (bool isMasked, uint64 got) = FilAddress.tryMaskedId(FilAddress.toMaskedId(id));
        require(isMasked && got == id, "round trip");
    }

    function testFuzz_kindNeverPanics(bytes memory a) external view {
        try harness.kindOf(a) {} catch (bytes memory error) {
            require(bytes4(error) == FilAddress.AddressInvalid.selector, "error");
        }
    }

    function test_maskedIdOfTheMarket() external pure {
        require(FilAddress.toMaskedId(5) == 0xff00000000000000000000000000000000000005, "f05");
        (bool isMasked, ) = FilAddress.tryMaskedId(0xD4aac4D8fBc7575bDf5C19f900634d6c61a00a79);
        require(!isMasked, "an account");
    }

    function test_golden() external pure {
        require(keccak256(FilAddress.fromActorId(17840)) == keccak256(hex"00b08b01"), "f017840");
        require(keccak256(FilAddress.fromActorId(0)) == keccak256(hex"0000"), "f00");
        require(
            keccak256(FilAddress.fromEth(0xD4aac4D8fBc7575bDf5C19f900634d6c61a00a79)) ==
                keccak256(hex"040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a79"),
            "f410"
        );
    }

    function test_notId() external {
        bytes[6] memory bad = [bytes(hex""), hex"00", hex"008100", hex"000100", hex"0080", hex"00ffffffffffffffffff02"];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(FilAddress.AddressNotId.selector, bad[i]));
            harness.toActorId(bad[i]);
        }
    }

    function test_notEthereum() external {
        bytes memory a = hex"00b08b01";
        vm.expectRevert(abi.encodeWithSelector(FilAddress.AddressNotEthereum.selector, a));
        harness.toEth(a);
    }
}
