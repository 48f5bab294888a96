// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {PieceCid} from "../piece/PieceCid.sol";

/// @title The text in a store's proposals: labels and locations
library StoreText {
    bytes32 private constant ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    /// @dev A piece CID v1: `b` and 39 bytes in base 32.
    uint256 private constant CID_LENGTH = 64;
    uint256 private constant CID_BYTES = 39;

    /// @notice `<store>-<attempt>/ipfs/<root>`.
    function label(uint256 id, uint256 attempt, string memory root) internal pure returns (string memory) {
        return string.concat(Strings.toString(id), "-", Strings.toString(attempt), "/ipfs/", root);
    }

    /// @notice The root in such a label.
    function rootOf(string memory label_) internal pure returns (string memory root) {
        bytes memory b = bytes(label_);
        uint256 at = 0;
        while (at < b.length && b[at] != "/") ++at;
        // Behind `/ipfs/`.
        at += 6;
        if (at > b.length) return "";
        uint256 length = b.length - at;
        root = new string(length);
        // root = label[at:]
        assembly ("memory-safe") {
            mcopy(add(root, 32), add(add(b, 32), at), length)
        }
    }

    /// @notice The location itself; after one that ends in a slash the piece CID follows.
    function locate(string memory location, bytes32 commitment) internal pure returns (string memory) {
        bytes memory b = bytes(location);
        if (b.length == 0 || b[b.length - 1] != "/") return location;
        return string.concat(location, cidText(commitment));
    }

    /// @notice A piece CID v1 as text, `baga6ea4sea…`.
    function cidText(bytes32 commitment) internal pure returns (string memory text) {
        bytes memory cid = PieceCid.fromCommitment(commitment);
        text = new string(CID_LENGTH);
        bytes memory out = bytes(text);
        out[0] = "b";
        uint256 bits = 0;
        uint256 held = 0;
        uint256 at = 1;
        unchecked {
            for (uint256 i = 0; i < CID_BYTES; ++i) {
                bits = (bits << 8) | uint8(cid[i]);
                for (held += 8; held >= 5;) {
                    held -= 5;
                    out[at++] = ALPHABET[(bits >> held) & 31];
                }
                bits &= (1 << held) - 1;
            }
            if (held > 0) out[at] = ALPHABET[(bits << (5 - held)) & 31];
        }
    }
}
