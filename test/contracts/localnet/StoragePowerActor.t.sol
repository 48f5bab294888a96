// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {POWER_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {MINER_POWER, MINER_RAW_POWER} from "../../../contracts/filecoin/Methods.sol";
import {ActorAbort} from "../../../contracts/localnet/Abort.sol";
import {IStoragePower} from "../../../contracts/localnet/Interfaces.sol";
import {
    MINER_CONSENSUS_COUNT,
    MINER_COUNT,
    MINER_TERMINATE_SECTORS,
    NETWORK_RAW_POWER,
    SYSTEM_ACTOR
} from "../../../contracts/localnet/Native.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../support/Vm.sol";
import {LocalnetTest} from "./support/LocalnetTest.sol";

/// @notice Power, and the bounds of a provider's collateral that move with it.
contract StoragePowerActorTest is LocalnetTest {
    IStoragePower private constant F04 = IStoragePower(POWER_ACTOR);
    uint64 private constant GIB = 1 << 30;

    function setUp() public override {
        super.setUp();
        _fund();
    }

    /* MINERS */

    function test_WhoIsNoMinerIs17AndForRawPower16() public {
        uint64[4] memory others = [uint64(5), 999, 1002, _clientId()];
        for (uint256 i = 0; i < others.length; ++i) {
            _equal(_nativeExit(STRANGER, 4, MINER_POWER, 0, Cbor.writeUint(others[i])), 17);
            _equal(_nativeExit(STRANGER, 4, MINER_RAW_POWER, 0, Cbor.writeUint(others[i])), 16);
        }
    }

    function test_OnlyMinersEnrol() public {
        vm.expectRevert(abi.encodeWithSelector(ActorAbort.selector, uint32(18), "caller is not a storage miner"));
        vm.prank(STRANGER);
        F04.enrol();
    }

    function test_CountsMinersAndTheirPower() public {
        _equal(_native(STRANGER, 4, MINER_COUNT, 0, ""), hex"02");
        _equal(_native(STRANGER, 4, MINER_CONSENSUS_COUNT, 0, ""), hex"00");
        _equal(_native(STRANGER, 4, NETWORK_RAW_POWER, 0, ""), hex"40");
        _commit(1);
        _commit(2);
        _equal(_native(STRANGER, 4, MINER_CONSENSUS_COUNT, 0, ""), hex"01");
        _equal(_native(STRANGER, 4, NETWORK_RAW_POWER, 0, ""), Cbor.writeBigInt(64 * uint256(GIB)));
        _equal(_power(MINER_POWER), bytes.concat(hex"82", Cbor.writeBigInt(64 << 30), Cbor.writeBigInt(64 << 30)));
        _equal(_power(MINER_RAW_POWER), bytes.concat(hex"82", Cbor.writeBigInt(64 << 30), hex"f5"));
    }

    function test_MethodsWithoutParamsRefuseThem() public {
        _equal(_nativeExit(STRANGER, 4, MINER_COUNT, 0, hex"80"), 16);
        _equal(_nativeExit(STRANGER, 4, MINER_POWER, 0, ""), 16);
    }

    /* FIGURES */

    function test_UnsetFiguresMake250000AttoFilPerByte() public view {
        uint64[4] memory sizes = [uint64(128), 262_144, 32 * GIB, 64 * GIB];
        for (uint256 i = 0; i < sizes.length; ++i)
            _equal(F04.minProviderCollateral(sizes[i]), 250_000 * uint256(sizes[i]));
        _equal(F04.minProviderCollateral(0), 0);
        (uint256 supply, uint256 baseline, uint256 raw) = F04.networkFigures();
        _equal(supply, 720_575_940_379_279_360_000_000_000);
        _equal(baseline, 28_823_037_615_171_174_400);
        _equal(raw, 0);
    }

    function test_OnlyF00SetsThemAndWithinBounds() public {
        vm.expectRevert(abi.encodeWithSelector(ActorAbort.selector, uint32(18), "only f00 sets network figures"));
        F04.setNetworkFigures(1, 1);
        vm.expectRevert(abi.encodeWithSelector(ActorAbort.selector, uint32(16), "circulating supply above 2e9 FIL"));
        _set(2e27 + 1, 1);
        _set(2e27, type(uint128).max);
        vm.expectRevert(abi.encodeWithSelector(ActorAbort.selector, uint32(16), "baseline power above 2^128 - 1"));
        _set(0, uint256(type(uint128).max) + 1);
    }

    /// @notice The cases of builtin-actors actors/market/src/policy.rs: each of the three may be the greatest.
    function test_TheGreatestOfPowerBaselineAndSizeDivides() public {
        _commit(1);
        // Raw power is 32 GiB. Baseline above it: 100e18 · 1 GiB / (64 GiB · 100).
        _set(100 ether, 64 * uint256(GIB));
        _equal(F04.minProviderCollateral(GIB), 1 ether / uint256(64));
        // Raw power above the baseline.
        _set(100 ether, GIB);
        _equal(F04.minProviderCollateral(GIB), 1 ether / uint256(32));
        // The piece above both: 1 % of the supply.
        _equal(F04.minProviderCollateral(128 * GIB), 1 ether);
        _set(100 ether, 0);
        _equal(F04.minProviderCollateral(128 * GIB), 1 ether);
    }

    function test_TheMinimumIsRoundedDown() public {
        _set(999, 128);
        _equal(F04.minProviderCollateral(128), 9);
        _set(99, 128);
        _equal(F04.minProviderCollateral(128), 0);
        _set(0, 128);
        _equal(F04.minProviderCollateral(1 << 63), 0);
    }

    function test_TheMarketAsksForTheMinimumOfTheMoment() public {
        DealProposal memory p = _proposal();
        _set(100 ether, 1 << 20);
        uint256 minimum = (1 ether * uint256(p.pieceSize)) / (1 << 20);
        p.providerCollateral = minimum - 1;
        _equal(_publishExit(p), 16);
        p.providerCollateral = minimum;
        _publishOne(p);
        // A sector takes the power above the baseline: the same deal costs 2^15 times less.
        _commit(1);
        p.label = "second";
        p.providerCollateral = minimum >> 15;
        _publishOne(p);
        p.label = "third";
        p.providerCollateral = (minimum >> 15) - 1;
        _equal(_publishExit(p), 16);
        _native(
            WORKER,
            MINER,
            MINER_TERMINATE_SECTORS,
            0,
            hex"8181830000"
            hex"4118"
        );
        p.providerCollateral = minimum >> 15;
        _equal(_publishExit(p), 16);
    }

    function _set(uint256 supply, uint256 baseline) private {
        vm.prank(SYSTEM_ACTOR);
        F04.setNetworkFigures(supply, baseline);
    }

    function _power(uint64 method) private returns (bytes memory) {
        return _native(STRANGER, 4, method, 0, Cbor.writeUint(MINER));
    }
}
