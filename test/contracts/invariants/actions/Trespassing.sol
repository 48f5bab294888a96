// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../../contracts/interfaces/IDealClient.sol";
import {Owned} from "../../../../contracts/client/Owned.sol";
import {IOwned} from "../World.sol";
import {Paying} from "./Paying.sol";

/// @title The ownership moves in two steps, and nobody else does what the owner does
abstract contract Trespassing is Paying {
    uint256 private constant OWNERS_FUNCTIONS = 11;

    /* THE OWNER */

    function offerOwnership(uint256 seed) external action(seed) {
        address to = _owner == HEIR ? FIRST_OWNER : HEIR;
        if (_oneIn(4)) to = address(0);
        _do(_owner, 0, abi.encodeCall(IOwned.transferOwnership, (to)));
        _pendingOwner = to;
    }

    function acceptOwnership(uint256 seed) external action(seed) {
        if (_pendingOwner == address(0)) _nothingToDo();
        _do(_pendingOwner, 0, abi.encodeCall(IOwned.acceptOwnership, ()));
        (_owner, _pendingOwner) = (_pendingOwner, address(0));
    }

    /* THE OTHERS */

    function trespass(uint256 seed) external action(seed) {
        address from = _notOwner();
        uint256 which = _random(OWNERS_FUNCTIONS);
        if (which == 0 && from == _pendingOwner) _nothingToDo();
        (bytes memory call_, bytes4 selector) = _ownersCall(which);
        if (selector != bytes4(0)) return _refused(from, call_, selector, "stranger");
        if (_mayPropose(from)) _nothingToDo();
        _refusedTyped(from, call_, "stranger: obeyed");
    }

    /// @dev A stranger, a provider, a proposer, f05, or whoever does not own the client now.
    function _notOwner() internal returns (address) {
        uint256 which = _random(7);
        if (which == 0) return _owner == HEIR ? FIRST_OWNER : HEIR;
        if (which == 1) return _workerOf(_anyMiner());
        if (which == 2) return PROPOSER;
        if (which == 3) return address(_contractProposer);
        if (which == 4) return address(0xff00000000000000000000000000000000000005);
        return which == 5 ? KEEPER : STRANGER;
    }

    /// @dev What proposers do has its own rules; strangers are refused with a reason, whichever.
    function _mayPropose(address from) internal view virtual returns (bool);

    function _ownersCall(uint256 which) private returns (bytes memory call_, bytes4 selector) {
        selector = Owned.NotOwner.selector;
        if (which == 0) return (abi.encodeCall(IOwned.acceptOwnership, ()), Owned.NotPendingOwner.selector);
        if (which == 1) return (abi.encodeCall(IOwned.initialize, (STRANGER)), Owned.OwnerExists.selector);
        if (which == 2) return (abi.encodeCall(IOwned.transferOwnership, (STRANGER)), selector);
        if (which == 3) return (abi.encodeCall(IDealClient.deposit, (_held)), selector);
        if (which == 4) return (abi.encodeCall(IDealClient.addBalance, (_held)), selector);
        if (which == 5) return (abi.encodeCall(IDealClient.withdrawEscrow, (_escrow)), selector);
        if (which == 6) return (abi.encodeCall(IDealClient.withdrawBalance, (address(subject), _escrow)), selector);
        if (which == 7) return (abi.encodeCall(IDealClient.withdraw, (payable(STRANGER), _held)), selector);
        if (which == 8) {
            uint256 at = _offerIn(IDealClient.ProposalState.Open);
            return (abi.encodeCall(IDealClient.cancel, (_offers[at].id)), bytes4(0));
        }
        if (which == 9) return (abi.encodeCall(IDealClient.makeDealProposal, (_request(_newTerms()))), bytes4(0));
        return (abi.encodeCall(IDealClient.propose, (_request(_newTerms()), 1, new uint64[](0))), bytes4(0));
    }
}
