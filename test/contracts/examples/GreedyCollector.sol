// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {KeptMedia} from "../../../contracts/examples/KeptMedia.sol";
import {Piece} from "../../../contracts/interfaces/IPerpetualStorage.sol";

/// @title Mints a work, and while it receives it tries to mint it again and to take the purse
contract GreedyCollector is IERC721Receiver {
    Piece private _piece;
    bytes public mintAnswer;
    bytes public withdrawAnswer;

    function collect(KeptMedia media, Piece memory piece, uint256 price) external payable {
        _piece = piece;
        media.mint{value: price}(piece);
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        (, mintAnswer) = msg.sender.call{value: address(this).balance}(abi.encodeCall(KeptMedia.mint, (_piece)));
        (, withdrawAnswer) = msg.sender.call(
            abi.encodeCall(KeptMedia.withdraw, (payable(address(this)), type(uint256).max))
        );
        return this.onERC721Received.selector;
    }
}
