// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice How an actor of the localnet ends with an exit code: the EVM has no other way to undo what it did.
///         Whoever sent the message (Send) turns it back into the exit code.
error ActorAbort(uint32 exitCode, string message);

/// @param message Up to 32 characters: as a word it takes half the code that a string would, and actors are large.
function check(bool holds, int256 exitCode, bytes32 message) pure {
    if (!holds) revert ActorAbort(uint32(uint256(exitCode)), textOf(message));
}

/// @notice The characters of a word, up to the first zero.
function textOf(bytes32 word) pure returns (string memory) {
    uint256 length = 0;
    while (length < 32 && word[length] != 0) ++length;
    bytes memory text = abi.encodePacked(word);
    assembly ("memory-safe") {
        mstore(text, length)
    }
    return string(text);
}
