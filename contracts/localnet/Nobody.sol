// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice An f410 address whose sub-address has not 20 bytes: well-formed, but no actor can have it (ref-fvm
///         shared/src/address/payload.rs takes any sub-address of up to 54 bytes).
function isAddressOfNobody(bytes memory a) pure returns (bool) {
    return a.length >= 2 && a.length <= 56 && a.length != 22 && bytes2(a) == 0x040a;
}
