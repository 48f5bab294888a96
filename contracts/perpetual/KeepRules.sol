// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Offer} from "./Offer.sol";

/// @notice Why a decision is what it is. `src/keep/reason.ts` has a sentence for each.
enum Reason {
    /// All copies are stored, none is near its end.
    Healthy,
    /// Copies are missing; a proposal waits for providers.
    Awaiting,
    /// The store's first proposal.
    First,
    /// An attempt found too few providers: once more, at a higher offer.
    Retry,
    /// The same, and the offer is at the ceiling already.
    AtCeiling,
    /// A copy was missed or lost.
    Repair,
    /// A deal is near its end.
    Renewal,
    /// Copies are missing, and none failed: they ended, or the policy asks for more.
    Missing,
    /// Deals that failed are settled, and attempts that are over are closed; nothing can be proposed now.
    Close,
    /// Copies are missing, and the money does not cover one.
    NoMoney,
    /// Copies are missing, and the policy allows no provider for them.
    NoProviders,
    /// Copies are missing, and too many attempts are under way.
    Crowded,
    /// The account has ended the store.
    Cancelled
}

enum Standing {
    Published,
    Active,
    Missed,
    Ended,
    Terminated
}

/// @notice A deal of a store whose course was not written down for good.
struct DealFacts {
    uint64 dealId;
    /// Actor id.
    uint64 provider;
    int64 startEpoch;
    int64 endEpoch;
    Standing standing;
    /// The client wrote down how it went.
    bool closed;
}

/// @notice All that a decision is made from.
struct Facts {
    int64 epoch;
    // Of the policy
    uint16 replicas;
    int64 term;
    int64 lead;
    int64 startDelay;
    // Of the store
    bool cancelled;
    uint8 step;
    /// The newest attempt wants providers, or lapsed without being released: copies, 0 if neither.
    uint16 openCopies;
    int64 openSince;
    int64 openStart;
    /// No further attempt can be followed.
    bool crowded;
    /// Newest first.
    DealFacts[] deals;
    /// Providers that may take a copy, at most: 2^16 − 1 if they are not listed.
    uint16 eligible;
    // Of the money: attoFIL
    /// Padded bytes.
    uint64 pieceSize;
    /// Per GiB and epoch: the first offer, and the ceiling.
    uint256 price;
    uint256 maxPrice;
    /// The account's free money, the pay of a keeper set aside.
    uint256 money;
    /// What the copies on offer hold back.
    uint256 openReserve;
}

struct Decision {
    Reason reason;
    /// Ends the open attempt: cancels it, or releases what it reserved.
    bool endsOpen;
    /// Has f05 settle what failed, and writes down how deals went.
    bool settles;
    /// To propose; 0: nothing.
    uint16 copies;
    int64 startEpoch;
    int64 endEpoch;
    /// Of the offer.
    uint8 step;
    /// Now if something is to be done; else the first epoch at which time alone changes the decision; 0: it does not.
    int64 dueAt;
}

/// @dev What there is, counted.
struct Tally {
    uint256 good;
    /// Published or active.
    uint256 live;
    /// Of those, what stores now, or will by the time at which a new deal could start.
    uint256 covering;
    /// End epochs of live copies that are not good, ascending.
    int64[] nearEnds;
    /// A copy was missed or lost, and that is not written down.
    bool failed;
}

