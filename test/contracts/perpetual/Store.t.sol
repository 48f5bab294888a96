// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Owned} from "../../../contracts/client/Owned.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IPerpetualStorage, Piece, Policy} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {IStoreClient} from "../../../contracts/interfaces/IStoreClient.sol";
import {Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {vm} from "../support/Vm.sol";
import {IFactory, KeepTest} from "./KeepTest.sol";

/// @notice A store is made: what is proposed, to whom it belongs, where its money is.
contract StoreTest is KeepTest {
    function test_allCopiesAreProposedAtOnce() external {
        uint256 id = _store();
        _equal(id, 1);
        _equal(perpetual.storeCount(), 1);
        IDealClient.Proposal memory p = _proposalOf(id);
        require(p.state == IDealClient.ProposalState.Open, "not open");
        _equal(p.replicas, 3);
        _equal(p.startEpoch, EPOCH + DELAY);
        _equal(p.endEpoch, EPOCH + DELAY + TERM);
        _equal(p.pricePerEpoch, PRICE);
        _equal(p.providerCollateral, 3e14);
        _equal(p.clientCollateral, 0);
        _equal(p.pieceSize, 1 << 30);
        _equal(p.carSize, 1_000_000_000);
        require(p.pieceCommitment == bytes32(uint256(0xab)), "another piece");
        _equal(p.label, "1-1/ipfs/bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe");
        _equal(p.providers.length, 0);
        _expectCopies(id, 0, 0, 3);
    }

    /// @dev `b` and base 32 of 0181e203922020 ‖ 00…00ab, made with the multiformats library.
    function test_behindALocationThatEndsInASlashFollowsThePieceCid() external {
        uint256 id = _store();
        _equal(
            _proposalOf(id).locationRef,
            "https://depot.example/piece/baga6ea4seaqaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabky"
        );
    }

    function test_aLocationThatDoesNotIsTakenAsItIs() external {
        Policy memory p = _policy();
        p.locations[0] = "https://depot.example/a.car";
        _equal(_proposalOf(_storeAs(ACCOUNT, p, FUNDS)).locationRef, "https://depot.example/a.car");
    }

    function test_thePieceCidStandsInForARootThatIsNone() external {
        Piece memory piece = _piece();
        piece.root = "";
        vm.prank(ACCOUNT);
        uint256 id = perpetual.store{value: FUNDS}(piece, _policy());
        _equal(_proposalOf(id).label, "1-1/ipfs/baga6ea4seaqaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabky");
    }

    function test_eachAccountHasAClientOfItsOwn() external {
        address predicted = perpetual.clientOf(ACCOUNT);
        _expectEvent();
        emit IPerpetualStorage.ClientOpened(ACCOUNT, predicted);
        uint256 mine = _store();
        uint256 theirs = _storeAs(NEIGHBOUR, _policy(), FUNDS);
        uint256 second = _storeAs(ACCOUNT, _policy(), FUNDS);
        require(address(_clientOf(mine)) == predicted, "not where it was predicted");
        require(address(_clientOf(second)) == predicted, "a second client");
        require(address(_clientOf(theirs)) == perpetual.clientOf(NEIGHBOUR), "not the neighbour's");
        require(perpetual.clientOf(NEIGHBOUR) != predicted, "one client for two accounts");
        _equal(_free(NEIGHBOUR), FUNDS - 3 * COPY);
        _equal(_free(ACCOUNT), 2 * (FUNDS - 3 * COPY));
    }

    /// @dev Whoever makes a client for an account owns it; that of PerpetualStorage is at another address.
    function test_nobodyTakesTheClientOfAnAccountBefore() external {
        IFactory factory = perpetual.clients();
        vm.prank(STRANGER);
        address taken = factory.createClient(ACCOUNT);
        require(taken != perpetual.clientOf(ACCOUNT), "the address was taken");
        _store();
    }

    function test_onlyPerpetualStorageOwnsAClient() external {
        IStoreClient client = _clientOf(_store());
        bytes32 id = _newest(1);
        bytes memory error = abi.encodeWithSelector(Owned.NotOwner.selector, ACCOUNT, address(perpetual));
        _refused(client, abi.encodeCall(client.withdraw, (payable(ACCOUNT), 1)), error);
        _refused(client, abi.encodeCall(client.withdrawEscrow, (1)), error);
        _refused(client, abi.encodeCall(client.limitProviders, (id, address(0), new uint64[](0))), error);
        _refused(client, abi.encodeCall(client.cancel, (id)), error);
        _refused(client, abi.encodeCall(client.release, (new bytes32[](0))), error);
        _refused(client, abi.encodeCall(client.observe, (new uint64[](0))), error);
        _refused(client, abi.encodeCall(client.settle, (new uint64[](0))), error);
    }

    function _refused(IStoreClient client, bytes memory call_, bytes memory error) private {
        vm.prank(ACCOUNT);
        vm.expectRevert(error);
        (bool ok, ) = address(client).call(call_);
        require(ok, "expectRevert says so if the call was refused");
    }

    function test_itSaysWhatItDid() external {
        Piece memory piece = _piece();
        Policy memory policy = _policy();
        _expectEvent();
        emit IPerpetualStorage.PolicyDefined(1, keccak256(abi.encode(policy)));
        _expectEvent();
        emit IPerpetualStorage.Stored(1, ACCOUNT, 1, piece.pieceCid);
        _store();
        IPerpetualStorage.Store memory s = perpetual.storeOf(1);
        require(s.account == ACCOUNT && !s.cancelled, "another store");
        _equal(s.policy, 1);
        _equal(s.attempts, 1);
        _equal(s.step, 0);
        _equal(s.proposals.length, 1);
        _equal(s.proposals[0], 1);
    }

    function test_theMoneyThatIsLeftStaysWithTheAccount() external {
        _store();
        (address client, uint256 stores, uint256 free, uint256 perEpoch, uint256 paid) = perpetual.accountOf(ACCOUNT);
        require(client == perpetual.clientOf(ACCOUNT), "another client");
        _equal(stores, 1);
        _equal(free, FUNDS - 3 * COPY);
        _equal(perEpoch, 3 * PRICE);
        _equal(paid, 0);
    }

    function test_aSecondStoreMayBePaidFromWhatIsThere() external {
        _store();
        _storeAs(ACCOUNT, _policy(), 0);
        _equal(_free(ACCOUNT), FUNDS - 6 * COPY);
    }

    function test_exactlyEnoughIsEnough() external {
        _storeAs(ACCOUNT, _policy(), 3 * COPY);
        _equal(_free(ACCOUNT), 0);
    }

    function test_oneAttoFilTooLittleIsRefused_EscrowTooLow() external {
        Piece memory piece = _piece();
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.EscrowTooLow.selector, 1));
        perpetual.store{value: 3 * COPY - 1}(piece, _policy());
    }

    function test_nothingIsDueWhileProvidersAreAwaited() external {
        uint256 id = _store();
        _expectReason(id, Reason.Awaiting);
        _equal(_status(id).next.dueAt, EPOCH + DELAY + 1);
        _pokeIdle(id);
        _pass(DELAY);
        _pokeIdle(id);
    }

    /* WHAT THE ACCOUNT MAY */

    function test_topUp_anyoneAdds() external {
        uint256 id = _store();
        _expectEvent();
        emit IPerpetualStorage.ToppedUp(ACCOUNT, STRANGER, 7);
        vm.prank(STRANGER);
        perpetual.topUp{value: 7}(id);
        _equal(_free(ACCOUNT), FUNDS - 3 * COPY + 7);
    }

    function test_topUp_MoneyMissing() external {
        uint256 id = _store();
        vm.expectRevert(IPerpetualStorage.MoneyMissing.selector);
        perpetual.topUp(id);
    }

    function test_topUp_StoreUnknown() external {
        vm.deal(address(this), 1);
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.StoreUnknown.selector, 1));
        perpetual.topUp{value: 1}(1);
    }

    function test_cancel_whatIsOpenIsWithdrawn() external {
        uint256 id = _store();
        uint64 deal = _takeAt(MINER, id);
        _expectEvent();
        emit IPerpetualStorage.StoreCancelled(id);
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        require(_proposalOf(id).state == IDealClient.ProposalState.Cancelled, "not cancelled");
        _equal(_free(ACCOUNT), FUNDS - COPY);
        (, uint256 stores, , uint256 perEpoch, ) = perpetual.accountOf(ACCOUNT);
        _equal(stores, 0);
        _equal(perEpoch, 0);
        _publishRefused(MINER + 1, id);
        // What was published runs to its end.
        _expectReason(id, Reason.Cancelled);
        _expectCopies(id, 1, 0, 0);
        _pokeIdle(id);
        vm.roll(uint64(EPOCH + DELAY + TERM));
        require(_clientOf(id).dealState(deal) == IDealClient.DealState.Ended, "not ended");
        _pokeIdle(id);
        _equal(perpetual.storeOf(id).attempts, 1);
    }

    function test_cancel_afterTheOfferLapsedItsMoneyComesBack() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        _equal(_free(ACCOUNT), FUNDS);
        _pokeIdle(id);
    }

    function test_cancel_nothingIsProposedEverAgain() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        _terminateAt(MINER, deals[0]);
        _poke(id);
        vm.roll(uint64(EPOCH + DELAY + TERM - LEAD));
        _pokeIdle(id);
        vm.roll(uint64(EPOCH + DELAY + TERM));
        _pokeIdle(id);
        _equal(perpetual.storeOf(id).attempts, 1);
    }

    function test_cancel_onlyOnce_StoreIsCancelled() external {
        uint256 id = _store();
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.StoreIsCancelled.selector, id));
        perpetual.cancel(id);
        Policy memory p = _policy();
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.StoreIsCancelled.selector, id));
        perpetual.extendPolicy(id, p);
    }

    function test_onlyTheAccount_NotAccount() external {
        uint256 id = _store();
        bytes memory error = abi.encodeWithSelector(IPerpetualStorage.NotAccount.selector, NEIGHBOUR, ACCOUNT);
        vm.prank(NEIGHBOUR);
        vm.expectRevert(error);
        perpetual.cancel(id);
        Policy memory p = _policy();
        vm.prank(NEIGHBOUR);
        vm.expectRevert(error);
        perpetual.extendPolicy(id, p);
    }

    function test_unknown_StoreUnknown() external {
        _store();
        bytes memory error = abi.encodeWithSelector(IPerpetualStorage.StoreUnknown.selector, 2);
        vm.expectRevert(error);
        perpetual.cancel(2);
        vm.expectRevert(error);
        perpetual.statusOf(2);
        vm.expectRevert(error);
        perpetual.pokeFrom(2, "");
        _pokeFails(2, error);
    }

    function test_extendPolicy_newTermsForWhatIsProposedFromNowOn() external {
        (uint256 id, ) = _stored();
        Policy memory p = _policy();
        (p.replicas, p.price, p.term) = (4, PRICE + 1, TERM + 7);
        _expectEvent();
        emit IPerpetualStorage.PolicyExtended(id, 2);
        vm.prank(ACCOUNT);
        perpetual.extendPolicy(id, p);
        (, , , uint256 perEpoch, ) = perpetual.accountOf(ACCOUNT);
        _equal(perEpoch, 4 * (PRICE + 1));
        _expectReason(id, Reason.Missing);
        _poke(id);
        IDealClient.Proposal memory made = _proposalOf(id);
        _equal(made.replicas, 1);
        _equal(made.pricePerEpoch, PRICE + 1);
        _equal(made.endEpoch - made.startEpoch, TERM + 7);
    }

    function test_extendPolicy_theOfferBeginsAnew() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _poke(id);
        _equal(perpetual.storeOf(id).step, 1);
        vm.prank(ACCOUNT);
        perpetual.extendPolicy(id, _policy());
        _equal(perpetual.storeOf(id).step, 0);
        (, , , uint256 perEpoch, ) = perpetual.accountOf(ACCOUNT);
        _equal(perEpoch, 3 * PRICE);
    }
}
