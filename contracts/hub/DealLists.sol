// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IAggregationHub} from "../interfaces/IAggregationHub.sol";
import {BoundDeal, BoundDeals} from "./BoundDeals.sol";

/// @title  The deals of each piece or content, newest first
/// @notice A list holds a deal once. Its newest deal stands in a word that the request has written before, so that the
///         first deal, for most the only one, takes no new storage; older ones are linked behind it.
abstract contract DealLists is BoundDeals {
    uint256 internal constant MAX_PAGE = 100;

    /// @dev One word.
    struct Entry {
        uint64 dealId;
        uint64 provider;
        /// The deal before this one, if there is one.
        uint64 previous;
        int32 endEpoch;
        /// 0: nobody asked for it by this name; 1: no deal yet; n + 1: the nth deal.
        uint32 number;
    }

    mapping(bytes32 list => Entry) private _newest;
    mapping(bytes32 list => mapping(uint64 dealId => Entry)) private _older;

    function _open(bytes32 list) internal {
        if (_newest[list].number == 0) _newest[list].number = 1;
    }

    function _add(bytes32 list, BoundDeal memory deal) internal {
        Entry memory newest = _newest[list];
        uint64 dealId = deal.dealId;
        if (newest.number > 1) {
            if (newest.dealId == dealId || _older[list][dealId].number != 0) return;
            _older[list][newest.dealId] = newest;
        }
        uint32 number = newest.number == 0 ? 2 : newest.number + 1;
        // Safe: `_bind` takes no later end.
        _newest[list] = Entry(dealId, deal.provider, newest.dealId, int32(deal.endEpoch), number);
    }

    function _count(bytes32 list) internal view returns (uint256) {
        uint256 number = _newest[list].number;
        return number == 0 ? 0 : number - 1;
    }

    /// @dev Of the positions [cursor, cursor + n), 0 the newest, those that are kept.
    function _page(
        bytes32 list,
        uint256 cursor,
        uint256 n,
        function(Entry memory, uint256) view returns (bool) keep,
        uint256 argument
    ) internal view returns (IAggregationHub.Deal[] memory deals) {
        Entry memory entry = _newest[list];
        for (uint256 i = 0; i < cursor && entry.number > 1; ++i) entry = _before(list, entry);
        if (n > MAX_PAGE) n = MAX_PAGE;
        deals = new IAggregationHub.Deal[](n);
        uint256 count = 0;
        for (uint256 i = 0; i < n && entry.number > 1; ++i) {
            if (keep(entry, argument)) deals[count++] = IAggregationHub.Deal(entry.dealId, entry.provider);
            entry = _before(list, entry);
        }
        // Shortens the array in place: deals = deals[0:count]
        assembly ("memory-safe") {
            mstore(deals, count)
        }
    }

    /// @dev Asks f05 for at most `looks` deals, and reads at most `steps`.
    function _activeIn(
        bytes32 list,
        uint256 looks,
        uint256 steps
    ) internal view returns (uint256 deals, int64 activeUntil) {
        activeUntil = -1;
        int64 now_ = _now();
        Entry memory entry = _newest[list];
        for (; steps > 0 && looks > 0 && entry.number > 1; --steps) {
            if (now_ < entry.endEpoch) {
                --looks;
                if (_isActive(entry.dealId)) {
                    ++deals;
                    if (entry.endEpoch > activeUntil) activeUntil = entry.endEpoch;
                }
            }
            entry = _before(list, entry);
        }
    }

    /* WHAT A PAGE KEEPS */

    function _any(Entry memory, uint256) internal pure returns (bool) {
        return true;
    }

    function _activeNow(Entry memory entry, uint256) internal view returns (bool) {
        return _now() < entry.endEpoch && _isActive(entry.dealId);
    }

    /// @param epochs From now.
    function _endsWithin(Entry memory entry, uint256 epochs) internal view returns (bool) {
        int64 now_ = _now();
        if (now_ >= entry.endEpoch) return false;
        return uint64(entry.endEpoch - now_) <= epochs && _isActive(entry.dealId);
    }

    /// @dev An entry without a number behind the last.
    function _before(bytes32 list, Entry memory entry) private view returns (Entry memory older) {
        if (entry.number > 2) older = _older[list][entry.previous];
    }
}
