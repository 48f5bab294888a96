// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

contract Escrow {
    /// Asks f05 for the balance of an address below 24 bytes: method GetBalance, params and answer in CBOR.
    function balanceOf(bytes calldata filAddress) external returns (int256 exitCode, bytes memory cbor) {
        bytes memory params = bytes.concat(bytes1(uint8(0x40 + filAddress.length)), filAddress);
        bytes memory message = abi.encode(uint64(726108461), 0, 0, 0x51, params, uint64(5));
        (bool sent, bytes memory answer) = address(0xfe00000000000000000000000000000000000005).delegatecall(message);
        require(sent);
        (exitCode, , cbor) = abi.decode(answer, (int256, uint64, bytes));
    }
}
