// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealFacts, Facts, KeepRules} from "./KeepRules.sol";
import {Offer} from "./Offer.sol";

/// @title  How long money lasts: pure, the same as `src/keep/runway.ts`
/// @notice A renewal moves a copy's end by a period: the term without the overlap of new deal and old. Copies that end at
///         one epoch are renewed by one poke. A round renews every copy once; each round costs the same and moves every
///         end by a period:
///
///         round = replicas · copy + groups · pay        copy = offer per epoch · term
library Runway {
    function periodOf(int64 term, int64 startDelay) internal pure returns (int64) {
        return term - startDelay - 1;
    }

    /// @param money The whole of what may be spent.
    /// @param pay   A keeper's for each poke.
    /// @return epochs From now until the first copy ends that cannot be renewed; 2^256 − 1: all renewals are free.
    function of_(Facts memory f, uint256 money, uint256 pay) internal pure returns (uint256 epochs) {
        if (f.cancelled) return 0;
        uint256 copy = Offer.perEpoch(f.price, f.maxPrice, f.step, f.pieceSize) * uint64(f.term);
        bool offerFails = KeepRules.hasOfferFailed(f);
        if (offerFails) money += f.openReserve;
        (int64[] memory ends, uint256 found) = _latestEnds(f, offerFails ? 0 : f.openCopies);
        if (found < f.replicas) {
            uint256 first = (f.replicas - found) * copy + pay;
            if (money < first) return 0;
            money -= first;
            while (found < f.replicas) {
                found = _insert(ends, found, f.epoch + KeepRules.delayOf(f.startDelay, f.step) + f.term);
            }
        }
        uint256 round = f.replicas * copy + _groups(ends) * pay;
        if (round == 0) return type(uint256).max;
        int64 end = _firstUnpaid(ends, copy, pay, money % round);
        uint256 left = end > f.epoch ? uint64(end - f.epoch) : 0;
        return left + (money / round) * uint64(periodOf(f.term, f.startDelay));
    }

    /// @dev The first end whose copies the money does not renew, which is less than a round.
    function _firstUnpaid(
        int64[] memory ends,
        uint256 copy,
        uint256 pay,
        uint256 money
    ) private pure returns (int64 end) {
        // The latest stand first; what ends first is renewed first.
        uint256 i = ends.length;
        while (true) {
            end = ends[i - 1];
            uint256 cost = pay;
            for (; i > 0 && ends[i - 1] == end; --i) cost += copy;
            if (money < cost) return end;
            money -= cost;
        }
    }

    /// @notice How many deals it takes one after the other, to store for `epochs`.
    function dealsFor(uint256 epochs, int64 term, int64 period) internal pure returns (uint256) {
        uint256 first = uint64(term);
        if (epochs == 0) return 0;
        if (epochs <= first) return 1;
        uint256 step = uint64(period);
        return 1 + (epochs - first + step - 1) / step;
    }

    /// @notice What they cost, each but the first made by a paid poke.
    function capital(uint256 deals, uint256 perDeal, uint256 pay) internal pure returns (uint256) {
        return deals == 0 ? 0 : deals * perDeal + (deals - 1) * pay;
    }

    /// @dev Of the copies that end last, one for each replica, the latest first; what is on offer counts as if it was taken.
    function _latestEnds(Facts memory f, uint256 onOffer) private pure returns (int64[] memory ends, uint256 found) {
        ends = new int64[](f.replicas);
        for (uint256 i = 0; i < f.deals.length; ++i) {
            DealFacts memory d = f.deals[i];
            if (KeepRules.isLive(d)) found = _insert(ends, found, d.endEpoch);
        }
        for (uint256 i = 0; i < onOffer; ++i) found = _insert(ends, found, f.openStart + f.term);
    }

    /// @dev Into a descending list of which `count` places are taken; what does not fit falls off its end.
    function _insert(int64[] memory list, uint256 count, int64 value) private pure returns (uint256) {
        uint256 i = count;
        if (count == list.length) {
            if (value <= list[count - 1]) return count;
            i = count - 1;
        } else {
            ++count;
        }
        for (; i > 0 && list[i - 1] < value; --i) list[i] = list[i - 1];
        list[i] = value;
        return count;
    }

    function _groups(int64[] memory ends) private pure returns (uint256 groups) {
        for (uint256 i = 0; i < ends.length; ++i) {
            if (i == 0 || ends[i] != ends[i - 1]) ++groups;
        }
    }
}
