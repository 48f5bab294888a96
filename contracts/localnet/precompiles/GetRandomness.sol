// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Precompile} from "./Precompile.sol";

/// @title  0xfe…06: epoch → 32 bytes of beacon randomness
/// @notice The epoch is an int64 in the lowest 8 bytes of the word; other bits, and an epoch to come, fail.
///         The localnet has no beacon. The bytes depend on chain and epoch alone: anybody can foresee them.
contract GetRandomness is Precompile {
    function _run(bytes calldata) internal view override returns (bytes memory) {
        int64 epoch = int64(_uint64At(0));
        // Before the genesis block a node answers for the genesis block (lotus chain/rand/rand.go).
        if (epoch < 0) epoch = 0;
        _require(uint64(epoch) <= block.number);
        return abi.encode(keccak256(abi.encode("beacon", block.chainid, epoch)));
    }
}
