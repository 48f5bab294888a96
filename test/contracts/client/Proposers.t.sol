// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Owned} from "../../../contracts/client/Owned.sol";
import {Proposers} from "../../../contracts/client/Proposers.sol";
import {DealClient} from "../../../contracts/DealClient.sol";
import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm} from "../support/Vm.sol";

/// @dev A contract that proposes in the name of a client.
contract Customer {
    function order(DealClient client, DealRequest calldata deal) external returns (bytes32) {
        return client.makeDealProposal(deal);
    }
}

/// @dev A contract that owns a client.
contract Treasury {
    function accept(DealClient client) external {
        client.acceptOwnership();
    }

    function order(DealClient client, DealRequest calldata deal) external payable returns (bytes32) {
        return client.propose{value: msg.value}(deal, 1, new uint64[](0));
    }
}

contract ProposersTest is ClientFixture {
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);
    uint32 private constant WINDOW = 2880;
    uint256 private constant DURATION = uint256(uint64(END - START));

    event ProposerSet(address indexed proposer, uint256 limit, uint256 window);
    event PausedSet(bool paused);

    function setUp() external {
        MARKET.setEscrow(1000 ether);
        vm.deal(address(MARKET), 1000 ether);
        // The first epoch of a window.
        vm.roll(((uint64(START) - 10_000) / WINDOW) * WINDOW);
    }

    /* THE LIMIT */

    function test_proposerProposesWithinItsLimit() external {
        _setProposer(ALICE, 3 * DURATION);
        _proposeAs(ALICE, _priced(1, "a"));
        _proposeAs(ALICE, _priced(2, "b"));
        _refuse(ALICE, _priced(1, "c"), _exceeded(DURATION, 0));
        (uint96 limit, uint32 window, uint96 spent) = client.proposerOf(ALICE);
        require(limit == 3 * DURATION && window == WINDOW && spent == limit, "allowance");
        // What reserves nothing spends nothing.
        _proposeAs(ALICE, _priced(0, "c"));
    }

    function test_limitHasNoSlack() external {
        _setProposer(ALICE, 2 * DURATION - 1);
        _refuse(ALICE, _priced(2, "a"), _exceeded(2 * DURATION, 2 * DURATION - 1));
        _proposeAs(ALICE, _priced(1, "a"));
        _refuse(ALICE, _priced(1, "b"), _exceeded(DURATION, DURATION - 1));
    }

    function test_everyReplicaAndTheCollateralCount() external {
        DealRequest memory deal = _priced(1, "a");
        deal.client_collateral = 5;
        _setProposer(ALICE, 3 * (DURATION + 5) - 1);
        vm.prank(ALICE);
        vm.expectRevert(_exceeded(3 * (DURATION + 5), 3 * (DURATION + 5) - 1));
        client.propose(deal, 3, _none());
        vm.prank(ALICE);
        client.propose(deal, 2, _none());
    }

    function test_nextWindowBeginsAnew() external {
        uint256 first = block.number;
        _setProposer(ALICE, DURATION);
        _proposeAs(ALICE, _priced(1, "a"));
        vm.roll(first + WINDOW - 1);
        _refuse(ALICE, _priced(1, "b"), _exceeded(DURATION, 0));
        vm.roll(first + WINDOW);
        (, , uint96 spent) = client.proposerOf(ALICE);
        require(spent == 0, "nothing spent in the new window");
        _proposeAs(ALICE, _priced(1, "b"));
        _refuse(ALICE, _priced(1, "c"), _exceeded(DURATION, 0));
    }

    function test_proposersSpendApart() external {
        _setProposer(ALICE, DURATION);
        _setProposer(BOB, DURATION);
        _proposeAs(ALICE, _priced(1, "a"));
        _proposeAs(BOB, _priced(1, "b"));
    }

    function test_ownerHasNoLimit() external {
        client.setProposer(address(this), 1, WINDOW);
        client.makeDealProposal(_priced(1e9, "a"));
    }

    function test_cancellationGivesNothingBack() external {
        _setProposer(ALICE, DURATION);
        bytes32 id = _proposeAs(ALICE, _priced(1, "a"));
        vm.prank(ALICE);
        client.cancel(id);
        _refuse(ALICE, _priced(1, "b"), _exceeded(DURATION, 0));
    }

    /// @dev A limit below what was spent leaves nothing, and a higher one the difference.
    function test_changedLimitKeepsWhatWasSpent() external {
        _setProposer(ALICE, 3 * DURATION);
        _proposeAs(ALICE, _priced(2, "a"));
        _setProposer(ALICE, DURATION);
        _refuse(ALICE, _priced(1, "b"), _exceeded(DURATION, 0));
        _setProposer(ALICE, 4 * DURATION);
        _refuse(ALICE, _priced(3, "b"), _exceeded(3 * DURATION, 2 * DURATION));
        _proposeAs(ALICE, _priced(2, "b"));
    }

    function testFuzz_noWindowSpendsMoreThanItsLimit(uint96 limit, uint8[12] calldata prices, uint8 pace) external {
        uint256 bound = (uint256(limit) % (600 * DURATION)) + 1;
        _setProposer(ALICE, bound);
        uint256 index;
        uint256 spent;
        for (uint8 i = 0; i < prices.length; ++i) {
            if (block.number / WINDOW != index) (index, spent) = (block.number / WINDOW, 0);
            uint256 amount = prices[i] * DURATION;
            DealRequest memory deal = _priced(prices[i], bytes1(i + 65));
            if (spent + amount <= bound) {
                _proposeAs(ALICE, deal);
                spent += amount;
            } else {
                _refuse(ALICE, deal, _exceeded(amount, bound - spent));
            }
            vm.roll(block.number + uint256(pace) * 2);
        }
    }

    /* WHO NAMES WHOM */

    function test_onlyTheOwnerNamesProposers() external {
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit ProposerSet(ALICE, 7, WINDOW);
        client.setProposer(ALICE, 7, WINDOW);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(Owned.NotOwner.selector, ALICE, address(this)));
        client.setProposer(BOB, 7, WINDOW);
    }

    function test_limitNeedsAWindow() external {
        vm.expectRevert(abi.encodeWithSelector(Proposers.WindowMissing.selector));
        client.setProposer(ALICE, 1, 0);
        client.setProposer(ALICE, 0, 0);
    }

    function test_removedProposerDoesNothing() external {
        _setProposer(ALICE, DURATION);
        bytes32 id = _proposeAs(ALICE, _priced(1, "a"));
        client.setProposer(ALICE, 0, 0);
        _refuse(ALICE, _priced(0, "b"), abi.encodeWithSelector(Proposers.NotProposer.selector, ALICE, address(this)));
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(Owned.NotOwner.selector, ALICE, address(this)));
        client.cancel(id);
        client.cancel(id);
    }

    function test_proposerCancelsItsOwnProposalsOnly() external {
        _setProposer(ALICE, DURATION);
        _setProposer(BOB, DURATION);
        bytes32 hers = _proposeAs(ALICE, _priced(1, "a"));
        bytes32 ours = client.makeDealProposal(_priced(1, "b"));
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(BOB);
            vm.expectRevert(abi.encodeWithSelector(Owned.NotOwner.selector, BOB, address(this)));
            client.cancel(i == 0 ? hers : ours);
        }
        vm.prank(ALICE);
        client.cancel(hers);
        require(client.proposalState(hers) == IDealClient.ProposalState.Cancelled, "cancelled");
    }

    /// @dev A proposer moves no money but into the escrow.
    function test_proposerMovesNoMoney() external {
        _setProposer(ALICE, 1 ether);
        bytes[5] memory calls = [
            abi.encodeCall(client.deposit, (0)),
            abi.encodeCall(client.withdrawEscrow, (1)),
            abi.encodeCall(client.withdraw, (payable(ALICE), 0)),
            abi.encodeCall(client.setPaused, (true)),
            abi.encodeCall(client.transferOwnership, (ALICE))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(ALICE);
            (bool ok, bytes memory error) = GOLDEN.call(calls[i]);
            require(!ok && bytes4(error) == Owned.NotOwner.selector, "refused");
        }
    }

    function test_contractsAreProposerAndOwner() external {
        Customer customer = new Customer();
        client.setProposer(address(customer), uint96(DURATION), WINDOW);
        customer.order(client, _priced(1, "a"));

        Treasury treasury = new Treasury();
        client.transferOwnership(address(treasury));
        treasury.accept(client);
        require(client.owner() == address(treasury), "owner");
        vm.deal(address(this), 2000 ether);
        treasury.order{value: 1 ether}(client, _priced(1, "b"));
        require(client.proposalCount() == 2 && GOLDEN.balance == 1 ether, "proposed, and paid in");
    }

    /* PAUSE */

    function test_pauseStopsNewProposalsFromAnyone() external {
        _setProposer(ALICE, DURATION);
        vm.expectEmit(true, true, true, true, GOLDEN);
        emit PausedSet(true);
        client.setPaused(true);
        require(client.paused(), "paused");
        bytes memory error = abi.encodeWithSelector(Proposers.ProposalsPaused.selector);
        _refuse(ALICE, _priced(1, "a"), error);
        _refuse(address(this), _priced(1, "a"), error);
        client.setPaused(false);
        _proposeAs(ALICE, _priced(1, "a"));
        client.makeDealProposal(_priced(1, "b"));
    }

    function test_pauseStopsNothingElse() external {
        bytes32 id = client.propose(_priced(1, "a"), 2, _none());
        client.setPaused(true);
        _publish(id, PROVIDER, 7);
        client.reannounce(id);
        client.cancel(id);
        client.observe(_list(7));
        client.withdrawEscrow(1);
        client.withdraw(payable(BOB), 1);
        require(BOB.balance == 1, "paid out");
    }

    function test_onlyTheOwnerPauses() external {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Owned.NotOwner.selector, STRANGER, address(this)));
        client.setPaused(true);
    }

    /* INTERNALS */

    function _setProposer(address proposer, uint256 limit) private {
        client.setProposer(proposer, uint96(limit), WINDOW);
    }

    function _proposeAs(address proposer, DealRequest memory deal) private returns (bytes32) {
        vm.prank(proposer);
        return client.makeDealProposal(deal);
    }

    function _refuse(address proposer, DealRequest memory deal, bytes memory error) private {
        vm.prank(proposer);
        vm.expectRevert(error);
        client.makeDealProposal(deal);
    }

    function _exceeded(uint256 asked, uint256 left) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Proposers.SpendingLimitExceeded.selector, asked, left);
    }

    function _priced(uint256 price, bytes1 label) private pure returns (DealRequest memory deal) {
        deal = _goldenRequest();
        deal.storage_price_per_epoch = price;
        deal.label = string(abi.encodePacked(label));
    }
}
