// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice What a provider needs beyond the proposal. Field names are the starter kit's: they are ABI.
struct ExtraParamsV1 {
    /// http or https URL from which the piece can be fetched.
    string location_ref;
    /// Bytes that the URL serves (raw, not padded).
    uint64 car_size;
    bool skip_ipni_announce;
    bool remove_unsealed_copy;
}

/// @notice A deal as the starter kit's tools ask for it. Field names and order are the starter kit's: they are ABI.
struct DealRequest {
    /// Piece CID v1, 39 bytes `0181e203922020 ‖ commP`; a leading 00 multibase byte is accepted and dropped.
    bytes piece_cid;
    /// Padded bytes, a power of two, 128 bytes to 64 GiB.
    uint64 piece_size;
    /// Must be false: DataCap ended with FIP-0118.
    bool verified_deal;
    /// At most 256 bytes of text that carries the root CID, e.g. `<request>-<attempt>/ipfs/<root>`.
    string label;
    int64 start_epoch;
    int64 end_epoch;
    /// attoFIL per epoch for the whole piece.
    uint256 storage_price_per_epoch;
    /// attoFIL.
    uint256 provider_collateral;
    /// attoFIL.
    uint256 client_collateral;
    /// Must be 1.
    uint64 extra_params_version;
    ExtraParamsV1 extra_params;
}

/// @title  A Filecoin storage client that is a contract
/// @notice Trust. The owner proposes, cancels, names proposers and takes money out. A proposer proposes within its limit per
///         window of epochs, and cancels what it proposed. Anyone may fund, settle, observe, release what lapsed, and
///         announce an open proposal again. Only the market actor f05 may notify a publication.
/// @notice Assumptions on f05 (builtin-actors market, v18): it asks `AuthenticateMessage` read-only for each deal
///         before it locks escrow, notifies each publication once, one provider per message, names clients and
///         providers in the notification by actor id, and gives out deal ids in ascending order.
/// @notice Liveness. The owner can always withdraw what is neither locked by f05 nor reserved by an open proposal, and
///         can end any reservation by cancelling. No other account can prevent it.
/// @notice What becomes of a deal. f05 removes a deal that ended, was terminated or was never activated, and answers
///         exit code 32 from then on, without saying which. `now` is the current epoch:
///
///         f05 answers                   | seen active before | now                 | state
///         ------------------------------|--------------------|---------------------|-----------
///         activated at an epoch         |                    | now < end           | Active
///         activated at an epoch         |                    | now >= end          | Ended
///         not activated                 |                    | now <= start        | Published
///         not activated                 |                    | now > start         | Missed
///         32, the deal is gone          | yes                | now < end           | Terminated
///         32, the deal is gone          | yes                | now >= end          | Ended
///         32, the deal is gone          | no                 | now < start         | Terminated
///         32, the deal is gone          | no                 | now >= start        | Missed
///         17, there was never a deal    |                    |                     | None
///
///         Before its start only an active deal can go, hence the seventh row. The sixth and eighth rows are the
///         likely cause, not a certain one: nobody looked in time. `observe` and `settle` write down that a deal was
///         active and how it went (`DealClosed`); from then on that is its state. A keeper that calls one of them
///         between start and end, and again around the end, leaves nothing to guess.
interface IDealClient {
    /* TYPES */

    /// @notice `Open`: replicas are missing and providers may publish. `Filled`: every replica was published.
    ///         `Lapsed`: the start epoch passed before. `Cancelled`: the owner withdrew it; published deals go on.
    enum ProposalState {
        None,
        Open,
        Filled,
        Lapsed,
        Cancelled
    }

    /// @notice `Missed`: published, never activated. `Ended`: ran to its end epoch. `Terminated`: lost before it.
    enum DealState {
        None,
        Published,
        Active,
        Missed,
        Ended,
        Terminated
    }

