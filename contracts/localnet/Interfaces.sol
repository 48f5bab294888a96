// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice The entry of everything that receives native messages.
interface INativeEntry {
    function handle_filecoin_method(
        uint64 method,
        uint64 codec,
        bytes calldata params
    ) external payable returns (uint32 exitCode, uint64 returnCodec, bytes memory data);
}

/// @notice f01 as the other actors and the precompiles of the localnet use it.
interface IInitActor {
    /// @notice The actor id of an address of any kind; not found: no such actor.
    function resolve(bytes calldata filAddress) external view returns (bool found, uint64 id);

    /// @notice Where the EVM sees an actor: its f410 address, or the masked id of a native actor.
    function locate(uint64 id) external view returns (bool found, address at);

    /// @notice The id of an account, contract or native actor, remembered for `locate` from now on.
    function register(address at) external returns (uint64 id);

    /// @notice Gives an f1, f2 or f3 address to an actor. Only f00.
    function bind(bytes calldata filAddress, address at) external;

    /// @notice Passes the value on without running code of the receiver.
    function carry(address to) external payable;
}

/// @notice What f04 asks a miner.
interface IMinerPower {
    /// @return Bytes of all active sectors.
    function rawPower() external view returns (uint256);
}
