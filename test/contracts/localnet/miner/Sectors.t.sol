// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {MINER_POWER, MINER_RAW_POWER, SECTOR_CONTENT_CHANGED} from "../../../../contracts/filecoin/Methods.sol";
import {
    MINER_PRE_COMMIT_SECTOR_BATCH_2,
    MINER_PROVE_COMMIT_SECTORS_3,
    MINER_TERMINATE_SECTORS
} from "../../../../contracts/localnet/Native.sol";
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";
import {Answers, Reverts} from "../support/Receivers.sol";

/// @notice Sectors, whom they notify, and the power that they make.
contract SectorsTest is LocalnetTest {
    uint64 private constant SECTOR = 77;
    int64 private constant EXPIRATION = 6_755_200;
    bytes32 private constant COMM_P = 0xabababababababababababababababababababababababababababababababab;

    /* PRE-COMMIT */

    function test_OnlyControllersCommit() public {
        _equal(_nativeExit(STRANGER, MINER, MINER_PRE_COMMIT_SECTOR_BATCH_2, 0, _preCommitParams(1, EXPIRATION)), 18);
        _equal(_nativeExit(STRANGER, MINER, MINER_PROVE_COMMIT_SECTORS_3, 0, _prove(hex"0005", hex"00", true)), 18);
        _equal(_nativeExit(STRANGER, MINER, MINER_TERMINATE_SECTORS, 0, hex"8180"), 18);
    }

    function test_LifetimeIs180To1278Days() public {
        _refusesLifetime(518_399);
        _preCommit(WORKER, MINER, 1, EPOCH + 518_400);
        _preCommit(WORKER, MINER, 2, EPOCH + 3_680_640);
        _refusesLifetime(3_680_641);
    }

    function test_ASectorNumberIsUsedOnce() public {
        _preCommit(WORKER, MINER, 1, EXPIRATION);
        _equal(_nativeExit(WORKER, MINER, MINER_PRE_COMMIT_SECTOR_BATCH_2, 0, _preCommitParams(1, EXPIRATION)), 16);
    }

    /* PROVE-COMMIT */

    function test_OnlyPreCommittedSectorsAreProven() public {
        _equal(_nativeExit(WORKER, MINER, MINER_PROVE_COMMIT_SECTORS_3, 0, _prove(hex"0005", hex"00", false)), 17);
    }

    function test_PiecesMustFitTheSector() public {
        _preCommit(WORKER, MINER, SECTOR, EXPIRATION);
        bytes memory cid = abi.encodePacked(hex"0181e203922020", COMM_P);
        _equal(_nativeExit(WORKER, MINER, 34, 0, _proveParams(SECTOR, cid, 64 << 30, 0)), 16);
        _equal(_nativeExit(WORKER, MINER, 34, 0, _proveParams(SECTOR, cid, 127, 0)), 16);
    }

    function test_NotifiesInTheWireFormOfFip0109() public {
        Answers receiver = new Answers(abi.encode(uint32(0), uint64(0x51), hex"8181f5"));
        _preCommit(WORKER, MINER, SECTOR, EXPIRATION);
        bytes memory payload = abi.encode(uint256(1));
        bytes memory answer = _native(
            WORKER,
            MINER,
            34,
            0,
            _prove(FilAddress.fromEth(address(receiver)), payload, true)
        );
        _equal(answer, hex"820180");
        // test/vectors sector-content-changed, "one sector, one piece, abi deal id".
        bytes memory golden =
            hex"8183184d1a006713808183d82a5828000181e203922020abababababababababababababababababababababababababababababababab1a0004000058200000000000000000000000000000000000000000000000000000000000000001";
        _equal(
            receiver.lastCall(),
            abi.encodeWithSelector(bytes4(0x868e10c4), SECTOR_CONTENT_CHANGED, uint64(0x51), golden)
        );
    }

    function test_RequiredNotificationsThatFailAbort() public {
        // [what the receiver answers, exit code]
        _notificationFails(new Answers(abi.encode(uint32(0), uint64(0x51), hex"8181f4")), 1004);
        _notificationFails(new Answers(abi.encode(uint32(0), uint64(0x51), hex"8180")), 1003);
        _notificationFails(new Answers(abi.encode(uint32(0), uint64(0x51), hex"f5")), 1003);
        _notificationFails(new Answers(""), 1003);
        _notificationFails(new Answers(abi.encode(uint32(5), uint64(0), "")), 1002);
        _notificationFails(Answers(payable(address(new Reverts()))), 1002);
        // An f410 address that nobody used becomes a placeholder, which answers nothing.
        _notificationFails(Answers(payable(address(0xdead0009))), 1003);
        _preCommit(WORKER, MINER, SECTOR, EXPIRATION);
        _equal(_nativeExit(WORKER, MINER, 34, 0, _prove(hex"00e707", hex"00", true)), 1001);
    }

    function test_OtherNotificationsAreAllowedToFail() public {
        _preCommit(WORKER, MINER, SECTOR, EXPIRATION);
        bytes memory receiver = FilAddress.fromEth(address(new Reverts()));
        _equal(_native(WORKER, MINER, 34, 0, _prove(receiver, hex"00", false)), hex"820180");
        _equal(_power(MINER_RAW_POWER), bytes.concat(hex"82", Cbor.writeBigInt(32 << 30), hex"f5"));
    }

    function test_TellsReceiversAndSectorsInAscendingOrder() public {
        Clock clock = new Clock();
        Recorder low = new Recorder(clock);
        Recorder high = new Recorder(clock);
        if (address(low) > address(high)) (low, high) = (high, low);
        _preCommit(WORKER, MINER, 9, EXPIRATION);
        _preCommit(WORKER, MINER, 8, EXPIRATION);
        bytes memory notices = bytes.concat(hex"82", _notice(address(high)), _notice(address(low)));
        bytes memory sectors = bytes.concat(hex"82", _manifest(9, notices), _manifest(8, notices));
        bytes memory params = bytes.concat(hex"86", sectors, hex"8241004100", hex"40", hex"f6f5f4");
        _native(WORKER, MINER, MINER_PROVE_COMMIT_SECTORS_3, 0, params);
        require(low.at() < high.at(), "the order of the receivers");
        // [[8, expiration, [piece]], [9, …]]: sector 8 comes first.
        require(low.firstSector() == 8 && high.firstSector() == 8, "the order of the sectors");
    }

    /* TERMINATE */

    function test_OnlyActiveSectorsTerminate() public {
        _preCommit(WORKER, MINER, SECTOR, EXPIRATION);
        _equal(_nativeExit(WORKER, MINER, MINER_TERMINATE_SECTORS, 0, _termination()), 16);
        _native(WORKER, MINER, 34, 0, _prove(hex"0005", hex"00", false));
        _equal(_native(WORKER, MINER, MINER_TERMINATE_SECTORS, 0, _termination()), hex"81f5");
        _equal(_nativeExit(WORKER, MINER, MINER_TERMINATE_SECTORS, 0, _termination()), 16);
        _equal(_power(MINER_POWER), hex"824040");
    }

    /* f04 */

    function test_PowerOfAMinerThatHasNoSectorIsZero() public {
        _equal(_power(MINER_POWER), hex"824040");
        _equal(_power(MINER_RAW_POWER), hex"8240f4");
    }

    function _notice(address receiver) private pure returns (bytes memory) {
        return bytes.concat(hex"82", Cbor.writeBytes(FilAddress.fromEth(receiver)), hex"4100");
    }

    function _manifest(uint64 sector, bytes memory notices) private pure returns (bytes memory) {
        bytes memory cid = Cbor.writeCid(abi.encodePacked(hex"0181e203922020", COMM_P));
        bytes memory piece = bytes.concat(hex"84", cid, hex"1a00040000", hex"f6", notices);
        return bytes.concat(hex"82", Cbor.writeUint(sector), hex"81", piece);
    }

    function _power(uint64 method) private returns (bytes memory) {
        return _native(STRANGER, 4, method, 0, Cbor.writeUint(MINER));
    }

    function _refusesLifetime(int64 epochs) private {
        bytes memory params = _preCommitParams(9, EPOCH + epochs);
        _equal(_nativeExit(WORKER, MINER, MINER_PRE_COMMIT_SECTOR_BATCH_2, 0, params), 16);
    }

    function _notificationFails(Answers receiver, uint32 exit) private {
        uint64 sector = SECTOR + exit * 100 + uint64(uint160(address(receiver)) % 100);
        _preCommit(WORKER, MINER, sector, EXPIRATION);
        bytes memory params = _proveOf(sector, FilAddress.fromEth(address(receiver)), hex"00", true);
        _equal(_nativeExit(WORKER, MINER, 34, 0, params), exit);
    }

    function _prove(bytes memory receiver, bytes memory payload, bool required) private pure returns (bytes memory) {
        return _proveOf(SECTOR, receiver, payload, required);
    }

    /// @dev One piece of 262144 bytes that notifies one receiver.
    function _proveOf(
        uint64 sector,
        bytes memory receiver,
        bytes memory payload,
        bool required
    ) private pure returns (bytes memory) {
        bytes memory cid = Cbor.writeCid(abi.encodePacked(hex"0181e203922020", COMM_P));
        bytes memory notice = bytes.concat(hex"8182", Cbor.writeBytes(receiver), Cbor.writeBytes(payload));
        bytes memory piece = bytes.concat(hex"84", cid, hex"1a00040000", hex"f6", notice);
        bytes memory manifest = bytes.concat(hex"8182", Cbor.writeUint(sector), hex"81", piece);
        return bytes.concat(hex"86", manifest, hex"814100", hex"40", hex"f6f5", Cbor.writeBool(required));
    }

    function _termination() private pure returns (bytes memory) {
        // RLE+ of {77}: zeros 77, then a run of one.
        return hex"818183000042a029";
    }
}

/// @notice Counts.
contract Clock {
    uint256 private _ticks;

    function tick() external returns (uint256) {
        return ++_ticks;
    }
}

/// @notice Remembers when it was told, and of which sector first.
contract Recorder {
    Clock private immutable CLOCK;
    uint256 public at;
    uint8 public firstSector;

    constructor(Clock clock) {
        CLOCK = clock;
    }

    fallback() external {
        at = CLOCK.tick();
        // Selector, four words, then 82 83 and the number of the first sector.
        firstSector = uint8(msg.data[4 + 128 + 2]);
    }
}
