// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice How an actor of the localnet ends with an exit code: the EVM has no other way to undo what it did.
///         Whoever sent the message (Send) turns it back into the exit code.
error ActorAbort(uint32 exitCode, string message);

function check(bool holds, int256 exitCode, string memory message) pure {
    if (!holds) revert ActorAbort(uint32(uint256(exitCode)), message);
}
