// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPerpetualStorage, Piece, Policy} from "../interfaces/IPerpetualStorage.sol";

/// @title One piece, kept
contract KeepOne {
    IPerpetualStorage public immutable perpetual;
    address payable public immutable owner = payable(msg.sender);
    uint256 public immutable id;

    error NotOwner(address caller);

    modifier onlyOwner() {
        require(msg.sender == owner, NotOwner(msg.sender));
        _;
    }

    constructor(IPerpetualStorage perpetual_, Piece memory piece, Policy memory policy) payable {
        perpetual = perpetual_;
        id = perpetual_.store{value: msg.value}(piece, policy);
    }

    function cancel() external onlyOwner {
        perpetual.cancel(id);
    }

    function withdraw(uint256 amount) external onlyOwner returns (uint256 taken) {
        return perpetual.withdraw(owner, amount);
    }
}
