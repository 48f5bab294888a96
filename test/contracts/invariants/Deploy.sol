// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealClientFactory} from "../../../contracts/DealClientFactory.sol";

/// @notice The factory of the clients under test. Nothing else in this folder names production code that can be wrong:
///         `npm run mutants` puts another factory in this file's place and keeps the rest as it was compiled.
function deployFactory() returns (address) {
    return address(new DealClientFactory());
}
