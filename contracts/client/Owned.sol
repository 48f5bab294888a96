// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title  One owner, handed over in two steps
/// @notice Whoever deploys the contract owns it. A clone starts without an owner and is given one by `_initOwner`,
///         once; a deployed implementation has an owner, so nobody can initialise it.
abstract contract Owned {
    address public pendingOwner;
    /// @dev Last, so that what the next contract stores may share its word.
    address public owner;

    event OwnershipTransferStarted(address indexed from, address indexed to);
    event OwnershipTransferred(address indexed from, address indexed to);

    /// @notice Thrown when the caller is not the owner.
    error NotOwner(address caller, address owner);
    /// @notice Thrown when the caller is not the one to whom the ownership was offered.
    error NotPendingOwner(address caller, address pendingOwner);
    /// @notice Thrown when there is an owner already.
    error OwnerExists(address owner);
    error OwnerMissing();

    modifier onlyOwner() {
        _requireOwner();
        _;
    }

    constructor() {
        _initOwner(msg.sender);
    }

    /// @notice Offers the ownership; the owner stays until the other accepts. The zero address withdraws an offer.
    function transferOwnership(address to) external onlyOwner {
        pendingOwner = to;
        emit OwnershipTransferStarted(msg.sender, to);
    }

    function acceptOwnership() external {
        address offered = pendingOwner;
        require(msg.sender == offered, NotPendingOwner(msg.sender, offered));
        emit OwnershipTransferred(owner, msg.sender);
        owner = msg.sender;
        pendingOwner = address(0);
    }

    function _requireOwner() internal view {
        address current = owner;
        require(msg.sender == current, NotOwner(msg.sender, current));
    }

    function _initOwner(address first) internal {
        address current = owner;
        require(current == address(0), OwnerExists(current));
        require(first != address(0), OwnerMissing());
        owner = first;
        emit OwnershipTransferred(address(0), first);
    }
}
