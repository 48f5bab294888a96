// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";
import {IPerpetualStorage, Piece, Policy} from "../interfaces/IPerpetualStorage.sol";

/// @title  A collection whose media are stored as they are minted
/// @notice The owner, an artist, offers works; whoever mints one pays for `funded` epochs of its storage, and from then on
///         keepers renew and repair it. A token has the number of its store: `statusOf` and `runway` of PerpetualStorage
///         tell of it, and anyone may `topUp` it there.
/// @notice Trust. All works draw on one purse. Its owner can cancel stores and take what is free, so collectors trust the
///         owner with it, until the owner renounces: then it pays for storage and for nothing else. No work is stored
///         that the owner did not offer: one that nobody can fetch would feed keepers for attempts in vain.
contract KeptMedia is ERC721URIStorage, Ownable2Step {
    IPerpetualStorage public immutable perpetual;
    /// @notice Epochs that a mint pays for.
    uint256 public immutable funded;
    Policy private _policy;
    mapping(bytes32 work => bool) private _offered;

    event WorkOffered(bytes32 indexed work);

    error WorkNotOffered(bytes32 work);
    error PaidTooLittle(uint256 paid, uint256 price);

    constructor(
        string memory name_,
        string memory symbol_,
        IPerpetualStorage perpetual_,
        Policy memory policy_,
        uint256 funded_
    ) ERC721(name_, symbol_) Ownable(msg.sender) {
        (perpetual, _policy, funded) = (perpetual_, policy_, funded_);
    }

    /// @notice Lets each of the works be minted once.
    function offer(Piece[] calldata works) external onlyOwner {
        for (uint256 i = 0; i < works.length; ++i) {
            bytes32 work = workOf(works[i]);
            _offered[work] = true;
            emit WorkOffered(work);
        }
    }

    /// @notice Stores a work that is on offer, and mints it for the caller. What is paid above the price stays in the purse.
    /// @dev    The recipient's code runs last, when there is nothing left to do.
    function mint(Piece calldata piece) external payable returns (uint256 token) {
        bytes32 work = workOf(piece);
        require(_offered[work], WorkNotOffered(work));
        delete _offered[work];
        uint256 price = priceOf(piece.pieceSize);
        require(msg.value >= price, PaidTooLittle(msg.value, price));
        token = perpetual.store{value: msg.value}(piece, _policy);
        _setTokenURI(token, piece.root);
        _safeMint(msg.sender, token);
    }

    /// @notice Replaces the terms of works that are stored. Those of works to come are the collection's.
    function extend(uint256[] calldata tokens, Policy calldata policy_) external onlyOwner {
        for (uint256 i = 0; i < tokens.length; ++i) perpetual.extendPolicy(tokens[i], policy_);
    }

    /// @notice Works are no longer kept; the tokens remain.
    function cancel(uint256[] calldata tokens) external onlyOwner {
        for (uint256 i = 0; i < tokens.length; ++i) perpetual.cancel(tokens[i]);
    }

    /// @notice Takes up to `amount` of what no deal has locked.
    function withdraw(address payable to, uint256 amount) external onlyOwner returns (uint256 taken) {
        return perpetual.withdraw(to, amount);
    }

    /// @notice attoFIL for a work of this size, in padded bytes: at the highest offer that the policy allows, so that no
    ///         work lives at another's cost.
    function priceOf(uint64 pieceSize) public view returns (uint256 price) {
        (, price) = perpetual.endowment(pieceSize, _policy, funded);
    }

    function policy() external view returns (Policy memory) {
        return _policy;
    }

    /// @notice The name under which a work is offered.
    function workOf(Piece calldata piece) public pure returns (bytes32) {
        return keccak256(abi.encode(piece));
    }

    /// @dev A work is a folder with its metadata and media; `tokenURI` is `ipfs://<root>`.
    function _baseURI() internal pure override returns (string memory) {
        return "ipfs://";
    }
}
