// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice Answers native messages with whatever bytes it was made with.
contract Answers {
    bytes private _answer;
    uint256 public calls;
    uint256 public value;
    bytes public lastCall;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    fallback() external payable {
        calls += 1;
        value += msg.value;
        lastCall = msg.data;
        _return(_answer);
    }

    receive() external payable {
        calls += 1;
        value += msg.value;
    }

    function _return(bytes memory answer) private pure {
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }
}

/// @notice Reverts with a reason.
contract Reverts {
    error Reason(uint256 number);

    fallback() external payable {
        revert Reason(7);
    }
}

/// @notice Takes no money by an EVM transfer.
contract NoMoney {
    function answer() external pure returns (uint256) {
        return 42;
    }
}
