// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev What Slither looks at: all that can be deployed to a public network.
import {AggregationHub} from "../../contracts/AggregationHub.sol";
import {DealClientFactory} from "../../contracts/DealClientFactory.sol";
import {StoreClientFactory} from "../../contracts/perpetual/StoreClientFactory.sol";
import {PerpetualStorage} from "../../contracts/PerpetualStorage.sol";
import {Archive} from "../../contracts/examples/Archive.sol";
import {KeepOne} from "../../contracts/examples/KeepOne.sol";
import {KeptMedia} from "../../contracts/examples/KeptMedia.sol";
