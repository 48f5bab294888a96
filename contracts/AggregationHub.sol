// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BoundDeal} from "./hub/BoundDeals.sol";
import {DealLists} from "./hub/DealLists.sol";
import {Names} from "./hub/Names.sol";
import {IAggregationHub} from "./interfaces/IAggregationHub.sol";
import {
    DataSegment,
    InclusionAuxData,
    InclusionProof,
    InclusionVerifierData,
    KnownNodes
} from "./piece/DataSegment.sol";

/// @title A hub of aggregations: nobody owns it, and nothing in it can be replaced
/// @dev   No lock against re-entrancy: a payment is marked as made before it is sent, and a completion is written before
///        its payment.
contract AggregationHub is IAggregationHub, DealLists {
    /* CONSTANTS */

    /// @dev What `isStored` does at most.
    uint256 private constant MAX_LOOKS = 32;
    uint256 private constant MAX_STEPS = 256;

    /* STORAGE: facts only. The bytes that were asked for stand in the event. */

    /// @dev Two words; a third with a payment, a fourth with a named aggregator.
    struct RequestFacts {
        /// A piece's commitment; of content the key of its list.
        bytes32 key;
        //
        Subject subject;
        Payment payment;
        /// `aggregator` is one.
        bool named;
        int32 deadline;
        int32 storedUntil;
        uint32 completions;
        uint64 firstDealId;
        //
        address requester;
        uint96 amount;
        //
        address aggregator;
        uint64 pieceSize;
    }

    address public immutable aggregator;
    uint256 public requestCount;

    mapping(uint256 id => RequestFacts) private _requests;
    /// @dev Who completed; not written for the first deal, unless its completer may be paid.
    mapping(uint256 id => mapping(uint64 dealId => address)) private _completers;

    constructor(address aggregator_) {
        aggregator = aggregator_;
    }

    /* ASK */

    /// @inheritdoc IAggregationHub
    function submit(bytes calldata cid) external returns (uint256) {
        return _submit(cid, Terms(address(0), 0, 0));
    }

    /// @inheritdoc IAggregationHub
    function submit(bytes calldata cid, Terms calldata terms) external payable returns (uint256) {
        return _submit(cid, terms);
    }

    function _submit(bytes calldata cid, Terms memory terms) private returns (uint256 id) {
        (Subject subject, bytes32 key, uint64 pieceSize) = Names.read(cid);
        id = ++requestCount;
        RequestFacts storage r = _requests[id];
        r.subject = subject;
        r.storedUntil = _epoch(terms.storedUntil);
        if (terms.aggregator != address(0)) (r.named, r.aggregator) = (true, terms.aggregator);
        if (subject == Subject.Content) {
            address only = r.named ? terms.aggregator : aggregator;
            require(only != address(0), AggregatorMissing());
            terms.aggregator = only;
            key = Names.listOfContent(only, cid);
        } else if (pieceSize > 0) {
            r.pieceSize = pieceSize;
        }
        r.key = key;
        if (msg.value == 0) {
            terms.deadline = 0;
        } else {
            require(subject != Subject.Piece, PieceSizeMissing());
            int64 now_ = _now();
            require(terms.deadline > now_, DeadlinePassed(terms.deadline, now_));
            r.payment = Payment.Open;
            r.deadline = _epoch(terms.deadline);
            // Safe: all the FIL there can be is below 2^91.
            (r.requester, r.amount) = (msg.sender, uint96(msg.value));
        }
        _open(_listOf(r));
        emit SubmitAggregatorRequest(id, cid);
        emit RequestTerms(id, msg.sender, terms.aggregator, msg.value, terms.deadline, terms.storedUntil);
    }

    function _epoch(int64 epoch) private pure returns (int32) {
        int64 max = type(int32).max;
        require(epoch >= 0 && epoch <= max, EpochOutOfRange(epoch, max));
        return int32(epoch);
    }

    /* ANSWER */

    /// @inheritdoc IAggregationHub
    function complete(
        uint256 id,
        uint64 dealId,
        uint64 minerId,
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData
    ) external returns (InclusionAuxData memory) {
        BoundDeal memory deal = _completeOne(id, dealId, proof, verifierData);
        _requireProvider(deal, minerId);
        return DataSegment.auxData(deal.commitment, deal.size);
    }

    /// @inheritdoc IAggregationHub
    function complete(
        uint256 id,
        uint64 dealId,
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData
    ) external returns (InclusionAuxData memory) {
        BoundDeal memory deal = _completeOne(id, dealId, proof, verifierData);
        return DataSegment.auxData(deal.commitment, deal.size);
    }

    /// @inheritdoc IAggregationHub
    function completeBatch(uint64 dealId, uint64 minerId, Completion[] calldata items) external {
        require(items.length > 0, BatchEmpty());
        BoundDeal memory deal;
        KnownNodes memory known = DataSegment.nothingKnown();
        for (uint256 i = 0; i < items.length; ++i) {
            Completion calldata item = items[i];
            (bytes memory fault, bytes32 piece, bytes32 commitment, uint64 size) = DataSegment.check(
                item.proof,
                item.verifierData,
                known
            );
            if (fault.length == 0) {
                if (i == 0) {
                    (fault, deal) = _bind(dealId, commitment, size);
                    if (fault.length == 0) _requireProvider(deal, minerId);
                } else {
                    fault = _compare(deal, commitment, size);
                }
            }
            if (fault.length == 0) fault = _complete(item.id, deal, piece, item.verifierData.sizePc, item.proof);
            require(fault.length == 0, BatchItemRefused(i, fault));
        }
    }

    function _completeOne(
        uint256 id,
        uint64 dealId,
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData
    ) private returns (BoundDeal memory deal) {
        (bytes memory fault, bytes32 piece, bytes32 commitment, uint64 size) = DataSegment.check(proof, verifierData);
        if (fault.length == 0) (fault, deal) = _bind(dealId, commitment, size);
        if (fault.length == 0) fault = _complete(id, deal, piece, verifierData.sizePc, proof);
        DataSegment.revertWith(fault);
    }

    function _requireProvider(BoundDeal memory deal, uint64 minerId) private pure {
        require(minerId == deal.provider, DealProviderMismatch(deal.provider, minerId));
    }

    function _compare(
        BoundDeal memory deal,
        bytes32 commitment,
        uint64 size
    ) private pure returns (bytes memory fault) {
        if (commitment != deal.commitment) {
            return abi.encodeWithSelector(DealCommitmentMismatch.selector, deal.commitment, commitment);
        }
        if (size != deal.size) return abi.encodeWithSelector(DealSizeMismatch.selector, deal.size, size);
    }

    /// @dev The proof is sound, and the deal stores its aggregate.
    /// @return fault Encoded error, or empty.
    function _complete(
        uint256 id,
        BoundDeal memory deal,
        bytes32 piece,
        uint64 size,
        InclusionProof calldata proof
    ) private returns (bytes memory fault) {
        RequestFacts storage r = _requests[id];
        fault = _refusal(id, r, deal, piece, size);
        if (fault.length > 0) return fault;
        _note(id, r, deal.dealId);
        _add(_listOf(r), deal);
        // Whatever was asked for, this piece is proven: `isStored` is to know.
        if (r.subject != Subject.SizedPiece) _add(Names.listOfPiece(piece, size), deal);
        emit CompleteAggregatorRequest(id, deal.dealId);
        // Cannot overflow: the proof is sound.
        unchecked {
            uint64 offset = proof.proofSubtree.index * size;
            emit PieceProven(id, deal.dealId, piece, size, offset, deal.commitment, deal.size);
        }
        if (r.payment == Payment.Open && deal.active && _isNext(r, deal.dealId)) {
            // A recipient that refuses keeps its claim, and holds up nobody.
            _pay(id, r, deal.dealId, _earnerOf(id, r, deal.dealId));
        }
    }

    /// @dev Why a deal that stores the piece does not complete the request.
    function _refusal(
        uint256 id,
        RequestFacts storage r,
        BoundDeal memory deal,
        bytes32 piece,
        uint64 size
    ) private view returns (bytes memory) {
        Subject subject = r.subject;
        if (subject == Subject.None) return abi.encodeWithSelector(RequestUnknown.selector, id);
        if (subject == Subject.Content) {
            address only = _aggregatorOf(r);
            if (msg.sender != only) return abi.encodeWithSelector(NotAggregator.selector, msg.sender, only);
        } else {
            if (piece != r.key) return abi.encodeWithSelector(SegmentMismatch.selector, piece, r.key);
            if (subject == Subject.SizedPiece && size != r.pieceSize) {
                return abi.encodeWithSelector(SegmentSizeMismatch.selector, size, r.pieceSize);
            }
        }
        if (deal.endEpoch < r.storedUntil) {
            return abi.encodeWithSelector(DealEndsTooEarly.selector, deal.dealId, deal.endEpoch, int64(r.storedUntil));
        }
        if (_hasCompleted(id, r, deal.dealId)) {
            return abi.encodeWithSelector(AlreadyCompleted.selector, id, deal.dealId);
        }
        return "";
    }

    function _note(uint256 id, RequestFacts storage r, uint64 dealId) private {
        uint32 completions = r.completions;
        if (completions == 0) r.firstDealId = dealId;
        bool mayBePaid = r.payment == Payment.Open && _aggregatorOf(r) == address(0);
        if (completions > 0 || mayBePaid) _completers[id][dealId] = msg.sender;
        r.completions = completions + 1;
    }

    function _hasCompleted(uint256 id, RequestFacts storage r, uint64 dealId) private view returns (bool) {
        if (r.completions == 0) return false;
        return dealId == r.firstDealId || (r.completions > 1 && _completers[id][dealId] != address(0));
    }

    /* MONEY */

    /// @inheritdoc IAggregationHub
    function claim(uint256 id) external {
        _claim(id, _request(id).firstDealId, address(0));
    }

    /// @inheritdoc IAggregationHub
    function claim(uint256 id, uint64 dealId) external {
        _claim(id, dealId, address(0));
    }

    /// @inheritdoc IAggregationHub
    function claimTo(uint256 id, uint64 dealId, address payable to) external {
        RequestFacts storage r = _openPayment(id);
        require(_hasCompleted(id, r, dealId), NotCompleted(id, dealId));
        address earner = _earnerOf(id, r, dealId);
        require(msg.sender == earner, NotEarner(msg.sender, earner));
        require(to != address(0), RecipientRefused(to));
        _claim(id, dealId, to);
    }

    /// @inheritdoc IAggregationHub
    function reclaim(uint256 id, address payable to) external {
        RequestFacts storage r = _openPayment(id);
        require(msg.sender == r.requester, NotRequester(msg.sender, r.requester));
        int64 now_ = _now();
        require(now_ > r.deadline, DeadlineNotPassed(r.deadline, now_));
        uint64 first = r.firstDealId;
        require(r.completions == 0 || !_isActive(first), PaymentEarned(id, first));
        r.payment = Payment.Reclaimed;
        emit PaymentReclaimed(id, to, r.amount);
        require(to != address(0) && _send(to, r.amount), RecipientRefused(to));
    }

    /// @param to Zero: who has earned it.
    function _claim(uint256 id, uint64 dealId, address to) private {
        RequestFacts storage r = _openPayment(id);
        require(_hasCompleted(id, r, dealId), NotCompleted(id, dealId));
        require(_isNext(r, dealId), PaymentEarned(id, r.firstDealId));
        require(_isActive(dealId), DealNotActive(dealId));
        if (to == address(0)) to = _earnerOf(id, r, dealId);
        require(_pay(id, r, dealId, to), RecipientRefused(to));
    }

    /// @dev Whether no deal goes before this one.
    function _isNext(RequestFacts storage r, uint64 dealId) private view returns (bool) {
        uint64 first = r.firstDealId;
        return dealId == first || !_isActive(first);
    }

    /// @dev Who is paid if this deal, which completed the request, earns the payment.
    function _earnerOf(uint256 id, RequestFacts storage r, uint64 dealId) private view returns (address) {
        address named = _aggregatorOf(r);
        return named != address(0) ? named : _completers[id][dealId];
    }

    function _pay(uint256 id, RequestFacts storage r, uint64 dealId, address to) private returns (bool paid) {
        uint256 amount = r.amount;
        r.payment = Payment.Paid;
        paid = _send(to, amount);
        if (paid)
            emit PaymentMade(id, to, dealId, amount);
            // Nothing that the recipient did is left.
        else r.payment = Payment.Open;
    }

    /// @dev Does not copy what the recipient returns: its length is the recipient's choice.
    function _send(address to, uint256 amount) private returns (bool sent) {
        assembly ("memory-safe") {
            sent := call(gas(), to, amount, 0, 0, 0, 0)
        }
    }

    function _openPayment(uint256 id) private view returns (RequestFacts storage r) {
        r = _request(id);
        require(r.payment == Payment.Open, PaymentNotOpen(id, r.payment));
    }

    /* VIEWS */

    /// @inheritdoc IAggregationHub
    function requestOf(uint256 id) external view returns (Request memory) {
        RequestFacts storage r = _request(id);
        return
            Request({
                subject: r.subject,
                key: r.key,
                pieceSize: r.pieceSize,
                aggregator: _aggregatorOf(r),
                storedUntil: r.storedUntil,
                completions: r.completions,
                firstDealId: r.firstDealId,
                payment: r.payment,
                requester: r.requester,
                amount: r.amount,
                deadline: r.deadline
            });
    }

    /// @inheritdoc IAggregationHub
    function dealsOf(uint256 id) external view returns (Deal[] memory) {
        return dealsOf(id, 0, MAX_PAGE);
    }

    /// @inheritdoc IAggregationHub
    function dealsOf(uint256 id, uint256 cursor, uint256 n) public view returns (Deal[] memory) {
        return _page(_listOf(_request(id)), cursor, n, _completes, id);
    }

    /// @inheritdoc IAggregationHub
    function dealCount(bytes calldata cid) external view returns (uint256) {
        return _count(_listOf(cid));
    }

    /// @inheritdoc IAggregationHub
    function getAllDeals(bytes calldata cid) external view returns (Deal[] memory) {
        return getAllDeals(cid, 0, MAX_PAGE);
    }

    /// @inheritdoc IAggregationHub
    function getAllDeals(bytes calldata cid, uint256 cursor, uint256 n) public view returns (Deal[] memory) {
        return _page(_listOf(cid), cursor, n, _any, 0);
    }

    /// @inheritdoc IAggregationHub
    function getActiveDeals(bytes calldata cid) external view returns (Deal[] memory) {
        return getActiveDeals(cid, 0, MAX_PAGE);
    }

    /// @inheritdoc IAggregationHub
    function getActiveDeals(bytes calldata cid, uint256 cursor, uint256 n) public view returns (Deal[] memory) {
        return _page(_listOf(cid), cursor, n, _activeNow, 0);
    }

    /// @inheritdoc IAggregationHub
    function getExpiringDeals(bytes calldata cid, uint64 epochs) external view returns (Deal[] memory) {
        return getExpiringDeals(cid, epochs, 0, MAX_PAGE);
    }

    /// @inheritdoc IAggregationHub
    function getExpiringDeals(
        bytes calldata cid,
        uint64 epochs,
        uint256 cursor,
        uint256 n
    ) public view returns (Deal[] memory) {
        return _page(_listOf(cid), cursor, n, _endsWithin, epochs);
    }

    /// @inheritdoc IAggregationHub
    function isStored(bytes calldata pieceCid) external view returns (uint256 deals, int64 activeUntil) {
        (Subject subject, bytes32 commitment, uint64 pieceSize) = Names.read(pieceCid);
        require(subject != Subject.Content, PieceCidMalformed(pieceCid));
        return _activeIn(Names.listOfPiece(commitment, pieceSize), MAX_LOOKS, MAX_STEPS);
    }

    /* INTERNALS */

    function _request(uint256 id) private view returns (RequestFacts storage r) {
        r = _requests[id];
        require(r.subject != Subject.None, RequestUnknown(id));
    }

    /// @dev Zero: anyone.
    function _aggregatorOf(RequestFacts storage r) private view returns (address) {
        if (r.named) return r.aggregator;
        return r.subject == Subject.Content ? aggregator : address(0);
    }

    function _listOf(RequestFacts storage r) private view returns (bytes32) {
        if (r.subject != Subject.SizedPiece) return r.key;
        return Names.listOfPiece(r.key, r.pieceSize);
    }

    function _listOf(bytes calldata cid) private view returns (bytes32) {
        (Subject subject, bytes32 commitment, uint64 pieceSize) = Names.read(cid);
        if (subject == Subject.Content) return Names.listOfContent(aggregator, cid);
        return Names.listOfPiece(commitment, pieceSize);
    }

    function _completes(Entry memory entry, uint256 id) private view returns (bool) {
        return _hasCompleted(id, _requests[id], entry.dealId);
    }
}
