// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {INIT_ACTOR} from "../../filecoin/Actors.sol";
import {IInitActor} from "../Interfaces.sol";

/// @title  What the precompiles of the localnet share
/// @notice They run as ordinary code at the real addresses and, called by DELEGATECALL, in the storage of the caller:
///         none has storage of its own, none writes any. Input and output have no selector.
abstract contract Precompile {
    IInitActor internal constant INIT = IInitActor(INIT_ACTOR);

    fallback(bytes calldata input) external payable returns (bytes memory) {
        return _run(input);
    }

    function _run(bytes calldata input) internal virtual returns (bytes memory output);

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
