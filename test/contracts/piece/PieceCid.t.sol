// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {PieceCid} from "../../../contracts/piece/PieceCid.sol";

contract PieceCidTest {
    function testFuzz_commitment(bytes32 commitment) external pure {
        bytes memory cid = PieceCid.fromCommitment(commitment);
        (bool valid, bytes32 got) = PieceCid.tryCommitment(cid);
        require(valid && got == commitment && cid.length == 39, "round trip");
        (valid, got) = PieceCid.tryCommitment(bytes.concat(hex"00", cid));
        require(valid && got == commitment, "link form");
    }

    function testFuzz_anyOtherPrefixIsRefused(bytes7 prefix, bytes32 commitment) external pure {
        (bool valid, ) = PieceCid.tryCommitment(abi.encodePacked(prefix, commitment));
        require(valid == (prefix == PieceCid.PREFIX), "prefix");
    }

    function testFuzz_anyOtherLengthIsRefused(bytes memory cid) external pure {
        if (cid.length == 39 || cid.length == 40) return;
        (bool valid, ) = PieceCid.tryCommitment(cid);
        require(!valid, "length");
    }

    function test_sizes() external pure {
        require(PieceCid.capacity(128) == 127 && PieceCid.capacity(64 << 30) == 68_182_605_824, "capacity");
        require(PieceCid.paddedSize(0) == 128 && PieceCid.paddedSize(127) == 128, "smallest");
        require(PieceCid.paddedSize(128) == 256 && PieceCid.paddedSize(236_445) == 262_144, "next power");
        require(!PieceCid.isPieceSize(0) && !PieceCid.isPieceSize(64) && PieceCid.isPieceSize(1 << 63), "powers");
    }

    function testFuzz_paddedSizeIsTheSmallestThatFits(uint64 rawBytes) external pure {
        rawBytes %= 1 << 62;
        uint64 size = PieceCid.paddedSize(rawBytes);
        require(PieceCid.isPieceSize(size) && PieceCid.capacity(size) >= rawBytes, "fits");
        require(size == 128 || PieceCid.capacity(size / 2) < rawBytes, "smallest");
    }
}
