// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {FilAddress} from "../../filecoin/FilAddress.sol";
import {Precompile} from "./Precompile.sol";

/// @title  0xfe…01: address bytes → 32-byte actor id, or nothing when there is no such actor
/// @notice Bytes that are no address fail. builtin-actors actors/evm/src/interpreter/precompiles/fvm.rs
contract ResolveAddress is Precompile {
    function _run(bytes calldata input) internal view override returns (bytes memory) {
        (bool found, uint64 id) = _resolve(input);
        // Whoever asks exists, also before its constructor has returned code.
        (bool isEth, address eth) = FilAddress.tryEth(input);
        if (isEth && (eth == msg.sender || eth == address(this))) found = true;
        return found ? abi.encode(id) : bytes("");
    }
}
