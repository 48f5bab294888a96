// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ProviderRule} from "../interfaces/IPerpetualStorage.sol";
import {DealFacts, Decision, Facts, KeepRules, Reason} from "./KeepRules.sol";

/// @notice Whom the next proposal is for: `allowed` if it is restricted, else anyone; never `excluded`.
struct Choice {
    bool restricted;
    uint64[] allowed;
    uint64[] excluded;
}

/// @title  Which providers a missing copy may go to: pure, the same as `src/keep/choose-providers.ts`
/// @notice Not to those with a good copy, if copies must be at distinct providers. Not to those that failed, unless too few
///         others are listed, or nobody takes the highest offer: then they may try again.
library ProviderChoice {
    uint16 private constant UNLISTED = type(uint16).max;

    /// @param shunned 0 stands for none.
    function choose(
        Facts memory f,
        ProviderRule rule,
        uint64[] memory listed,
        bool distinct,
        uint64[4] memory shunned,
        Decision memory d
    ) internal pure returns (Choice memory c) {
        uint64[] memory holders = distinct ? _holders(f) : new uint64[](0);
        uint64[] memory failed = d.reason == Reason.AtCeiling ? new uint64[](0) : _present(shunned);
        if (rule != ProviderRule.Only) {
            uint64[] memory named = rule == ProviderRule.Except ? listed : new uint64[](0);
            c.excluded = _union(named, holders, failed);
            return c;
        }
        c.restricted = true;
        c.allowed = _without(_without(listed, holders), failed);
        if (c.allowed.length < d.copies) c.allowed = _without(listed, holders);
    }

    /// @notice How many providers may take a copy.
    function eligible(
        Facts memory f,
        ProviderRule rule,
        uint64[] memory listed,
        bool distinct
    ) internal pure returns (uint16) {
        if (rule != ProviderRule.Only) return UNLISTED;
        return uint16(distinct ? _without(listed, _holders(f)).length : listed.length);
    }

    /// @dev Providers of good copies.
    function _holders(Facts memory f) private pure returns (uint64[] memory held) {
        held = new uint64[](f.deals.length);
        uint256 count = 0;
        for (uint256 i = 0; i < f.deals.length; ++i) {
            DealFacts memory d = f.deals[i];
            if (KeepRules.isLive(d) && d.endEpoch - f.epoch > f.lead) held[count++] = d.provider;
        }
        _shorten(held, count);
    }

    function _present(uint64[4] memory some) private pure returns (uint64[] memory found) {
        found = new uint64[](4);
        uint256 count = 0;
        for (uint256 i = 0; i < 4; ++i) {
            if (some[i] != 0) found[count++] = some[i];
        }
        _shorten(found, count);
    }

    function _union(
        uint64[] memory a,
        uint64[] memory b,
        uint64[] memory c
    ) private pure returns (uint64[] memory all) {
        all = new uint64[](a.length + b.length + c.length);
        uint256 count = _append(all, 0, a);
        count = _append(all, count, b);
        _shorten(all, _append(all, count, c));
    }

    /// @dev Leaves out what is there.
    function _append(uint64[] memory to, uint256 count, uint64[] memory from) private pure returns (uint256) {
        for (uint256 i = 0; i < from.length; ++i) {
            if (!_contains(to, count, from[i])) to[count++] = from[i];
        }
        return count;
    }

    function _without(uint64[] memory all, uint64[] memory some) private pure returns (uint64[] memory rest) {
        rest = new uint64[](all.length);
        uint256 count = 0;
        for (uint256 i = 0; i < all.length; ++i) {
            if (!_contains(some, some.length, all[i])) rest[count++] = all[i];
        }
        _shorten(rest, count);
    }

    function _contains(uint64[] memory list, uint256 length, uint64 wanted) private pure returns (bool) {
        for (uint256 i = 0; i < length; ++i) {
            if (list[i] == wanted) return true;
        }
        return false;
    }

    /// @dev list = list[0:length]
    function _shorten(uint64[] memory list, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(list, length)
        }
    }
}