    /// @notice One concrete offer. Everything but the provider is fixed.
    struct Proposal {
        bytes32 pieceCommitment;
        /// Padded bytes.
        uint64 pieceSize;
        int64 startEpoch;
        int64 endEpoch;
        uint256 pricePerEpoch;
        uint256 providerCollateral;
        uint256 clientCollateral;
        string label;
        string locationRef;
        uint64 carSize;
        bool skipIpniAnnounce;
        bool removeUnsealedCopy;
        /// Copies wanted, each at a different provider.
        uint16 replicas;
        /// Copies published so far.
        uint16 published;
        /// Actor ids that may publish; empty: any.
        uint64[] providers;
        uint64[] dealIds;
        ProposalState state;
    }

    /// @notice A published proposal.
    struct Deal {
        bytes32 proposalId;
        uint64 dealId;
        /// Actor id.
        uint64 provider;
        int64 publishedAt;
        /// Epoch of activation as f05 says now, or as it was last observed; -1: neither.
        int64 activatedAt;
        int64 startEpoch;
        int64 endEpoch;
        DealState state;
    }

    /* EVENTS */

    /// @notice The event that providers follow (Boost); `price` is attoFIL per epoch, `size` padded bytes.
    event DealProposalCreate(bytes32 indexed id, uint64 size, bool indexed verified, uint256 price);
    /// @notice What was proposed, beside the event that providers follow.
    /// @param proposer The owner, or who proposes by its leave.
    /// @param reserved attoFIL for all replicas.
    /// @param request  The call as it came: of `makeDealProposal` or `propose`, selector included.
    event ProposalMade(bytes32 indexed id, address indexed proposer, uint256 reserved, bytes request);
    event ProposalCancelled(bytes32 indexed id, uint256 released);
    /// @notice A lapsed proposal's reservation was returned to the free escrow.
    event ProposalReleased(bytes32 indexed id, uint256 released);
    event DealPublished(bytes32 indexed id, uint64 indexed dealId, uint64 indexed provider);
    /// @notice The first time that f05 was seen to report the deal active.
    event DealActivated(uint64 indexed dealId, int64 activatedAt);
    /// @notice f05 was asked to settle the deal; `paid` attoFIL went to the provider's escrow in this call.
    event DealSettled(uint64 indexed dealId, uint256 paid, bool completed);
    /// @notice f05 was seen to have removed the deal: `outcome` is Missed, Ended or Terminated, and final.
    event DealClosed(uint64 indexed dealId, DealState outcome);
    event Received(address indexed from, uint256 amount);
    /// @notice What f05 held for this client after a settlement or observation. What lies between two of these and no
    ///         other event explains, others did: settled at f05, terminated a deal (the unpaid price and the client's
    ///         collateral come back), or gave to the escrow.
    event EscrowSeen(uint256 escrow, uint256 locked);
    event EscrowDeposited(uint256 amount);
    event EscrowWithdrawn(uint256 amount);
    event Withdrawn(address indexed to, uint256 amount);

    /* ERRORS: who may */

    /// @notice Thrown when a provider's callback does not come from f05.
    error NotMarket(address caller);
    /// @notice Thrown when the token receiver hook is not called by the DataCap actor f07.
    error NotDataCap(address caller);
    /// @notice Thrown when a native method other than the three hooks is called.
    error MethodNotHandled(uint64 method);
    /// @notice Thrown when native params are not CBOR (codec 0x51).
    error CodecNotHandled(uint64 codec);

    /* ERRORS: what may be proposed */

