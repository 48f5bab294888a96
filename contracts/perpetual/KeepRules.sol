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

/// @title  What is to be done for a store: pure rules, the same as `src/keep/decide.ts`
/// @notice A copy is good while it is published or active and its end is more than `lead` away. What is not good, and not
///         on offer, is missing:
///
///         missing = replicas − good − on offer
///
///         An offer has `startDelay` epochs to find its providers; then it is ended and made anew, one step dearer. A store
///         has one offer at a time. If no copy was lost, the new deals start where the old ones end, so that no epoch is
///         paid twice; else as soon as may be.
library KeepRules {
    function decide(Facts memory f) internal pure returns (Decision memory d) {
        (uint256 good, uint256 live, int64 firstEnd, bool failed) = _count(f, d);
        bool offerFails = f.openCopies > 0 && (f.epoch > f.openStart || f.epoch > f.openSince + f.startDelay);
        d.endsOpen = offerFails || (f.openCopies > 0 && f.cancelled);
        d.step = offerFails && f.step < Offer.STEPS ? f.step + 1 : f.step;
        uint256 onOffer = d.endsOpen ? 0 : f.openCopies;

        if (f.cancelled) {
            d.reason = Reason.Cancelled;
            if (d.endsOpen || d.settles) d.dueAt = f.epoch;
            return d;
        }
        uint256 missing = good + onOffer < f.replicas ? f.replicas - good - onOffer : 0;
        if (onOffer > 0) d.reason = Reason.Awaiting;
        else if (missing == 0) d.reason = Reason.Healthy;
        else if (f.crowded) d.reason = Reason.Crowded;
        else if (f.eligible == 0) d.reason = Reason.NoProviders;
        else _propose(f, d, missing, live, firstEnd, offerFails, failed);
        if (d.copies == 0 && (d.settles || d.endsOpen)) d.reason = Reason.Close;
        if (d.copies > 0 || d.settles || d.endsOpen) d.dueAt = f.epoch;
    }

    /// @dev Also finds when time alone changes something, and whether something is to be settled.
    function _count(
        Facts memory f,
        Decision memory d
    ) private pure returns (uint256 good, uint256 live, int64 firstEnd, bool failed) {
        if (f.openCopies > 0) {
            int64 patience = f.openSince + f.startDelay;
            d.dueAt = (patience < f.openStart ? patience : f.openStart) + 1;
        }
        for (uint256 i = 0; i < f.deals.length; ++i) {
            DealFacts memory deal = f.deals[i];
            if (deal.closed) continue;
            if (deal.standing == Standing.Published || deal.standing == Standing.Active) {
                ++live;
                if (deal.standing == Standing.Published) d.dueAt = _earlier(d.dueAt, deal.startEpoch + 1);
                if (deal.endEpoch - f.epoch > f.lead) {
                    ++good;
                    d.dueAt = _earlier(d.dueAt, deal.endEpoch - f.lead);
                } else {
                    firstEnd = _earlier(firstEnd, deal.endEpoch);
                    d.dueAt = _earlier(d.dueAt, deal.endEpoch);
                }
            } else if (deal.standing == Standing.Ended) {
                // Nothing is freed by settling it: the provider asks f05 for its pay, or the next proposal does.
                if (f.cancelled) d.settles = true;
            } else {
                (d.settles, failed) = (true, true);
            }
        }
    }

    function _propose(
        Facts memory f,
        Decision memory d,
        uint256 missing,
        uint256 live,
        int64 firstEnd,
        bool offerFails,
        bool failed
    ) private pure {
        bool renewal = live >= f.replicas && firstEnd != 0;
        if (offerFails) d.reason = f.step < Offer.STEPS ? Reason.Retry : Reason.AtCeiling;
        else if (failed) d.reason = Reason.Repair;
        else d.reason = renewal ? Reason.Renewal : Reason.Missing;
        // A market that took the last offer may take a lower one.
        uint8 step = d.reason == Reason.Renewal && d.step > 0 ? d.step - 1 : d.step;

        uint256 cost = Offer.perEpoch(f.price, f.maxPrice, step, f.pieceSize) * uint64(f.term);
        uint256 money = d.endsOpen ? f.money + f.openReserve : f.money;
        uint256 copies = _least(missing, f.eligible);
        if (cost > 0) copies = _least(copies, money / cost);
        if (copies == 0) {
            d.reason = Reason.NoMoney;
            return;
        }
        (d.copies, d.step) = (uint16(copies), step);
        d.startEpoch = f.epoch + f.startDelay;
        if (renewal && firstEnd > d.startEpoch) d.startEpoch = firstEnd;
        d.endEpoch = d.startEpoch + f.term;
        // What is written down now need not be guessed when f05 has forgotten it.
        d.settles = f.deals.length > 0;
    }

    /// @dev 0 is never.
    function _earlier(int64 a, int64 b) private pure returns (int64) {
        return a == 0 || b < a ? b : a;
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
