// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AggregationHub} from "../../../contracts/AggregationHub.sol";
import {ActorCall} from "../../../contracts/filecoin/ActorCall.sol";
import {CALL_ACTOR_ID} from "../../../contracts/filecoin/Actors.sol";
import {GET_DEAL_ACTIVATION} from "../../../contracts/filecoin/Methods.sol";
import {IAggregationHub} from "../../../contracts/interfaces/IAggregationHub.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {
    DataSegment,
    InclusionAuxData,
    InclusionProof,
    InclusionVerifierData
} from "../../../contracts/piece/DataSegment.sol";
import {PieceCid} from "../../../contracts/piece/PieceCid.sol";
import {Aggregate, Aggregates} from "../support/Aggregates.sol";
import {vm} from "../support/Vm.sol";
import {HubTest, OutOfGas} from "./HubTest.sol";

/// @notice What completes a request, and what does not.
contract CompletionTest is HubTest {
    using Aggregates for Aggregate;

    event SubmitAggregatorRequest(uint256 indexed id, bytes cid);
    event CompleteAggregatorRequest(uint256 indexed id, uint64 indexed dealId);

    function test_anyoneCompletesAPieceWithItsProofAndItsDeal() external {
        uint256 id = _ask(1);
        _equal(id, 1);
        uint64 dealId = _published("one");
        Aggregate memory a = _a;
        vm.expectEmit(true, true, false, true, address(hub));
        emit CompleteAggregatorRequest(id, dealId);
        vm.expectEmit(true, true, true, true, address(hub));
        emit IAggregationHub.PieceProven(id, dealId, a.pieces[1], 512, 512, a.commitment, 16_384);
        vm.prank(STRANGER);
        InclusionAuxData memory aux = hub.complete(id, dealId, MINER, a.proofOf(1), a.verifierOf(1));
        _equal(aux.commPa, PieceCid.fromCommitment(a.commitment));
        _equal(aux.sizePa, 16_384);
        IAggregationHub.Request memory r = hub.requestOf(id);
        require(r.completions == 1 && r.firstDealId == dealId && r.key == a.pieces[1], "not noted");
        require(r.subject == IAggregationHub.Subject.Piece && r.pieceSize == 0, "another name");
    }

    /* THE DEAL */

    function test_B13_unknownDealIsRefused() external {
        uint256 id = _ask(0);
        _refusedWith(abi.encodeWithSelector(IAggregationHub.DealNotFound.selector, 99), id, 99, 0);
    }

    function test_B13_foreignDealIsRefused() external {
        uint256 id = _ask(0);
        bytes32 other = bytes32(uint256(0xab));
        uint64 dealId = _publishOne(_dealProposal(other, 16_384));
        bytes memory reason = abi.encodeWithSelector(
            IAggregationHub.DealCommitmentMismatch.selector,
            other,
            _a.commitment
        );
        _refusedWith(reason, id, dealId, 0);
    }

    function test_B13_dealOfAnotherSizeIsRefused() external {
        uint256 id = _ask(0);
        uint64 dealId = _publishOne(_dealProposal(_a.commitment, 32_768));
        _refusedWith(abi.encodeWithSelector(IAggregationHub.DealSizeMismatch.selector, 32_768, 16_384), id, dealId, 0);
    }

    function test_B13_terminatedDealIsRefused() external {
        uint256 id = _ask(0);
        uint64 dealId = _active("one", 1);
        _terminate(1);
        _refusedWith(abi.encodeWithSelector(IAggregationHub.DealGone.selector, dealId), id, dealId, 0);
        // Also if its terms are known from before.
        dealId = _active("two", 2);
        _complete(id, dealId, 0);
        _terminate(2);
        id = _ask(1);
        _refusedWith(abi.encodeWithSelector(IAggregationHub.DealGone.selector, dealId), id, dealId, 1);
    }

    function test_B13_missedDealIsRefused() external {
        uint256 id = _ask(0);
        uint64 dealId = _published("one");
        vm.roll(uint64(START) + 1);
        bytes memory reason = abi.encodeWithSelector(IAggregationHub.DealMissed.selector, dealId, START, START + 1);
        _refusedWith(reason, id, dealId, 0);
        _settle(dealId);
        _refusedWith(abi.encodeWithSelector(IAggregationHub.DealGone.selector, dealId), id, dealId, 0);
    }

    function test_B13_endedDealIsRefused() external {
        uint256 id = _ask(0);
        uint64 dealId = _active("one", 1);
        vm.roll(uint64(END));
        bytes memory reason = abi.encodeWithSelector(IAggregationHub.DealEnded.selector, dealId, END, END);
        _refusedWith(reason, id, dealId, 0);
        vm.roll(uint64(END) - 1);
        _complete(id, dealId, 0);
    }

    function test_B13_dealOfAnotherProviderIsRefused() external {
        uint256 id = _ask(0);
        uint64 dealId = _publishedAtOther();
        bytes memory reason = abi.encodeWithSelector(IAggregationHub.DealProviderMismatch.selector, OTHER_MINER, MINER);
        _refusedWith(reason, id, dealId, 0);
    }

    function test_theOlderFormTakesTheProviderFromF05() external {
        uint256 id = _ask(0);
        uint64 dealId = _publishedAtOther();
        _completeAs(STRANGER, id, dealId, 0);
        IAggregationHub.Deal[] memory deals = hub.getAllDeals(_cid(0));
        require(deals.length == 1 && deals[0].minerId == OTHER_MINER, "another provider");
    }

    function test_publishedDealCountsUpToItsStartEpoch() external {
        uint256 id = _ask(0);
        uint64 dealId = _published("one");
        vm.roll(uint64(START));
        _complete(id, dealId, 0);
    }

    function test_whatChangesIsAskedAgain() external {
        uint64 dealId = _published("one");
        _complete(_ask(0), dealId, 0);
        uint256 id = _ask(1);
        vm.roll(uint64(START) + 1);
        bytes memory reason = abi.encodeWithSelector(IAggregationHub.DealMissed.selector, dealId, START, START + 1);
        _refusedWith(reason, id, dealId, 1);
    }

    function test_knownTermsAreThoseOfTheAggregateThatWasCompared() external {
        uint64 dealId = _published("one");
        _complete(_ask(0), dealId, 0);
        Aggregate memory b = Aggregates.make(16_384, 512, 1, 2);
        uint256 id = hub.submit(PieceCid.fromCommitment(b.pieces[0]));
        vm.expectRevert(
            abi.encodeWithSelector(IAggregationHub.DealCommitmentMismatch.selector, _a.commitment, b.commitment)
        );
        hub.complete(id, dealId, MINER, b.proofOf(0), b.verifierOf(0));
    }

    function test_dealMustLastAsLongAsWasAsked() external {
        uint64 dealId = _published("one");
        uint256 id = hub.submit(_cid(0), _terms(address(0), 0, END + 1));
        bytes memory reason = abi.encodeWithSelector(IAggregationHub.DealEndsTooEarly.selector, dealId, END, END + 1);
        _refusedWith(reason, id, dealId, 0);
        _complete(hub.submit(_cid(0), _terms(address(0), 0, END)), dealId, 0);
    }

    function test_dealThatEndsBeyondWhatIsStoredIsRefused() external {
        DealProposal memory p = _dealProposal();
        p.startEpoch = type(int32).max;
        p.endEpoch = p.startEpoch + 600_000;
        uint64 dealId = _publishOne(p);
        uint256 id = _ask(0);
        bytes memory reason = abi.encodeWithSelector(
            IAggregationHub.EpochOutOfRange.selector,
            p.endEpoch,
            type(int32).max
        );
        _refusedWith(reason, id, dealId, 0);
    }

    function test_answerThatIsNeitherYesNorNoIsRefused() external {
        uint256 id = _ask(0);
        uint64 dealId = _active("one", 1);
        vm.etch(CALL_ACTOR_ID, address(new OutOfGas()).code);
        bytes memory reason = abi.encodeWithSelector(ActorCall.ActorFailed.selector, GET_DEAL_ACTIVATION, 7);
        _refusedWith(reason, id, dealId, 0);
    }

    /* THE PROOF */

    function test_proofOfAnotherPieceIsRefused() external {
        uint256 id = _ask(0);
        uint64 dealId = _published("one");
        bytes memory reason = abi.encodeWithSelector(
            IAggregationHub.SegmentMismatch.selector,
            _a.pieces[1],
            _a.pieces[0]
        );
        _refusedWith(reason, id, dealId, 1);
    }

    function test_sizeIsComparedWhereTheRequestSaysOne() external {
        bytes memory cid = _a.sizedCid(0);
        uint64 dealId = _published("one");
        _complete(hub.submit(cid), dealId, 0);
        cid[6] = bytes1(uint8(cid[6]) + 1);
        uint256 id = hub.submit(cid);
        require(hub.requestOf(id).pieceSize == 1024, "another size");
        _refusedWith(abi.encodeWithSelector(IAggregationHub.SegmentSizeMismatch.selector, 512, 1024), id, dealId, 0);
    }

    function testFuzz_proofThatDoesNotHoldIsRefused(uint8 node, bool ofIndex, uint8 bit) external {
        uint256 id = _ask(0);
        uint64 dealId = _published("one");
        Aggregate memory a = _a;
        InclusionProof memory proof = a.proofOf(0);
        bytes32[] memory path = ofIndex ? proof.proofIndex.path : proof.proofSubtree.path;
        path[node % path.length] ^= bytes32(uint256(1) << bit);
        InclusionVerifierData memory verifier = a.verifierOf(0);
        (bool ok, bytes memory reason) = address(hub).call(
            abi.encodeWithSignature(
                "complete(uint256,uint64,uint64,((uint64,bytes32[]),(uint64,bytes32[])),(bytes,uint64))",
                id,
                dealId,
                MINER,
                proof,
                verifier
            )
        );
        require(!ok && bytes4(reason) == DataSegment.AggregateRootsDiffer.selector, "not refused");
    }

    /* THE REQUEST */

    function test_unknownRequestIsRefused() external {
        uint64 dealId = _published("one");
        _refusedWith(abi.encodeWithSelector(IAggregationHub.RequestUnknown.selector, 0), 0, dealId, 0);
        _refusedWith(abi.encodeWithSelector(IAggregationHub.RequestUnknown.selector, 1), 1, dealId, 0);
    }

    function test_replicasCompleteARequestOnceEach() external {
        uint256 id = _ask(0);
        uint64[3] memory deals = [_published("one"), _published("two"), _published("three")];
        for (uint256 i = 0; i < 3; ++i) {
            _complete(id, deals[i], 0);
            for (uint256 j = 0; j <= i; ++j) {
                bytes memory reason = abi.encodeWithSelector(IAggregationHub.AlreadyCompleted.selector, id, deals[j]);
                _refusedWith(reason, id, deals[j], 0);
            }
        }
        _equal(hub.requestOf(id).completions, 3);
        // Another request for the same piece is another matter, but the list has a deal once.
        _complete(_ask(0), deals[1], 0);
        _equal(hub.getAllDeals(_cid(0)).length, 3);
    }

    function test_contentIsCompletedByTheDefaultAggregator() external {
        uint256 id = hub.submit("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi");
        uint64 dealId = _published("one");
        bytes memory reason = abi.encodeWithSelector(IAggregationHub.NotAggregator.selector, address(this), AGGREGATOR);
        _refusedWith(reason, id, dealId, 0);
        _completeAs(AGGREGATOR, id, dealId, 2);
    }

    function test_contentIsCompletedByTheAggregatorThatIsNamed() external {
        uint256 id = hub.submit(hex"0155", _terms(OTHER, 0, 0));
        uint64 dealId = _published("one");
        Aggregate memory a = _a;
        vm.prank(AGGREGATOR);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.NotAggregator.selector, AGGREGATOR, OTHER));
        hub.complete(id, dealId, MINER, a.proofOf(0), a.verifierOf(0));
        _completeAs(OTHER, id, dealId, 0);
    }

    function test_contentThatNobodyCouldCompleteIsRefused() external {
        AggregationHub bare = new AggregationHub(address(0));
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.AggregatorMissing.selector));
        bare.submit(hex"0155");
        bare.submit(hex"0155", _terms(OTHER, 0, 0));
        bare.submit(_cid(0));
    }

    function test_namesHaveBounds() external {
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.CidLengthInvalid.selector, 0, 128));
        hub.submit("");
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.CidLengthInvalid.selector, 129, 128));
        hub.submit(new bytes(129));
        hub.submit(new bytes(128));
        hub.submit(new bytes(1));
    }

    function test_whatBeginsLikeAPieceIsOne() external {
        bytes[7] memory cids = [
            bytes.concat(_cid(0), hex"00"),
            bytes.concat(hex"00", _cid(0), hex"00"),
            bytes(hex"0181e203922020"),
            PieceCid.fromCommitment(bytes32(uint256(0x40))),
            bytes.concat(_a.sizedCid(0), hex"00"),
            bytes(hex"01559120"),
            bytes.concat(hex"00", _a.sizedCid(0))
        ];
        for (uint256 i = 0; i < cids.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAggregationHub.PieceCidMalformed.selector, cids[i]));
            hub.submit(cids[i]);
        }
    }

    function test_epochsOfTermsAreInRange() external {
        int64 max = type(int32).max;
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.EpochOutOfRange.selector, -1, max));
        hub.submit(_cid(0), _terms(address(0), 0, -1));
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.EpochOutOfRange.selector, max + 1, max));
        hub.submit(_cid(0), _terms(address(0), 0, max + 1));
        bytes memory sized = _a.sizedCid(0);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.EpochOutOfRange.selector, max + 1, max));
        hub.submit{value: 1}(sized, _terms(address(0), max + 1, 0));
        hub.submit{value: 1}(sized, _terms(address(0), max, max));
    }

    function test_submissionIsTold() external {
        bytes memory cid = _a.sizedCid(0);
        vm.expectEmit(true, false, false, true, address(hub));
        emit SubmitAggregatorRequest(1, cid);
        vm.expectEmit(true, true, true, true, address(hub));
        emit IAggregationHub.RequestTerms(1, CUSTOMER, OTHER, 5, START, END);
        vm.prank(CUSTOMER);
        hub.submit{value: 5}(cid, _terms(OTHER, START, END));
        // Content without a name is the default aggregator's; a deadline without a payment means nothing.
        vm.expectEmit(true, true, true, true, address(hub));
        emit IAggregationHub.RequestTerms(2, CUSTOMER, AGGREGATOR, 0, 0, 0);
        vm.prank(CUSTOMER);
        hub.submit(hex"0155", _terms(address(0), 7, 0));
        _equal(hub.requestCount(), 2);
    }

    /* BATCHES */

    function test_batchCompletesAllOfOneAggregate() external {
        uint64 dealId = _published("one");
        IAggregationHub.Completion[] memory items = _items();
        hub.completeBatch(dealId, MINER, items);
        for (uint256 i = 0; i < 3; ++i) {
            _equalIds(hub.dealsOf(items[i].id), _ids(dealId));
            _equalIds(hub.getAllDeals(_cid(i)), _ids(dealId));
        }
    }

    function test_badItemUndoesTheBatchAndSaysItsPosition() external {
        uint64 dealId = _published("one");
        IAggregationHub.Completion[] memory items = _items();
        items[2].id = 77;
        _batchRefused(dealId, items, 2, abi.encodeWithSelector(IAggregationHub.RequestUnknown.selector, 77));
        require(hub.getAllDeals(_cid(0)).length == 0, "not undone");
        items[1].verifierData.sizePc = 3;
        _batchRefused(dealId, items, 1, abi.encodeWithSelector(DataSegment.SegmentSizeInvalid.selector, 3));
        items = _items();
        items[1] = items[0];
        bytes memory twice = abi.encodeWithSelector(IAggregationHub.AlreadyCompleted.selector, items[0].id, dealId);
        _batchRefused(dealId, items, 1, twice);
    }

    function test_batchIsOfOneAggregate() external {
        uint64 dealId = _published("one");
        Aggregate memory b = Aggregates.make(16_384, 512, 1, 2);
        IAggregationHub.Completion[] memory items = _items();
        uint256 id = hub.submit(PieceCid.fromCommitment(b.pieces[0]));
        IAggregationHub.Completion memory other = IAggregationHub.Completion(id, b.proofOf(0), b.verifierOf(0));
        bytes memory reason = abi.encodeWithSelector(
            IAggregationHub.DealCommitmentMismatch.selector,
            _a.commitment,
            b.commitment
        );
        items[0] = other;
        _batchRefused(dealId, items, 0, reason);
        items = _items();
        items[2] = other;
        _batchRefused(dealId, items, 2, reason);
    }

    function test_batchHasAnItemAndADealThatStands() external {
        IAggregationHub.Completion[] memory items = new IAggregationHub.Completion[](0);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.BatchEmpty.selector));
        hub.completeBatch(0, MINER, items);
        items = _items();
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.DealNotFound.selector, 5));
        hub.completeBatch(5, MINER, items);
        uint64 dealId = _publishedAtOther();
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.DealProviderMismatch.selector, OTHER_MINER, MINER));
        hub.completeBatch(dealId, MINER, items);
    }

    function _items() private returns (IAggregationHub.Completion[] memory items) {
        Aggregate memory a = _a;
        items = new IAggregationHub.Completion[](3);
        for (uint256 i = 0; i < 3; ++i) {
            items[i] = IAggregationHub.Completion(_ask(i), a.proofOf(i), a.verifierOf(i));
        }
    }

    function _batchRefused(
        uint64 dealId,
        IAggregationHub.Completion[] memory items,
        uint256 position,
        bytes memory reason
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.BatchItemRefused.selector, position, reason));
        hub.completeBatch(dealId, MINER, items);
    }
}
