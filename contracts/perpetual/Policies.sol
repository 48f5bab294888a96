// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealRules} from "../client/DealRules.sol";
import {IPerpetualStorage, Policy, ProviderRule} from "../interfaces/IPerpetualStorage.sol";

/// @title  The policies that stores refer to
/// @notice A policy is stored once and never changed: stores with equal terms share it, and a collection of thousands pays
///         for it once.
abstract contract Policies is IPerpetualStorage {
    uint256 internal constant MAX_REPLICAS = 8;
    /// @dev Boost declines a start nearer than a day, and further than 15 (node/config/def.go).
    int64 internal constant MIN_START_DELAY = 2_880;
    int64 internal constant MAX_LEAD = 43_200;
    uint256 private constant MAX_PROVIDERS = 64;
    uint256 private constant MAX_LOCATIONS = 8;
    /// @dev Room for the piece CID within what the client takes.
    uint256 private constant MAX_LOCATION_LENGTH = 1024;
    /// @dev So that no piece, of 64 GiB at most, comes to more than all the FIL there can be.
    uint256 private constant MAX_PER_GIB = DealRules.MAX_AMOUNT / 64;

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

    uint32 private _policyCount;
    mapping(uint256 number => PolicyFacts) internal _policies;
    mapping(bytes32 hash => uint32) private _policyNumbers;

    /// @dev The number of these terms, which are checked and stored when they are new.
    function _numberOf(Policy calldata policy) internal returns (uint32 number) {
        bytes32 hash = keccak256(abi.encode(policy));
        number = _policyNumbers[hash];
        if (number != 0) return number;
        _check(policy);
        number = ++_policyCount;
        _policyNumbers[hash] = number;
        _write(_policies[number], policy);
        emit PolicyDefined(number, hash, policy);
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

    /// @dev Casts are safe: `_check` bounds epochs to 22 bits and amounts to 2^91.
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

    function _check(Policy calldata p) private view {
        require(p.replicas > 0 && p.replicas <= MAX_REPLICAS, ReplicasOutOfBounds(p.replicas, 1, MAX_REPLICAS));
        require(
            p.term >= DealRules.MIN_DURATION && p.term <= DealRules.MAX_DURATION,
            TermOutOfBounds(p.term, DealRules.MIN_DURATION, DealRules.MAX_DURATION)
        );
        require(
            p.startDelay >= MIN_START_DELAY && p.startDelay <= MAX_LEAD,
            StartDelayOutOfBounds(p.startDelay, MIN_START_DELAY, MAX_LEAD)
        );
        // An attempt that fails must leave time for another.
        require(p.lead >= p.startDelay && p.lead <= MAX_LEAD, LeadOutOfBounds(p.lead, p.startDelay, MAX_LEAD));
        _checkAmount(p.maxPrice, MAX_PER_GIB);
        _checkAmount(p.maxCollateral, MAX_PER_GIB);
        _checkAmount(p.maxPayPerWindow, DealRules.MAX_AMOUNT);
        require(p.price <= p.maxPrice, PriceAboveCeiling(p.price, p.maxPrice));
        require(p.collateral <= p.maxCollateral, CollateralAboveCeiling(p.collateral, p.maxCollateral));
        require(p.reward <= p.maxPay, RewardAboveCeiling(p.reward, p.maxPay));
        require(p.maxPay <= p.maxPayPerWindow, PayAboveWindow(p.maxPay, p.maxPayPerWindow));
        _checkProviders(p);
        require(p.judge == address(0) || p.judge.code.length > 0, JudgeHasNoCode(p.judge));
        uint256 count = p.locations.length;
        require(count > 0 && count <= MAX_LOCATIONS, LocationsOutOfBounds(count, MAX_LOCATIONS));
        for (uint256 i = 0; i < count; ++i) {
            uint256 length = bytes(p.locations[i]).length;
            require(length <= MAX_LOCATION_LENGTH, PolicyLocationTooLong(i, length, MAX_LOCATION_LENGTH));
        }
    }

    function _checkProviders(Policy calldata p) private pure {
        uint256 count = p.providers.length;
        require((count == 0) == (p.rule == ProviderRule.Any), ProvidersUnexpected(p.rule, count));
        require(count <= MAX_PROVIDERS, PolicyProvidersTooMany(count, MAX_PROVIDERS));
        require(p.rule != ProviderRule.Only || count >= p.replicas, PolicyProvidersTooFew(count, p.replicas));
        for (uint256 i = 1; i < count; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                require(p.providers[i] != p.providers[j], PolicyProviderRepeated(p.providers[i]));
            }
        }
    }

    function _checkAmount(uint256 amount, uint256 max) private pure {
        require(amount <= max, PolicyAmountTooLarge(amount, max));
    }
}
