// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealRules} from "../client/DealRules.sol";
import {IPerpetualStorage, Policy, ProviderRule} from "../interfaces/IPerpetualStorage.sol";

/// @title What a policy may say; the same as `src/keep/policy.ts`
library PolicyRules {
    uint256 internal constant MAX_REPLICAS = 8;
    /// @dev Two days. Boost declines a start nearer than one (node/config/def.go), and needs time to see the proposal.
    int64 internal constant MIN_START_DELAY = 5_760;
    /// @dev Boost declines a start further away than 15 days.
    int64 internal constant MAX_LEAD = 43_200;
    /// @dev Providers count the market's longest duration from their head, not from the start (Boost deal_acceptance.go).
    int64 private constant MAX_TERM = DealRules.MAX_DURATION - MAX_LEAD;
    uint256 private constant MAX_PROVIDERS = 64;
    uint256 private constant MAX_LOCATIONS = 8;
    /// @dev Room for the piece CID within what the client takes.
    uint256 private constant MAX_LOCATION_LENGTH = 1024;
    /// @dev So that no piece, of 64 GiB at most, comes to more than all the FIL there can be.
    uint256 private constant MAX_PER_GIB = DealRules.MAX_AMOUNT / 64;

    function check(Policy calldata p) internal view {
        require(
            p.replicas > 0 && p.replicas <= MAX_REPLICAS,
            IPerpetualStorage.ReplicasOutOfBounds(p.replicas, 1, MAX_REPLICAS)
        );
        require(
            p.term >= DealRules.MIN_DURATION && p.term <= MAX_TERM,
            IPerpetualStorage.TermOutOfBounds(p.term, DealRules.MIN_DURATION, MAX_TERM)
        );
        require(
            p.startDelay >= MIN_START_DELAY && p.startDelay <= (MAX_LEAD - 2) / 2,
            IPerpetualStorage.StartDelayOutOfBounds(p.startDelay, MIN_START_DELAY, (MAX_LEAD - 2) / 2)
        );
        // An attempt that fails, or whose providers never activate, must leave time for another.
        int64 minLead = 2 * p.startDelay + 2;
        require(p.lead >= minLead && p.lead <= MAX_LEAD, IPerpetualStorage.LeadOutOfBounds(p.lead, minLead, MAX_LEAD));
        _checkAmount(p.maxPrice, MAX_PER_GIB);
        _checkAmount(p.maxCollateral, MAX_PER_GIB);
        _checkAmount(p.maxPayPerWindow, DealRules.MAX_AMOUNT);
        require(p.price <= p.maxPrice, IPerpetualStorage.PriceAboveCeiling(p.price, p.maxPrice));
        require(
            p.collateral <= p.maxCollateral,
            IPerpetualStorage.CollateralAboveCeiling(p.collateral, p.maxCollateral)
        );
        require(p.reward <= p.maxPay, IPerpetualStorage.RewardAboveCeiling(p.reward, p.maxPay));
        require(p.maxPay <= p.maxPayPerWindow, IPerpetualStorage.PayAboveWindow(p.maxPay, p.maxPayPerWindow));
        _checkProviders(p);
        require(p.judge == address(0) || p.judge.code.length > 0, IPerpetualStorage.JudgeHasNoCode(p.judge));
        uint256 count = p.locations.length;
        require(count > 0 && count <= MAX_LOCATIONS, IPerpetualStorage.LocationsOutOfBounds(count, MAX_LOCATIONS));
        for (uint256 i = 0; i < count; ++i) {
            uint256 length = bytes(p.locations[i]).length;
            require(
                length <= MAX_LOCATION_LENGTH,
                IPerpetualStorage.PolicyLocationTooLong(i, length, MAX_LOCATION_LENGTH)
            );
            // One that the client refuses would undo every poke whose turn it is.
            DealRules.checkLocation(bytes(p.locations[i]));
        }
    }

    function _checkProviders(Policy calldata p) private pure {
        uint256 count = p.providers.length;
        require((count == 0) == (p.rule == ProviderRule.Any), IPerpetualStorage.ProvidersUnexpected(p.rule, count));
        require(count <= MAX_PROVIDERS, IPerpetualStorage.PolicyProvidersTooMany(count, MAX_PROVIDERS));
        require(
            p.rule != ProviderRule.Only || count >= p.replicas,
            IPerpetualStorage.PolicyProvidersTooFew(count, p.replicas)
        );
        for (uint256 i = 1; i < count; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                require(p.providers[i] != p.providers[j], IPerpetualStorage.PolicyProviderRepeated(p.providers[i]));
            }
        }
    }

    function _checkAmount(uint256 amount, uint256 max) private pure {
        require(amount <= max, IPerpetualStorage.PolicyAmountTooLarge(amount, max));
    }
}
