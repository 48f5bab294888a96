// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealFacts, Facts, Standing} from "./KeepRules.sol";
import {Offer} from "./Offer.sol";

/// @title  How long money lasts: pure, the same as `src/keep/runway.ts`
/// @notice Copies that end at one epoch are renewed by one poke. A round renews every copy once; each round costs the same
///         and moves every end by a term:
///
///         round = replicas · copy + groups · pay        copy = offer per epoch · term
library Runway {
    /// @param money The whole of what may be spent.
    /// @param pay   A keeper's for each poke.
    /// @return epochs From now until the first copy ends that cannot be renewed; 2^256 − 1: all renewals are free.
    function of_(Facts memory f, uint256 money, uint256 pay) internal pure returns (uint256 epochs) {
        if (f.cancelled) return 0;
        uint256 copy = Offer.perEpoch(f.price, f.maxPrice, f.step, f.pieceSize) * uint64(f.term);
        (int64[] memory ends, uint256 found) = _latestEnds(f);
        if (found < f.replicas) {
            uint256 first = (f.replicas - found) * copy + pay;
            if (money < first) return 0;
            money -= first;
            for (; found < f.replicas; ++found) _insert(ends, found, f.epoch + f.startDelay + f.term);
        }
        uint256 round = f.replicas * copy + _groups(ends) * pay;
        if (round == 0) return type(uint256).max;
        uint256 rounds = money / round;
        money -= rounds * round;
        for (uint256 i = ends.length; i > 0;) {
            // ends[from:i] are equal.
            uint256 from = i - 1;
            while (from > 0 && ends[from - 1] == ends[i - 1]) --from;
            uint256 cost = (i - from) * copy + pay;
            if (money < cost) return uint64(ends[from] - f.epoch) + rounds * uint64(f.term);
            money -= cost;
            i = from;
        }
        // Not reached: less than a round was left.
        return 0;
    }

    /// @notice What it takes to keep copies for `epochs`: deals one after the other, each renewed by a paid poke.
    function endowment(
        uint256 replicas,
        uint256 pricePerEpoch,
        uint256 term,
        uint256 pay,
        uint256 epochs
    ) internal pure returns (uint256) {
        if (epochs == 0) return 0;
        uint256 deals = (epochs + term - 1) / term;
        return deals * replicas * pricePerEpoch * term + (deals - 1) * pay;
    }

    /// @dev Of the copies that end last, one for each replica, the latest first; what is on offer counts as if it was taken.
    function _latestEnds(Facts memory f) private pure returns (int64[] memory ends, uint256 found) {
        ends = new int64[](f.replicas);
        for (uint256 i = 0; i < f.deals.length; ++i) {
            DealFacts memory d = f.deals[i];
            bool live = !d.closed && (d.standing == Standing.Published || d.standing == Standing.Active);
            if (live) found = _insert(ends, found, d.endEpoch);
        }
        for (uint256 i = 0; i < f.openCopies; ++i) found = _insert(ends, found, f.openStart + f.term);
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
