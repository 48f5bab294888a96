// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {KeptMedia} from "../../../contracts/examples/KeptMedia.sol";
import {Piece} from "../../../contracts/interfaces/IPerpetualStorage.sol";

/// @title Mints a work, and takes no tokens
contract DeafCollector {
    function collect(KeptMedia media, Piece calldata piece) external payable {
        media.mint{value: msg.value}(piece);
    }
}
