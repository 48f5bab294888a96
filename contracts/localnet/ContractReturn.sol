// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CODEC_CBOR, CODEC_NONE} from "../filecoin/Actors.sol";
import {OK, USR_SERIALIZATION} from "../filecoin/ExitCodes.sol";
import {FIRST_USER_EXIT_CODE, SYS_ILLEGAL_EXIT_CODE, SYS_OUT_OF_GAS} from "./Native.sol";
import {Receipt} from "./Receipt.sol";

/// @title  What an EVM contract returns from `handle_filecoin_method`, as the sender sees it
/// @notice abi.encode(uint32 exit code, uint64 codec, bytes data), read as if zeros without end followed:
///
///         nothing at all                      exit 0, no value
///         codec 0, length 0                   the exit code, no value
///         codec 0x51                          the exit code, the data
///         codec 0 with data, other codecs     21
///         an upper bit set in a word          21 (exit code, offset and length have 32 bits, the codec 64)
///         an exit code from 1 to 15           9: these are the system's
///
///         So 32 zero bytes are a success, and an offset behind the end makes the length 0.
///         Source: builtin-actors actors/evm/src/lib.rs `handle_filecoin_method_output`, reader.rs; ref-fvm
///         fvm/src/syscalls/vm.rs `exit`.
library ContractReturn {
    /// @dev Zeros that are made up for a length above what is there. A chain's limit is its gas.
    uint256 private constant MAX_PADDING = 1 << 20;

    function decode(bytes memory returned) internal pure returns (Receipt memory) {
        if (returned.length == 0) return Receipt(OK, CODEC_NONE, "");
        uint256 exit = _word(returned, 0);
        uint256 codec = _word(returned, 32);
        uint256 offset = _word(returned, 64);
        if (exit > type(uint32).max || codec > type(uint64).max || offset > type(uint32).max) return _malformed();
        uint256 length = _word(returned, offset);
        if (length > type(uint32).max) return _malformed();
        if (codec != CODEC_CBOR && (codec != CODEC_NONE || length != 0)) return _malformed();
        if (length > returned.length + MAX_PADDING) return Receipt(SYS_OUT_OF_GAS, CODEC_NONE, "");
        if (exit != 0 && exit < FIRST_USER_EXIT_CODE) exit = uint256(SYS_ILLEGAL_EXIT_CODE);
        return Receipt(int256(exit), uint64(codec), _slice(returned, offset + 32, length));
    }

    function _malformed() private pure returns (Receipt memory) {
        return Receipt(USR_SERIALIZATION, CODEC_NONE, "");
    }

    function _word(bytes memory data, uint256 at) private pure returns (uint256 word) {
        if (at >= data.length) return 0;
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), at))
        }
        uint256 left = data.length - at;
        // What memory holds behind the end is not part of it.
        return left < 32 ? (word >> (8 * (32 - left))) << (8 * (32 - left)) : word;
    }

    function _slice(bytes memory data, uint256 start, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        if (start >= data.length) return out;
        uint256 there = data.length - start;
        if (there > length) there = length;
        // for (i = 0; i < there; ++i) out[i] = data[start + i]
        assembly ("memory-safe") {
            mcopy(add(out, 32), add(add(data, 32), start), there)
        }
    }
}
