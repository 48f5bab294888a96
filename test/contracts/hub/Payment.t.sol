// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AggregationHub} from "../../../contracts/AggregationHub.sol";
import {ActorCall} from "../../../contracts/filecoin/ActorCall.sol";
import {CALL_ACTOR_ID} from "../../../contracts/filecoin/Actors.sol";
import {GET_DEAL_ACTIVATION} from "../../../contracts/filecoin/Methods.sol";
import {IAggregationHub} from "../../../contracts/interfaces/IAggregationHub.sol";
import {Aggregate, Aggregates} from "../support/Aggregates.sol";
import {vm} from "../support/Vm.sol";
import {HubTest, OutOfGas} from "./HubTest.sol";

/// @dev Takes no money.
contract Refuser {
    function claimTo(AggregationHub hub, uint256 id, uint64 dealId, address payable to) external {
        hub.claimTo(id, dealId, to);
    }
}

/// @dev Wants to be paid twice.
contract Greedy {
    AggregationHub private immutable HUB;
    uint256 private immutable ID;
    uint256 public refusals;

    constructor(AggregationHub hub, uint256 id) {
        (HUB, ID) = (hub, id);
    }

    function reclaim() external {
        HUB.reclaim(ID, payable(address(this)));
    }

    function submit(bytes calldata cid, IAggregationHub.Terms calldata terms) external payable {
        HUB.submit{value: msg.value}(cid, terms);
    }

    receive() external payable {
        try HUB.claim(ID) {} catch {
            ++refusals;
        }
        try HUB.reclaim(ID, payable(address(this))) {} catch {
            ++refusals;
        }
    }
}

