// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPerpetualStorage, Policy, ProviderRule} from "../interfaces/IPerpetualStorage.sol";
import {StoreClerk} from "./StoreClerk.sol";

/// @title  The policies that stores refer to
/// @notice A policy is stored once and never changed: stores with equal terms share it, and a collection of thousands pays
///         for it once.
abstract contract Policies is IPerpetualStorage {
    /// @dev Five words and two arrays. A look at a healthy store reads the first.
    struct PolicyFacts {
        uint8 replicas;
        bool distinct;
        bool keeperLocations;
        ProviderRule rule;
        int32 term;
        int32 lead;
        int32 startDelay;
        //
        uint96 price;
        uint96 maxPrice;
        //
        uint96 collateral;
        uint96 maxCollateral;
        //
        uint96 reward;
        uint96 maxPay;
        //
        uint96 maxPayPerWindow;
        address judge;
        //
        uint64[] providers;
        string[] locations;
    }

    /// @notice The part of this contract that has no state.
    StoreClerk public immutable clerk = new StoreClerk();

    uint32 private _policyCount;
    mapping(uint256 number => PolicyFacts) internal _policies;
    mapping(bytes32 hash => uint32) private _policyNumbers;

    /// @dev The number of these terms, which are checked and stored when they are new.
    function _numberOf(Policy calldata policy) internal returns (uint32 number) {
        bytes32 hash = keccak256(abi.encode(policy));
        number = _policyNumbers[hash];
        if (number != 0) return number;
        clerk.checkPolicy(policy);
        number = ++_policyCount;
        _policyNumbers[hash] = number;
        _write(_policies[number], policy);
        emit PolicyDefined(number, hash);
    }

    /// @inheritdoc IPerpetualStorage
    function policyCount() external view returns (uint256) {
        return _policyCount;
    }

    /// @inheritdoc IPerpetualStorage
    function policyOf(uint32 number) external view returns (Policy memory policy) {
        require(number > 0 && number <= _policyCount, PolicyUnknown(number));
        PolicyFacts storage p = _policies[number];
        policy.replicas = p.replicas;
        policy.distinct = p.distinct;
        policy.keeperLocations = p.keeperLocations;
        policy.rule = p.rule;
        policy.providers = p.providers;
        policy.judge = p.judge;
        (policy.term, policy.lead, policy.startDelay) = (p.term, p.lead, p.startDelay);
        (policy.price, policy.maxPrice) = (p.price, p.maxPrice);
        (policy.collateral, policy.maxCollateral) = (p.collateral, p.maxCollateral);
        (policy.reward, policy.maxPay, policy.maxPayPerWindow) = (p.reward, p.maxPay, p.maxPayPerWindow);
        policy.locations = p.locations;
    }

    /// @dev Casts are safe: the clerk bounds epochs to 22 bits and amounts to 2^91.
    function _write(PolicyFacts storage p, Policy calldata policy) private {
        p.replicas = policy.replicas;
        p.distinct = policy.distinct;
        p.keeperLocations = policy.keeperLocations;
        p.rule = policy.rule;
        (p.term, p.lead, p.startDelay) = (int32(policy.term), int32(policy.lead), int32(policy.startDelay));
        (p.price, p.maxPrice) = (uint96(policy.price), uint96(policy.maxPrice));
        (p.collateral, p.maxCollateral) = (uint96(policy.collateral), uint96(policy.maxCollateral));
        (p.reward, p.maxPay) = (uint96(policy.reward), uint96(policy.maxPay));
        (p.maxPayPerWindow, p.judge) = (uint96(policy.maxPayPerWindow), policy.judge);
        p.providers = policy.providers;
        for (uint256 i = 0; i < policy.locations.length; ++i) p.locations.push(policy.locations[i]);
    }
}
