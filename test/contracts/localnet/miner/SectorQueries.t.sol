// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {
    GENERATE_SECTOR_LOCATION,
    GET_NOMINAL_SECTOR_EXPIRATION,
    VALIDATE_SECTOR_STATUS
} from "../../../../contracts/filecoin/Methods.sol";
import {
    MINER_COMPACT_PARTITIONS,
    MINER_DECLARE_FAULTS,
    MINER_DECLARE_FAULTS_RECOVERED
} from "../../../../contracts/localnet/Native.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

/// @notice FIP-0112, asked by a contract. Sector 77 lies in deadline 29 (77 mod 48), partition 0.
contract SectorQueriesTest is LocalnetTest {
    uint64 private constant SECTOR = 77;
    bytes private constant PLACE = hex"82181d00";
    bytes private constant NOWHERE = hex"822020";
    /// [[[29, 0, RLE+ of {77}]]]
    bytes private constant DECLARATION = hex"818183181d0042a029";
    uint64 private constant DEAD = 0;
    uint64 private constant ACTIVE = 1;
    uint64 private constant FAULTY = 2;

    /* THE LIFE OF A SECTOR */

    function test_ASectorThatWasNeverProvenIsDeadAtNoPlace() public {
        _is(DEAD, NOWHERE);
        _preCommit(WORKER, MINER, SECTOR, END);
        _is(DEAD, NOWHERE);
        _asks(GET_NOMINAL_SECTOR_EXPIRATION, Cbor.writeUint(SECTOR), 17, "");
    }

    function test_ACommittedSectorIsActiveUntilItsExpirationIsOver() public {
        _commit(SECTOR);
        _is(ACTIVE, PLACE);
        vm.roll(uint64(END));
        _is(ACTIVE, PLACE);
        vm.roll(uint64(END) + 1);
        _is(DEAD, PLACE);
    }

    function test_AFaultySectorIsFaultyUntilItRecovers() public {
        _commit(SECTOR);
        _native(WORKER, MINER, MINER_DECLARE_FAULTS, 0, DECLARATION);
        _is(FAULTY, PLACE);
        _native(WORKER, MINER, MINER_DECLARE_FAULTS_RECOVERED, 0, DECLARATION);
        _is(ACTIVE, PLACE);
    }

    function test_ATerminatedSectorIsDeadAtItsPlaceUntilItIsCompacted() public {
        _commit(SECTOR);
        _terminate(SECTOR);
        _is(DEAD, PLACE);
        // What it is not, at its place; and that it has no place.
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, PLACE), 0, hex"f4");
        _asks(VALIDATE_SECTOR_STATUS, _claim(DEAD, NOWHERE), 17, "");
        _native(WORKER, MINER, MINER_COMPACT_PARTITIONS, 0, hex"82181d410c");
        _is(DEAD, NOWHERE);
        _asks(VALIDATE_SECTOR_STATUS, _claim(DEAD, PLACE), 17, "");
        _asks(GET_NOMINAL_SECTOR_EXPIRATION, Cbor.writeUint(SECTOR), 17, "");
    }

    /* EXPIRATION */

    function test_NeitherFaultNorTerminationLowersTheExpiration() public {
        _commit(SECTOR);
        _asks(GET_NOMINAL_SECTOR_EXPIRATION, Cbor.writeUint(SECTOR), 0, Cbor.writeInt(END));
        _native(WORKER, MINER, MINER_DECLARE_FAULTS, 0, DECLARATION);
        _asks(GET_NOMINAL_SECTOR_EXPIRATION, Cbor.writeUint(SECTOR), 0, Cbor.writeInt(END));
        _terminate(SECTOR);
        _asks(GET_NOMINAL_SECTOR_EXPIRATION, Cbor.writeUint(SECTOR), 0, Cbor.writeInt(END));
    }

    /* LOCATIONS */

    function test_AnotherPlaceIs17AndNoPlaceIs16() public {
        _commit(SECTOR);
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, hex"82181c00"), 17, "");
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, hex"82181d01"), 17, "");
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, hex"82181d24"), 17, ""); // partition -5
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, hex"82183000"), 16, ""); // deadline 48
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, hex"822100"), 16, ""); // deadline -2
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, hex"82181d20"), 16, ""); // one of both is -1
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, hex"822000"), 16, "");
        _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, NOWHERE), 17, "");
    }

    function test_ALocationThatDoesNotDecodeIs16() public {
        _commit(SECTOR);
        bytes[6] memory wrong = [bytes(""), hex"82", hex"8100", hex"83181d0000", hex"82181d0000", hex"82f500"];
        for (uint256 i = 0; i < wrong.length; ++i) _asks(VALIDATE_SECTOR_STATUS, _claim(ACTIVE, wrong[i]), 16, "");
    }

    function test_ParamsThatDoNotDecodeAre21() public {
        _asks(VALIDATE_SECTOR_STATUS, _claim(3, PLACE), 21, "");
        _asks(GENERATE_SECTOR_LOCATION, Cbor.writeUint(SECTOR), 21, "");
        _asks(GET_NOMINAL_SECTOR_EXPIRATION, hex"81184d", 21, "");
        _asks(GENERATE_SECTOR_LOCATION, "", 16, "");
    }

    /* HELPERS */

    /// @dev GenerateSectorLocation says so, and of the three statuses ValidateSectorStatus confirms this one.
    function _is(uint64 status, bytes memory place) private {
        bytes memory expected = bytes.concat(hex"82", Cbor.writeUint(status), Cbor.writeBytes(place));
        _asks(GENERATE_SECTOR_LOCATION, bytes.concat(hex"81", Cbor.writeUint(SECTOR)), 0, expected);
        for (uint64 claimed = DEAD; claimed <= FAULTY; ++claimed) {
            _asks(
                VALIDATE_SECTOR_STATUS,
                _claim(claimed, place),
                0,
                claimed == status ? bytes(hex"f5") : bytes(hex"f4")
            );
        }
    }

    function _claim(uint64 status, bytes memory location) private pure returns (bytes memory) {
        return bytes.concat(hex"83", Cbor.writeUint(SECTOR), Cbor.writeUint(status), Cbor.writeBytes(location));
    }

    function _asks(uint64 method, bytes memory params, int256 exit, bytes memory expected) private {
        (bool called, bytes memory output) = client.callId(MINER, method, 0, 1, params);
        require(called, "the precompile failed");
        (int256 got, , bytes memory data) = abi.decode(output, (int256, uint64, bytes));
        require(got == exit, string.concat("another exit code: ", vm.toString(uint256(got))));
        _equal(data, expected);
    }
}
