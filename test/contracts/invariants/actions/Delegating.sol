// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../../contracts/interfaces/IDealClient.sol";
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {Trespassing} from "./Trespassing.sol";

/// @notice What the owner may hand out, and the switch.
interface IRoles {
    error NotProposer(address caller, address owner);
    error SpendingLimitExceeded(uint256 asked, uint256 left);
    error ProposalsPaused();

    function setProposer(address proposer, uint96 limit, uint32 window) external;
    function proposerOf(address proposer) external view returns (uint96 limit, uint32 window, uint96 spent);
    function setPaused(bool paused_) external;
    function paused() external view returns (bool);
}

/// @title  Two proposers, an account and a contract, spend up to a limit in each window; the owner pauses proposals
/// @notice Windows are aligned: epoch / window is their number. What is cancelled was spent all the same.
abstract contract Delegating is Trespassing {
    struct Purse {
        uint96 limit;
        /// Epochs.
        uint32 window;
        uint256 number;
        /// attoFIL in the window of that number.
        uint256 spent;
    }

    mapping(address proposer => Purse) private _purses;

    /* ACTIONS */

    function setProposer(uint256 seed) external action(seed) {
        address proposer = _anyProposer();
        uint96 limit = _oneIn(8) ? 0 : uint96(_random(_oneIn(3) ? 1 ether : 20 ether));
        uint32 window = _oneIn(3) ? 40 : uint32(1 + _random(_oneIn(2) ? 50 : 200_000));
        if (limit == 0 && _oneIn(2)) window = 0;
        _do(_owner, 0, abi.encodeCall(IRoles.setProposer, (proposer, limit, window)));
        // What was spent in a window stays spent, as long as windows have the same length and number.
        (_purses[proposer].limit, _purses[proposer].window) = (limit, window);
    }

    function setProposerWithoutWindow(uint256 seed) external action(seed) {
        bytes memory call_ = abi.encodeCall(IRoles.setProposer, (_anyProposer(), uint96(1 + _random(1 ether)), 0));
        _refusedTyped(_owner, call_, "proposer: a limit without a window");
    }

    /// @notice Up to the limit; above it the client says what is left.
    function proposeAsProposer(uint256 seed) external action(seed) {
        address proposer = _anyProposer();
        Purse storage purse = _purses[proposer];
        if (purse.limit == 0 || _paused) _nothingToDo();
        DealProposal memory p = _newTerms();
        uint16 replicas = uint16(1 + _random(3));
        uint256 spent = _spent(purse);
        // A limit that was lowered may lie below.
        uint256 left = spent < purse.limit ? purse.limit - spent : 0;
        uint256 asked = _perReplica(p) * replicas;
        if (asked > left) {
            (bool ok, bytes memory out) = _call(
                proposer,
                0,
                abi.encodeCall(IDealClient.propose, (_request(p), replicas, new uint64[](0)))
            );
            require(!ok, "proposer: the limit was exceeded");
            bytes memory expected = abi.encodeWithSelector(IRoles.SpendingLimitExceeded.selector, asked, left);
            require(keccak256(out) == keccak256(expected), "proposer: refused for something else than the limit");
            return;
        }
        _proposeTerms(p, proposer, replicas, true);
        (purse.number, purse.spent) = (_windowOf(purse.window), spent + asked);
        _checkProposer(proposer);
    }

    function proposeWithoutRole(uint256 seed) external action(seed) {
        address from = _oneIn(2) ? _anyProposer() : STRANGER;
        if (_purses[from].limit > 0 || _paused) _nothingToDo();
        bytes memory call_ = abi.encodeCall(IDealClient.makeDealProposal, (_request(_newTerms())));
        _refused(from, call_, IRoles.NotProposer.selector, "proposer");
    }

    /// @notice Its own proposals only, and while it is a proposer; nothing comes back into the purse.
    function cancelAsProposer(uint256 seed) external action(seed) {
        address proposer = _anyProposer();
        uint256 at = _offerIn(IDealClient.ProposalState.Open);
        if (_offers[at].proposer == proposer) {
            if (_purses[proposer].limit > 0) return _cancel(proposer, at);
        }
        bytes memory call_ = abi.encodeCall(IDealClient.cancel, (_offers[at].id));
        _refusedTyped(proposer, call_, "proposer: cancelled what it may not");
    }

    /// @notice Dismissed, a proposer leaves its proposals to the owner; named again, it may cancel them.
    function dismissProposer(uint256 seed) external action(seed) {
        uint256 first = _anyOffer();
        for (uint256 i = 0; i < _offers.length; ++i) {
            uint256 at = (first + i) % _offers.length;
            address proposer = _offers[at].proposer;
            Purse storage purse = _purses[proposer];
            if (purse.limit == 0 || _offerState(at) != IDealClient.ProposalState.Open) continue;
            _do(_owner, 0, abi.encodeCall(IRoles.setProposer, (proposer, 0, purse.window)));
            bytes memory call_ = abi.encodeCall(IDealClient.cancel, (_offers[at].id));
            _refusedTyped(proposer, call_, "proposer: cancelled what it may not");
            _do(_owner, 0, abi.encodeCall(IRoles.setProposer, (proposer, purse.limit, purse.window)));
            if (_oneIn(2)) _cancel(proposer, at);
            return _checkProposer(proposer);
        }
        _nothingToDo();
    }

    /// @notice On and off; off more often.
    function setPaused(uint256 seed) external action(seed) {
        _paused = !_paused && _oneIn(3);
        _do(_owner, 0, abi.encodeCall(IRoles.setPaused, (_paused)));
    }

    function proposeWhilePaused(uint256 seed) external action(seed) {
        if (!_paused) _nothingToDo();
        address from = _oneIn(2) ? _owner : _anyProposer();
        if (from != _owner && _purses[from].limit == 0) _nothingToDo();
        bytes memory call_ =
            _oneIn(2)
                ? abi.encodeCall(IDealClient.makeDealProposal, (_request(_newTerms())))
                : abi.encodeCall(IDealClient.propose, (_request(_newTerms()), 1, new uint64[](0)));
        _refused(from, call_, IRoles.ProposalsPaused.selector, "paused");
    }

    function trespassOnRoles(uint256 seed) external action(seed) {
        address from = _notOwner();
        bytes memory call_ =
            _oneIn(2)
                ? abi.encodeCall(IRoles.setProposer, (from, 1 ether, 100))
                : abi.encodeCall(IRoles.setPaused, (!_paused));
        _refusedTyped(from, call_, "stranger: obeyed");
    }

    /* CHECKS */

    /// @dev What a proposer spent in its window is what its proposals reserved when they were made.
    function checkProposers() external view {
        require(_roles().paused() == _paused, "paused: not what the owner said");
        _checkProposer(PROPOSER);
        _checkProposer(address(_contractProposer));
    }

    function _checkProposer(address proposer) private view {
        (uint96 limit, uint32 window, uint96 spent) = _roles().proposerOf(proposer);
        Purse storage purse = _purses[proposer];
        require(limit == purse.limit, "proposer: another limit");
        if (limit == 0) return;
        require(window == purse.window, "proposer: another window");
        require(spent == _spent(purse), "proposer: spent another amount");
    }

    /* INTERNALS */

    function _roles() private view returns (IRoles) {
        return IRoles(address(subject));
    }

    function _anyProposer() private returns (address) {
        return _oneIn(2) ? PROPOSER : address(_contractProposer);
    }

    function _mayPropose(address from) internal view override returns (bool) {
        return from == _owner || _purses[from].limit > 0;
    }

    function _spent(Purse storage purse) private view returns (uint256) {
        return purse.number == _windowOf(purse.window) ? purse.spent : 0;
    }

    function _windowOf(uint32 window) private view returns (uint256) {
        return window == 0 ? 0 : block.number / window;
    }
}
