// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MultiSignerERC7913} from "@openzeppelin/contracts/utils/cryptography/signers/MultiSignerERC7913.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title  OpenZeppelin's multiple signers, with the least that lets them call something
/// @notice Anyone may bring a call that enough of them have signed, in the order of the calls.
contract TwoOfThree is MultiSignerERC7913, EIP712("TwoOfThree", "1") {
    bytes32 private constant CALL = keccak256("Call(address to,uint256 value,bytes data,uint256 nonce)");

    uint256 public nonce;

    error SignaturesInvalid();

    constructor(bytes[] memory signers) MultiSignerERC7913(signers, 2) {}

    function execute(address to, uint256 value, bytes calldata data, bytes calldata signatures) external payable {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CALL, to, value, keccak256(data), nonce++)));
        require(_rawSignatureValidation(digest, signatures), SignaturesInvalid());
        Address.functionCallWithValue(to, data, value);
    }

    /// @dev Money that comes back.
    receive() external payable {}
}
