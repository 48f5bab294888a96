// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IPerpetualStorage, Policy, ProviderRule} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {vm} from "../support/Vm.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice What a policy may say. Each bound is tried at its last good value and the first bad one, each error by name.
contract PoliciesTest is KeepTest {
    int64 private constant MIN_TERM = 518_400;
    /// 1,278 days, less the 15 that a start may be ahead.
    int64 private constant MAX_TERM = 3_680_640 - 43_200;
    int64 private constant LEAST_DELAY = 5_760;
    int64 private constant MOST_DELAY = 21_599;
    int64 private constant MAX_LEAD = 43_200;
    uint256 private constant ALL_FIL = 2e9 ether;

    function _taken(Policy memory p) private {
        vm.deal(ACCOUNT, 2 * ALL_FIL);
        _storeAs(ACCOUNT, p, 10 ether);
    }

    function _refused(Policy memory p, bytes memory error) private {
        _storeRefused(_piece(), p, error);
        // The same when terms are replaced.
        uint256 id = perpetual.storeCount();
        if (id == 0) id = _store();
        vm.prank(ACCOUNT);
        vm.expectRevert(error);
        perpetual.extendPolicy(id, p);
        // And when one asks what it takes.
        vm.expectRevert(error);
        perpetual.endowment(1 << 30, p, 1);
    }

    function test_replicas_ReplicasOutOfBounds() external {
        Policy memory p = _policy();
        p.replicas = 0;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.ReplicasOutOfBounds.selector, 0, 1, 8));
        p.replicas = 9;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.ReplicasOutOfBounds.selector, 9, 1, 8));
        p.replicas = 1;
        _taken(p);
        p.replicas = 8;
        _taken(p);
    }

    function test_term_TermOutOfBounds() external {
        Policy memory p = _policy();
        p.term = MIN_TERM - 1;
        _refused(
            p,
            abi.encodeWithSelector(IPerpetualStorage.TermOutOfBounds.selector, MIN_TERM - 1, MIN_TERM, MAX_TERM)
        );
        p.term = MAX_TERM + 1;
        _refused(
            p,
            abi.encodeWithSelector(IPerpetualStorage.TermOutOfBounds.selector, MAX_TERM + 1, MIN_TERM, MAX_TERM)
        );
        p.term = -1;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.TermOutOfBounds.selector, -1, MIN_TERM, MAX_TERM));
        p.term = 0;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.TermOutOfBounds.selector, 0, MIN_TERM, MAX_TERM));
        p.term = MIN_TERM;
        _taken(p);
        p.term = MAX_TERM;
        _taken(p);
    }

    function test_startDelay_StartDelayOutOfBounds() external {
        Policy memory p = _policy();
        bytes4 error = IPerpetualStorage.StartDelayOutOfBounds.selector;
        p.startDelay = LEAST_DELAY - 1;
        _refused(p, abi.encodeWithSelector(error, LEAST_DELAY - 1, LEAST_DELAY, MOST_DELAY));
        (p.startDelay, p.lead) = (MOST_DELAY + 1, MAX_LEAD);
        _refused(p, abi.encodeWithSelector(error, MOST_DELAY + 1, LEAST_DELAY, MOST_DELAY));
        p.startDelay = type(int64).min;
        _refused(p, abi.encodeWithSelector(error, type(int64).min, LEAST_DELAY, MOST_DELAY));
        p.startDelay = MOST_DELAY;
        _taken(p);
        p.startDelay = LEAST_DELAY;
        _taken(p);
    }

    /// @dev Twice the time of an attempt, and the two epochs in which their failure shows.
    function test_lead_LeadOutOfBounds() external {
        Policy memory p = _policy();
        int64 least = 2 * DELAY + 2;
        p.lead = least - 1;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.LeadOutOfBounds.selector, least - 1, least, MAX_LEAD));
        p.lead = MAX_LEAD + 1;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.LeadOutOfBounds.selector, MAX_LEAD + 1, least, MAX_LEAD));
        p.lead = least;
        _taken(p);
        p.lead = MAX_LEAD;
        _taken(p);
    }

    function test_price_PriceAboveCeiling() external {
        Policy memory p = _policy();
        p.price = p.maxPrice + 1;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.PriceAboveCeiling.selector, MAX_PRICE + 1, MAX_PRICE));
        p.price = p.maxPrice;
        _taken(p);
        (p.price, p.maxPrice) = (0, 0);
        _taken(p);
    }

    function test_collateral_CollateralAboveCeiling() external {
        Policy memory p = _policy();
        p.collateral = p.maxCollateral + 1;
        _refused(
            p,
            abi.encodeWithSelector(IPerpetualStorage.CollateralAboveCeiling.selector, p.collateral, p.maxCollateral)
        );
        p.collateral = p.maxCollateral;
        _taken(p);
    }

    function test_reward_RewardAboveCeiling() external {
        Policy memory p = _policy();
        p.reward = MAX_PAY + 1;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.RewardAboveCeiling.selector, MAX_PAY + 1, MAX_PAY));
        p.reward = MAX_PAY;
        _taken(p);
    }

    function test_maxPay_PayAboveWindow() external {
        Policy memory p = _policy();
        p.maxPay = MAX_PAY_PER_WINDOW + 1;
        _refused(
            p,
            abi.encodeWithSelector(
                IPerpetualStorage.PayAboveWindow.selector,
                MAX_PAY_PER_WINDOW + 1,
                MAX_PAY_PER_WINDOW
            )
        );
        p.maxPay = MAX_PAY_PER_WINDOW;
        _taken(p);
    }

    /// @dev No piece of 64 GiB comes to more than all the FIL there can be.
    function test_amounts_PolicyAmountTooLarge() external {
        bytes4 error = IPerpetualStorage.PolicyAmountTooLarge.selector;
        uint256 most = ALL_FIL / 64;
        Policy memory p = _policy();
        p.maxPrice = most + 1;
        _refused(p, abi.encodeWithSelector(error, most + 1, most));
        p.maxPrice = type(uint256).max;
        _refused(p, abi.encodeWithSelector(error, type(uint256).max, most));
        p.maxPrice = most;
        _taken(p);
        p.maxCollateral = most + 1;
        _refused(p, abi.encodeWithSelector(error, most + 1, most));
        p.maxCollateral = most;
        _taken(p);
        p.maxPayPerWindow = ALL_FIL + 1;
        _refused(p, abi.encodeWithSelector(error, ALL_FIL + 1, ALL_FIL));
        p.maxPayPerWindow = ALL_FIL;
        _taken(p);
    }

    function test_providers_ProvidersUnexpected() external {
        bytes4 error = IPerpetualStorage.ProvidersUnexpected.selector;
        Policy memory p = _policy();
        p.providers = new uint64[](3);
        (p.providers[0], p.providers[1], p.providers[2]) = (1, 2, 3);
        _refused(p, abi.encodeWithSelector(error, ProviderRule.Any, 3));
        p.providers = new uint64[](0);
        p.rule = ProviderRule.Only;
        _refused(p, abi.encodeWithSelector(error, ProviderRule.Only, 0));
        p.rule = ProviderRule.Except;
        _refused(p, abi.encodeWithSelector(error, ProviderRule.Except, 0));
    }

    function test_providers_TooManyTooFewRepeated() external {
        Policy memory p = _policy();
        p.rule = ProviderRule.Only;
        p.providers = new uint64[](65);
        for (uint64 i = 0; i < 65; ++i) p.providers[i] = 5000 + i;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.PolicyProvidersTooMany.selector, 65, 64));
        p.providers = _first(p.providers, 64);
        _taken(p);
        p.providers = _first(p.providers, 2);
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.PolicyProvidersTooFew.selector, 2, 3));
        p.rule = ProviderRule.Except;
        _taken(p);
        p.providers[1] = 5000;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.PolicyProviderRepeated.selector, 5000));
    }

    function test_locations_LocationsOutOfBounds() external {
        Policy memory p = _policy();
        p.locations = new string[](0);
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.LocationsOutOfBounds.selector, 0, 8));
        p.locations = new string[](9);
        for (uint256 i = 0; i < 9; ++i) p.locations[i] = "https://a.example/a";
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.LocationsOutOfBounds.selector, 9, 8));
        p.locations = new string[](8);
        for (uint256 i = 0; i < 8; ++i) p.locations[i] = "https://a.example/a";
        _taken(p);
    }

    function test_locations_PolicyLocationTooLong() external {
        Policy memory p = _policy();
        p.locations[1] = _longLocation(1025);
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.PolicyLocationTooLong.selector, 1, 1025, 1024));
        p.locations[1] = _longLocation(1024);
        _taken(p);
    }

    /// @dev A later one would be found out only when an attempt takes it.
    function test_locations_eachMustBeOne() external {
        Policy memory p = _policy();
        p.locations[1] = "depot.example/a.car";
        _refused(p, abi.encodeWithSelector(IDealClient.LocationInvalid.selector, 0));
        p.locations[1] = 'https://a.example/"';
        _refused(p, abi.encodeWithSelector(IDealClient.LocationInvalid.selector, 18));
        p.locations[1] = "";
        _refused(p, abi.encodeWithSelector(IDealClient.LocationInvalid.selector, 0));
    }

    function test_judge_JudgeHasNoCode() external {
        Policy memory p = _policy();
        p.judge = STRANGER;
        _refused(p, abi.encodeWithSelector(IPerpetualStorage.JudgeHasNoCode.selector, STRANGER));
    }

    /* STORED ONCE */

    function test_equalTermsShareOnePolicy() external {
        _store();
        _storeAs(NEIGHBOUR, _policy(), FUNDS);
        _equal(perpetual.policyCount(), 1);
        Policy memory p = _policy();
        p.locations[1] = "https://mirror.example/b.car";
        _storeAs(NEIGHBOUR, p, FUNDS);
        _equal(perpetual.policyCount(), 2);
        _equal(perpetual.storeOf(1).policy, 1);
        _equal(perpetual.storeOf(2).policy, 1);
        _equal(perpetual.storeOf(3).policy, 2);
    }

    function test_policyOf_saysAllThatWasGiven() external {
        Policy memory p = _policy();
        (p.replicas, p.distinct, p.keeperLocations, p.rule) = (2, false, false, ProviderRule.Except);
        p.providers = new uint64[](5);
        for (uint64 i = 0; i < 5; ++i) p.providers[i] = type(uint64).max - i;
        p.judge = address(perpetual);
        (p.reward, p.maxPay, p.maxPayPerWindow) = (1, 2, 3);
        _storeAs(ACCOUNT, p, FUNDS);
        _equal(abi.encode(perpetual.policyOf(1)), abi.encode(p));
    }

    function test_policyOf_PolicyUnknown() external {
        _store();
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.PolicyUnknown.selector, 0));
        perpetual.policyOf(0);
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.PolicyUnknown.selector, 2));
        perpetual.policyOf(2);
    }

    function _first(uint64[] memory list, uint256 count) private pure returns (uint64[] memory out) {
        out = new uint64[](count);
        for (uint256 i = 0; i < count; ++i) out[i] = list[i];
    }

    function _longLocation(uint256 length) private pure returns (string memory) {
        bytes memory b = new bytes(length);
        bytes memory head = "https://a.example/";
        for (uint256 i = 0; i < length; ++i) b[i] = i < head.length ? head[i] : bytes1("a");
        return string(b);
    }
}
