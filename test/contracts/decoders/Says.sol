// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {vm} from "../support/Vm.sol";

/// @title Code that gives one answer to every call, also to a delegatecall: it has no storage
library Says {
    bytes1 private constant RETURN = 0xf3;
    bytes1 private constant REVERT = 0xfd;

    function answer(address at, bytes memory data) internal {
        vm.etch(at, _code(data, RETURN));
    }

    function refuse(address at, bytes memory data) internal {
        vm.etch(at, _code(data, REVERT));
    }

    /// @dev PUSH2 length, DUP1, PUSH1 10 (where the data start), PUSH0, CODECOPY, PUSH0, RETURN or REVERT.
    function _code(bytes memory data, bytes1 end) private pure returns (bytes memory) {
        return abi.encodePacked(hex"61", uint16(data.length), hex"80600a5f395f", end, data);
    }
}
