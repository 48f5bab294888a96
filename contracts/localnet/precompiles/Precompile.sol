// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {INIT_ACTOR} from "../../filecoin/Actors.sol";
import {IInitActor} from "../Interfaces.sol";

/// @title  What the precompiles of the localnet share
/// @notice They run as ordinary code at the real addresses and, called by DELEGATECALL, in the storage of the caller:
///         none has storage of its own, none writes any. Input and output have no selector. Input is read as if zeros without
///         end followed; an integer above its type fails (builtin-actors actors/evm/src/reader.rs).
abstract contract Precompile {
    IInitActor internal constant INIT = IInitActor(INIT_ACTOR);

    /// @dev Zeros that are made up for a length above what is there. A chain's limit is its gas.
    uint256 private constant MAX_PADDING = 1 << 20;

    fallback(bytes calldata input) external payable returns (bytes memory) {
        return _run(input);
    }

    function _run(bytes calldata input) internal virtual returns (bytes memory output);

    /// @dev The input is all of the call data, behind which the EVM itself puts zeros.
    function _uint256At(uint256 at) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(at)
        }
    }

    function _uint64At(uint256 at) internal pure returns (uint64) {
        uint256 word = _uint256At(at);
        _require(word <= type(uint64).max);
        return uint64(word);
    }

    function _uint32At(uint256 at) internal pure returns (uint32) {
        uint256 word = _uint256At(at);
        _require(word <= type(uint32).max);
        return uint32(word);
    }

    /// @notice ABI `bytes` whose offset stands at `at`.
    function _bytesAt(uint256 at) internal pure returns (bytes memory out) {
        uint256 offset = _uint32At(at);
        uint256 length = _uint32At(offset);
        _require(length <= msg.data.length + MAX_PADDING);
        out = new bytes(length);
        assembly ("memory-safe") {
            calldatacopy(add(out, 32), add(offset, 32), length)
        }
    }

    /// @notice f01's answer; bytes that are no address fail.
    function _resolve(bytes memory filAddress) internal view returns (bool found, uint64 id) {
        try INIT.resolve(filAddress) returns (bool found_, uint64 id_) {
            return (found_, id_);
        } catch {
            _require(false);
        }
    }

    /// @notice A precompile that refuses its input fails and returns nothing.
    function _require(bool holds) internal pure {
        if (!holds) {
            assembly ("memory-safe") {
                revert(0, 0)
            }
        }
    }
}
