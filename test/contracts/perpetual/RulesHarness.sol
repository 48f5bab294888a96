// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ProviderRule} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {DealFacts, Decision, Facts, KeepRules, Reason, Standing} from "../../../contracts/perpetual/KeepRules.sol";
import {Offer} from "../../../contracts/perpetual/Offer.sol";
import {Choice, ProviderChoice} from "../../../contracts/perpetual/ProviderChoice.sol";
import {ReasonText} from "../../../contracts/perpetual/ReasonText.sol";
import {Runway} from "../../../contracts/perpetual/Runway.sol";
import {StoreText} from "../../../contracts/perpetual/StoreText.sol";

/// @notice The pure rules for many states in one call, to be compared with `src/keep`. Questions and answers are words, in the
///         order of `rules-wire.ts`: encoding them as structs would take most of the time.
contract RulesHarness {
    uint256 private constant ANSWER_WORDS = 13;
    /// @dev Of a list of small numbers in one word, the first in the lowest byte; 0 ends it.
    uint256 private constant PLACES = 32;

    /// @dev Where the words are read.
    struct Reader {
        uint256 at;
    }

    struct Question {
        Facts facts;
        ProviderRule rule;
        bool distinct;
        uint64[] listed;
        uint64[4] shunned;
        uint256 purse;
        uint256 pay;
    }

    struct Terms {
        uint256 first;
        uint256 ceiling;
        uint8 step;
        uint64 pieceSize;
    }

    struct Offers {
        uint256 at;
        uint256 perEpoch;
    }

    function answer(uint256[] calldata words) external pure returns (uint256[] memory out) {
        Reader memory r = Reader(0);
        uint256 count = _next(r, words);
        out = new uint256[](count * ANSWER_WORDS);
        for (uint256 i = 0; i < count; ++i) _answer(r, words, out, i * ANSWER_WORDS);
    }

    function _answer(Reader memory r, uint256[] calldata words, uint256[] memory out, uint256 at) private pure {
        Question memory q;
        q.facts = _facts(r, words);
        q.rule = ProviderRule(_next(r, words));
        q.distinct = _next(r, words) == 1;
        q.listed = _unpack(_next(r, words));
        uint256 four = _next(r, words);
        for (uint256 i = 0; i < 4; ++i) q.shunned[i] = uint64((four >> (8 * i)) & 0xff);
        q.purse = _next(r, words);
        q.pay = _next(r, words);
        Decision memory d = KeepRules.decide(q.facts);
        _writeDecision(d, out, at);
        Choice memory c = ProviderChoice.choose(q.facts, q.rule, q.listed, q.distinct, q.shunned, d);
        out[at + 8] = c.restricted ? 1 : 0;
        out[at + 9] = _pack(c.allowed);
        out[at + 10] = _pack(c.excluded);
        out[at + 11] = ProviderChoice.eligible(q.facts, q.rule, q.listed, q.distinct);
        out[at + 12] = Runway.of_(q.facts, q.purse, q.pay);
    }

    function _writeDecision(Decision memory d, uint256[] memory out, uint256 at) private pure {
        out[at] = uint256(d.reason);
        out[at + 1] = d.endsOpen ? 1 : 0;
        out[at + 2] = d.settles ? 1 : 0;
        out[at + 3] = d.copies;
        out[at + 4] = uint64(d.startEpoch);
        out[at + 5] = uint64(d.endEpoch);
        out[at + 6] = d.step;
        out[at + 7] = uint64(d.dueAt);
    }

    function _facts(Reader memory r, uint256[] calldata words) private pure returns (Facts memory f) {
        f.epoch = _epoch(r, words);
        f.replicas = uint16(_next(r, words));
        f.term = _epoch(r, words);
        f.lead = _epoch(r, words);
        f.startDelay = _epoch(r, words);
        f.cancelled = _next(r, words) == 1;
        f.step = uint8(_next(r, words));
        f.openCopies = uint16(_next(r, words));
        f.openSince = _epoch(r, words);
        f.openStart = _epoch(r, words);
        f.crowded = _next(r, words) == 1;
        f.eligible = uint16(_next(r, words));
        f.pieceSize = uint64(_next(r, words));
        f.price = _next(r, words);
        f.maxPrice = _next(r, words);
        f.money = _next(r, words);
        f.openReserve = _next(r, words);
        f.deals = new DealFacts[](_next(r, words));
        for (uint256 i = 0; i < f.deals.length; ++i) {
            f.deals[i] = DealFacts({
                dealId: uint64(_next(r, words)),
                provider: uint64(_next(r, words)),
                startEpoch: _epoch(r, words),
                endEpoch: _epoch(r, words),
                standing: Standing(_next(r, words)),
                closed: _next(r, words) == 1
            });
        }
    }

    function _next(Reader memory r, uint256[] calldata words) private pure returns (uint256) {
        return words[r.at++];
    }

    function _epoch(Reader memory r, uint256[] calldata words) private pure returns (int64) {
        return int64(uint64(_next(r, words)));
    }

    function _unpack(uint256 packed) private pure returns (uint64[] memory list) {
        uint256 count = 0;
        while (count < PLACES && (packed >> (8 * count)) & 0xff != 0) ++count;
        list = new uint64[](count);
        for (uint256 i = 0; i < count; ++i) list[i] = uint64((packed >> (8 * i)) & 0xff);
    }

    function _pack(uint64[] memory list) private pure returns (uint256 packed) {
        for (uint256 i = 0; i < list.length; ++i) packed |= uint256(list[i]) << (8 * i);
    }

    function offers(Terms[] memory terms) external pure returns (Offers[] memory out) {
        out = new Offers[](terms.length);
        for (uint256 i = 0; i < terms.length; ++i) {
            Terms memory t = terms[i];
            out[i] = Offers({
                at: Offer.at(t.first, t.ceiling, t.step),
                perEpoch: Offer.perEpoch(t.first, t.ceiling, t.step, t.pieceSize)
            });
        }
    }

    function reasonText(Reason reason) external pure returns (string memory) {
        return ReasonText.of_(reason);
    }

    function label(uint256 id, uint256 attempt, string memory root) external pure returns (string memory) {
        return StoreText.label(id, attempt, root);
    }

    function rootOf(string memory label_) external pure returns (string memory) {
        return StoreText.rootOf(label_);
    }

    function locate(string memory location, bytes32 commitment) external pure returns (string memory) {
        return StoreText.locate(location, commitment);
    }

    function cidText(bytes32 commitment) external pure returns (string memory) {
        return StoreText.cidText(commitment);
    }
}
