// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice What comes back from a message: `exit` is 0, the receiver's exit code, or a negative errno of the syscall.
struct Receipt {
    int256 exit;
    uint64 codec;
    bytes data;
}
