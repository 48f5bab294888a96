// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MarketClerk} from "./client/MarketClerk.sol";
import {ProposalClerk} from "./client/ProposalClerk.sol";
import {Proposers} from "./client/Proposers.sol";
import {ActorCall} from "./filecoin/ActorCall.sol";
import {CODEC_CBOR, CODEC_NONE, DATACAP_ACTOR, MARKET_ACTOR, MARKET_ACTOR_ID} from "./filecoin/Actors.sol";
import {FilAddress} from "./filecoin/FilAddress.sol";
import {Settlement} from "./filecoin/MarketActor.sol";
import {ADD_BALANCE, AUTHENTICATE_MESSAGE, UNIVERSAL_RECEIVER_HOOK, WITHDRAW_BALANCE} from "./filecoin/Methods.sol";
import {DealRequest, ExtraParamsV1, IDealClient} from "./interfaces/IDealClient.sol";

/// @title A Filecoin storage client that is a contract
/// @dev   No lock against re-entrancy: every function writes before it calls out, f05 calls back nobody but providers'
///        publications (`handle_filecoin_method`), and `withdraw`, the one call into foreign code, changes no state.
contract DealClient is IDealClient, Proposers {
    /* CONSTANTS */

    /// @dev The answer that f05 takes for a yes.
    bytes private constant CBOR_TRUE = hex"f5";

    /* IMMUTABLES. Clones share them with their implementation. */

    MarketClerk private immutable MARKET = new MarketClerk();
    ProposalClerk private immutable PROPOSALS = new ProposalClerk();

    /* STORAGE: facts only. States are derived. */

    /// @dev What ended a proposal before its time. Filled and lapsed are derived.
    enum Closure {
        None,
        Cancelled,
        Released
    }

    /// @dev Four words and three arrays. To authenticate reads the first word, and a word for each copy that is out.
    struct ProposalFacts {
        /// Order of creation, from 1; 0: no such proposal.
        uint32 number;
        int32 startEpoch;
        int32 endEpoch;
        uint16 replicas;
        uint16 published;
        /// Number of its newest deal, 0: none. Deals link back to older ones.
        uint24 newestDeal;
        uint64 pieceSize;
        Closure closure;
        /// `providers` is not empty.
        bool restricted;
        bool skipIpniAnnounce;
        bool removeUnsealedCopy;
        //
        bytes32 pieceCommitment;
        //
        uint96 pricePerEpoch;
        uint96 providerCollateral;
        uint64 carSize;
        //
        uint96 clientCollateral;
        /// Zero: the owner. Written only for others.
        address proposer;
        //
        string label;
        string locationRef;
        uint64[] providers;
    }

    /// @dev One word.
    struct DealFacts {
        uint64 dealId;
        uint64 provider;
        /// Number of the proposal.
        uint32 proposal;
        int32 publishedAt;
        /// First epoch of activation that was seen; 0: none.
        int32 activatedAt;
        /// Number of the deal that the same proposal had before, 0: none.
        uint24 previous;
        /// None until f05 was seen to have removed the deal.
        DealState outcome;
    }

    /// @dev One word.
    struct Totals {
        /// attoFIL that open proposals may still lock.
        uint128 reserved;
        uint32 proposals;
        uint24 deals;
        /// Of all proposals. Deals are never more, so this bounds their numbers where the owner proposes.
        uint24 copies;
    }

    Totals internal _totals;
    mapping(bytes32 id => ProposalFacts) internal _proposals;
    mapping(uint256 number => bytes32) internal _proposalIds;
    /// @dev In order of publication, which is the order of deal ids.
    mapping(uint256 number => DealFacts) internal _deals;

    /* OWNERSHIP */

    /// @notice Gives a clone its owner. A contract that was deployed by itself has one.
    function initialize(address firstOwner) external {
        _initOwner(firstOwner);
    }

    /* PROPOSE */

    /// @inheritdoc IDealClient
    function makeDealProposal(DealRequest calldata deal) external returns (bytes32 id) {
        return _propose(deal, 1, _none());
    }

    /// @inheritdoc IDealClient
    function propose(
        DealRequest calldata deal,
        uint16 replicas,
        uint64[] calldata providers
    ) external payable returns (bytes32 id) {
        _noteReceipt();
        return _propose(deal, replicas, providers);
    }

    function _propose(
        DealRequest calldata deal,
        uint16 replicas,
        uint64[] calldata providers
    ) private returns (bytes32 id) {
        bytes32 commitment;
        (id, commitment) = abi.decode(_pass(address(PROPOSALS)), (bytes32, bytes32));
        ProposalFacts storage p = _proposals[id];
        require(p.number == 0, ProposalExists(id));
        uint256 left = type(uint24).max - _totals.copies;
        require(replicas <= left, ReplicasInvalid(replicas, left));
        // Cannot overflow: that was checked, and every proposal has a copy.
        unchecked {
            _totals.copies += replicas;
            p.number = ++_totals.proposals;
        }
        _proposalIds[p.number] = id;
        p.replicas = replicas;
        p.pieceCommitment = commitment;
        _store(p, deal);
        if (providers.length > 0) {
            p.restricted = true;
            for (uint256 i = 0; i < providers.length; ++i) p.providers.push(providers[i]);
        }
        uint256 amount = _perReplica(p) * replicas;
        address proposer = _spend(amount);
        if (proposer != address(0)) p.proposer = proposer;
        uint256 missing = _reserve(amount);
        _announce(id, p);
        emit ProposalMade(id, msg.sender, amount, msg.data);
        if (missing > 0) _deposit(missing);
    }

    function _none() private pure returns (uint64[] calldata empty) {
        assembly ("memory-safe") {
            empty.length := 0
        }
    }

    /// @inheritdoc IDealClient
    function cancel(bytes32 id) external {
        _requireOwnerOr(_proposals[id].proposer);
        ProposalFacts storage p = _inState(id, ProposalState.Open);
        p.closure = Closure.Cancelled;
        emit ProposalCancelled(id, _unreserve(p));
    }

    /// @inheritdoc IDealClient
    function reannounce(bytes32 id) external {
        _announce(id, _inState(id, ProposalState.Open));
    }

    /// @inheritdoc IDealClient
    function release(bytes32[] calldata ids) public virtual {
        for (uint256 i = 0; i < ids.length; ++i) {
            ProposalFacts storage p = _inState(ids[i], ProposalState.Lapsed);
            if (p.closure == Closure.Released) continue;
            p.closure = Closure.Released;
            emit ProposalReleased(ids[i], _unreserve(p));
        }
    }

    /* ASKED BY PROVIDERS */

    /// @inheritdoc IDealClient
    function getDealProposal(bytes32 id) external view returns (bytes memory) {
        return PROPOSALS.encode(id);
    }

    /// @inheritdoc IDealClient
    function getExtraParams(bytes32 id) external view returns (bytes memory) {
        return PROPOSALS.encodeExtraParams(id);
    }

    /* CALLED BY ACTORS */

    /// @inheritdoc IDealClient
    function handle_filecoin_method(
        uint64 method,
        uint64,
        bytes calldata
    ) external returns (uint32 exitCode, uint64 returnCodec, bytes memory data) {
        if (method == UNIVERSAL_RECEIVER_HOOK) {
            // f07 aborts a refund if the receiver does not accept it.
            require(msg.sender == DATACAP_ACTOR, NotDataCap(msg.sender));
            return (0, CODEC_NONE, "");
        }
        require(msg.sender == MARKET_ACTOR, NotMarket(msg.sender));
        (bytes32 id, uint64 provider, uint64 dealId) = abi.decode(_pass(address(MARKET)), (bytes32, uint64, uint64));
        ProposalFacts storage p = _proposals[id];
        // Reverts, with the reason.
        if (p.number == 0) _pass(address(PROPOSALS));
        _requireOpenTo(id, p, provider);
        // f05 asks read-only, so nothing may be written before its notification.
        if (method == AUTHENTICATE_MESSAGE) return (0, CODEC_CBOR, CBOR_TRUE);
        _record(id, p, provider, dealId);
        return (0, CODEC_NONE, "");
    }

    function _record(bytes32 id, ProposalFacts storage p, uint64 provider, uint64 dealId) private {
        // What was reserved for this copy is locked by f05 now.
        _totals.reserved -= uint128(_perReplica(p));
        uint24 number;
        uint64 newest;
        // Cannot overflow: an open proposal lacks copies, and all proposals have no more of them than there are numbers.
        unchecked {
            number = ++_totals.deals;
            newest = _deals[number - 1].dealId;
            ++p.published;
        }
        require(number == 1 || dealId > newest, DealIdNotAscending(dealId, newest));
        DealFacts storage d = _deals[number];
        d.dealId = dealId;
        d.provider = provider;
        d.proposal = p.number;
        d.publishedAt = int32(_now());
        d.previous = p.newestDeal;
        p.newestDeal = number;
        emit DealPublished(id, dealId, provider);
    }

    /// @dev The rules of acceptance that the id does not carry.
    function _requireOpenTo(bytes32 id, ProposalFacts storage p, uint64 provider) private view {
        ProposalState state = _stateOf(p);
        require(state == ProposalState.Open, ProposalNotInState(id, state, ProposalState.Open));
        _requireAllowed(id, p, provider);
        // f05 forgets its own duplicate check when a deal is settled or terminated; this record stays.
        for (uint256 number = p.newestDeal; number != 0; number = _deals[number].previous) {
            require(_deals[number].provider != provider, ProviderAlreadyPublished(id, provider));
        }
    }

    /// @dev Whether the provider is one of those that may publish.
    function _requireAllowed(bytes32, ProposalFacts storage p, uint64 provider) internal view virtual {
        if (p.restricted) require(_contains(p.providers, provider), ProviderNotAllowed(provider));
    }

    /* MONEY */

    receive() external payable {
        _noteReceipt();
    }

    /// @inheritdoc IDealClient
    function deposit(uint256 amount) public payable onlyOwner {
        _noteReceipt();
        _deposit(amount);
    }

    /// @inheritdoc IDealClient
    function addBalance(uint256 amount) external payable {
        deposit(amount);
    }

    /// @inheritdoc IDealClient
    function withdrawEscrow(uint256 amount) public onlyOwner returns (uint256 taken) {
        (, , , uint256 available, uint256 balance) = funds();
        taken = amount < available ? amount : available;
        if (taken == 0) return 0;
        ActorCall.call(MARKET_ACTOR_ID, WITHDRAW_BALANCE, 0, MARKET.withdrawBalanceParams(taken));
        // f05 has sent it, and no code ran in between.
        taken = address(this).balance - balance;
        emit EscrowWithdrawn(taken);
    }

    /// @inheritdoc IDealClient
    function withdrawBalance(address client, uint256 amount) external returns (uint256 taken) {
        require(client == address(this), NotThisClient(client));
        return withdrawEscrow(amount);
    }

    /// @inheritdoc IDealClient
    function withdraw(address payable to, uint256 amount) external onlyOwner {
        _requireBalance(amount);
        emit Withdrawn(to, amount);
        (bool ok, ) = to.call{value: amount}("");
        require(ok && to != address(0), RecipientRefused(to));
    }

    /// @inheritdoc IDealClient
    function observe(uint64[] calldata ids) public virtual {
        for (uint256 i = 0; i < ids.length; ++i) _observe(_knownDeal(ids[i]));
        _noteEscrow();
    }

    /// @inheritdoc IDealClient
    function settle(uint64[] calldata ids) public virtual {
        uint64[] memory due = new uint64[](ids.length);
        uint256 count = 0;
        for (uint256 i = 0; i < ids.length; ++i) {
            DealFacts storage d = _knownDeal(ids[i]);
            DealState state = _observe(d);
            bool mayBeActivated = state == DealState.Published || state == DealState.None;
            if (d.outcome == DealState.None && !mayBeActivated) due[count++] = ids[i];
        }
        // Shortens the array in place: due = due[0:count]
        assembly ("memory-safe") {
            mstore(due, count)
        }
        if (count > 0) _settle(due);
        _noteEscrow();
    }

    function _settle(uint64[] memory due) private {
        Settlement[] memory settled = MARKET.settle(due);
        for (uint256 i = 0; i < due.length; ++i) {
            emit DealSettled(due[i], settled[i].paid, settled[i].completed);
            // f05 has removed what ran to its end or was never activated.
            if (settled[i].completed || settled[i].exitCode != 0) _observe(_knownDeal(due[i]));
        }
    }

    /// @inheritdoc IDealClient
    function funds()
        public
        view
        returns (uint256 escrow, uint256 locked, uint256 reserved, uint256 available, uint256 balance)
    {
        (escrow, locked) = _escrow();
        reserved = _totals.reserved;
        uint256 kept = locked + reserved;
        available = escrow > kept ? escrow - kept : 0;
        balance = address(this).balance;
    }

    /// @return missing What must be moved into the escrow to cover all reservations; the balance holds it.
    function _reserve(uint256 amount) private returns (uint256 missing) {
        if (amount == 0) return 0;
        (uint256 escrow, uint256 locked, uint256 reserved, , uint256 balance) = funds();
        uint256 covered = locked + reserved + amount;
        missing = covered > escrow ? covered - escrow : 0;
        if (missing > balance) revert EscrowTooLow(missing - balance);
        // Safe: escrow and balance cover it, and all the FIL there can be is below 2^91.
        _totals.reserved = uint128(reserved + amount);
    }

    /// @dev Ends the reservation for the copies that were not published.
    function _unreserve(ProposalFacts storage p) private returns (uint256 released) {
        unchecked {
            released = _perReplica(p) * (p.replicas - p.published);
        }
        _totals.reserved -= uint128(released);
    }

    /// @dev What f05 locks for one copy: the whole price and the client's collateral. Unchecked: DealRules bounds it
    ///      to 2e27 · 3,680,640 + 2e27 < 2^113, and a duration is positive.
    function _perReplica(ProposalFacts storage p) internal view returns (uint256) {
        unchecked {
            return uint256(p.pricePerEpoch) * uint32(p.endEpoch - p.startEpoch) + p.clientCollateral;
        }
    }

    function _deposit(uint256 amount) private {
        _requireBalance(amount);
        emit EscrowDeposited(amount);
        ActorCall.call(MARKET_ACTOR_ID, ADD_BALANCE, amount, MARKET.addBalanceParams());
    }

    function _requireBalance(uint256 amount) private view {
        uint256 balance = address(this).balance;
        require(amount <= balance, BalanceTooLow(amount, balance));
    }

    function _noteReceipt() private {
        if (msg.value > 0) emit Received(msg.sender, msg.value);
    }

    function _escrow() private view returns (uint256 escrow, uint256 locked) {
        return MARKET.balance();
    }

    /// @dev Payments that others asked f05 for, refunds of terminated deals and gifts to the escrow are seen here.
    function _noteEscrow() private {
        (uint256 escrow, uint256 locked) = _escrow();
        emit EscrowSeen(escrow, locked);
    }

    /* DEALS */

    /// @dev Writes down what cannot be asked later: that a deal was active, and how it went.
    function _observe(DealFacts storage d) private returns (DealState state) {
        if (d.outcome != DealState.None) return d.outcome;
        bool gone;
        int64 activatedAt;
        (state, gone, activatedAt) = _lookAt(d);
        if (activatedAt >= 0 && d.activatedAt == 0) {
            d.activatedAt = int32(activatedAt);
            emit DealActivated(d.dealId, activatedAt);
        }
        if (gone) {
            d.outcome = state;
            emit DealClosed(d.dealId, state);
        }
    }

    /// @dev The state of a deal without recorded outcome, if f05 removed it, and the epoch of its activation or -1.
    function _lookAt(DealFacts storage d) internal view returns (DealState state, bool gone, int64 activatedAt) {
        ProposalFacts storage p = _proposals[_proposalIds[d.proposal]];
        return MARKET.lookAt(d.dealId, p.startEpoch, p.endEpoch, d.activatedAt != 0);
    }

    /* VIEWS */

    /// @inheritdoc IDealClient
    function filecoinAddress() public view returns (bytes memory) {
        return FilAddress.fromEth(address(this));
    }

    /// @inheritdoc IDealClient
    function actorId() external view returns (uint64) {
        return MARKET.actorId();
    }

    /// @inheritdoc IDealClient
    function proposalCount() external view returns (uint256) {
        return _totals.proposals;
    }

    /// @inheritdoc IDealClient
    function proposalIds(uint256 cursor, uint256 n) external view returns (bytes32[] memory ids) {
        ids = new bytes32[](_page(cursor, n, _totals.proposals));
        for (uint256 i = 0; i < ids.length; ++i) ids[i] = _proposalIds[++cursor];
    }

    /// @inheritdoc IDealClient
    function getProposal(bytes32 id) public view virtual returns (Proposal memory out) {
        ProposalFacts storage p = _known(id);
        out.pieceCommitment = p.pieceCommitment;
        out.pieceSize = p.pieceSize;
        out.startEpoch = p.startEpoch;
        out.endEpoch = p.endEpoch;
        out.pricePerEpoch = p.pricePerEpoch;
        out.providerCollateral = p.providerCollateral;
        out.clientCollateral = p.clientCollateral;
        out.label = p.label;
        out.locationRef = p.locationRef;
        out.carSize = p.carSize;
        out.skipIpniAnnounce = p.skipIpniAnnounce;
        out.removeUnsealedCopy = p.removeUnsealedCopy;
        out.replicas = p.replicas;
        out.published = p.published;
        out.providers = p.providers;
        out.dealIds = _dealIdsOf(p);
        out.state = _stateOf(p);
    }

    /// @inheritdoc IDealClient
    function proposalState(bytes32 id) public view returns (ProposalState) {
        return _stateOf(_proposals[id]);
    }

    /// @inheritdoc IDealClient
    function dealCount() external view returns (uint256) {
        return _totals.deals;
    }

    /// @inheritdoc IDealClient
    function dealIds(uint256 cursor, uint256 n) external view returns (uint64[] memory ids) {
        ids = new uint64[](_page(cursor, n, _totals.deals));
        for (uint256 i = 0; i < ids.length; ++i) ids[i] = _deals[++cursor].dealId;
    }

    /// @inheritdoc IDealClient
    function getDeal(uint64 dealId) public view returns (Deal memory out) {
        DealFacts storage d = _knownDeal(dealId);
        out.proposalId = _proposalIds[d.proposal];
        ProposalFacts storage p = _proposals[out.proposalId];
        out.dealId = dealId;
        out.provider = d.provider;
        out.publishedAt = d.publishedAt;
        out.activatedAt = d.activatedAt == 0 ? int64(-1) : d.activatedAt;
        out.startEpoch = p.startEpoch;
        out.endEpoch = p.endEpoch;
        out.state = d.outcome;
        if (out.state != DealState.None) return out;
        int64 activatedAt;
        (out.state, , activatedAt) = _lookAt(d);
        if (activatedAt >= 0) out.activatedAt = activatedAt;
    }

    /// @inheritdoc IDealClient
    function dealState(uint64 dealId) external view returns (DealState) {
        return getDeal(dealId).state;
    }

    /* INTERNALS */

    /// @dev Has a clerk read the call as it came: it has a function of the same form that answers something else, or
    ///      reverts with the reason that the caller gets.
    function _pass(address clerk) private view returns (bytes memory answer) {
        bool ok;
        (ok, answer) = clerk.staticcall(msg.data);
        if (ok) return answer;
        // revert(answer)
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }

    function _now() private view returns (int64) {
        return int64(uint64(block.number));
    }

    function _known(bytes32 id) internal view returns (ProposalFacts storage p) {
        p = _proposals[id];
        require(p.number != 0, ProposalUnknown(id));
    }

    function _knownDeal(uint64 dealId) private view returns (DealFacts storage) {
        // Binary search: the lowest number whose id is not below `dealId`, or the last one. Numbers have 24 bits.
        uint256 low = 1;
        uint256 high = _totals.deals;
        unchecked {
            while (low < high) {
                uint256 middle = (low + high) / 2;
                if (_deals[middle].dealId < dealId) low = middle + 1;
                else high = middle;
            }
        }
        require(high > 0 && _deals[low].dealId == dealId, DealUnknown(dealId));
        return _deals[low];
    }

    function _inState(bytes32 id, ProposalState expected) private view returns (ProposalFacts storage p) {
        p = _known(id);
        ProposalState state = _stateOf(p);
        require(state == expected, ProposalNotInState(id, state, expected));
    }

    function _stateOf(ProposalFacts storage p) internal view returns (ProposalState) {
        if (p.number == 0) return ProposalState.None;
        if (p.closure == Closure.Cancelled) return ProposalState.Cancelled;
        if (p.published == p.replicas) return ProposalState.Filled;
        // f05 publishes up to the start epoch itself.
        return _now() > p.startEpoch ? ProposalState.Lapsed : ProposalState.Open;
    }

    function _announce(bytes32 id, ProposalFacts storage p) private {
        emit DealProposalCreate(id, p.pieceSize, false, p.pricePerEpoch);
    }

    /// @dev Casts are safe: DealRules bounds epochs to 32 bits and amounts to 2e27 < 2^91.
    function _store(ProposalFacts storage p, DealRequest calldata deal) private {
        ExtraParamsV1 calldata extra = deal.extra_params;
        p.startEpoch = int32(deal.start_epoch);
        p.endEpoch = int32(deal.end_epoch);
        p.pieceSize = deal.piece_size;
        p.skipIpniAnnounce = extra.skip_ipni_announce;
        p.removeUnsealedCopy = extra.remove_unsealed_copy;
        p.pricePerEpoch = uint96(deal.storage_price_per_epoch);
        p.providerCollateral = uint96(deal.provider_collateral);
        p.carSize = extra.car_size;
        p.clientCollateral = uint96(deal.client_collateral);
        p.label = deal.label;
        p.locationRef = extra.location_ref;
    }

    function _dealIdsOf(ProposalFacts storage p) private view returns (uint64[] memory ids) {
        ids = new uint64[](p.published);
        DealFacts storage d = _deals[p.newestDeal];
        for (uint256 i = ids.length; i > 0; d = _deals[d.previous]) ids[--i] = d.dealId;
    }

    function _contains(uint64[] storage list, uint64 wanted) internal view returns (bool) {
        uint256 length = list.length;
        for (uint256 i = 0; i < length; ++i) {
            if (list[i] == wanted) return true;
        }
        return false;
    }

    /// @dev How many of `n` items from `cursor` on there are.
    function _page(uint256 cursor, uint256 n, uint256 count) private pure returns (uint256) {
        unchecked {
            uint256 left = cursor < count ? count - cursor : 0;
            return n < left ? n : left;
        }
    }
}
