// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What a store offers: amounts in attoFIL, rounded up
library Offer {
    /// @dev From the first offer to the ceiling.
    uint8 internal constant STEPS = 8;
    uint256 private constant GIB = 1 << 30;

    /// @notice `step` eighths of the way from the first amount to the ceiling, both below 2^96; never above it.
    function at(uint256 first, uint256 ceiling, uint8 step) internal pure returns (uint256) {
        if (step > STEPS) return ceiling;
        return first + ((ceiling - first) * step + STEPS - 1) / STEPS;
    }

    /// @notice The price of a copy for an epoch, or a provider's collateral: per GiB times the size.
    /// @param pieceSize Padded bytes.
    function perEpoch(uint256 first, uint256 ceiling, uint8 step, uint64 pieceSize) internal pure returns (uint256) {
        return (at(first, ceiling, step) * pieceSize + GIB - 1) / GIB;
    }
}
