// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProviderJudge} from "../../../contracts/interfaces/IProviderJudge.sol";

/// @notice A policy contract as a DAO might have: everybody may store but those that it turned away at its founding.
contract ListJudge is IProviderJudge {
    mapping(uint64 provider => bool) private _refused;

    constructor(uint64[] memory refused) {
        for (uint256 i = 0; i < refused.length; ++i) _refused[refused[i]] = true;
    }

    /// @inheritdoc IProviderJudge
    function mayStore(bytes32, uint64 provider) external view returns (bool) {
        return !_refused[provider];
    }
}