/// @notice What an offered payment does.
contract PaymentTest is HubTest {
    using Aggregates for Aggregate;

    uint256 private constant AMOUNT = 3 ether;

    /* OFFERED */

    function test_paymentNeedsADeadlineToCome() external {
        bytes memory cid = _a.sizedCid(0);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.DeadlinePassed.selector, EPOCH, EPOCH));
        hub.submit{value: 1}(cid, _terms(address(0), EPOCH, 0));
        hub.submit{value: 1}(cid, _terms(address(0), EPOCH + 1, 0));
    }

    function test_paymentForAPieceNeedsItsSize() external {
        bytes memory cid = _cid(0);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.PieceSizeMissing.selector));
        hub.submit{value: 1}(cid, _terms(address(0), START, 0));
    }

    function test_rootOfASmallerPieceIsNotPaidFor() external {
        // 128 bytes, the nodes of a tree, have the root of the 16 KiB below them.
        Aggregate memory fake = Aggregates.make(4096, 128, 1, 9);
        uint64 dealId = _publishOne(_dealProposal(fake.commitment, fake.size));
        uint256 id = hub.submit{value: 1}(
            abi.encodePacked(hex"015591202200", uint8(9), fake.pieces[0]),
            _terms(address(0), START, 0)
        );
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.SegmentSizeMismatch.selector, 128, 16_384));
        hub.complete(id, dealId, fake.proofOf(0), fake.verifierOf(0));
    }

    function test_hubTakesNoOtherMoney() external {
        (bool ok, ) = address(hub).call{value: 1}("");
        require(!ok, "taken");
    }

    /* PAID */

    function test_activeDealIsPaidAtOnce() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        _equal(address(hub).balance, AMOUNT);
        uint64 dealId = _active("one", 1);
        vm.expectEmit(true, true, true, true, address(hub));
        emit IAggregationHub.PaymentMade(id, OTHER, dealId, AMOUNT);
        _completeAs(OTHER, id, dealId, 0);
        _equal(OTHER.balance, AMOUNT);
        _state(id, IAggregationHub.Payment.Paid);
    }

    function test_publishedDealIsPaidWhenItIsActive() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        uint64 dealId = _publishedDeal();
        _completeAs(OTHER, id, dealId, 0);
        _equal(OTHER.balance, 0);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.DealNotActive.selector, dealId));
        hub.claim(id);
        _activateDeal(dealId, 1);
        vm.prank(STRANGER);
        hub.claim(id);
        _equal(OTHER.balance, AMOUNT);
        _notOpen(id, IAggregationHub.Payment.Paid);
    }

    function test_namedAggregatorIsPaidWhoeverCompletes() external {
        uint256 id = _askPaid(0, OTHER, AMOUNT);
        uint64 dealId = _active("one", 1);
        _completeAs(STRANGER, id, dealId, 0);
        _equal(OTHER.balance, AMOUNT);
        // Later, too.
        id = _askPaid(1, OTHER, AMOUNT);
        dealId = _publishedDeal();
        _completeAs(STRANGER, id, dealId, 1);
        _activateDeal(dealId, 2);
        hub.claim(id);
        _equal(OTHER.balance, 2 * AMOUNT);
    }

    function test_defaultAggregatorIsPaidForContent() external {
        vm.prank(CUSTOMER);
        uint256 id = hub.submit{value: AMOUNT}(hex"0155", _terms(address(0), START, 0));
        uint64 dealId = _active("one", 1);
        _completeAs(AGGREGATOR, id, dealId, 0);
        _equal(AGGREGATOR.balance, AMOUNT);
    }

    function test_firstCompletionGoesFirst() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        uint64 first = _publishedDeal();
        _completeAs(OTHER, id, first, 0);
        _activateDeal(first, 1);
        uint64 second = _active("two", 2);
        _completeAs(STRANGER, id, second, 0);
        _state(id, IAggregationHub.Payment.Open);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.PaymentEarned.selector, id, first));
        hub.claim(id, second);
        hub.claim(id, first);
        _equal(OTHER.balance, AMOUNT);
    }

    function test_activeDealGoesBeforeOneThatIsNot() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        _completeAs(STRANGER, id, _published("one"), 0);
        _completeAs(OTHER, id, _active("two", 2), 0);
        _equal(OTHER.balance, AMOUNT);
    }

    function test_dealThatDiedFreesThePayment() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        uint64 first = _published("one");
        _completeAs(STRANGER, id, first, 0);
        uint64 second = _publishedDeal();
        _completeAs(OTHER, id, second, 0);
        _activateDeal(second, 1);
        vm.roll(uint64(START) + 1);
        _settle(first);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.DealNotActive.selector, first));
        hub.claim(id);
        hub.claim(id, second);
        _equal(OTHER.balance, AMOUNT);
    }

    function test_onlyWhatCompletedIsClaimed() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.NotCompleted.selector, id, 0));
        hub.claim(id);
        uint64 dealId = _publishedDeal();
        _completeAs(OTHER, id, dealId, 0);
        uint64 other = _active("two", 2);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.NotCompleted.selector, id, other));
        hub.claim(id, other);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.NotCompleted.selector, id, other));
        hub.claimTo(id, other, payable(OTHER));
    }

    function test_paymentIsOpenOnce() external {
        uint256 id = _ask(0);
        _notOpen(id, IAggregationHub.Payment.None);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.RequestUnknown.selector, 9));
        hub.claim(9);
        id = _askPaid(0, address(0), AMOUNT);
        vm.roll(uint64(START) + 1);
        _reclaim(id);
        _notOpen(id, IAggregationHub.Payment.Reclaimed);
    }

    /* RECIPIENTS */

    function test_recipientThatRefusesHoldsUpNobody() external {
        address refuser = address(new Refuser());
        uint256 id = _askPaid(0, refuser, AMOUNT);
        uint64 dealId = _active("one", 1);
        _completeAs(STRANGER, id, dealId, 0);
        _equal(hub.requestOf(id).completions, 1);
        _state(id, IAggregationHub.Payment.Open);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.RecipientRefused.selector, refuser));
        hub.claim(id);
        // It says where the money may go.
        Refuser(refuser).claimTo(hub, id, dealId, payable(OTHER));
        _equal(OTHER.balance, AMOUNT);
    }

    function test_onlyTheEarnerSaysWhereTheMoneyGoes() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        uint64 dealId = _publishedDeal();
        _completeAs(OTHER, id, dealId, 0);
        _activateDeal(dealId, 1);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.NotEarner.selector, address(this), OTHER));
        hub.claimTo(id, dealId, payable(STRANGER));
        vm.prank(OTHER);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.RecipientRefused.selector, address(0)));
        hub.claimTo(id, dealId, payable(address(0)));
        vm.prank(OTHER);
        hub.claimTo(id, dealId, payable(address(0xBEEF)));
        _equal(address(0xBEEF).balance, AMOUNT);
    }

    function test_recipientThatCallsBackIsPaidOnce() external {
        // Others' money, to be taken.
        _askPaid(1, address(0), AMOUNT);
        Greedy greedy = new Greedy(hub, 2);
        _askPaid(0, address(greedy), AMOUNT);
        _completeAs(STRANGER, 2, _active("one", 1), 0);
        _equal(address(greedy).balance, AMOUNT);
        _equal(greedy.refusals(), 2);
        _equal(address(hub).balance, AMOUNT);
        // The same from a requester.
        greedy = new Greedy(hub, 3);
        greedy.submit{value: AMOUNT}(_a.sizedCid(2), _terms(address(0), START, 0));
        vm.roll(uint64(START) + 1);
        greedy.reclaim();
        _equal(address(greedy).balance, AMOUNT);
        _equal(greedy.refusals(), 2);
        _equal(address(hub).balance, AMOUNT);
    }

    /* TAKEN BACK */

    function test_requesterTakesBackAfterTheDeadline() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        vm.roll(uint64(START));
        vm.prank(CUSTOMER);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.DeadlineNotPassed.selector, START, START));
        hub.reclaim(id, payable(CUSTOMER));
        vm.roll(uint64(START) + 1);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.NotRequester.selector, address(this), CUSTOMER));
        hub.reclaim(id, payable(address(this)));
        vm.expectEmit(true, true, false, true, address(hub));
        emit IAggregationHub.PaymentReclaimed(id, OTHER, AMOUNT);
        vm.prank(CUSTOMER);
        hub.reclaim(id, payable(OTHER));
        _equal(OTHER.balance, AMOUNT);
    }

    function test_deadlineDoesNotStopAnAnswer() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        uint64 dealId = _active("one", 1);
        vm.roll(uint64(START) + 1);
        _completeAs(OTHER, id, dealId, 0);
        _equal(OTHER.balance, AMOUNT);
    }

    function test_whatAnActiveDealEarnedIsNotTakenBack() external {
        // Not the deal with id 0.
        _published("another");
        uint256 id = _askPaid(0, address(0), AMOUNT);
        uint64 dealId = _publishedDeal();
        _completeAs(OTHER, id, dealId, 0);
        _activateDeal(dealId, 1);
        vm.roll(uint64(START) + 1);
        vm.prank(CUSTOMER);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.PaymentEarned.selector, id, dealId));
        hub.reclaim(id, payable(CUSTOMER));
        // Also once it has ended, until it is settled.
        vm.roll(uint64(END));
        hub.claim(id);
        _equal(OTHER.balance, AMOUNT);
    }

    function test_dealThatDiedEarnsNothing() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        uint64 dealId = _publishedDeal();
        _completeAs(OTHER, id, dealId, 0);
        _activateDeal(dealId, 1);
        _terminate(1);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.DealNotActive.selector, dealId));
        hub.claim(id);
        vm.roll(uint64(START) + 1);
        _reclaim(id);
    }

    function test_silenceOfF05IsNoDeath() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        uint64 dealId = _publishedDeal();
        _completeAs(OTHER, id, dealId, 0);
        _activateDeal(dealId, 1);
        vm.roll(uint64(START) + 1);
        vm.etch(CALL_ACTOR_ID, address(new OutOfGas()).code);
        vm.prank(CUSTOMER);
        vm.expectRevert(abi.encodeWithSelector(ActorCall.ActorFailed.selector, GET_DEAL_ACTIVATION, 7));
        hub.reclaim(id, payable(CUSTOMER));
    }

    function test_takenBackMoneyNeedsARecipient() external {
        uint256 id = _askPaid(0, address(0), AMOUNT);
        vm.roll(uint64(START) + 1);
        address refuser = address(new Refuser());
        vm.prank(CUSTOMER);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.RecipientRefused.selector, refuser));
        hub.reclaim(id, payable(refuser));
        vm.prank(CUSTOMER);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.RecipientRefused.selector, address(0)));
        hub.reclaim(id, payable(address(0)));
        _reclaim(id);
    }

    /* ALL TOGETHER */

    /// @dev Any sequence of requests, answers, claims, returns, activations, terminations and time.
    function testFuzz_openPaymentsAreTheBalance(uint256 seed) external {
        uint64[3] memory deals = [_published("one"), _publishedDeal(), _published("three")];
        uint256 all = CUSTOMER.balance;
        for (uint256 step = 0; step < 20; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            _step(seed, deals);
            uint256 open = 0;
            for (uint256 id = 1; id <= hub.requestCount(); ++id) {
                IAggregationHub.Request memory r = hub.requestOf(id);
                if (r.payment == IAggregationHub.Payment.Open) open += r.amount;
            }
            _equal(address(hub).balance, open);
            _equal(CUSTOMER.balance + OTHER.balance + AGGREGATOR.balance + open, all);
        }
    }

    function _step(uint256 seed, uint64[3] memory deals) private {
        uint256 action = seed % 10;
        uint256 id = 1 + ((seed >> 16) % (hub.requestCount() + 1));
        uint256 piece = (seed >> 24) % 2;
        if (action < 3) {
            bytes memory cid = _a.sizedCid(piece);
            address named = (seed >> 40) % 2 == 0 ? address(0) : AGGREGATOR;
            vm.prank(CUSTOMER);
            hub.submit{value: 1 + (seed >> 200)}(cid, _terms(named, int64(uint64(block.number)) + 60_000, 0));
        } else if (action == 8) {
            vm.roll(block.number + 50_000);
        } else if (action == 9) {
            try this.activateOrTerminate(deals[1], (seed >> 48) % 3 != 0) {} catch {}
        } else {
            bytes memory call_ = _call(action, id, deals[(seed >> 8) % 3], piece);
            vm.prank(
                action == 7
                    ? CUSTOMER
                    : (seed >> 32) % 2 == 0
                        ? OTHER
                        : AGGREGATOR
            );
            (bool ok, bytes memory reason) = address(hub).call(call_);
            require(ok || (reason.length >= 4 && bytes4(reason) != 0x4e487b71), "no reason");
        }
    }

    function _call(uint256 action, uint256 id, uint64 dealId, uint256 piece) private view returns (bytes memory) {
        if (action == 7) return abi.encodeCall(hub.reclaim, (id, payable(CUSTOMER)));
        if (action == 6) return abi.encodeWithSignature("claim(uint256,uint64)", id, dealId);
        Aggregate memory a = _a;
        string memory signature = "complete(uint256,uint64,((uint64,bytes32[]),(uint64,bytes32[])),(bytes,uint64))";
        return abi.encodeWithSignature(signature, id, dealId, a.proofOf(piece), a.verifierOf(piece));
    }

    function activateOrTerminate(uint64 dealId, bool activate) external {
        if (activate) _activateDeal(dealId, 1);
        else _terminate(1);
    }

    /* HELPERS */

    /// @dev A deal with the terms that `_activateDeal` activates.
    function _publishedDeal() private returns (uint64) {
        return _publishOne(_dealProposal());
    }

    function _reclaim(uint256 id) private {
        uint256 before = CUSTOMER.balance;
        vm.prank(CUSTOMER);
        hub.reclaim(id, payable(CUSTOMER));
        _equal(CUSTOMER.balance, before + AMOUNT);
    }

    function _state(uint256 id, IAggregationHub.Payment expected) private view {
        require(hub.requestOf(id).payment == expected, "another state of the payment");
    }

    function _notOpen(uint256 id, IAggregationHub.Payment state) private {
        bytes memory reason = abi.encodeWithSelector(IAggregationHub.PaymentNotOpen.selector, id, state);
        vm.expectRevert(reason);
        hub.claim(id);
        vm.expectRevert(reason);
        hub.claim(id, 0);
        vm.expectRevert(reason);
        hub.claimTo(id, 0, payable(OTHER));
        vm.prank(CUSTOMER);
        vm.expectRevert(reason);
        hub.reclaim(id, payable(CUSTOMER));
    }
}
