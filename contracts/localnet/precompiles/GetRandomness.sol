// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Precompile} from "./Precompile.sol";

/// @title  0xfe…06: epoch → 32 bytes of beacon randomness
/// @notice The localnet has no beacon. The bytes depend on chain and epoch alone: anybody can foresee them.
contract GetRandomness is Precompile {
    function _run(bytes calldata input) internal view override returns (bytes memory) {
        uint256 epoch = abi.decode(input, (uint256));
        _require(epoch <= block.number);
        return abi.encode(keccak256(abi.encode("beacon", block.chainid, epoch)));
    }
}
