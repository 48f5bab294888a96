// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {InclusionAuxData, InclusionProof, InclusionVerifierData} from "../piece/DataSegment.sol";

/// @title  Requests to aggregators, and what completes them (FRC-0058)
/// @notice A client asks for a piece or for other content to be stored as part of an aggregate. An aggregator answers
///         with an inclusion proof and the id of a deal. The hub takes the answer only if the proof holds and f05 says
///         that the deal stores exactly the proof's aggregate, at the provider that is named, still in time.
///         Epochs are the chain's, sizes padded bytes, amounts attoFIL.
/// @dev    `submit(bytes)`, `complete`, the one-argument lists, `Deal` and the first two events are the ABI of the
///         starter kits' aggregator oracle.
interface IAggregationHub {
    /* TYPES */

    struct Deal {
        uint64 dealId;
        /// Actor id of the provider.
        uint64 minerId;
    }

    struct Terms {
        /// Who is paid, whoever completes; for content also the only one who may complete. Zero: for content the hub's
        /// default aggregator, for a piece whoever completes: a name keeps others from copying a proof to be paid for it.
        address aggregator;
        /// Last epoch before the requester may take the payment back. After now if there is a payment, else not looked at.
        int64 deadline;
        /// The earliest end epoch of a deal that counts; 0: any.
        int64 storedUntil;
    }

    /// @notice One answer of a batch.
    struct Completion {
        uint256 id;
        InclusionProof proof;
        InclusionVerifierData verifierData;
    }

    /// @notice What a request names. `Piece`: a piece CID v1, which says no size. `SizedPiece`: a piece CID v2 (FRC-0069).
    ///         `Content`: anything else, opaque.
    enum Subject {
        None,
        Piece,
        SizedPiece,
        Content
    }

    enum Payment {
        None,
        Open,
        Paid,
        Reclaimed
    }

    struct Request {
        Subject subject;
        /// Commitment of the piece; of content a hash of its aggregator and itself, which is no commitment.
        bytes32 key;
        /// 0 if the request does not say.
        uint64 pieceSize;
        /// As named in the terms, for content the default; zero: anyone.
        address aggregator;
        int64 storedUntil;
        /// Completions so far, each by another deal.
        uint32 completions;
        /// The deal of the first one.
        uint64 firstDealId;
        Payment payment;
        /// Zero without a payment: the event says who asked.
        address requester;
        uint256 amount;
        int64 deadline;
    }

    /* EVENTS */

    event SubmitAggregatorRequest(uint256 indexed id, bytes cid);
    /// @notice The terms, beside the event that front ends follow. `aggregator` zero: anyone.
    event RequestTerms(
        uint256 indexed id,
        address indexed requester,
        address indexed aggregator,
        uint256 payment,
        int64 deadline,
        int64 storedUntil
    );
    event CompleteAggregatorRequest(uint256 indexed id, uint64 indexed dealId);
    /// @notice Where the piece lies in the aggregate that the deal stores.
    /// @param offset Padded bytes.
    event PieceProven(
        uint256 indexed id,
        uint64 indexed dealId,
        bytes32 indexed pieceCommitment,
        uint64 pieceSize,
        uint64 offset,
        bytes32 aggregateCommitment,
        uint64 aggregateSize
    );
    event PaymentMade(uint256 indexed id, address indexed to, uint64 indexed dealId, uint256 amount);
    event PaymentReclaimed(uint256 indexed id, address indexed to, uint256 amount);

    /* ERRORS: what may be asked for */

    /// @notice Thrown when what a request names is empty or too long.
    error CidLengthInvalid(uint256 length, uint256 max);
    /// @notice Thrown when bytes begin like a piece CID and are none.
    error PieceCidMalformed(bytes cid);
    /// @notice Thrown when content is asked for, nobody is named, and the hub has no default aggregator: nobody could
    ///         complete it.
    error AggregatorMissing();
    /// @notice Thrown when a payment has no deadline to come.
    error DeadlinePassed(int64 deadline, int64 now_);
    /// @notice Thrown when an epoch is negative or beyond what the hub stores.
    error EpochOutOfRange(int64 epoch, int64 max);
    /// @notice Thrown when a payment is offered for a piece without its size. The root of a piece is the root of a smaller
    ///         one too, whose data are the nodes of the first one's tree: use the piece CID v2.
    error PieceSizeMissing();

    /* ERRORS: what completes a request */

    error RequestUnknown(uint256 id);
    /// @notice Thrown when content is completed by somebody else.
    error NotAggregator(address caller, address aggregator);
    /// @notice Thrown when the proof is of another piece than the request names.
    error SegmentMismatch(bytes32 got, bytes32 expected);
    error SegmentSizeMismatch(uint64 got, uint64 expected);
    error AlreadyCompleted(uint256 id, uint64 dealId);
    /// @notice Thrown when f05 never had such a deal.
    error DealNotFound(uint64 dealId);
    /// @notice Thrown when f05 has removed the deal: terminated, ended, or never activated.
    error DealGone(uint64 dealId);
    /// @notice Thrown when the deal was not activated by its start epoch.
    error DealMissed(uint64 dealId, int64 startEpoch, int64 now_);
    error DealEnded(uint64 dealId, int64 endEpoch, int64 now_);
    error DealEndsTooEarly(uint64 dealId, int64 endEpoch, int64 storedUntil);
    error DealProviderMismatch(uint64 got, uint64 expected);
    /// @notice Thrown when the deal stores another aggregate than the proof's.
    error DealCommitmentMismatch(bytes32 got, bytes32 expected);
    error DealSizeMismatch(uint64 got, uint64 expected);
    /// @notice Thrown when a batch is undone by one of its items.
    /// @param reason The item's error, as it would be alone.
    error BatchItemRefused(uint256 position, bytes reason);
    error BatchEmpty();

