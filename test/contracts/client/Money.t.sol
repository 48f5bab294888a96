// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealClient} from "../../../contracts/DealClient.sol";
import {Proposers} from "../../../contracts/client/Proposers.sol";
import {Owned} from "../../../contracts/client/Owned.sol";
import {ActorCall} from "../../../contracts/filecoin/ActorCall.sol";
import {ADD_BALANCE, GET_BALANCE, WITHDRAW_BALANCE} from "../../../contracts/filecoin/Methods.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {CALL_ACTOR_ID} from "../../../contracts/filecoin/Actors.sol";
import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm} from "../support/Vm.sol";

/// @dev Takes no money.
contract Refuser {}

/// @dev An owner that asks for more as often as it is paid.
contract Greedy {
    DealClient private _client;

    function own(DealClient client) external {
        client.acceptOwnership();
        _client = client;
    }

    function take(uint256 amount) external {
        _client.withdraw(payable(this), amount);
    }

    receive() external payable {
        if (address(_client).balance > 0) _client.withdraw(payable(this), msg.value);
    }
}

contract MoneyTest is ClientFixture {
    uint256 private constant PRICE = 1e9;
    uint256 private constant COLLATERAL = 5e14;
    uint256 private constant PER_REPLICA = PRICE * uint64(END - START) + COLLATERAL;

    event Received(address indexed from, uint256 amount);
    event EscrowDeposited(uint256 amount);
    event EscrowWithdrawn(uint256 amount);
    event Withdrawn(address indexed to, uint256 amount);
    event ProposalCancelled(bytes32 indexed id, uint256 released);
    event ProposalReleased(bytes32 indexed id, uint256 released);

    constructor() {
        vm.deal(address(this), 100 ether);
    }

    receive() external payable {}

    /* IN */

    function test_anyoneFunds() external {
        vm.deal(STRANGER, 1 ether);
        vm.prank(STRANGER);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit Received(STRANGER, 1 ether);
        (bool ok, ) = GOLDEN.call{value: 1 ether}("");
        require(ok && GOLDEN.balance == 1 ether, "funded");
    }

    function test_depositMovesBalanceAndValue() external {
        vm.deal(GOLDEN, 2 ether);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit EscrowDeposited(3 ether);
        client.deposit{value: 1 ether}(3 ether);
        require(MARKET.escrow() == 3 ether && GOLDEN.balance == 0, "moved");
    }

    function test_addBalanceIsDeposit() external {
        client.addBalance{value: 1 ether}(1 ether);
        require(MARKET.escrow() == 1 ether, "moved");
    }

    function test_depositNeedsTheMoney() external {
        vm.expectRevert(abi.encodeWithSelector(IDealClient.BalanceTooLow.selector, 2 ether, 1 ether));
        client.deposit{value: 1 ether}(2 ether);
    }

    function test_depositThatF05RefusesFails() external {
        MARKET.fail(ADD_BALANCE, 16);
        vm.expectRevert(abi.encodeWithSelector(ActorCall.ActorFailed.selector, ADD_BALANCE, int256(16)));
        client.deposit{value: 1 ether}(1 ether);
    }

    /* RESERVED */

    function test_proposalIsCoveredByFreeEscrow() external {
        MARKET.setEscrow(2 * PER_REPLICA);
        client.propose(_paid("a"), 2, _none());
        _funds(2 * PER_REPLICA, 0, 2 * PER_REPLICA, 0);
    }

    function test_missingEscrowComesFromTheBalance() external {
        vm.deal(address(MARKET), PER_REPLICA);
        MARKET.setEscrow(PER_REPLICA);
        vm.deal(GOLDEN, PER_REPLICA);
        client.propose(_paid("a"), 2, _none());
        require(GOLDEN.balance == 0, "balance");
        _funds(2 * PER_REPLICA, 0, 2 * PER_REPLICA, 0);
    }

    function test_missingEscrowComesWithTheCall() external {
        client.propose{value: PER_REPLICA + 7}(_paid("a"), 1, _none());
        require(GOLDEN.balance == 7, "what is not needed stays in the contract");
        _funds(PER_REPLICA, 0, PER_REPLICA, 0);
    }

    function test_lockedEscrowDoesNotCover() external {
        MARKET.setEscrow(PER_REPLICA);
        MARKET.setLocked(1);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.EscrowTooLow.selector, 1));
        client.makeDealProposal(_paid("a"));
    }

    function test_reservedEscrowDoesNotCover() external {
        MARKET.setEscrow(PER_REPLICA);
        client.makeDealProposal(_paid("a"));
        vm.expectRevert(abi.encodeWithSelector(IDealClient.EscrowTooLow.selector, PER_REPLICA));
        client.makeDealProposal(_paid("b"));
    }

    function test_missingAmountIsNamed() external {
        MARKET.setEscrow(10);
        vm.deal(GOLDEN, 20);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.EscrowTooLow.selector, 3 * PER_REPLICA - 30));
        client.propose(_paid("a"), 3, _none());
    }

    function test_dearestProposalDoesNotOverflow() external {
        DealRequest memory deal = _paid("a");
        deal.storage_price_per_epoch = 2e27;
        deal.client_collateral = 2e27;
        deal.end_epoch = START + 3_680_640;
        vm.expectRevert(
            abi.encodeWithSelector(IDealClient.EscrowTooLow.selector, 32 * (2e27 * uint256(3_680_640) + 2e27))
        );
        client.propose(deal, 32, _none());
    }

    function test_publicationTurnsReservedIntoLocked() external {
        MARKET.setEscrow(2 * PER_REPLICA);
        bytes32 id = client.propose(_paid("a"), 2, _none());
        MARKET.setLocked(PER_REPLICA);
        _publish(id, PROVIDER, 1);
        _funds(2 * PER_REPLICA, PER_REPLICA, PER_REPLICA, 0);
    }

    function test_cancelEndsTheReservationOfWhatIsOpen() external {
        MARKET.setEscrow(3 * PER_REPLICA);
        bytes32 id = client.propose(_paid("a"), 3, _none());
        MARKET.setLocked(PER_REPLICA);
        _publish(id, PROVIDER, 1);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit ProposalCancelled(id, 2 * PER_REPLICA);
        client.cancel(id);
        _funds(3 * PER_REPLICA, PER_REPLICA, 0, 2 * PER_REPLICA);
    }

    function test_onlyTheOwnerCancels() external {
        bytes32 id = client.makeDealProposal(_goldenRequest());
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Owned.NotOwner.selector, STRANGER, address(this)));
        client.cancel(id);
    }

    function test_onlyOpenProposalsAreCancelled() external {
        bytes32 id = client.makeDealProposal(_goldenRequest());
        client.cancel(id);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDealClient.ProposalNotInState.selector,
                id,
                IDealClient.ProposalState.Cancelled,
                IDealClient.ProposalState.Open
            )
        );
        client.cancel(id);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.ProposalUnknown.selector, bytes32(uint256(1))));
        client.cancel(bytes32(uint256(1)));
    }

    function test_anyoneReleasesWhatLapsedOnce() external {
        MARKET.setEscrow(2 * PER_REPLICA);
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = client.propose(_paid("a"), 2, _none());
        vm.expectRevert(
            abi.encodeWithSelector(
                IDealClient.ProposalNotInState.selector,
                ids[0],
                IDealClient.ProposalState.Open,
                IDealClient.ProposalState.Lapsed
            )
        );
        client.release(ids);
        vm.roll(uint64(START) + 1);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit ProposalReleased(ids[0], 2 * PER_REPLICA);
        vm.prank(STRANGER);
        client.release(ids);
        client.release(ids);
        _funds(2 * PER_REPLICA, 0, 0, 2 * PER_REPLICA);
    }

    function test_releaseEndsOneReservationOnce() external {
        MARKET.setEscrow(3 * PER_REPLICA);
        bytes32[] memory ids = new bytes32[](2);
        ids[0] = ids[1] = client.makeDealProposal(_paid("a"));
        client.propose(_paid("b"), 2, _none());
        vm.roll(uint64(START) + 1);
        client.release(ids);
        _funds(3 * PER_REPLICA, 0, 2 * PER_REPLICA, PER_REPLICA);
    }

    function test_releaseEndsTheReservationOfWhatWasNotPublished() external {
        MARKET.setEscrow(3 * PER_REPLICA);
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = client.propose(_paid("a"), 3, _none());
        MARKET.setLocked(PER_REPLICA);
        _publish(ids[0], PROVIDER, 1);
        vm.roll(uint64(START) + 1);
        client.release(ids);
        _funds(3 * PER_REPLICA, PER_REPLICA, 0, 2 * PER_REPLICA);
    }

    function test_cancelledProposalHasNothingToRelease() external {
        MARKET.setEscrow(2 * PER_REPLICA);
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = client.makeDealProposal(_paid("a"));
        client.makeDealProposal(_paid("b"));
        client.cancel(ids[0]);
        vm.roll(uint64(START) + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDealClient.ProposalNotInState.selector,
                ids[0],
                IDealClient.ProposalState.Cancelled,
                IDealClient.ProposalState.Lapsed
            )
        );
        client.release(ids);
        _funds(2 * PER_REPLICA, 0, PER_REPLICA, PER_REPLICA);
    }

    /// @dev Whatever happens to proposals: reserved is what their missing copies would lock, f05 can always lock it, and
    ///      all the rest comes out.
    function testFuzz_reservedIsWhatMissingCopiesLock(uint8[24] calldata steps) external {
        bytes32[] memory ids = new bytes32[](steps.length);
        bool[] memory released = new bool[](steps.length);
        bytes32[] memory one = new bytes32[](1);
        uint256 count = 0;
        uint256 locked = 0;
        for (uint64 i = 0; i < steps.length; ++i) {
            uint256 at = count == 0 ? 0 : (steps[i] / 8) % count;
            uint256 step = count == 0 ? 0 : steps[i] % 8;
            if (step <= 2) {
                DealRequest memory deal = _paid(vm.toString(i));
                deal.storage_price_per_epoch = PRICE + i;
                deal.start_epoch = int64(uint64(block.number)) + 1 + int64(uint64(steps[i] / 8));
                deal.end_epoch = deal.start_epoch + END - START;
                uint16 replicas = 1 + uint16(steps[i] % 3);
                ids[count++] = client.propose{value: replicas * _lockedBy(deal)}(deal, replicas, _none());
            } else if (step <= 5 && client.proposalState(ids[at]) == IDealClient.ProposalState.Open) {
                IDealClient.Proposal memory p = client.getProposal(ids[at]);
                locked += _lockedFor(p);
                MARKET.setLocked(locked);
                _publish(ids[at], PROVIDER + i, 100 + i);
            } else if (step == 6 && client.proposalState(ids[at]) == IDealClient.ProposalState.Open) {
                client.cancel(ids[at]);
                released[at] = true;
            } else if (step == 7) {
                vm.roll(block.number + 20);
                if (client.proposalState(ids[at]) == IDealClient.ProposalState.Lapsed) {
                    one[0] = ids[at];
                    client.release(one);
                    released[at] = true;
                }
            }
            uint256 expected = 0;
            for (uint256 j = 0; j < count; ++j) {
                IDealClient.Proposal memory p = client.getProposal(ids[j]);
                if (!released[j]) expected += _lockedFor(p) * (p.replicas - p.published);
            }
            (uint256 escrow, uint256 l, uint256 reserved, uint256 available, ) = client.funds();
            require(reserved == expected && l == locked, "reserved");
            require(escrow >= locked + reserved && available == escrow - locked - reserved, "covered");
            require(client.withdrawEscrow(type(uint256).max) == available, "the rest comes out");
        }
    }

    /* OUT */

    function test_escrowThatComesShortIsSaid() external {
        client.deposit{value: 5 ether}(5 ether);
        MARKET.withhold(1 ether);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit EscrowWithdrawn(2 ether);
        require(client.withdrawEscrow(3 ether) == 2 ether && GOLDEN.balance == 2 ether, "what came");
    }

    function test_recipientTakesNoMoreByCallingBack() external {
        Greedy greedy = new Greedy();
        client.transferOwnership(address(greedy));
        greedy.own(client);
        vm.deal(GOLDEN, 3 ether);
        greedy.take(1 ether);
        require(address(greedy).balance == 3 ether && GOLDEN.balance == 0, "all there was, once");
        vm.deal(GOLDEN, 3 ether);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.RecipientRefused.selector, address(greedy)));
        greedy.take(2 ether);
    }

    function test_nobodyIsNoRecipient() external {
        vm.deal(GOLDEN, 1);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.RecipientRefused.selector, address(0)));
        client.withdraw(payable(address(0)), 1);
    }

    function test_freeEscrowComesBack() external {
        client.deposit{value: 5 ether}(5 ether);
        MARKET.setLocked(1 ether);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit EscrowWithdrawn(3 ether);
        require(client.withdrawEscrow(3 ether) == 3 ether && GOLDEN.balance == 3 ether, "taken");
        require(client.withdrawEscrow(type(uint256).max) == 1 ether, "up to what is free");
        require(client.withdrawEscrow(1) == 0, "nothing is left");
    }

    function test_reservedEscrowStays() external {
        client.deposit{value: PER_REPLICA + 1}(PER_REPLICA + 1);
        client.makeDealProposal(_paid("a"));
        require(client.withdrawEscrow(type(uint256).max) == 1, "all but the reservation");
    }

    function test_withdrawBalanceIsWithdrawEscrow() external {
        client.deposit{value: 5 ether}(5 ether);
        require(client.withdrawBalance(GOLDEN, 2 ether) == 2 ether, "taken");
        vm.expectRevert(abi.encodeWithSelector(IDealClient.NotThisClient.selector, STRANGER));
        client.withdrawBalance(STRANGER, 1);
    }

    function test_withdrawalThatF05RefusesFails() external {
        client.deposit{value: 1 ether}(1 ether);
        MARKET.fail(WITHDRAW_BALANCE, 18);
        vm.expectRevert(abi.encodeWithSelector(ActorCall.ActorFailed.selector, WITHDRAW_BALANCE, int256(18)));
        client.withdrawEscrow(1);
    }

    function test_balanceGoesToWhomTheOwnerSays() external {
        vm.deal(GOLDEN, 2 ether);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit Withdrawn(STRANGER, 1 ether);
        client.withdraw(payable(STRANGER), 1 ether);
        require(STRANGER.balance == 1 ether && GOLDEN.balance == 1 ether, "sent");
    }

    function test_withdrawNeedsTheMoney() external {
        vm.deal(GOLDEN, 1);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.BalanceTooLow.selector, 2, 1));
        client.withdraw(payable(STRANGER), 2);
    }

    function test_recipientThatRefusesIsNamed() external {
        address refuser = address(new Refuser());
        vm.deal(GOLDEN, 1);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.RecipientRefused.selector, refuser));
        client.withdraw(payable(refuser), 1);
    }

    function test_onlyTheOwnerMovesMoney() external {
        bytes memory error = abi.encodeWithSelector(Owned.NotOwner.selector, STRANGER, address(this));
        vm.startPrank(STRANGER);
        vm.expectRevert(error);
        client.deposit(0);
        vm.expectRevert(error);
        client.addBalance(0);
        vm.expectRevert(error);
        client.withdrawEscrow(0);
        vm.expectRevert(error);
        client.withdrawBalance(GOLDEN, 0);
        vm.expectRevert(error);
        client.withdraw(payable(STRANGER), 0);
        vm.expectRevert(abi.encodeWithSelector(Proposers.NotProposer.selector, STRANGER, address(this)));
        client.propose(_goldenRequest(), 1, _none());
        vm.stopPrank();
    }

    /* ANSWERS OF ACTORS */

    function test_malformedAnswerIsRefused() external {
        MARKET.fail(GET_BALANCE, 0);
        MARKET.answer(hex"8140");
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborWrongArity.selector, 0, 2, 1));
        client.funds();
    }

    function test_chainWithoutPrecompiles() external {
        vm.etch(CALL_ACTOR_ID, "");
        vm.expectRevert(abi.encodeWithSelector(ActorCall.PrecompileFailed.selector, CALL_ACTOR_ID));
        client.funds();
    }

    function _paid(string memory label) private pure returns (DealRequest memory deal) {
        deal = _goldenRequest();
        deal.label = label;
        deal.storage_price_per_epoch = PRICE;
        deal.client_collateral = COLLATERAL;
    }

    function _lockedBy(DealRequest memory deal) private pure returns (uint256) {
        return deal.storage_price_per_epoch * uint64(deal.end_epoch - deal.start_epoch) + deal.client_collateral;
    }

    function _lockedFor(IDealClient.Proposal memory p) private pure returns (uint256) {
        return p.pricePerEpoch * uint64(p.endEpoch - p.startEpoch) + p.clientCollateral;
    }

    function _funds(uint256 escrow, uint256 locked, uint256 reserved, uint256 available) private view {
        (uint256 e, uint256 l, uint256 r, uint256 a, ) = client.funds();
        require(e == escrow, "escrow");
        require(l == locked, "locked");
        require(r == reserved, "reserved");
        require(a == available, "available");
    }
}
