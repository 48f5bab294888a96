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

    /// @notice The id that an account, contract or native actor has or would have; new: `register` would record it.
    function idOf(address at) external view returns (bool isNew, uint64 id);

    /// @notice The id of an account, contract or native actor, remembered for `locate` from now on.
    function register(address at) external returns (uint64 id);

    /// @notice Gives an f1, f2 or f3 address to an actor. Only f00.
    function bind(bytes calldata filAddress, address at) external;

    /// @notice Writes nothing new, but fails where nothing may be written.
    function tryWrite() external;

    /// @notice Passes the value on without running code of the receiver.
    function carry(address to) external payable;
}

/// @notice What f04 asks a miner.
interface IMinerPower {
    /// @return Bytes of all sectors that live and are not faulty.
    function rawPower() external view returns (uint256);
}

/// @notice f04 as the other actors of the localnet and its keeper use it, beside its messages.
interface IStoragePower {
    /// @notice A miner that was made tells f04 of itself; its power counts from now on.
    function enrol() external;

    /// @return circulatingSupply attoFIL.
    /// @return baselinePower Bytes.
    /// @return rawPower Bytes of all sectors of all miners that live and are not faulty.
    function networkFigures()
        external
        view
        returns (uint256 circulatingSupply, uint256 baselinePower, uint256 rawPower);

    /// @notice Only f00.
    /// @param circulatingSupply attoFIL, at most 2e9 FIL.
    /// @param baselinePower     Bytes, at most 2^128 - 1.
    function setNetworkFigures(uint256 circulatingSupply, uint256 baselinePower) external;

    /// @notice What f05 wants of a provider at least, in attoFIL.
    /// @param pieceSize Padded bytes.
    function minProviderCollateral(uint64 pieceSize) external view returns (uint256);
}
