// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ActorCall} from "../../../contracts/filecoin/ActorCall.sol";
import {GET_DEAL_ACTIVATION, SETTLE_DEAL_PAYMENTS} from "../../../contracts/filecoin/Methods.sol";
import {RlePlus} from "../../../contracts/filecoin/RlePlus.sol";
import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {FakeMarket} from "../support/ActorFakes.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm, Vm} from "../support/Vm.sol";

/// @dev What becomes of a deal: the table at the head of the interface, and settlement.
contract DealsTest is ClientFixture {
    uint64 private constant DEAL = 147_142;
    uint64 private constant SECOND = 147_143;
    uint64 private constant ACTIVATED = uint64(START) - 500;

    bytes32 private _id;

    event DealActivated(uint64 indexed dealId, int64 activatedAt);
    event DealSettled(uint64 indexed dealId, uint256 paid, bool completed);
    event DealClosed(uint64 indexed dealId, IDealClient.DealState outcome);

    function setUp() external {
        _id = client.propose(_goldenRequest(), 2, _none());
        _publish(_id, PROVIDER, DEAL);
        _publish(_id, PROVIDER + 1, SECOND);
        _inactive(DEAL);
        _inactive(SECOND);
    }

    /* STATES */

    function test_notActivated() external {
        _is(IDealClient.DealState.Published);
        vm.roll(uint64(START));
        _is(IDealClient.DealState.Published);
        vm.roll(uint64(START) + 1);
        _is(IDealClient.DealState.Missed);
    }

    function test_activated() external {
        _active(DEAL);
        _is(IDealClient.DealState.Active);
        vm.roll(uint64(END) - 1);
        _is(IDealClient.DealState.Active);
        vm.roll(uint64(END));
        _is(IDealClient.DealState.Ended);
    }

    function test_goneAfterItWasSeenActive() external {
        _active(DEAL);
        client.observe(_list(DEAL));
        _gone(DEAL);
        _is(IDealClient.DealState.Terminated);
        vm.roll(uint64(END) - 1);
        _is(IDealClient.DealState.Terminated);
        vm.roll(uint64(END));
        _is(IDealClient.DealState.Ended);
    }

    function test_goneWithoutEverBeingSeenActive() external {
        _gone(DEAL);
        vm.roll(uint64(START) - 1);
        _is(IDealClient.DealState.Terminated);
        vm.roll(uint64(START));
        _is(IDealClient.DealState.Missed);
        vm.roll(uint64(END));
        _is(IDealClient.DealState.Missed);
    }

    function test_neverKnownToF05() external {
        MARKET.setDeal(DEAL, FakeMarket.FakeDeal(false, 0, 0, 0, 0, false));
        _is(IDealClient.DealState.None);
    }

    function test_otherExitCodesArePassedOn() external {
        MARKET.setDeal(DEAL, FakeMarket.FakeDeal(true, 20, 0, 0, 0, false));
        vm.expectRevert(abi.encodeWithSelector(ActorCall.ActorFailed.selector, GET_DEAL_ACTIVATION, int256(20)));
        client.dealState(DEAL);
    }

    function test_observedOutcomeIsFinal() external {
        _active(DEAL);
        client.observe(_list(DEAL));
        _gone(DEAL);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit DealClosed(DEAL, IDealClient.DealState.Terminated);
        vm.prank(STRANGER);
        client.observe(_list(DEAL));
        vm.roll(uint64(END));
        _is(IDealClient.DealState.Terminated);
        vm.recordLogs();
        client.observe(_list(DEAL));
        client.settle(_list(DEAL));
        _nothingButEscrowSeen(2);
    }

    function test_activationIsNotedOnce() external {
        _active(DEAL);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit DealActivated(DEAL, int64(ACTIVATED));
        client.observe(_list(DEAL));
        vm.recordLogs();
        client.observe(_list(DEAL));
        _nothingButEscrowSeen(1);
        require(client.getDeal(DEAL).activatedAt == int64(ACTIVATED), "kept");
    }

    /* SETTLE */

    function test_settlementOfAnActiveDeal() external {
        vm.roll(uint64(START) + 1000);
        MARKET.setDeal(DEAL, FakeMarket.FakeDeal(true, 0, int64(ACTIVATED), 0, 12_207_000, false));
        MARKET.expectSettle(_list(DEAL));
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit DealActivated(DEAL, int64(ACTIVATED));
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit DealSettled(DEAL, 12_207_000, false);
        vm.prank(STRANGER);
        client.settle(_list(DEAL));
        require(keccak256(MARKET.settled()) == keccak256(hex"c0b81f21"), "RLE+ of the specification");
        _is(IDealClient.DealState.Active);
    }

    function test_settlementAtTheEnd() external {
        vm.roll(uint64(END));
        MARKET.setDeal(DEAL, FakeMarket.FakeDeal(true, 0, int64(ACTIVATED), 0, 5, true));
        MARKET.setDeal(SECOND, FakeMarket.FakeDeal(true, 0, int64(ACTIVATED), 0, 6, true));
        MARKET.expectSettle(_list(DEAL, SECOND));
        client.settle(_list(DEAL, SECOND));
        _gone(DEAL);
        _is(IDealClient.DealState.Ended);
        require(client.getDeal(SECOND).state == IDealClient.DealState.Ended, "second");
    }

    function test_settlementRemovesAMissedDeal() external {
        vm.roll(uint64(START) + 1);
        MARKET.setDeal(DEAL, FakeMarket.FakeDeal(true, 0, -1, 32, 0, false));
        MARKET.setDeal(SECOND, FakeMarket.FakeDeal(true, 0, int64(ACTIVATED), 0, 9, false));
        MARKET.expectSettle(_list(DEAL, SECOND));
        vm.recordLogs();
        client.settle(_list(DEAL, SECOND));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        // DealActivated(second), DealSettled(first), DealClosed(first), DealSettled(second), EscrowSeen
        require(logs.length == 5, "five logs");
        require(keccak256(logs[1].data) == keccak256(abi.encode(uint256(0), false)), "nothing was paid for it");
        require(keccak256(logs[3].data) == keccak256(abi.encode(uint256(9), false)), "the second was paid");
        _is(IDealClient.DealState.Missed);
    }

    function test_settlementClosesTheDealThatItRemoved() external {
        vm.roll(uint64(START) + 1);
        MARKET.setDeal(DEAL, FakeMarket.FakeDeal(true, 0, int64(ACTIVATED), 0, 9, false));
        MARKET.setDeal(SECOND, FakeMarket.FakeDeal(true, 0, -1, 32, 0, false));
        MARKET.expectSettle(_list(DEAL, SECOND));
        vm.recordLogs();
        client.settle(_list(DEAL, SECOND));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        // DealActivated(first), DealSettled(first), DealSettled(second), DealClosed(second), EscrowSeen
        require(logs.length == 5, "five logs");
        require(logs[3].topics[0] == DealClosed.selector && logs[3].topics[1] == bytes32(uint256(SECOND)), "closed");
        require(keccak256(logs[3].data) == keccak256(abi.encode(IDealClient.DealState.Missed)), "missed");
    }

    /// @dev From its start epoch on f05 would remove it, although it may still be activated in this epoch.
    function test_settlementLeavesADealThatMayBeActivated() external {
        vm.roll(uint64(START));
        MARKET.setDeal(DEAL, FakeMarket.FakeDeal(true, 0, -1, 32, 0, false));
        client.settle(_list(DEAL));
        require(MARKET.settled().length == 0, "f05 was not asked to settle");
        _is(IDealClient.DealState.Published);
    }

    function test_settlementNotesATermination() external {
        _active(DEAL);
        client.observe(_list(DEAL));
        _gone(DEAL);
        client.settle(_list(DEAL));
        require(MARKET.settled().length == 0, "f05 was not asked to settle");
        vm.roll(uint64(END));
        _is(IDealClient.DealState.Terminated);
    }

    function test_dealsOfACancelledProposalGoOn() external {
        DealRequest memory deal = _goldenRequest();
        deal.label = "cancelled";
        bytes32 id = client.propose(deal, 2, _none());
        _publish(id, PROVIDER, SECOND + 1);
        client.cancel(id);
        vm.roll(uint64(END));
        MARKET.setDeal(SECOND + 1, FakeMarket.FakeDeal(true, 0, int64(ACTIVATED), 0, 5, true));
        MARKET.expectSettle(_list(SECOND + 1));
        client.settle(_list(SECOND + 1));
        require(client.dealState(SECOND + 1) == IDealClient.DealState.Ended, "ended");
        require(client.proposalState(id) == IDealClient.ProposalState.Cancelled, "cancelled");
    }

    /// @dev One deal of which f05 says something unforeseen does not hold up the others.
    function test_unforeseenAnswerConcernsOneDealOnly() external {
        vm.roll(uint64(END));
        MARKET.setDeal(DEAL, FakeMarket.FakeDeal(true, 20, 0, 0, 0, false));
        MARKET.setDeal(SECOND, FakeMarket.FakeDeal(true, 0, int64(ACTIVATED), 0, 6, true));
        MARKET.expectSettle(_list(SECOND));
        client.settle(_list(SECOND));
        require(client.dealState(SECOND) == IDealClient.DealState.Ended, "second");
    }

    /// @dev Whatever f05 answers, there is an error with a name, and nothing is recorded.
    function testFuzz_malformedSettlementIsRefused(bytes calldata answer, uint8 edge) external {
        vm.roll(uint64(START) + 1000);
        _active(DEAL);
        // Right up to the count of payments, then anything.
        bytes[4] memory starts = [bytes(hex""), hex"8282", hex"82820180", hex"8282018081"];
        MARKET.answer(bytes.concat(starts[edge % 4], hex"1f", answer));
        MARKET.fail(SETTLE_DEAL_PAYMENTS, 0);
        (bool ok, bytes memory error) = GOLDEN.call(abi.encodeCall(client.settle, (_list(DEAL))));
        require(!ok && error.length >= 4 && bytes4(error) != 0x4e487b71, "no typed error");
        require(client.getDeal(DEAL).state == IDealClient.DealState.Active, "state");
    }

    function test_unknownDealsAreRefused() external {
        vm.expectRevert(abi.encodeWithSelector(IDealClient.DealUnknown.selector, 1));
        client.settle(_list(1));
        vm.expectRevert(abi.encodeWithSelector(IDealClient.DealUnknown.selector, SECOND + 1));
        client.observe(_list(DEAL, SECOND + 1));
        vm.expectRevert(abi.encodeWithSelector(IDealClient.DealUnknown.selector, 1));
        client.getDeal(1);
    }

    function test_idsAscend() external {
        _active(DEAL);
        _active(SECOND);
        vm.expectRevert(abi.encodeWithSelector(RlePlus.IdsNotAscending.selector, DEAL));
        client.settle(_list(SECOND, DEAL));
        vm.expectRevert(abi.encodeWithSelector(RlePlus.IdsNotAscending.selector, DEAL));
        client.settle(_list(DEAL, DEAL));
    }

    function test_nothingToSettle() external {
        client.settle(_none());
        client.observe(_none());
    }

    /* VIEWS */

    function test_dealsAreFoundAmongMany() external {
        DealRequest memory deal = _goldenRequest();
        deal.label = "many";
        bytes32 id = client.propose(deal, 32, _none());
        for (uint64 i = 0; i < 32; ++i) _publish(id, 2000 + i, SECOND + 1 + 7 * i);
        for (uint64 i = 0; i < 32; ++i) {
            _active(SECOND + 1 + 7 * i);
            require(client.getDeal(SECOND + 1 + 7 * i).provider == 2000 + i, "provider");
        }
        require(client.dealCount() == 34, "count");
        uint64[] memory all = client.getProposal(id).dealIds;
        require(all.length == 32 && all[0] == SECOND + 1 && all[31] == SECOND + 218, "in the order of publication");
    }

    function test_pages() external view {
        require(client.proposalCount() == 1 && client.proposalIds(0, 10).length == 1, "proposals");
        require(client.proposalIds(0, 10)[0] == _id, "proposal");
        require(client.proposalIds(1, 10).length == 0 && client.proposalIds(9, type(uint256).max).length == 0, "end");
        uint64[] memory page = client.dealIds(1, type(uint256).max);
        require(page.length == 1 && page[0] == SECOND, "last page");
        require(client.dealIds(0, 1)[0] == DEAL && client.dealIds(0, 0).length == 0, "first page");
    }

    function test_getProposalTellsAll() external view {
        IDealClient.Proposal memory p = client.getProposal(_id);
        require(p.pieceSize == 262_144 && p.startEpoch == START && p.endEpoch == END, "terms");
        require(p.carSize == 236_445 && p.replicas == 2 && p.published == 2, "counts");
        require(p.dealIds.length == 2 && p.dealIds[0] == DEAL && p.dealIds[1] == SECOND, "deals");
        require(p.state == IDealClient.ProposalState.Filled && p.providers.length == 0, "state");
    }

    function test_unknownProposals() external {
        require(client.proposalState(0) == IDealClient.ProposalState.None, "none");
        bytes memory error = abi.encodeWithSelector(IDealClient.ProposalUnknown.selector, bytes32(0));
        vm.expectRevert(error);
        client.getProposal(0);
        vm.expectRevert(error);
        client.getDealProposal(0);
        vm.expectRevert(error);
        client.getExtraParams(0);
        vm.expectRevert(error);
        client.reannounce(0);
    }

    function test_anyoneAnnouncesAnOpenProposalAgain() external {
        DealRequest memory deal = _goldenRequest();
        deal.label = "again";
        bytes32 id = client.makeDealProposal(deal);
        vm.recordLogs();
        vm.prank(STRANGER);
        client.reannounce(id);
        require(vm.getRecordedLogs()[0].topics[1] == id, "announced");
        vm.expectRevert(
            abi.encodeWithSelector(
                IDealClient.ProposalNotInState.selector,
                _id,
                IDealClient.ProposalState.Filled,
                IDealClient.ProposalState.Open
            )
        );
        client.reannounce(_id);
    }

    function test_ownNames() external view {
        require(client.actorId() == GOLDEN_ID, "id");
        require(
            keccak256(client.filecoinAddress()) == keccak256(hex"040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a79"),
            "address"
        );
    }

    function _nothingButEscrowSeen(uint256 count) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        require(logs.length == count, "logs");
        for (uint256 i = 0; i < count; ++i) require(logs[i].topics[0] == IDealClient.EscrowSeen.selector, "EscrowSeen");
    }

    function _is(IDealClient.DealState state) private view {
        require(client.dealState(DEAL) == state && client.getDeal(DEAL).state == state, "state");
    }

    function _inactive(uint64 id) private {
        MARKET.setDeal(id, FakeMarket.FakeDeal(true, 0, -1, 0, 0, false));
    }

    function _active(uint64 id) private {
        MARKET.setDeal(id, FakeMarket.FakeDeal(true, 0, int64(ACTIVATED), 0, 0, false));
    }

    function _gone(uint64 id) private {
        MARKET.setDeal(id, FakeMarket.FakeDeal(true, 32, 0, 32, 0, false));
    }
}