/// @title  What is to be done for a store: pure rules, the same as `src/keep/decide.ts`
/// @notice A copy is good while it is published or active and its end is more than `lead` away. What is not good, and not
///         on offer, is missing:
///
///         missing = replicas − good − on offer
///
///         An offer has `startDelay` epochs to find its providers; then it is ended and made anew, one step dearer. What
///         failed at the ceiling has twice as long each time, up to 15 days, unless other copies wait: attempts cost a
///         keeper's pay. A store has one offer at a time. If no copy was lost, new deals start `startDelay + 1` epochs before the old ones end: a
///         provider that never activates is found out in time for one more attempt. Else they start as soon as may be.
library KeepRules {
    /// @dev Boost declines a start further away (node/config/def.go: MaxDealStartDelay).
    int64 private constant LONGEST_DELAY = 43_200;
    /// @dev Three doublings make of the least delay the longest.
    uint8 internal constant MAX_STEP = Offer.STEPS + 3;

    function decide(Facts memory f) internal pure returns (Decision memory d) {
        Tally memory t = _count(f, d);
        bool offerFails = _hasOfferFailed(f, t.good);
        d.endsOpen = offerFails || (f.openCopies > 0 && f.cancelled);
        d.step = f.step;
        uint256 onOffer = d.endsOpen ? 0 : f.openCopies;

        if (f.cancelled) {
            d.reason = Reason.Cancelled;
            if (d.endsOpen || d.settles) d.dueAt = f.epoch;
            return d;
        }
        if (offerFails && f.step < MAX_STEP) ++d.step;
        uint256 missing = t.good + onOffer < f.replicas ? f.replicas - t.good - onOffer : 0;
        if (onOffer > 0) d.reason = Reason.Awaiting;
        else if (missing == 0) d.reason = Reason.Healthy;
        else if (f.crowded) d.reason = Reason.Crowded;
        else if (f.eligible == 0) d.reason = Reason.NoProviders;
        else _propose(f, d, t, missing, offerFails);
        if (d.copies == 0 && (d.settles || d.endsOpen)) d.reason = Reason.Close;
        if (d.copies > 0 || d.settles || d.endsOpen) d.dueAt = f.epoch;
    }

    /// @notice Whether the open offer has had its time.
    function hasOfferFailed(Facts memory f) internal pure returns (bool) {
        uint256 good = 0;
        for (uint256 i = 0; i < f.deals.length; ++i) {
            if (_isGood(f, f.deals[i])) ++good;
        }
        return _hasOfferFailed(f, good);
    }

    function _hasOfferFailed(Facts memory f, uint256 good) private pure returns (bool) {
        return f.openCopies > 0 && (f.epoch > f.openStart || f.epoch > f.openSince + _patience(f, good));
    }

    /// @dev What asks for fewer copies than are missing by now has no longer time than any other offer: the others wait for it.
    function _patience(Facts memory f, uint256 good) private pure returns (int64) {
        return good + f.openCopies < f.replicas ? f.startDelay : delayOf(f.startDelay, f.step);
    }

    function _isGood(Facts memory f, DealFacts memory deal) private pure returns (bool) {
        return isLive(deal) && deal.endEpoch - f.epoch > f.lead;
    }

    /// @notice Epochs that providers have for an offer at `step`.
    function delayOf(int64 startDelay, uint8 step) internal pure returns (int64) {
        if (step <= Offer.STEPS) return startDelay;
        int64 delay = startDelay << (step - Offer.STEPS);
        return delay < LONGEST_DELAY ? delay : LONGEST_DELAY;
    }

    /// @notice Whether a deal that is over failed. What ended did not, and is not settled for itself: it frees nothing, and its
    ///         provider can ask f05. Of a deal that was missed that is only certain before its end: what f05 has forgotten
    ///         afterwards may have been stored all the time.
    function hasFailed(DealFacts memory deal, int64 epoch) internal pure returns (bool) {
        return deal.standing == Standing.Terminated || (deal.standing == Standing.Missed && epoch < deal.endEpoch);
    }

    /// @notice Whether a copy is, or is to be, stored.
    function isLive(DealFacts memory deal) internal pure returns (bool) {
        return !deal.closed && (deal.standing == Standing.Published || deal.standing == Standing.Active);
    }

    /// @dev Also finds when time alone changes something, and whether something is to be settled.
    function _count(Facts memory f, Decision memory d) private pure returns (Tally memory t) {
        t.nearEnds = new int64[](f.deals.length);
        uint256 near = 0;
        for (uint256 i = 0; i < f.deals.length; ++i) {
            DealFacts memory deal = f.deals[i];
            if (isLive(deal)) {
                ++t.live;
                if (deal.startEpoch <= f.epoch + f.startDelay) ++t.covering;
                if (deal.standing == Standing.Published) d.dueAt = _earlier(d.dueAt, deal.startEpoch + 1);
                if (_isGood(f, deal)) {
                    ++t.good;
                    d.dueAt = _earlier(d.dueAt, deal.endEpoch - f.lead);
                } else {
                    _insert(t.nearEnds, near++, deal.endEpoch);
                    d.dueAt = _earlier(d.dueAt, deal.endEpoch);
                }
            } else if (!deal.closed && hasFailed(deal, f.epoch)) {
                (d.settles, t.failed) = (true, true);
            }
        }
        if (f.openCopies > 0) {
            int64 patience = f.openSince + _patience(f, t.good);
            d.dueAt = _earlier(d.dueAt, (patience < f.openStart ? patience : f.openStart) + 1);
        }
        t.nearEnds = _first(t.nearEnds, near);
    }

    function _propose(
        Facts memory f,
        Decision memory d,
        Tally memory t,
        uint256 missing,
        bool offerFails
    ) private pure {
        bool renewal = t.covering >= f.replicas && t.live - f.replicas < t.nearEnds.length;
        Reason reason = renewal ? Reason.Renewal : Reason.Missing;
        if (t.failed) reason = Reason.Repair;
        if (offerFails) reason = f.step < Offer.STEPS ? Reason.Retry : Reason.AtCeiling;
        // A market that took the last offer may take a lower one.
        uint8 step = d.step;
        if (reason == Reason.Renewal && step > 0) step = (step < Offer.STEPS ? step : Offer.STEPS) - 1;

        uint256 money = d.endsOpen ? f.money + f.openReserve : f.money;
        uint256 copies = _affordable(f, step, money);
        // Rather a lower offer than none.
        while (copies == 0 && step > 0) copies = _affordable(f, --step, money);
        copies = _least(_least(missing, f.eligible), copies);
        if (copies == 0) {
            d.reason = Reason.NoMoney;
            return;
        }
        (d.reason, d.copies, d.step) = (reason, uint16(copies), step);
        d.startEpoch = _startOf(f, t, step, renewal);
        d.endEpoch = d.startEpoch + f.term;
        // What is written down now need not be guessed when f05 has forgotten it.
        d.settles = f.deals.length > 0;
    }

    function _startOf(Facts memory f, Tally memory t, uint8 step, bool renewal) private pure returns (int64 start) {
        // Copies near their end wait for no dear offer.
        start = f.epoch + (t.nearEnds.length > 0 ? f.startDelay : delayOf(f.startDelay, step));
        if (!renewal) return start;
        // The ends before this one have been followed by new deals already.
        int64 end = t.nearEnds[t.live - f.replicas];
        if (end - f.startDelay - 1 > start) start = end - f.startDelay - 1;
    }

    function _affordable(Facts memory f, uint8 step, uint256 money) private pure returns (uint256) {
        uint256 cost = Offer.perEpoch(f.price, f.maxPrice, step, f.pieceSize) * uint64(f.term);
        return cost == 0 ? f.replicas : money / cost;
    }

    /// @dev Into an ascending list of which `count` places are taken.
    function _insert(int64[] memory list, uint256 count, int64 value) private pure {
        for (; count > 0 && list[count - 1] > value; --count) list[count] = list[count - 1];
        list[count] = value;
    }

    /// @dev 0 is never.
    function _earlier(int64 a, int64 b) private pure returns (int64) {
        return a == 0 || b < a ? b : a;
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    /// @dev list[0:length], in place.
    function _first(int64[] memory list, uint256 length) private pure returns (int64[] memory) {
        assembly ("memory-safe") {
            mstore(list, length)
        }
        return list;
    }
}
