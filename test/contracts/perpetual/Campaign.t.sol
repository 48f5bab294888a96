// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IPerpetualStorage, Policy, ProviderRule} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {IStoreClient} from "../../../contracts/interfaces/IStoreClient.sol";
import {vm} from "../support/Vm.sol";
import {KeepTest} from "./KeepTest.sol";

/// @title  Lives of stores at random, and rules that hold after each step
/// @notice Two accounts, four stores at most with terms at random, six providers that publish, activate, let lapse and
///         terminate, two keepers who call whenever they like. What must be is reckoned from what was done, never from
///         what PerpetualStorage answers.
contract CampaignTest is KeepTest {
    /// @dev A deal that f05 published.
    struct Copy {
        uint256 store;
        uint64 provider;
        uint64 dealId;
        int64 start;
        int64 end;
        uint256 price;
        bool active;
        /// Epoch, 0: not terminated.
        int64 lostAt;
    }

    struct Ghost {
        address account;
        Policy terms;
        /// The most that any of its terms asked for.
        uint256 mostReplicas;
        /// All of its terms ask for distinct providers.
        bool alwaysDistinct;
        uint32 attempts;
        bool cancelled;
    }

    uint256 private constant STEPS = 60;
    address private constant HEIR = address(0x4E14);

    bytes32 private _entropy;
    Ghost[] private _stores;
    Copy[] private _copies;
    // By account, attoFIL.
    mapping(address account => uint256) private _in;
    mapping(address account => uint256) private _out;
    mapping(address account => uint256) private _paid;
    mapping(address account => mapping(uint256 window => uint256)) private _paidInWindow;

    /// hardhat-config: fuzz.runs = 24
    function testFuzz_rulesHoldThroughAnyLife(uint256 seed) external {
        _entropy = keccak256(abi.encode(seed));
        vm.deal(HEIR, 0);
        _newStore();
        for (uint256 i = 0; i < STEPS; ++i) {
            _act();
            for (uint256 k = 0; k < _stores.length; ++k) _check(k);
        }
        _end();
    }

    /* CHANCE */

    function _random(uint256 n) private returns (uint256) {
        _entropy = keccak256(abi.encode(_entropy));
        return uint256(_entropy) % n;
    }

    /* ACTIONS */

    function _act() private {
        uint256 what = _random(32);
        if (what < 8) _pokeSome();
        else if (what < 16) _tryPublish();
        else if (what < 21) _tryActivate();
        else if (what < 23) _loseOne();
        else if (what < 28) _passSome();
        else if (what == 28) _newStore();
        else if (what == 29) _moveMoney();
        else if (what == 30) _newTerms();
        else if (_random(4) == 0) _cancelOne();
    }

    function _newStore() private {
        if (_stores.length == 4) return;
        address account = _random(2) == 0 ? ACCOUNT : NEIGHBOUR;
        Ghost storage g = _stores.push();
        (g.account, g.terms, g.attempts) = (account, _anyPolicy(), 1);
        (g.mostReplicas, g.alwaysDistinct) = (g.terms.replicas, g.terms.distinct);
        // Now and then too little for much more than the first copies.
        uint256 value = _random(3) == 0 ? 2 * 3 * 2 * COPY + MAX_PAY : FUNDS;
        _in[account] += value;
        _equal(_storeAs(account, g.terms, value), _stores.length);
        _checkProposal(_stores.length - 1);
    }

    function _anyPolicy() private returns (Policy memory p) {
        p = _policy();
        p.replicas = uint8(1 + _random(3));
        p.distinct = _random(2) == 0;
        p.keeperLocations = _random(2) == 0;
        p.maxPrice = PRICE + _random(PRICE);
        p.reward = _random(REWARD);
        uint256 listed = _random(3);
        if (listed == 0) return p;
        p.rule = listed == 1 ? ProviderRule.Only : ProviderRule.Except;
        p.providers = new uint64[](listed == 1 ? 4 : 2);
        uint256 first = _random(MINERS);
        for (uint256 i = 0; i < p.providers.length; ++i) p.providers[i] = MINER + uint64((first + i) % MINERS);
    }

    function _newTerms() private {
        uint256 k = _random(_stores.length);
        Ghost storage g = _stores[k];
        if (g.cancelled) return;
        g.terms = _anyPolicy();
        if (g.terms.replicas > g.mostReplicas) g.mostReplicas = g.terms.replicas;
        if (!g.terms.distinct) g.alwaysDistinct = false;
        vm.prank(g.account);
        perpetual.extendPolicy(k + 1, g.terms);
    }

    function _cancelOne() private {
        uint256 k = _random(_stores.length);
        Ghost storage g = _stores[k];
        if (g.cancelled) return;
        g.cancelled = true;
        vm.prank(g.account);
        perpetual.cancel(k + 1);
    }

    function _moveMoney() private {
        uint256 k = _random(_stores.length);
        address account = _stores[k].account;
        if (_random(2) == 0) {
            uint256 value = 1 + _random(FUNDS / 10);
            _in[account] += value;
            vm.prank(STRANGER);
            perpetual.topUp{value: value}(k + 1);
            return;
        }
        uint256 before = HEIR.balance;
        vm.prank(account);
        uint256 taken = perpetual.withdraw(payable(HEIR), _random(FUNDS));
        _equal(HEIR.balance - before, taken);
        _out[account] += taken;
    }

    /// @dev One keeper, then the other in the same epoch: the second finds nothing.
    function _pokeSome() private {
        uint256 k = _random(_stores.length);
        _pokeOf(_random(2) == 0 ? KEEPER : RIVAL, k);
        require(_pokeOf(_random(2) == 0 ? KEEPER : RIVAL, k) == 0, "paid twice for one action");
    }

    function _pokeOf(address keeper, uint256 k) private returns (uint256 paid) {
        Ghost storage g = _stores[k];
        bytes32 before = _digest(k);
        paid = _pokeAs(keeper, _ids(k + 1));
        require(paid == 0 || _digest(k) != before, "paid for nothing");
        require(paid <= g.terms.maxPay, "paid above the ceiling of a poke");
        _paid[g.account] += paid;
        uint256 inWindow = _paidInWindow[g.account][block.number / WINDOW] += paid;
        require(inWindow <= MAX_PAY_PER_WINDOW, "paid above the ceiling of a window");
        uint32 attempts = perpetual.storeOf(k + 1).attempts;
        if (attempts == g.attempts) return paid;
        require(!g.cancelled, "a store that was cancelled proposed");
        require(attempts == g.attempts + 1, "two attempts by one poke");
        g.attempts = attempts;
        _checkProposal(k);
    }

    function _tryPublish() private {
        uint256 k = _random(_stores.length);
        uint64 miner = MINER + uint64(_random(MINERS));
        try this.publish(miner, k + 1) returns (uint64 dealId) {
            IDealClient.Proposal memory p = _proposalOf(k + 1);
            _copies.push(Copy(k, miner, dealId, p.startEpoch, p.endEpoch, p.pricePerEpoch, false, 0));
        } catch {}
    }

    function publish(uint64 miner, uint256 id) external returns (uint64) {
        return _publishAt(miner, id);
    }

    function _tryActivate() private {
        for (uint256 i = _copies.length; i > 0; --i) {
            Copy storage c = _copies[i - 1];
            if (c.active || _now() > c.start || _random(4) == 0) continue;
            _activateAt(c.provider, c.store + 1, c.dealId);
            c.active = true;
            return;
        }
    }

    function _loseOne() private {
        if (_copies.length == 0) return;
        Copy storage c = _copies[_random(_copies.length)];
        if (!c.active || c.lostAt != 0 || _now() >= c.end) return;
        _terminateAt(c.provider, c.dealId);
        c.lostAt = _now();
    }

    function _passSome() private {
        uint256 how = _random(6);
        if (how < 2) return _pass(int64(uint64(1 + _random(200))));
        if (how < 4) return _pass(int64(uint64(1 + _random(uint64(DELAY)))));
        if (_copies.length == 0) return _pass(DELAY + 1);
        Copy storage c = _copies[_random(_copies.length)];
        int64 to = (how == 4 ? c.start : c.end - LEAD) + int64(uint64(_random(3))) - 1;
        if (to > _now()) vm.roll(uint64(to));
    }

    /* RULES */

    function _isLive(Copy storage c) private view returns (bool) {
        if (c.lostAt != 0 || _now() >= c.end) return false;
        return c.active || _now() <= c.start;
    }

    /// @dev What a poke may change about a store.
    function _digest(uint256 k) private view returns (bytes32) {
        IPerpetualStorage.Store memory s = perpetual.storeOf(k + 1);
        IStoreClient client = IStoreClient(s.client);
        (IStoreClient.ProposalLook[] memory proposals, IStoreClient.DealLook[] memory deals) = client.look(s.proposals);
        return keccak256(abi.encode(s, proposals, deals, client.proposalCount()));
    }

    function _check(uint256 k) private view {
        Ghost storage g = _stores[k];
        uint256 good = 0;
        uint256 holders = 0;
        for (uint256 i = 0; i < _copies.length; ++i) {
            Copy storage c = _copies[i];
            if (c.store != k || !_isLive(c) || c.end - _now() <= LEAD) continue;
            ++good;
            uint256 bit = 1 << (c.provider - MINER);
            require(!g.alwaysDistinct || holders & bit == 0, "two copies at one provider");
            holders |= bit;
        }
        uint256 wanted =
            _proposalOf(k + 1).state == IDealClient.ProposalState.Open
                ? _proposalOf(k + 1).replicas - _proposalOf(k + 1).published
                : 0;
        require(good + wanted <= g.mostReplicas, "more copies than replicas");
    }

    /// @dev The newest proposal keeps to the terms; no other of the store is open.
    function _checkProposal(uint256 k) private view {
        Policy memory t = _stores[k].terms;
        IDealClient.Proposal memory p = _proposalOf(k + 1);
        require(p.pricePerEpoch >= t.price && p.pricePerEpoch <= t.maxPrice, "price out of the policy");
        require(
            p.providerCollateral >= t.collateral && p.providerCollateral <= t.maxCollateral,
            "collateral out of the policy"
        );
        require(p.endEpoch - p.startEpoch == t.term, "another term");
        require(p.startEpoch >= _now() + t.startDelay && p.startEpoch <= _now() + t.lead, "another start");
        require(p.replicas <= t.replicas, "more replicas than the policy's");
        require(p.pieceSize == 1 << 30 && p.pieceCommitment == bytes32(uint256(0xab)), "another piece");
        for (uint256 i = 0; i < p.providers.length; ++i) {
            require(
                t.rule == ProviderRule.Only && _contains(t.providers, p.providers[i]),
                "a provider that is not listed"
            );
        }
        require(t.rule != ProviderRule.Only || p.providers.length > 0, "open to all");
        uint32[] memory followed = perpetual.storeOf(k + 1).proposals;
        (IStoreClient.ProposalLook[] memory looks, ) = _clientOf(k + 1).look(followed);
        for (uint256 i = 0; i + 1 < looks.length; ++i) {
            require(looks[i].state != IDealClient.ProposalState.Open, "two offers at once");
        }
    }

    /// @dev Everything ends, f05 pays what is due, and the accounts take what is theirs, to the attoFIL.
    function _end() private {
        for (uint256 k = 0; k < _stores.length; ++k) {
            if (_stores[k].cancelled) continue;
            vm.prank(_stores[k].account);
            perpetual.cancel(k + 1);
        }
        vm.roll(block.number + 3 * uint64(TERM));
        for (uint256 i = 0; i < _copies.length; ++i) {
            Copy storage c = _copies[i];
            _settle(c.dealId);
            int64 until = c.lostAt == 0 ? c.end : c.lostAt;
            if (c.active && until > c.start) _out[_stores[c.store].account] += c.price * uint64(until - c.start);
        }
        _close(ACCOUNT);
        _close(NEIGHBOUR);
        for (uint256 k = 0; k < _stores.length; ++k) _poke(k + 1);
    }

    function _close(address account) private {
        (address client, , , , ) = perpetual.accountOf(account);
        if (client == address(0)) return;
        uint256 left = _in[account] - _out[account] - _paid[account];
        _equal(_free(account), left);
        vm.prank(account);
        _equal(perpetual.withdraw(payable(HEIR), type(uint256).max), left);
        (uint256 escrow, uint256 locked, uint256 reserved, , uint256 balance) = IStoreClient(client).funds();
        _equal(escrow + locked + reserved + balance, 0);
    }

    function _contains(uint64[] memory list, uint64 wanted) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) if (list[i] == wanted) return true;
        return false;
    }
}
