// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {POWER_ACTOR} from "../../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {GET_DEAL_ACTIVATION, MINER_POWER} from "../../../../contracts/filecoin/Methods.sol";
import {BitField} from "../../../../contracts/localnet/BitField.sol";
import {IStoragePower} from "../../../../contracts/localnet/Interfaces.sol";
import "../../../../contracts/localnet/Native.sol" as Native;
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

/// @notice Faults, recoveries, terminations and what ends by itself. Sectors of 32 GiB.
contract DeclarationsTest is LocalnetTest {
    uint64 private constant FAULTS = Native.MINER_DECLARE_FAULTS;
    uint64 private constant RECOVERED = Native.MINER_DECLARE_FAULTS_RECOVERED;
    uint64 private constant TERMINATE = Native.MINER_TERMINATE_SECTORS;
    uint64 private constant CRON = Native.MINER_ON_DEFERRED_CRON_EVENT;
    /// 42 days, WPOST_PROVING_PERIOD * 42 of builtin-actors runtime/src/runtime/policy.rs.
    uint64 private constant FAULT_AGE = 120_960;

    function setUp() public override {
        super.setUp();
        _fund();
        for (uint64 sector = 1; sector <= 4; ++sector) _commit(sector);
    }

    /* WHO AND WHAT */

    function test_OnlyControllersDeclare() public {
        uint64[3] memory methods = [FAULTS, RECOVERED, TERMINATE];
        for (uint256 i = 0; i < methods.length; ++i) {
            _equal(_nativeExit(STRANGER, MINER, methods[i], 0, _of(1)), 18);
            _equal(_nativeExit(OTHER_WORKER, MINER, methods[i], 0, _of(1)), 18);
            // The numbers below 2^24 are closed to contracts.
            (int256 exit, ) = _fromClient(MINER, 1 << 23, 0, _of(1));
            require(exit == 18, "open to a contract");
        }
        _equal(_nativeExit(STRANGER, MINER, Native.MINER_COMPACT_PARTITIONS, 0, hex"8201410c"), 18);
    }

    function test_SectorsThatWereNeverCommittedAre16() public {
        _preCommit(WORKER, MINER, 9, END);
        _equal(_nativeExit(WORKER, MINER, FAULTS, 0, _of(9)), 16);
        _equal(_nativeExit(WORKER, MINER, RECOVERED, 0, _of(10)), 16);
        _equal(_nativeExit(WORKER, MINER, TERMINATE, 0, _of(9)), 16);
    }

    function test_ThereAre48Deadlines() public {
        _native(WORKER, MINER, FAULTS, 0, hex"818183182f004118");
        _equal(_nativeExit(WORKER, MINER, FAULTS, 0, hex"8181831830004118"), 16);
        _equal(_nativeExit(WORKER, MINER, TERMINATE, 0, hex"8181831830004118"), 16);
        _equal(_nativeExit(WORKER, MINER, Native.MINER_COMPACT_PARTITIONS, 0, hex"821830410c"), 16);
    }

    function test_ParamsThatDoNotDecodeAre21() public {
        (bool done, bytes memory reverted) = _attempt(FAULTS, hex"81");
        require(!done && bytes4(reverted) == Cbor.CborTruncated.selector, "decoded");
        (done, reverted) = _attempt(
            FAULTS,
            hex"818183000041"
            hex"00"
        );
        require(!done && bytes4(reverted) == BitField.BitFieldInvalid.selector, "decoded");
    }

    /* POWER */

    function test_AFaultTakesThePowerOnceAndARecoveryGivesItBackOnce() public {
        _has(4);
        _native(WORKER, MINER, FAULTS, 0, _of(2));
        _has(3);
        _native(WORKER, MINER, FAULTS, 0, _of(2));
        _has(3);
        _native(WORKER, MINER, RECOVERED, 0, _of(3));
        _has(3);
        _native(WORKER, MINER, RECOVERED, 0, _of(2));
        _has(4);
        _native(WORKER, MINER, RECOVERED, 0, _of(2));
        _has(4);
    }

    function test_ManySectorsInOneMessage() public {
        // {1, 2} in one declaration, {2, 3} in another: each counts once.
        bytes memory two = bytes.concat(hex"8182", hex"830100", _set(1, 2), hex"830200", _set(2, 3));
        _native(WORKER, MINER, FAULTS, 0, two);
        _has(1);
        _native(WORKER, MINER, TERMINATE, 0, two);
        _has(1);
        _native(WORKER, MINER, FAULTS, 0, _of(4));
        _has(0);
    }

    function test_ATerminatedSectorIsPassedOver() public {
        _native(WORKER, MINER, TERMINATE, 0, _of(1));
        _native(WORKER, MINER, FAULTS, 0, bytes.concat(hex"8181830000", _set(1, 2)));
        _has(2);
        _native(WORKER, MINER, RECOVERED, 0, bytes.concat(hex"8181830000", _set(1, 2)));
        _has(3);
    }

    function test_AFaultySectorCanBeTerminated() public {
        _native(WORKER, MINER, FAULTS, 0, _of(1));
        _equal(_native(WORKER, MINER, TERMINATE, 0, _of(1)), hex"81f5");
        _has(3);
        _equal(_nativeExit(WORKER, MINER, TERMINATE, 0, _of(1)), 16);
    }

    function test_ANumberStaysTakenAfterCompaction() public {
        _native(WORKER, MINER, TERMINATE, 0, _of(1));
        _native(WORKER, MINER, Native.MINER_COMPACT_PARTITIONS, 0, hex"820140");
        _equal(_nativeExit(WORKER, MINER, 28, 0, _preCommitParams(1, END)), 16);
        _equal(_nativeExit(WORKER, MINER, FAULTS, 0, _of(1)), 16);
        // Partition 1 does not exist.
        _equal(_nativeExit(WORKER, MINER, Native.MINER_COMPACT_PARTITIONS, 0, hex"82014118"), 16);
    }

    /* DEALS */

    function test_TheDealOfAFaultySectorGoesOn() public {
        DealProposal memory p = _proposal();
        uint64 deal = _publishOne(p);
        _activate(deal, p, 5, END);
        _native(WORKER, MINER, FAULTS, 0, _of(5));
        _equal(
            _native(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"00"),
            bytes.concat(hex"82", Cbor.writeInt(EPOCH), hex"20")
        );
        vm.roll(uint64(START) + 10);
        _equal(_settle(deal), bytes.concat(hex"828201808182", Cbor.writeBigInt(122_070), hex"f4"));
    }

    /* WHAT ENDS BY ITSELF */

    function test_APowerEndsWithTheLastEpochOfItsSector() public {
        _commit(6, END + 10);
        vm.roll(uint64(END));
        _has(5);
        vm.roll(uint64(END) + 1);
        _has(1);
        _equal(_nativeExit(WORKER, MINER, TERMINATE, 0, _of(1)), 16);
        _native(WORKER, MINER, FAULTS, 0, _of(1));
        _has(1);
        vm.roll(uint64(END) + 11);
        _has(0);
    }

    function test_After42DaysOfFaultASectorIsTerminatedWithItsDeals() public {
        DealProposal memory p = _proposal();
        uint64 deal = _publishOne(p);
        _activate(deal, p, 5, END);
        vm.roll(uint64(START));
        _native(WORKER, MINER, FAULTS, 0, _of(5));
        vm.roll(uint64(START) + FAULT_AGE);
        _native(Native.SYSTEM_ACTOR, MINER, CRON, 0, "");
        _equal(
            _native(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"00"),
            bytes.concat(hex"82", Cbor.writeInt(EPOCH), hex"20")
        );
        vm.roll(uint64(START) + FAULT_AGE + 1);
        _native(Native.SYSTEM_ACTOR, MINER, CRON, 0, "");
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"00"), 32);
        _equal(FilAddress.toMaskedId(Native.BURNT_FUNDS_ACTOR_ID).balance, COLLATERAL);
        (, uint256 locked) = _clientBalance();
        _equal(locked, 0);
        _has(4);
    }

    function test_AnyMessageOfTheMinerEndsWhatIsDue() public {
        _native(WORKER, MINER, FAULTS, 0, bytes.concat(hex"8181830000", _set(1, 3)));
        vm.roll(uint64(EPOCH) + FAULT_AGE + 1);
        _equal(_nativeExit(WORKER, MINER, TERMINATE, 0, _of(3)), 16);
        _native(WORKER, MINER, RECOVERED, 0, _of(1));
        _has(2);
    }

    function test_ARecoveryStopsTheClock() public {
        _native(WORKER, MINER, FAULTS, 0, _of(1));
        vm.roll(uint64(EPOCH) + FAULT_AGE);
        _native(WORKER, MINER, RECOVERED, 0, _of(1));
        _native(WORKER, MINER, FAULTS, 0, _of(1));
        vm.roll(uint64(EPOCH) + 2 * FAULT_AGE);
        _native(WORKER, MINER, RECOVERED, 0, _of(1));
        _has(4);
    }

    function test_OnlyTheCronSendsTheCronEvent() public {
        _equal(_nativeExit(STRANGER, MINER, CRON, 0, ""), 18);
        _equal(_nativeExit(WORKER, MINER, CRON, 0, ""), 18);
        _native(POWER_ACTOR, MINER, CRON, 0, hex"83404040");
    }

    /// @notice However sectors come and go, the power is that of the healthy ones.
    function testFuzz_PowerIsWhatIsHealthy(uint256 deeds) public {
        bool[5] memory live = [false, true, true, true, true];
        bool[5] memory faulty;
        for (uint256 i = 0; i < 12; ++i) {
            uint64 sector = uint64(1 + ((deeds >> (8 * i)) & 3));
            uint256 deed = (deeds >> (8 * i + 2)) & 3;
            if (deed == 2 && live[sector]) {
                _native(WORKER, MINER, TERMINATE, 0, _of(sector));
                live[sector] = false;
            } else if (deed != 2) {
                _native(WORKER, MINER, deed == 0 ? FAULTS : RECOVERED, 0, _of(sector));
                faulty[sector] = deed == 0;
            }
        }
        uint256 healthy = 0;
        for (uint256 i = 1; i < 5; ++i) {
            if (live[i] && !faulty[i]) ++healthy;
        }
        _has(healthy);
    }

    /* HELPERS */

    function _has(uint256 sectors) private {
        uint256 power = sectors * (32 << 30);
        bytes memory expected = bytes.concat(hex"82", Cbor.writeBigInt(power), Cbor.writeBigInt(power));
        _equal(_native(STRANGER, 4, MINER_POWER, 0, Cbor.writeUint(MINER)), expected);
        (, , uint256 network) = IStoragePower(POWER_ACTOR).networkFigures();
        _equal(network, power);
    }

    function _of(uint64 sector) private pure returns (bytes memory) {
        uint64[] memory numbers = new uint64[](1);
        numbers[0] = sector;
        return bytes.concat(hex"8181830000", Cbor.writeBytes(BitField.encode(numbers)));
    }

    function _set(uint64 a, uint64 b) private pure returns (bytes memory) {
        uint64[] memory numbers = new uint64[](2);
        (numbers[0], numbers[1]) = (a, b);
        return Cbor.writeBytes(BitField.encode(numbers));
    }

    function _attempt(uint64 method, bytes memory params) private returns (bool done, bytes memory returned) {
        bytes memory input = abi.encodeWithSelector(bytes4(0x868e10c4), method, uint64(0x51), params);
        vm.prank(WORKER);
        return FilAddress.toMaskedId(MINER).call(input);
    }
}
