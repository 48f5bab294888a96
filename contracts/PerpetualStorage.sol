// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IPerpetualStorage, Piece, Policy, ProviderRule} from "./interfaces/IPerpetualStorage.sol";
import {IDealClient} from "./interfaces/IDealClient.sol";
import {IStoreClient} from "./interfaces/IStoreClient.sol";
import {Accounts} from "./perpetual/Accounts.sol";
import {DealFacts, Decision, Facts, KeepRules, Reason, Standing} from "./perpetual/KeepRules.sol";
import {Offer} from "./perpetual/Offer.sol";
import {Policies} from "./perpetual/Policies.sol";
import {StoreClerk} from "./perpetual/StoreClerk.sol";
import {StoreClientFactory} from "./perpetual/StoreClientFactory.sol";

/// @title Storage that is kept, by anyone, for pay
/// @dev   Foreign code runs in three places: a keeper's when it is paid, which is the last thing that a poke does; the
///        recipient's of a withdrawal, likewise; and a judge's, read-only. Clients are this contract's own.
contract PerpetualStorage is IPerpetualStorage, Policies, Accounts {
    using Address for address;

    /* CONSTANTS */

    /// @dev Good copies, copies near their end and the newest attempt are followed: at most twice the replicas and one.
    uint256 private constant MAX_ATTEMPTS = 20;
    /// @dev Of the gas that was measured, a part is added for what cannot be: the transaction itself, and the payment.
    uint256 private constant UNMEASURED_PART = 4;
    /// @dev More than what running out of gas leaves: a 64th at each of some ten levels of calls.
    uint256 private constant GAS_LEFT_PART = 3;
    /// @dev The account pays for storing it.
    uint256 private constant MAX_KEEPER_LOCATION = 256;

    /* STORAGE: facts only. The piece stands in the newest proposal; states are derived. */

    struct Followed {
        /// In the account's client.
        uint32 number;
        /// Epoch of the proposal.
        int32 since;
    }

    struct StoreFacts {
        address account;
        uint32 policy;
        uint32 attempts;
        uint8 step;
        bool cancelled;
        /// A keeper named the location of the newest attempt.
        bool placedByKeeper;
        /// Of `followed`.
        uint8 count;
        //
        /// Attempts that are not over, and the newest; oldest first.
        Followed[20] followed;
        /// Providers that failed, the newest first.
        uint64[4] shunned;
    }

    /// @inheritdoc IPerpetualStorage
    uint256 public storeCount;
    mapping(uint256 id => StoreFacts) private _stores;

    /* MEMORY */

    /// @dev A store as it is looked at.
    struct Look {
        IStoreClient client;
        IStoreClient.ProposalLook[] proposals;
        Facts facts;
        Decision decision;
    }

    constructor(StoreClientFactory clients_) Accounts(clients_) {}

    /* STORE */

    /// @inheritdoc IPerpetualStorage
    function store(Piece calldata piece, Policy calldata policy) external payable returns (uint256 id) {
        id = ++storeCount;
        StoreFacts storage s = _stores[id];
        (s.account, s.policy, s.attempts) = (msg.sender, _numberOf(policy), 1);
        emit Stored(id, msg.sender, s.policy, piece.pieceCid);

        PolicyFacts storage p = _policies[s.policy];
        Look memory seen;
        seen.client = IStoreClient(_openClient(msg.sender));
        seen.facts.pieceSize = piece.pieceSize;
        seen.decision.copies = p.replicas;
        seen.decision.reason = Reason.First;
        seen.decision.startEpoch = _now() + p.startDelay;
        seen.decision.endEpoch = seen.decision.startEpoch + p.term;
        ++_accounts[msg.sender].stores;
        _changeRate(msg.sender, 0, _rateOf(p, 0, piece.pieceSize));
        StoreClerk.Attempt memory attempt;
        (attempt.store, attempt.number, attempt.policy) = (id, 1, s.policy);
        (bytes memory call_, address judge, uint64[] memory excluded) = clerk.draftFirst(
            attempt,
            seen.facts,
            seen.decision,
            piece,
            policy
        );
        _propose(id, s, seen, call_, judge, excluded);
    }

    /// @inheritdoc IPerpetualStorage
    function topUp(uint256 id) external payable {
        require(msg.value > 0, MoneyMissing());
        address account = _known(id).account;
        emit ToppedUp(account, msg.sender, msg.value);
        (bool ok, ) = _accounts[account].client.call{value: msg.value}("");
        // A client takes everything.
        assert(ok);
    }

    /// @inheritdoc IPerpetualStorage
    function extendPolicy(uint256 id, Policy calldata policy) external {
        StoreFacts storage s = _own(id);
        uint64 pieceSize = _look(id, false).facts.pieceSize;
        uint256 before = _rateOf(_policies[s.policy], s.step, pieceSize);
        (s.policy, s.step) = (_numberOf(policy), 0);
        _changeRate(msg.sender, before, _rateOf(_policies[s.policy], 0, pieceSize));
        emit PolicyExtended(id, s.policy);
    }

    /// @inheritdoc IPerpetualStorage
    function cancel(uint256 id) external {
        StoreFacts storage s = _own(id);
        s.cancelled = true;
        Look memory seen = _look(id, false);
        --_accounts[msg.sender].stores;
        _changeRate(msg.sender, _rateOf(_policies[s.policy], s.step, seen.facts.pieceSize), 0);
        emit StoreCancelled(id);
        if (seen.decision.endsOpen) _endOpen(seen);
    }

    /* UPKEEP */

    /// @inheritdoc IPerpetualStorage
    function poke(uint256[] calldata ids) external {
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 gasBefore = gasleft();
            if (_isHealthy(ids[i])) continue;
            try this.pokeOne(ids[i], msg.sender, gasBefore - gasleft()) {
                continue;
            } catch (bytes memory error) {
                // What took so much of what it was given may have wanted more: whoever called, or estimated the gas, must
                // give it.
                require(gasleft() > gasBefore / GAS_LEFT_PART, GasTooLow(ids[i]));
                emit PokeFailed(ids[i], error);
            }
        }
    }

    /// @inheritdoc IPerpetualStorage
    function pokeFrom(uint256 id, string calldata location) external {
        uint256 gasBefore = gasleft();
        if (!_isHealthy(id)) _poke(id, msg.sender, location, gasBefore - gasleft());
    }

    /// @notice One store of a batch, undone by itself when it fails. Only this contract.
    /// @param spent Gas that finding out took.
    function pokeOne(uint256 id, address keeper, uint256 spent) external {
        require(msg.sender == address(this), NotSelf(msg.sender));
        _poke(id, keeper, "", spent);
    }

    function _poke(uint256 id, address keeper, string memory location, uint256 spent) private {
        uint256 gasBefore = gasleft();
        StoreFacts storage s = _known(id);
        PolicyFacts storage p = _policies[s.policy];
        Look memory seen = _look(id, false);
        Decision memory d = seen.decision;
        if (!_isDue(d)) return;
        if (d.step != s.step) {
            uint64 pieceSize = seen.facts.pieceSize;
            _changeRate(s.account, _rateOf(p, s.step, pieceSize), _rateOf(p, d.step, pieceSize));
            s.step = d.step;
        }
        if (d.endsOpen) _endOpen(seen);
        if (d.settles) _settle(seen, s);
        if (d.copies > 0) {
            _drop(seen, s);
            _place(id, s, p, location);
            _proposeNext(id, s, seen, location);
        }
        uint256 used = spent + gasBefore - gasleft();
        uint256 asked = (used + used / UNMEASURED_PART) * tx.gasprice + p.reward;
        if (asked > p.maxPay) asked = p.maxPay;
        emit Poked(id, keeper, d.reason, _pay(s.account, keeper, asked, p.maxPayPerWindow));
    }

    /// @dev A keeper may name the location of every other attempt: a false one does not keep the true ones out.
    function _place(uint256 id, StoreFacts storage s, PolicyFacts storage p, string memory location) private {
        uint256 length = bytes(location).length;
        bool byKeeper = length > 0;
        if (byKeeper) {
            require(length <= MAX_KEEPER_LOCATION, IDealClient.LocationTooLong(length, MAX_KEEPER_LOCATION));
            require(p.keeperLocations, LocationsFixed(id));
            require(!s.placedByKeeper, LocationNotNow(id));
        }
        if (byKeeper != s.placedByKeeper) s.placedByKeeper = byKeeper;
    }

    function _endOpen(Look memory seen) private {
        IStoreClient.ProposalLook memory newest = seen.proposals[seen.proposals.length - 1];
        if (newest.state == IDealClient.ProposalState.Open) {
            seen.client.cancel(newest.id);
        } else {
            bytes32[] memory ids = new bytes32[](1);
            ids[0] = newest.id;
            seen.client.release(ids);
        }
    }

    /// @dev Has f05 settle what is over, lets the client write down what there is to see, and remembers who failed.
    function _settle(Look memory seen, StoreFacts storage s) private {
        DealFacts[] memory deals = seen.facts.deals;
        uint64[] memory ids = new uint64[](deals.length);
        uint256 count = 0;
        // They come newest first; f05 wants them ascending.
        for (uint256 i = deals.length; i > 0; --i) {
            DealFacts memory deal = deals[i - 1];
            if (deal.closed) continue;
            ids[count++] = deal.dealId;
            if (KeepRules.hasFailed(deal, seen.facts.epoch)) _shun(s, deal.provider);
        }
        // ids = ids[0:count]
        assembly ("memory-safe") {
            mstore(ids, count)
        }
        seen.client.settle(ids);
    }

    /// @dev Follows no longer what neither stores nor will, except for the newest attempt.
    function _drop(Look memory seen, StoreFacts storage s) private {
        DealFacts[] memory deals = seen.facts.deals;
        uint256 kept = 0;
        uint256 last = seen.proposals.length - 1;
        uint256 at = deals.length;
        for (uint256 i = 0; i <= last; ++i) {
            bool alive = i == last;
            for (uint256 j = seen.proposals[i].published; j > 0; --j) {
                if (KeepRules.isLive(deals[--at])) alive = true;
            }
            if (!alive) continue;
            if (kept != i) s.followed[kept] = s.followed[i];
            ++kept;
        }
        s.count = uint8(kept);
    }

    function _shun(StoreFacts storage s, uint64 provider) private {
        uint64[4] memory list = s.shunned;
        uint256 i = 0;
        // Its old place, or the oldest.
        while (i < 3 && list[i] != provider) ++i;
        for (; i > 0; --i) list[i] = list[i - 1];
        list[0] = provider;
        s.shunned = list;
    }

    function _proposeNext(uint256 id, StoreFacts storage s, Look memory seen, string memory location) private {
        StoreClerk.Attempt memory attempt = StoreClerk.Attempt({
            store: id,
            number: ++s.attempts,
            policy: s.policy,
            shunned: s.shunned,
            client: seen.client,
            earlier: seen.proposals[seen.proposals.length - 1].id
        });
        (bytes memory call_, address judge, uint64[] memory excluded) = clerk.draftNext(
            attempt,
            seen.facts,
            seen.decision,
            location
        );
        _propose(id, s, seen, call_, judge, excluded);
    }

    function _propose(
        uint256 id,
        StoreFacts storage s,
        Look memory seen,
        bytes memory call_,
        address judge,
        uint64[] memory excluded
    ) private {
        bytes32 proposalId = bytes32(address(seen.client).functionCallWithValue(call_, msg.value));
        if (judge != address(0) || excluded.length > 0) seen.client.limitProviders(proposalId, judge, excluded);
        // The client is this contract's alone, so its newest proposal is this one.
        uint32 number = uint32(seen.client.proposalCount());
        s.followed[s.count++] = Followed(number, int32(_now()));
        emit Proposed(id, proposalId, number, s.attempts, seen.decision);
    }

    /* LOOK */

    /// @dev What is so, and what is to be done. Of a healthy store neither the money nor the piece is read, unless all is
    ///      wanted.
    function _look(uint256 id, bool all) private view returns (Look memory seen) {
        StoreFacts storage s = _known(id);
        PolicyFacts storage p = _policies[s.policy];
        seen.client = IStoreClient(_accounts[s.account].client);
        Facts memory f = seen.facts;
        f.epoch = _now();
        (f.replicas, f.term, f.lead, f.startDelay) = (p.replicas, p.term, p.lead, p.startDelay);
        (f.cancelled, f.step) = (s.cancelled, s.step);
        f.eligible = type(uint16).max;
        _readAttempts(seen, s);
        // Everything is free here: what it would propose is all that is missing.
        seen.decision = KeepRules.decide(f);
        if (!all && seen.decision.copies == 0) return seen;
        (f.price, f.maxPrice) = (p.price, p.maxPrice);
        if (p.rule == ProviderRule.Only) f.eligible = clerk.eligible(f, s.policy);
        uint256 free = _freeOf(address(seen.client));
        // The pay of a keeper is set aside, also from what the open offer would give back.
        uint256 lacking = free < p.maxPay ? p.maxPay - free : 0;
        f.money = free > p.maxPay ? free - p.maxPay : 0;
        f.openReserve = f.openReserve > lacking ? f.openReserve - lacking : 0;
        seen.decision = KeepRules.decide(f);
    }

    /// @dev The same as a decision that has nothing to do and nothing to wait for, for less gas. No answer is a no: the long
    ///      look says why.
    function _isHealthy(uint256 id) private view returns (bool) {
        StoreFacts storage s = _stores[id];
        if (s.cancelled) return false;
        PolicyFacts storage p = _policies[s.policy];
        bytes memory question = abi.encodeCall(IStoreClient.isHealthy, (_numbers(s), p.replicas, p.lead));
        (bool ok, bytes memory answer) = _accounts[s.account].client.staticcall(question);
        return ok && bytes32(answer) == bytes32(uint256(1));
    }

    function _numbers(StoreFacts storage s) private view returns (uint32[] memory numbers) {
        numbers = new uint32[](s.count);
        for (uint256 i = 0; i < numbers.length; ++i) numbers[i] = s.followed[i].number;
    }

    function _readAttempts(Look memory seen, StoreFacts storage s) private view {
        uint256 count = s.count;
        IStoreClient.DealLook[] memory found;
        (seen.proposals, found) = seen.client.look(_numbers(s));
        Facts memory f = seen.facts;
        f.deals = new DealFacts[](found.length);
        // The client looks from the oldest attempt on, a decision from the newest.
        uint256 from = 0;
        uint256 to = found.length;
        uint256 alive = 0;
        for (uint256 i = 0; i < count; ++i) {
            IStoreClient.ProposalLook memory proposal = seen.proposals[i];
            to -= proposal.published;
            bool stores = i == count - 1;
            for (uint256 j = 0; j < proposal.published; ++j) {
                DealFacts memory deal = _dealFacts(found[from + j], proposal);
                f.deals[to + j] = deal;
                if (KeepRules.isLive(deal)) stores = true;
            }
            if (stores) ++alive;
            from += proposal.published;
        }
        // Those that are not alive are dropped before the next proposal.
        f.crowded = alive == MAX_ATTEMPTS;
        IStoreClient.ProposalLook memory newest = seen.proposals[count - 1];
        (f.pieceSize, f.openCopies, f.openReserve) = (newest.pieceSize, newest.wanted, newest.reserved);
        (f.openSince, f.openStart) = (s.followed[count - 1].since, newest.startEpoch);
    }

    function _dealFacts(
        IStoreClient.DealLook memory deal,
        IStoreClient.ProposalLook memory proposal
    ) private pure returns (DealFacts memory) {
        // The client's states but `None`, in its order. That f05 never had a deal cannot be; it would count as nothing.
        bool none = deal.state == IDealClient.DealState.None;
        return
            DealFacts({
                dealId: deal.dealId,
                provider: deal.provider,
                startEpoch: proposal.startEpoch,
                endEpoch: proposal.endEpoch,
                standing: none ? Standing.Missed : Standing(uint8(deal.state) - 1),
                closed: none || deal.closed
            });
    }

    /* VIEWS */

    /// @inheritdoc IPerpetualStorage
    function pokeable(uint256 cursor, uint256 n) external view returns (uint256[] memory ids) {
        uint256 left = cursor < storeCount ? storeCount - cursor : 0;
        ids = new uint256[](n < left ? n : left);
        uint256 count = 0;
        for (uint256 i = 1; i <= ids.length; ++i) {
            if (_isHealthy(cursor + i)) continue;
            if (_isDue(_look(cursor + i, false).decision)) ids[count++] = cursor + i;
        }
        // ids = ids[0:count]
        assembly ("memory-safe") {
            mstore(ids, count)
        }
    }

    /// @inheritdoc IPerpetualStorage
    function statusOf(uint256 id) external view returns (Status memory) {
        Look memory seen = _look(id, true);
        return clerk.status(seen.facts, seen.decision);
    }

    /// @inheritdoc IPerpetualStorage
    function factsOf(uint256 id) external view returns (Facts memory) {
        return _look(id, true).facts;
    }

    /// @inheritdoc IPerpetualStorage
    function runway(uint256 id) external view returns (uint256 epochs) {
        Look memory seen = _look(id, true);
        StoreFacts storage s = _stores[id];
        if (s.cancelled) return 0;
        PolicyFacts storage p = _policies[s.policy];
        AccountFacts storage a = _accounts[s.account];
        uint256 free = _freeOf(address(seen.client));
        uint256 rate = _rateOf(p, s.step, seen.facts.pieceSize);
        uint256 share = rate == a.perEpoch ? free : (free * rate) / a.perEpoch;
        return clerk.runway(seen.facts, share, p.maxPay);
    }

    /// @inheritdoc IPerpetualStorage
    function endowment(
        uint64 pieceSize,
        Policy calldata policy,
        uint256 epochs
    ) external view returns (uint256 atFirstOffer, uint256 atCeiling) {
        return clerk.endowment(pieceSize, policy, epochs);
    }

    /// @inheritdoc IPerpetualStorage
    function storeOf(uint256 id) external view returns (Store memory out) {
        StoreFacts storage s = _known(id);
        (out.account, out.client) = (s.account, _accounts[s.account].client);
        (out.policy, out.attempts, out.step) = (s.policy, s.attempts, s.step);
        (out.cancelled, out.placedByKeeper) = (s.cancelled, s.placedByKeeper);
        out.proposals = _numbers(s);
        out.shunned = s.shunned;
    }

    /* INTERNALS */

    function _known(uint256 id) private view returns (StoreFacts storage s) {
        s = _stores[id];
        require(s.account != address(0), StoreUnknown(id));
    }

    function _own(uint256 id) private view returns (StoreFacts storage s) {
        s = _known(id);
        require(msg.sender == s.account, NotAccount(msg.sender, s.account));
        require(!s.cancelled, StoreIsCancelled(id));
    }

    function _isDue(Decision memory d) private pure returns (bool) {
        return d.copies > 0 || d.settles || d.endsOpen;
    }

    /// @dev attoFIL for an epoch of all copies.
    function _rateOf(PolicyFacts storage p, uint8 step, uint64 pieceSize) private view returns (uint256) {
        return Offer.perEpoch(p.price, p.maxPrice, step, pieceSize) * p.replicas;
    }

    function _now() private view returns (int64) {
        return int64(uint64(block.number));
    }
}
