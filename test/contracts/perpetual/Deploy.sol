// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPerpetualStorage} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {StoreClientFactory} from "../../../contracts/perpetual/StoreClientFactory.sol";
import {PerpetualStorage} from "../../../contracts/PerpetualStorage.sol";

/// @notice The contract under test. Nothing else in this folder, but the test of its gas, names it: `npm run mutants` puts
///         another in this file's place and keeps the rest as it was compiled.
function deployPerpetual() returns (address) {
    return address(new PerpetualStorage(new StoreClientFactory()));
}