    /* ERRORS: money and pages */

    error PaymentNotOpen(uint256 id, Payment state);
    /// @notice Thrown when a deal has not completed the request.
    error NotCompleted(uint256 id, uint64 dealId);
    /// @notice Thrown when the deal that would earn the payment is not active.
    error DealNotActive(uint64 dealId);
    error NotEarner(address caller, address earner);
    error NotRequester(address caller, address requester);
    error DeadlineNotPassed(int64 deadline, int64 now_);
    /// @notice Thrown when a payment is taken back that an active deal has earned.
    error PaymentEarned(uint256 id, uint64 dealId);
    error RecipientRefused(address to);

    /* ASK */

    /// @notice Asks without terms or payment.
    /// @param cid A piece CID in bytes, v1 (39, or 40 with a leading 00) or v2; or anything else of 1 to 128 bytes.
    /// @return id From 1.
    function submit(bytes calldata cid) external returns (uint256 id);

    /// @notice Asks, and offers `msg.value` to who has it stored. A payment for a piece needs the piece CID v2.
    function submit(bytes calldata cid, Terms calldata terms) external payable returns (uint256 id);

    /* ANSWER */

    /// @notice Completes a request with a deal at `minerId`. A piece by anyone, content by its aggregator; again with
    ///         another deal, for replicas. Pays if the deal is active now.
    function complete(
        uint256 id,
        uint64 dealId,
        uint64 minerId,
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData
    ) external returns (InclusionAuxData memory);

    /// @notice The same, at the provider that f05 names.
    function complete(
        uint256 id,
        uint64 dealId,
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData
    ) external returns (InclusionAuxData memory);

    /// @notice Completes many requests with proofs of one deal's aggregate; all, or none.
    function completeBatch(uint64 dealId, uint64 minerId, Completion[] calldata items) external;

    /* MONEY (attoFIL) */

    // An active deal earns the payment: at once if it is active when it completes the request, else by a claim later. The
    // first completion takes precedence over others whose deals are active too. Who is paid: the aggregator that is named,
    // for content the default one, else who completed with the deal that earns.

    /// @notice Pays for the first completion, now that its deal is active. Anyone.
    function claim(uint256 id) external;

    /// @notice Pays for the completion with another deal: the first one's was never activated, or is lost. Anyone.
    function claim(uint256 id, uint64 dealId) external;

    /// @notice The same to another recipient. Only who would be paid.
    function claimTo(uint256 id, uint64 dealId, address payable to) external;

    /// @notice Takes an open payment back after its deadline, unless the deal of the first completion is active: that is
    ///         earned. Only the requester.
    function reclaim(uint256 id, address payable to) external;

    /* VIEWS. Lists are newest first, without holes; a page looks at the positions [cursor, cursor + n), at most 100. */

    /// @notice Who completes content if the request names nobody; zero: none.
    function aggregator() external view returns (address);

    function requestCount() external view returns (uint256);

    function requestOf(uint256 id) external view returns (Request memory);

    /// @notice The deals that completed a request: the first page.
    function dealsOf(uint256 id) external view returns (Deal[] memory);

    /// @notice Positions are those of all deals of what the request names, so a page may be short or empty before the end.
    function dealsOf(uint256 id, uint256 cursor, uint256 n) external view returns (Deal[] memory);

    /// @notice Deals that completed a request for what `cid` names; of content, by the default aggregator. A piece CID v2
    ///         and a v1 are two names with a list each: only the first says the size.
    function dealCount(bytes calldata cid) external view returns (uint256);

    /// @notice The first page of all deals, whatever became of them.
    function getAllDeals(bytes calldata cid) external view returns (Deal[] memory);

    function getAllDeals(bytes calldata cid, uint256 cursor, uint256 n) external view returns (Deal[] memory);

    /// @notice Those of the first page that f05 says are active now.
    function getActiveDeals(bytes calldata cid) external view returns (Deal[] memory);

    function getActiveDeals(bytes calldata cid, uint256 cursor, uint256 n) external view returns (Deal[] memory);

    /// @notice Those of the first page that are active and end within `epochs` from now.
    function getExpiringDeals(bytes calldata cid, uint64 epochs) external view returns (Deal[] memory);

    function getExpiringDeals(
        bytes calldata cid,
        uint64 epochs,
        uint256 cursor,
        uint256 n
    ) external view returns (Deal[] memory);

    /// @notice Whether a piece is stored now: bounded work, for other contracts. Looks at the newest 32 deals that have not
    ///         reached their end, among the newest 256. Ask with the piece CID v2: v1 does not say the size.
    /// @return deals       Active now; a lower bound if there are more deals than it looks at.
    /// @return activeUntil The latest end epoch among them, -1: none.
    function isStored(bytes calldata pieceCid) external view returns (uint256 deals, int64 activeUntil);
}
