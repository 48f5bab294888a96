// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Owned} from "./Owned.sol";

/// @title  Who may propose: the owner, and proposers within a limit per window of epochs
/// @notice A proposer spends what its proposals reserve. Windows are aligned: number `epoch / window`, so that anyone can
///         tell when the next one begins; within any `window` epochs in a row a proposer spends at most twice its limit.
///         What was spent is not given back by a cancellation: the limit bounds what a stolen key can tie up.
abstract contract Proposers is Owned {
    /// @dev One word.
    struct Allowance {
        /// attoFIL per window; 0: no proposer.
        uint96 limit;
        /// attoFIL in window number `current`.
        uint96 spent;
        /// Epochs.
        uint32 window;
        uint32 current;
    }

    /// @notice No new proposals, from anyone. Everything else goes on.
    /// @dev Shares a word with `owner`.
    bool public paused;

    mapping(address proposer => Allowance) private _allowances;

    event ProposerSet(address indexed proposer, uint256 limit, uint256 window);
    event PausedSet(bool paused);

    /// @notice Thrown when the caller is neither the owner nor a proposer.
    error NotProposer(address caller, address owner);
    /// @notice Thrown when a proposal would reserve more than its proposer has left in the current window, in attoFIL.
    error SpendingLimitExceeded(uint256 asked, uint256 left);
    /// @notice Thrown when a limit has no window.
    error WindowMissing();
    error ProposalsPaused();

    /// @notice Lets an account or a contract propose, up to `limit` attoFIL per `window` epochs. A limit of 0 ends it.
    ///         What was spent in a window stays spent if the window's length does not change.
    function setProposer(address proposer, uint96 limit, uint32 window) external onlyOwner {
        require(limit == 0 || window > 0, WindowMissing());
        Allowance storage a = _allowances[proposer];
        a.limit = limit;
        a.window = window;
        emit ProposerSet(proposer, limit, window);
    }

    /// @notice Stops new proposals, or lets them go on. Only the owner.
    function setPaused(bool paused_) external onlyOwner {
        paused = paused_;
        emit PausedSet(paused_);
    }

    /// @return limit  attoFIL per window; 0: no proposer.
    /// @return window Epochs.
    /// @return spent  attoFIL in the current window.
    function proposerOf(address proposer) external view returns (uint96 limit, uint32 window, uint96 spent) {
        Allowance memory a = _allowances[proposer];
        if (a.limit > 0 && a.current == _windowAt(a.window)) spent = a.spent;
        return (a.limit, a.window, spent);
    }

    /// @dev Refuses the caller unless it may reserve `amount` now.
    /// @return proposer The caller; zero for the owner.
    function _spend(uint256 amount) internal returns (address proposer) {
        require(!paused, ProposalsPaused());
        if (msg.sender == owner) return address(0);
        Allowance memory a = _allowances[msg.sender];
        require(a.limit > 0, NotProposer(msg.sender, owner));
        uint32 current = _windowAt(a.window);
        if (a.current != current) (a.current, a.spent) = (current, 0);
        uint256 left = a.spent < a.limit ? a.limit - a.spent : 0;
        require(amount <= left, SpendingLimitExceeded(amount, left));
        // Safe: at most the limit.
        unchecked {
            a.spent += uint96(amount);
        }
        _allowances[msg.sender] = a;
        return msg.sender;
    }

    /// @dev Refuses the caller unless it is the owner, or `proposer` and still one.
    function _requireOwnerOr(address proposer) internal view {
        if (msg.sender != proposer || _allowances[proposer].limit == 0) _requireOwner();
    }

    function _windowAt(uint32 window) private view returns (uint32) {
        return uint32(block.number) / window;
    }
}
