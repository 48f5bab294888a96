// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {DealClient} from "./DealClient.sol";
import {ActorCall} from "./filecoin/ActorCall.sol";
import {FilAddress} from "./filecoin/FilAddress.sol";
import {IDealClientFactory} from "./interfaces/IDealClientFactory.sol";

/// @title One cheap client per owner
contract DealClientFactory is IDealClientFactory {
    /// @inheritdoc IDealClientFactory
    address public immutable implementation;

    /// @inheritdoc IDealClientFactory
    mapping(address owner => address client) public clientOf;

    /// @dev The factory owns the implementation and has no function that would use it.
    constructor() {
        implementation = address(new DealClient());
    }

    /// @inheritdoc IDealClientFactory
    function createClient(address owner) external returns (address client) {
        require(clientOf[owner] == address(0), ClientExists(owner, clientOf[owner]));
        client = Clones.cloneDeterministic(implementation, _salt(owner));
        clientOf[owner] = client;
        emit ClientCreated(owner, client, FilAddress.fromEth(client));
        DealClient(payable(client)).initialize(owner);
    }

    /// @inheritdoc IDealClientFactory
    function predictClient(address owner) public view returns (address client) {
        return Clones.predictDeterministicAddress(implementation, _salt(owner));
    }

    /// @inheritdoc IDealClientFactory
    function predictFilecoinAddress(address owner) external view returns (bytes memory) {
        return FilAddress.fromEth(predictClient(owner));
    }

    /// @inheritdoc IDealClientFactory
    function actorIdOf(address owner) external view returns (bool exists, uint64 id) {
        return ActorCall.tryResolve(FilAddress.fromEth(predictClient(owner)));
    }

    function _salt(address owner) private pure returns (bytes32) {
        return bytes32(uint256(uint160(owner)));
    }
}
