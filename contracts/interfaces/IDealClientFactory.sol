// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title  One client per owner
/// @notice f05 keeps one escrow per client actor. A clone for each owner therefore keeps their money apart without a
///         ledger. Anyone may create an owner's client; it belongs to the owner from its first moment. Handing a client
///         over later does not change what this contract says: it names first owners.
interface IDealClientFactory {
    /// @param filecoinAddress Of the client, f410: what providers and f05 name it by.
    event ClientCreated(address indexed owner, address indexed client, bytes filecoinAddress);

    /// @notice Thrown when the owner has a client already.
    error ClientExists(address owner, address client);

    /// @notice Creates the client of `owner`, at the address that `predictClient` names.
    function createClient(address owner) external returns (address client);

    /// @notice The client that was created for `owner`, or zero.
    function clientOf(address owner) external view returns (address client);

    /// @notice Where the client of `owner` is or will be.
    function predictClient(address owner) external view returns (address client);

    /// @notice The same as Filecoin address, f410. It may be funded in f05 before the client exists.
    function predictFilecoinAddress(address owner) external view returns (bytes memory);

    /// @notice The actor id of the client of `owner`, by which block explorers and f05's answers name it. `exists` is false
    ///         before the client was created and while nothing was sent to its address.
    function actorIdOf(address owner) external view returns (bool exists, uint64 id);

    /// @notice The code that all clients run. It belongs to the factory for ever, so nobody can initialise it.
    function implementation() external view returns (address);
}
