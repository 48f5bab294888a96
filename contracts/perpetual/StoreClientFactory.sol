// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {StoreClient} from "./StoreClient.sol";

/// @title  Clients for the accounts of contracts such as PerpetualStorage
/// @notice Whoever creates a client owns it. Owners and accounts do not meet: the address is made of both.
contract StoreClientFactory {
    /// @notice The code that all clients run. It belongs to the factory for ever, so nobody can initialise it.
    address public immutable implementation;

    event StoreClientCreated(address indexed owner, address indexed account, address client);

    constructor() {
        implementation = address(new StoreClient());
    }

    /// @notice Creates the client of the caller for `account`, at the address that `predictClient` names. A second one for
    ///         the same account cannot be.
    function createClient(address account) external returns (address client) {
        client = Clones.cloneDeterministic(implementation, _salt(msg.sender, account));
        emit StoreClientCreated(msg.sender, account, client);
        StoreClient(payable(client)).initialize(msg.sender);
    }

    /// @notice Where the client of `owner` for `account` is or will be.
    function predictClient(address owner, address account) external view returns (address client) {
        return Clones.predictDeterministicAddress(implementation, _salt(owner, account));
    }

    function _salt(address owner, address account) private pure returns (bytes32) {
        return keccak256(abi.encode(owner, account));
    }
}