    /// @notice Thrown when a verified deal is proposed or published: FIP-0118 ended DataCap.
    error VerifiedDealsEnded();
    /// @notice Thrown when the piece CID is not CIDv1 fil-commitment-unsealed sha2-256-trunc254-padded.
    error PieceCidInvalid(bytes pieceCid);
    /// @notice Thrown when the padded size is not a power of two between the bounds.
    error PieceSizeInvalid(uint64 size, uint64 min, uint64 max);
    /// @notice Thrown when the bytes to transfer do not fit the piece (size·127/128) or are none.
    error CarSizeInvalid(uint64 carSize, uint64 capacity);
    error LabelEmpty();
    error LabelTooLong(uint256 length, uint256 max);
    error LabelNotUtf8();
    error StartEpochPassed(int64 startEpoch, int64 now_);
    error DurationOutOfBounds(int64 duration, int64 min, int64 max);
    /// @notice Thrown when an end epoch is beyond what the client stores.
    error EpochTooFar(int64 epoch, int64 max);
    error AmountTooLarge(uint256 amount, uint256 max);
    error LocationTooLong(uint256 length, uint256 max);
    /// @notice Thrown when the URL is not http(s)://host… or has a character at `position` that is not printable ASCII,
    ///         or is a quote or a backslash: providers paste it into JSON unescaped.
    error LocationInvalid(uint256 position);
    error ExtraParamsVersionUnknown(uint64 version);
    /// @notice Thrown when the replicas are none, or more than a proposal may have or the client has numbers left for.
    error ReplicasInvalid(uint256 replicas, uint256 max);
    error ProviderListTooLong(uint256 length, uint256 max);
    error ProviderRepeated(uint64 provider);
    /// @notice Thrown when the listed providers are fewer than the replicas.
    error ProvidersTooFew(uint256 providers, uint256 replicas);
    /// @notice Thrown when an identical proposal exists: providers and the market refuse twins; change the label.
    error ProposalExists(bytes32 id);
    error ProposalUnknown(bytes32 id);
    error ProposalNotInState(bytes32 id, ProposalState current, ProposalState expected);

    /* ERRORS: what may be published in our name. Each names the field in which a published deal differs. */

    error PieceCidMismatch(bytes32 got);
    error PieceSizeMismatch(uint64 got, uint64 expected);
    error ClientMismatch(bytes got);
    error LabelMismatch(string got);
    error StartEpochMismatch(int64 got, int64 expected);
    error EndEpochMismatch(int64 got, int64 expected);
    error PriceMismatch(uint256 got, uint256 expected);
    error ProviderCollateralMismatch(uint256 got, uint256 expected);
    error ClientCollateralMismatch(uint256 got, uint256 expected);
    error ProviderNotAllowed(uint64 provider);
    error ProviderAlreadyPublished(bytes32 id, uint64 provider);
    /// @notice Thrown when a provider's address belongs to no actor.
    error ActorUnknown(bytes got);
    /// @notice Thrown when f05 notifies a deal id that is not above the newest: it never uses an id twice.
    error DealIdNotAscending(uint64 dealId, uint64 newest);

    /* ERRORS: money */

    /// @notice Thrown when free escrow and the contract's balance together do not cover what would be reserved.
    error EscrowTooLow(uint256 missing);
    error BalanceTooLow(uint256 requested, uint256 available);
    /// @notice Thrown when f05 or a precompile answers with an exit code other than 0.
    error ActorFailed(uint64 method, int256 exitCode);
    error DealUnknown(uint64 dealId);
    /// @notice Thrown when escrow is asked for in another client's name: f05 pays a client only to itself.
    error NotThisClient(address client);
    /// @notice Thrown when the recipient does not take the money, or is nobody: the zero address.
    error RecipientRefused(address to);

    /* PROPOSE */

    /// @notice Starter kit: one replica, any provider. The owner, or a proposer within its limit.
    function makeDealProposal(DealRequest calldata deal) external returns (bytes32 id);

    /// @notice `replicas` copies, at most one per provider; an empty list lets any provider publish. The owner, or a
    ///         proposer within its limit.
    ///         Reserves `(price · duration + client collateral) · replicas` of free escrow; what is missing is moved
    ///         from the contract's balance (and `msg.value`) into the escrow.
    function propose(
        DealRequest calldata deal,
        uint16 replicas,
        uint64[] calldata providers
    ) external payable returns (bytes32 id);

