// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ProviderRule} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {Decision, Facts, KeepRules, Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {Offer} from "../../../contracts/perpetual/Offer.sol";
import {Choice, ProviderChoice} from "../../../contracts/perpetual/ProviderChoice.sol";
import {ReasonText} from "../../../contracts/perpetual/ReasonText.sol";
import {Runway} from "../../../contracts/perpetual/Runway.sol";
import {StoreText} from "../../../contracts/perpetual/StoreText.sol";

/// @notice The pure rules for many states in one call, to be compared with `src/keep`.
contract RulesHarness {
    struct Question {
        Facts facts;
        ProviderRule rule;
        uint64[] listed;
        bool distinct;
        uint64[4] shunned;
        uint256 money;
        uint256 pay;
    }

    struct Answer {
        Decision decision;
        Choice choice;
        uint16 eligible;
        uint256 runway;
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

    function answer(Question[] memory questions) external pure returns (Answer[] memory answers) {
        answers = new Answer[](questions.length);
        for (uint256 i = 0; i < questions.length; ++i) {
            Question memory q = questions[i];
            Decision memory d = KeepRules.decide(q.facts);
            answers[i] = Answer({
                decision: d,
                choice: ProviderChoice.choose(q.facts, q.rule, q.listed, q.distinct, q.shunned, d),
                eligible: ProviderChoice.eligible(q.facts, q.rule, q.listed, q.distinct),
                runway: Runway.of_(q.facts, q.money, q.pay)
            });
        }
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
