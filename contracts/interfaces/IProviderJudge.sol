// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title  A policy contract: decides which providers may store
/// @notice Asked read-only, by the client, whenever a provider publishes, with a quarter of the gas that is left, 30 million at
///         most. An answer
///         other than one word that is true, in time, is a no: the provider is refused, and nobody else is affected.
interface IProviderJudge {
    /// @param proposalId Of the calling client.
    /// @param provider   Actor id.
    function mayStore(bytes32 proposalId, uint64 provider) external view returns (bool);
}
