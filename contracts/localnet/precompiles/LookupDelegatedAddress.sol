// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {FilAddress} from "../../filecoin/FilAddress.sol";
import {Precompile} from "./Precompile.sol";

/// @title  0xfe…02: 32-byte actor id → f410 address bytes, or nothing when the actor has none
/// @notice builtin-actors actors/evm/src/interpreter/precompiles/fvm.rs
contract LookupDelegatedAddress is Precompile {
    function _run(bytes calldata) internal view override returns (bytes memory) {
        (bool found, address at) = INIT.locate(_uint64At(0));
        (bool native, ) = FilAddress.tryMaskedId(at);
        return found && !native ? FilAddress.fromEth(at) : bytes("");
    }
}
