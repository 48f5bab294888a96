// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {DealProposal, Proposals} from "../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../support/Vm.sol";
import {World} from "./World.sol";

/// @title  What must be true of the client, kept beside it
/// @notice Written from what the handlers sent and from the rules of f05 (builtin-actors actors/market/src/lib.rs,
///         state.rs), never from what the client answers.
abstract contract Ghosts is World {
    using Proposals for DealProposal;

    /// @notice A proposal that the client took.
    struct Offer {
        bytes32 id;
        uint16 replicas;
        uint16 published;
        bool cancelled;
        bool released;
        int64 startEpoch;
        int64 endEpoch;
        /// attoFIL that f05 locks for one copy.
        uint256 perReplica;
        address proposer;
        /// The last state that was seen.
        IDealClient.ProposalState seen;
        uint64[] allowed;
    }

    /// @notice A deal in the client's name that f05 published.
    struct Copy {
        uint64 dealId;
        uint64 provider;
        uint256 offer;
        int64 publishedAt;
        /// At f05. 0: never.
        int64 activatedAt;
        /// Epoch up to which f05 processed it, -1: never.
        int64 updatedAt;
        /// f05 removed it.
        bool gone;
        /// The activation that the client was made to see. 0: none.
        int64 noted;
        /// The outcome that the client was made to see.
        IDealClient.DealState recorded;
        /// The last state that was seen.
        IDealClient.DealState seen;
    }

    Offer[] internal _offers;
    DealProposal[] internal _terms;
    Copy[] internal _copies;
    mapping(bytes32 termsHash => bool) internal _isOffer;
    mapping(uint256 offer => mapping(uint64 provider => bool)) internal _hasCopy;

    address internal _owner = FIRST_OWNER;
    address internal _pendingOwner;
    /// The owner takes no proposals.
    bool internal _paused;

    /* MONEY, attoFIL */

    /// The client's, in f05 and outside.
    uint256 internal _escrow;
    uint256 internal _locked;
    uint256 internal _reserved;
    uint256 internal _held;
    /// What came in and went out.
    uint256 internal _received;
    uint256 internal _withdrawn;
    uint256 internal _paid;
    /// Providers' collateral that f05 burned.
    uint256 internal _burned;

    /* CHANCE */

    bytes32 private immutable SALT;
    bytes32 private _entropy;
    /// @notice Calls of actions that were taken to their end.
    uint256 public steps;

    constructor(bytes32 salt) {
        SALT = salt;
    }

    modifier action(uint256 seed) {
        _entropy = keccak256(abi.encode(SALT, seed, steps));
        _;
        ++steps;
        _lookForSteps();
    }

    function _random(uint256 n) internal returns (uint256) {
        _entropy = keccak256(abi.encode(_entropy));
        return uint256(_entropy) % n;
    }

    /// @dev True once in `n` times.
    function _oneIn(uint256 n) internal returns (bool) {
        return _random(n) == 0;
    }

    /// @dev Ends an action that has nothing to act on. The runner counts it as discarded, apart from the calls.
    function _nothingToDo() internal pure {
        vm.assume(false);
    }

    function _anyMiner() internal returns (uint64) {
        return MINER + uint64(_random(MINERS));
    }

    /// @dev Of the newest eight proposals, or of all.
    function _anyOffer() internal returns (uint256) {
        uint256 count = _offers.length;
        if (count == 0) _nothingToDo();
        return count > 8 && !_oneIn(4) ? count - 1 - _random(8) : _random(count);
    }

    function _anyCopy() internal returns (uint256) {
        uint256 count = _copies.length;
        if (count == 0) _nothingToDo();
        return count > 12 && !_oneIn(4) ? count - 1 - _random(12) : _random(count);
    }

    /// @dev Some proposal in a state, found by a walk from a random one. Discards the call if there is none.
    function _offerIn(IDealClient.ProposalState wanted) internal returns (uint256) {
        uint256 first = _anyOffer();
        for (uint256 i = 0; i < _offers.length; ++i) {
            uint256 at = (first + _offers.length - i) % _offers.length;
            if (_offerState(at) == wanted) return at;
        }
        _nothingToDo();
        return 0;
    }

    /* STATES, by the table in IDealClient */

    function _offerState(uint256 at) internal view returns (IDealClient.ProposalState) {
        Offer storage o = _offers[at];
        if (o.cancelled) return IDealClient.ProposalState.Cancelled;
        if (o.published == o.replicas) return IDealClient.ProposalState.Filled;
        return _now() > o.startEpoch ? IDealClient.ProposalState.Lapsed : IDealClient.ProposalState.Open;
    }

    function _copyState(Copy storage c) internal view returns (IDealClient.DealState) {
        if (c.recorded != IDealClient.DealState.None) return c.recorded;
        Offer storage o = _offers[c.offer];
        if (c.gone ? c.noted != 0 : c.activatedAt != 0) {
            if (_now() >= o.endEpoch) return IDealClient.DealState.Ended;
            return c.gone ? IDealClient.DealState.Terminated : IDealClient.DealState.Active;
        }
        if (c.gone) return _now() < o.startEpoch ? IDealClient.DealState.Terminated : IDealClient.DealState.Missed;
        return _now() > o.startEpoch ? IDealClient.DealState.Missed : IDealClient.DealState.Published;
    }

    /// @notice The terms allow this provider to publish now.
    function _mayPublish(uint256 at, uint64 miner) internal view returns (bool) {
        if (_offerState(at) != IDealClient.ProposalState.Open || _hasCopy[at][miner]) return false;
        uint64[] storage allowed = _offers[at].allowed;
        if (allowed.length == 0) return true;
        for (uint256 i = 0; i < allowed.length; ++i) if (allowed[i] == miner) return true;
        return false;
    }

    /* WHAT HAPPENED */

    function _hashOf(DealProposal memory p) internal pure returns (bytes32) {
        (bytes memory client_, bytes memory provider) = (p.client, p.provider);
        (p.client, p.provider) = ("", "");
        bytes32 hash = keccak256(abi.encode(p));
        (p.client, p.provider) = (client_, provider);
        return hash;
    }

    function _notePublished(uint256 at, uint64 miner, uint64 dealId) internal {
        Offer storage o = _offers[at];
        ++o.published;
        _hasCopy[at][miner] = true;
        _reserved -= o.perReplica;
        _locked += o.perReplica;
        Copy storage c = _copies.push();
        (c.dealId, c.provider, c.offer, c.publishedAt, c.updatedAt) = (dealId, miner, at, _now(), -1);
    }

    /// @dev The client looks at a deal and writes down what it sees.
    function _noteSeen(Copy storage c) internal {
        if (c.recorded != IDealClient.DealState.None) return;
        IDealClient.DealState state = _copyState(c);
        if (c.gone) c.recorded = state;
        else if (c.activatedAt != 0) c.noted = c.activatedAt;
    }

    /// @dev f05 settles a deal. state.rs `process_deal_update`, `process_deal_init_timed_out`.
    function _noteSettled(Copy storage c) internal {
        if (c.gone) return;
        Offer storage o = _offers[c.offer];
        DealProposal storage p = _terms[c.offer];
        if (c.activatedAt == 0) {
            if (_now() < o.startEpoch) return;
            c.gone = true;
            _locked -= o.perReplica;
            _burned += p.providerCollateral;
            return;
        }
        if (_now() >= o.startEpoch) _notePaid(c, _now() < o.endEpoch ? _now() : o.endEpoch);
        c.updatedAt = _now();
        if (_now() < o.endEpoch) return;
        c.gone = true;
        _locked -= p.clientCollateral;
    }

    /// @dev state.rs `process_slashed_deal`. A deal that ran to its end is left to be settled.
    function _noteTerminated(Copy storage c) internal {
        Offer storage o = _offers[c.offer];
        if (c.gone || _now() >= o.endEpoch) return;
        DealProposal storage p = _terms[c.offer];
        if (_now() > o.startEpoch) _notePaid(c, _now());
        int64 served = _now() > o.startEpoch ? _now() : o.startEpoch;
        _locked -= p.pricePerEpoch * uint64(o.endEpoch - served) + p.clientCollateral;
        _burned += p.providerCollateral;
        c.gone = true;
    }

    function _notePaid(Copy storage c, int64 until) private {
        int64 from = _offers[c.offer].startEpoch;
        if (c.updatedAt > from) from = c.updatedAt;
        uint256 amount = _terms[c.offer].pricePerEpoch * uint64(until - from);
        _escrow -= amount;
        _locked -= amount;
        _paid += amount;
    }

    /* STEPS */

    /// @dev Looks at one proposal and one deal, in turn, and compares with what was seen of them before. Open is left
    ///      once and Published is left once; what comes then may not be left for either again.
    function _lookForSteps() private {
        if (_offers.length > 0) {
            Offer storage o = _offers[steps % _offers.length];
            IDealClient.ProposalState state = subject.proposalState(o.id);
            require(state != IDealClient.ProposalState.None, "step back: a proposal was forgotten");
            require(
                o.seen == IDealClient.ProposalState.Open || o.seen == state,
                "step back: a closed proposal changed its state"
            );
            o.seen = state;
        }
        if (_copies.length == 0) return;
        Copy storage c = _copies[steps % _copies.length];
        IDealClient.DealState seen = subject.dealState(c.dealId);
        require(_rank(seen) >= _rank(c.seen), "step back: a deal's state went backwards");
        c.seen = seen;
    }

    /// @dev The three ends are one rank: which of them it was may be told better later, until it is recorded.
    function _rank(IDealClient.DealState state) private pure returns (uint256) {
        return state >= IDealClient.DealState.Missed ? uint256(IDealClient.DealState.Missed) : uint256(state);
    }
}
