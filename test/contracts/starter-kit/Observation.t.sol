// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MarketClerk} from "../../../contracts/client/MarketClerk.sol";
import {Owned} from "../../../contracts/client/Owned.sol";
import {Proposers} from "../../../contracts/client/Proposers.sol";
import {DealClient} from "../../../contracts/DealClient.sol";
import {DATACAP_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {UNIVERSAL_RECEIVER_HOOK} from "../../../contracts/filecoin/Methods.sol";
import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {vm, Vm} from "../support/Vm.sol";
import {Kit} from "./Kit.sol";

/// @dev A treasury, say: a contract that owns a client.
contract OwnerContract {
    function make() external returns (DealClient) {
        return new DealClient();
    }

    function propose(DealClient client, DealRequest calldata r) external payable returns (bytes32) {
        return client.propose{value: msg.value}(r, 1, new uint64[](0));
    }

    function accept(DealClient client) external {
        client.acceptOwnership();
    }
}

/// @notice What the starter kit's client could not see, did not say, and to whom it listened.
contract StarterKitObservationTest is Kit {
    /* STATES */

    /// @notice B6, 7.1.6. The old status machine waited for `terminated > 0`, which f05 never answers, and
    ///         `updateActivationStatus` reverted on every exit code but 0, 32 "gone" included: no status after Active could
    ///         be reached (DealClient.sol:268-281).
    function test_B6_exitCode32IsAnEndNotARevert() external {
        bytes32 id = _propose("ended");
        uint64 dealId = _publishAs(id, WORKER, MINER);
        _isState(dealId, IDealClient.DealState.Published);
        _activateDeal(id, dealId);
        kit.observe(_ids(dealId));
        vm.roll(uint64(END));
        _isState(dealId, IDealClient.DealState.Ended);
        // A stranger settles, and f05 removes the deal: from here on it answers 32.
        _settle(dealId);
        _isState(dealId, IDealClient.DealState.Ended);
        kit.observe(_ids(dealId));
        _isState(dealId, IDealClient.DealState.Ended);
    }

    /// @notice B6. 32 as the answer for a termination, and for a deal that was never activated.
    function test_B6_exitCode32IsTerminatedOrMissedByWhatWasSeen() external {
        bytes32 id = _propose("terminated");
        bytes32 other = _propose("missed");
        uint64 dealId = _publishAs(id, WORKER, MINER);
        uint64 missed = _publishAs(other, WORKER, MINER);
        _activateDeal(id, dealId);
        kit.observe(_ids(dealId));
        vm.roll(uint64(START) + 10);
        _terminate(SECTOR);
        _isState(dealId, IDealClient.DealState.Terminated);
        _settle(missed);
        _isState(missed, IDealClient.DealState.Missed);
        uint64[] memory both = new uint64[](2);
        (both[0], both[1]) = (dealId, missed);
        kit.settle(both);
        _isState(dealId, IDealClient.DealState.Terminated);
        _isState(missed, IDealClient.DealState.Missed);
    }

    /// @notice 7.1.6. -1, "not activated", was read as 0 by the old library, which is an epoch
    ///         (filecoin-solidity CborDecode.sol:286-294).
    function test_7_1_6_notActivatedIsNotEpochZero() external {
        uint64 dealId = _publishAs(_propose("published"), WORKER, MINER);
        require(kit.getDeal(dealId).activatedAt == -1, "active since epoch 0");
        _isState(dealId, IDealClient.DealState.Published);
    }

    /* EVENTS */

    /// @notice B1. The old task printed topic 0, which is the event's signature and the same for all (make-deal-proposal.js).
    ///         The id is topic 1, another for each proposal, and leads to the proposal.
    function test_B1_topic1IsTheIdThatTheGettersTake() external {
        vm.recordLogs();
        bytes32 first = kit.makeDealProposal(_free("one"));
        bytes32 second = kit.makeDealProposal(_free("two"));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        // Each is followed by the receipt of the whole request.
        _equal(logs.length, 4);
        require(logs[0].topics[1] == first && logs[2].topics[1] == second && first != second, "ids");
        require(logs[0].topics[0] == logs[2].topics[0] && logs[0].topics[0] != first, "signature");
        _equal(kit.getProposal(logs[0].topics[1]).label, _free("one").label);
        _equal(kit.getProposal(logs[2].topics[1]).label, _free("two").label);
    }

    /// @notice 7.1.12. The old contract said nothing of a publication, an activation, an end or a withdrawal.
    function test_7_1_12_everyTransitionHasAnEvent() external {
        vm.recordLogs();
        bytes32 id = _propose("events");
        uint64 dealId = _publishAs(id, WORKER, MINER);
        _activateDeal(id, dealId);
        kit.observe(_ids(dealId));
        vm.roll(uint64(END));
        kit.settle(_ids(dealId));
        kit.addBalance{value: 1 ether}(1 ether);
        kit.withdrawEscrow(1 ether);
        kit.withdraw(payable(STRANGER), 1 ether);
        bytes32[14] memory expected = [
            IDealClient.Received.selector,
            IDealClient.DealProposalCreate.selector,
            IDealClient.ProposalMade.selector,
            IDealClient.EscrowDeposited.selector,
            IDealClient.DealPublished.selector,
            IDealClient.DealActivated.selector,
            IDealClient.EscrowSeen.selector,
            IDealClient.DealSettled.selector,
            IDealClient.DealClosed.selector,
            IDealClient.EscrowSeen.selector,
            IDealClient.Received.selector,
            IDealClient.EscrowDeposited.selector,
            IDealClient.EscrowWithdrawn.selector,
            IDealClient.Withdrawn.selector
        ];
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 seen = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(kit)) continue;
            require(seen < 14 && logs[i].topics[0] == expected[seen], "another event");
            ++seen;
        }
        _equal(seen, 14);
    }

    /* OWNERSHIP */

    /// @notice B7, 7.1.11. The old owner check had no reason string (DealClient.sol, makeDealProposal).
    function test_B7_refusalNamesCallerAndOwner() external {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Proposers.NotProposer.selector, STRANGER, address(this)));
        kit.makeDealProposal(_free("stranger"));
    }

    /// @notice B7. A contract can own a client: that it makes, and that it is given.
    function test_B7_contractOwnsAClient() external {
        OwnerContract treasury = new OwnerContract();
        DealClient given = kit;
        kit = treasury.make();
        require(kit.owner() == address(treasury), "owner");
        bytes32 id = treasury.propose{value: _fee()}(kit, _request("treasury"));
        _publishAs(id, WORKER, MINER);

        kit = given;
        kit.transferOwnership(address(treasury));
        treasury.accept(kit);
        id = treasury.propose{value: _fee()}(kit, _request("treasury"));
        _publishAs(id, OTHER_WORKER, OTHER_MINER);
    }

    /// @notice 7.1.11. The old owner was immutable.
    function test_7_1_11_ownershipIsHandedOver() external {
        kit.transferOwnership(STRANGER);
        require(kit.owner() == address(this), "handed over before it was accepted");
        vm.prank(STRANGER);
        kit.acceptOwnership();
        require(kit.owner() == STRANGER, "not handed over");
        vm.expectRevert(abi.encodeWithSelector(Owned.NotOwner.selector, address(this), STRANGER));
        kit.cancel(bytes32(0));
    }

    /// @notice 7.1.14. The old id was the hash of time, sender and a counter: fine, and of no meaning. Ours is the hash of
    ///         the deal: the same request has another id at another client, and the same at the same one.
    function test_7_1_14_idIsOfTheDealAndTheClient() external {
        bytes32 id = kit.makeDealProposal(_free("id"));
        kit = new DealClient();
        bytes32 other = kit.makeDealProposal(_free("id"));
        require(id != other, "one id for two clients");
    }

    /* COST */

    /// @notice 7.1.15. The old contract stored the whole request and decoded byte by byte while the provider paid, and
    ///         filled 23,010 of 24,576 bytes of code. What the provider pays for here is bounded in GasTest, the code by two
    ///         thirds of what the FEVM takes.
    function test_7_1_15_codeLeavesRoom() external view {
        require(address(kit).code.length <= 16 << 10, "client");
        require(type(MarketClerk).runtimeCode.length <= 16 << 10, "clerk");
    }

    /* DATACAP */

    /// @notice 7.1.17. The old hook took what anybody called a receipt of DataCap, and emitted a text. DataCap ended with
    ///         FIP-0118; f07 alone is listened to, because it would abort a refund that nobody receives.
    function test_7_1_17_onlyF07DeliversDataCap() external {
        bytes memory receipt = hex"821a85223bdf5486061904d2064b003782dace9d90000000004040";
        vm.expectRevert(abi.encodeWithSelector(IDealClient.NotDataCap.selector, address(this)));
        kit.handle_filecoin_method(UNIVERSAL_RECEIVER_HOOK, 0x51, receipt);
        vm.recordLogs();
        vm.prank(DATACAP_ACTOR);
        (uint32 exitCode, uint64 codec, bytes memory data) = kit.handle_filecoin_method(
            UNIVERSAL_RECEIVER_HOOK,
            0x51,
            receipt
        );
        require(exitCode == 0 && codec == 0 && data.length == 0, "refused");
        _equal(vm.getRecordedLogs().length, 0);
    }

    /// @dev A request that costs nothing.
    function _free(string memory label) private pure returns (DealRequest memory r) {
        r = _request(label);
        r.storage_price_per_epoch = 0;
    }

    function _equal(string memory got, string memory expected) private pure {
        require(keccak256(bytes(got)) == keccak256(bytes(expected)), "another text");
    }
}