    /// @notice Ends an open proposal and its reservation. Deals already published go on. The owner, or who proposed it.
    function cancel(bytes32 id) external;

    /// @notice Emits `DealProposalCreate` of an open proposal again, for providers that were offline. Anyone.
    function reannounce(bytes32 id) external;

    /// @notice Returns the reservations of lapsed proposals to the free escrow. Anyone.
    function release(bytes32[] calldata ids) external;

    /* ASKED BY PROVIDERS */

    /// @notice The CBOR of the deal proposal, provider f00.
    /// @param id Topic 1 of `DealProposalCreate`.
    function getDealProposal(bytes32 id) external view returns (bytes memory);

    /// @notice The CBOR 4-tuple [location, car size, skip IPNI, remove unsealed copy].
    function getExtraParams(bytes32 id) external view returns (bytes memory);

    /// @notice Native entry: AuthenticateMessage and MarketNotifyDeal from f05, the universal receiver hook.
    function handle_filecoin_method(
        uint64 method,
        uint64 codec,
        bytes calldata params
    ) external returns (uint32 exitCode, uint64 returnCodec, bytes memory data);

    /* MONEY (attoFIL) */

    /// @notice Moves `amount` of the contract's balance, with `msg.value` added to it, into the escrow. Only the owner.
    function deposit(uint256 amount) external payable;

    /// @notice Takes up to `amount` of free escrow back into the contract. Only the owner.
    /// @return taken What came.
    function withdrawEscrow(uint256 amount) external returns (uint256 taken);

    /// @notice Sends `amount` of the contract's balance to `to`. Only the owner.
    function withdraw(address payable to, uint256 amount) external;

    /// @notice Makes f05 pay what is due, records what was observed, and frees the money of ended and missed deals. Anyone.
    ///         Deals that still may be activated are left alone: from the start epoch on f05 would remove them.
    /// @param ids Of deals, strictly ascending.
    function settle(uint64[] calldata ids) external;

    /// @notice Records what f05 says now about the deals: the first sight of an activation, and how a deal went. Anyone.
    function observe(uint64[] calldata ids) external;

    /// @notice Starter-kit name of `deposit`.
    function addBalance(uint256 amount) external payable;

    /// @notice Starter-kit name of `withdrawEscrow`. `client` must be this contract.
    function withdrawBalance(address client, uint256 amount) external returns (uint256 taken);

    /// @return escrow Balance in f05.
    /// @return locked By f05 for deals.
    /// @return reserved By open proposals.
    /// @return available escrow - locked - reserved, 0 if less.
    /// @return balance Of this contract.
    function funds()
        external
        view
        returns (uint256 escrow, uint256 locked, uint256 reserved, uint256 available, uint256 balance);

    /* VIEWS. Derived from facts, epoch and f05 at the time of the call. */

    /// @notice The client's Filecoin address, f410.
    function filecoinAddress() external view returns (bytes memory);

    /// @notice The client's actor id, by which f05 and block explorers name it.
    function actorId() external view returns (uint64);

    function proposalCount() external view returns (uint256);

    /// @notice Ids `[cursor, cursor + n)` in the order of creation; fewer at the end.
    function proposalIds(uint256 cursor, uint256 n) external view returns (bytes32[] memory);

    function getProposal(bytes32 id) external view returns (Proposal memory);

    function proposalState(bytes32 id) external view returns (ProposalState);

    function dealCount() external view returns (uint256);

    /// @notice Ids `[cursor, cursor + n)` in the order of publication; fewer at the end.
    function dealIds(uint256 cursor, uint256 n) external view returns (uint64[] memory);

    function getDeal(uint64 dealId) external view returns (Deal memory);

    function dealState(uint64 dealId) external view returns (DealState);
}
