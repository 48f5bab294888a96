// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {vm} from "../support/Vm.sol";
import {Kit} from "./Kit.sol";

/// @notice The starter kit's client knew one deal for each piece, at one provider, for ever: `pieceProviders[cid].valid`
///         was set by the notification and never cleared (DealClient.sol:201-204, 254-259), though `makeDealProposal` let
///         the owner propose what could not be dealt any more.
contract StarterKitCopiesTest is Kit {
    /// @notice B4, 7.1.5. No replicas.
    function test_B4_onePieceIsPublishedByManyProviders() external {
        bytes32 id = _propose(_request("replicas"), 2);
        uint64 first = _publishAs(id, WORKER, MINER);
        uint64 second = _publishAs(id, OTHER_WORKER, OTHER_MINER);
        uint64[] memory dealIds = kit.getProposal(id).dealIds;
        require(dealIds.length == 2 && dealIds[0] == first && dealIds[1] == second, "deals");
        require(kit.getDeal(first).provider == MINER && kit.getDeal(second).provider == OTHER_MINER, "providers");
        (, uint256 locked, uint256 reserved, , ) = kit.funds();
        _equal(locked, 2 * _fee());
        _equal(reserved, 0);
    }

    /// @notice B4. Not more of them than were asked for: not by another provider, and not by the same one twice.
    function test_B4_noMoreCopiesThanAskedFor() external {
        bytes32 id = _propose(_request("replicas"), 1);
        bytes32 two = _propose(_request("two"), 2);
        _publishAs(id, OTHER_WORKER, OTHER_MINER);
        _refusedWith(_asProvider(id, MINER), IDealClient.ProposalNotInState.selector);
        _publishAs(two, WORKER, MINER);
        _refusedWith(_asProvider(two, MINER), IDealClient.ProviderAlreadyPublished.selector);
    }

    /// @notice B4, 7.1.5. No renewal after a termination.
    function test_B4_renewalAfterTermination() external {
        bytes32 id = _propose("renewal-1");
        uint64 dealId = _publishAs(id, WORKER, MINER);
        _activateDeal(id, dealId);
        kit.observe(_ids(dealId));
        vm.roll(uint64(START) + 1000);
        _terminate(SECTOR);
        _isState(dealId, IDealClient.DealState.Terminated);
        _renewed();
    }

    /// @notice B4, 7.1.5. No renewal after the end.
    function test_B4_renewalAfterTheEnd() external {
        bytes32 id = _propose("renewal-1");
        uint64 dealId = _publishAs(id, WORKER, MINER);
        _activateDeal(id, dealId);
        vm.roll(uint64(END));
        kit.settle(_ids(dealId));
        _isState(dealId, IDealClient.DealState.Ended);
        _renewed();
    }

    /// @notice B4, 7.1.5. No retry after an activation that did not come, and the money of the first try was locked. It
    ///         pays for the second here.
    function test_B4_retryAfterMissedActivation() external {
        bytes32 id = _propose("renewal-1");
        uint64 dealId = _publishAs(id, WORKER, MINER);
        vm.roll(uint64(START) + 1);
        _isState(dealId, IDealClient.DealState.Missed);
        kit.settle(_ids(dealId));
        _isState(dealId, IDealClient.DealState.Missed);
        (, uint256 locked, , uint256 available, ) = kit.funds();
        _equal(locked, 0);
        _equal(available, _fee());
        DealRequest memory again = _later();
        require(_fee(again) == _fee(), "another price");
        _equal(uint256(_publishAs(kit.makeDealProposal(again), WORKER, MINER)), dealId + 1);
    }

    /// @notice 7.1.9. Nothing varied an old proposal from its retry, and a provider's software refuses for ever what is
    ///         identical to what it has seen (boost storagemarket/provider_loop.go:315-348). The client refuses the twin
    ///         first, and a label with the number of the attempt makes another proposal of it.
    function test_7_1_9_retriesDifferFromWhatWasOfferedBefore() external {
        bytes32 id = _propose("attempt-1");
        bytes memory first = kit.getDealProposal(id);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.ProposalExists.selector, id));
        kit.makeDealProposal(_request("attempt-1"));
        kit.cancel(id);
        // Not after a cancellation either: providers remember.
        vm.expectRevert(abi.encodeWithSelector(IDealClient.ProposalExists.selector, id));
        kit.makeDealProposal(_request("attempt-1"));
        bytes32 retry = _propose("attempt-2");
        require(keccak256(kit.getDealProposal(retry)) != keccak256(first), "the same bytes");
        _publishAs(retry, WORKER, MINER);
    }

    /// @notice 7.1.13. `pieceDeals[cid] > 0` took deal id 0 for none (DealClient.sol): the first deal of a new network.
    function test_7_1_13_dealZeroIsADeal() external {
        bytes32 id = _propose("zero");
        _equal(_publishAs(id, WORKER, MINER), 0);
        require(kit.dealCount() == 1 && kit.getDeal(0).proposalId == id, "no deal");
        _isState(0, IDealClient.DealState.Published);
        _activateDeal(id, 0);
        vm.roll(uint64(END));
        kit.settle(_ids(0));
        _isState(0, IDealClient.DealState.Ended);
    }

    /// @dev The same piece, by the same provider, in a new proposal.
    function _renewed() private {
        bytes32 id = _propose(_later(), 1);
        uint64 dealId = _publishAs(id, WORKER, MINER);
        _isState(dealId, IDealClient.DealState.Published);
    }

    function _later() private view returns (DealRequest memory r) {
        r = _request("renewal-2");
        r.start_epoch = int64(uint64(block.number)) + 5000;
        r.end_epoch = r.start_epoch + (END - START);
    }
}
