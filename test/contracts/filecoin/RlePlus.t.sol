// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {RlePlus} from "../../../contracts/filecoin/RlePlus.sol";
import {vm} from "../support/Vm.sol";

contract RlePlusTest {
    function encode(uint64[] memory ids) external pure returns (bytes memory) {
        return RlePlus.encode(ids);
    }

    /// @dev Bytes of ref-fvm's own bit writer (specification, section 4).
    function test_single() external pure {
        _is(0, hex"0c");
        _is(1, hex"18");
        _is(15, hex"f003");
        _is(16, hex"0022");
        _is(147_142, hex"c0b81f21");
        _is(100_000_000, hex"0050f8fa25");
    }

    function test_run() external pure {
        uint64[] memory ids = new uint64[](3);
        (ids[0], ids[1], ids[2]) = (5, 6, 7);
        require(keccak256(RlePlus.encode(ids)) == keccak256(hex"b01c"), "5, 6, 7");
    }

    /// @dev Of test/vectors/f05-cbor.json.
    function test_sets() external pure {
        uint64[] memory ids = new uint64[](8);
        (ids[0], ids[1], ids[2], ids[3]) = (3, 100, 101, 102);
        (ids[4], ids[5], ids[6], ids[7]) = (5000, 5017, 4_294_967_296, 9_007_199_254_740_993);
        require(keccak256(RlePlus.encode(ids)) == keccak256(hex"7002e6106a12889863ffff3f0410101010feffff21"), "spread");
        _is(type(uint64).max - 1, hex"c0ffffffffffffffff3f20");
    }

    /// @dev 2 to 17: three bytes of bits, the last of them zero. The bytes are those of src/bytes/rle-plus.ts.
    function test_zeroByteAtTheEndIsCutOff() external pure {
        uint64[] memory ids = new uint64[](16);
        for (uint64 i = 0; i < 16; ++i) ids[i] = i + 2;
        require(keccak256(RlePlus.encode(ids)) == keccak256(hex"5080"), "2 to 17");
    }

    function test_empty() external pure {
        require(RlePlus.encode(new uint64[](0)).length == 0, "empty");
    }

    function test_idsAscend() external {
        uint64[] memory ids = new uint64[](2);
        (ids[0], ids[1]) = (7, 7);
        vm.expectRevert(abi.encodeWithSelector(RlePlus.IdsNotAscending.selector, 7));
        this.encode(ids);
        (ids[0], ids[1]) = (7, 6);
        vm.expectRevert(abi.encodeWithSelector(RlePlus.IdsNotAscending.selector, 6));
        this.encode(ids);
    }

    /// @dev A reader of the format, written apart from the writer, gets the ids back.
    function testFuzz_readsBack(uint64[] memory steps) external pure {
        uint256 count = steps.length > 40 ? 40 : steps.length;
        uint64[] memory ids = new uint64[](count);
        uint64 at = 0;
        for (uint256 i = 0; i < count; ++i) {
            // Mostly small steps, so that there are runs.
            at += 1 + (steps[i] % 4 == 0 ? (steps[i] >> 8) % (1 << 50) : steps[i] % 3);
            ids[i] = at - 1;
        }
        bytes memory data = RlePlus.encode(ids);
        uint256 bit = 2;
        uint256 position = 0;
        uint256 found = 0;
        bool ones = _bits(data, 2, 1) == 1;
        bit = 3;
        while (found < count) {
            uint256 length = 1;
            if (_bits(data, bit, 1) == 1) {
                bit += 1;
            } else if (_bits(data, bit + 1, 1) == 1) {
                length = _bits(data, bit + 2, 4);
                bit += 6;
            } else {
                bit += 2;
                length = 0;
                for (uint256 shift = 0; ; shift += 7) {
                    uint256 group = _bits(data, bit, 8);
                    bit += 8;
                    length |= (group & 0x7f) << shift;
                    if (group < 0x80) break;
                }
            }
            if (ones) for (uint256 i = 0; i < length; ++i) require(ids[found++] == position + i, "id");
            position += length;
            ones = !ones;
        }
        // Zero bytes at the end are cut off; the reader takes what is not there for zeros.
        require(data.length <= (bit + 7) / 8, "no byte too many");
        require(data.length == 0 || data[data.length - 1] != 0, "no zero byte at the end");
    }

    function _bits(bytes memory data, uint256 at, uint256 count) private pure returns (uint256 value) {
        for (uint256 i = 0; i < count && (at + i) / 8 < data.length; ++i) {
            value |= ((uint256(uint8(data[(at + i) / 8])) >> ((at + i) % 8)) & 1) << i;
        }
    }

    function _is(uint64 id, bytes memory expected) private pure {
        uint64[] memory ids = new uint64[](1);
        ids[0] = id;
        require(keccak256(RlePlus.encode(ids)) == keccak256(expected), "bytes differ");
    }
}
