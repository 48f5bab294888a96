// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IPerpetualStorage, Piece, Policy} from "../interfaces/IPerpetualStorage.sol";

/// @title  An archive that belongs to a multisig or a DAO
/// @notice The owner decides what is kept, on what terms, and where the money goes. Anyone may give money; keepers do the
///         work. When the owner changes, nothing moves: the archive is the account.
contract Archive is Ownable2Step {
    IPerpetualStorage public immutable perpetual;
    uint256[] private _ids;

    /// @notice A piece as it stands now.
    struct Entry {
        uint256 id;
        /// Copies that are active.
        uint16 active;
        /// Epochs for which its share of the purse lasts.
        uint256 runway;
        string why;
    }

    /// @notice Thrown when money comes before there is anything to keep with it.
    error NothingKept();

    constructor(IPerpetualStorage perpetual_, address owner_) Ownable(owner_) {
        perpetual = perpetual_;
    }

    /// @notice Stores pieces, and keeps them from now on. The first takes the money that comes along into the purse, the
    ///         others find it there.
    function add(Piece[] calldata pieces, Policy calldata policy) external payable onlyOwner {
        uint256 value = msg.value;
        for (uint256 i = 0; i < pieces.length; ++i) {
            _ids.push(perpetual.store{value: value}(pieces[i], policy));
            value = 0;
        }
        require(value == 0, NothingKept());
    }

    /// @notice Replaces the terms of what is kept, for all that is proposed from now on.
    function changeTerms(uint256[] calldata ids, Policy calldata policy) external onlyOwner {
        for (uint256 i = 0; i < ids.length; ++i) perpetual.extendPolicy(ids[i], policy);
    }

    /// @notice Stops keeping. Deals run to their end.
    function cancel(uint256[] calldata ids) external onlyOwner {
        for (uint256 i = 0; i < ids.length; ++i) perpetual.cancel(ids[i]);
    }

    /// @notice Takes up to `amount` of what no deal has locked.
    function withdraw(address payable to, uint256 amount) external onlyOwner returns (uint256 taken) {
        return perpetual.withdraw(to, amount);
    }

    /// @notice Adds to the purse. Anyone.
    function topUp() public payable {
        require(_ids.length > 0, NothingKept());
        perpetual.topUp{value: msg.value}(_ids[0]);
    }

    receive() external payable {
        topUp();
    }

    function count() external view returns (uint256) {
        return _ids.length;
    }

    /// @notice The entries `[cursor, cursor + n)` in the order in which they came; fewer at the end.
    function list(uint256 cursor, uint256 n) external view returns (Entry[] memory entries) {
        uint256 left = cursor < _ids.length ? _ids.length - cursor : 0;
        entries = new Entry[](n < left ? n : left);
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry memory entry = entries[i];
            entry.id = _ids[cursor + i];
            IPerpetualStorage.Status memory status = perpetual.statusOf(entry.id);
            (entry.active, entry.why) = (status.active, status.why);
            entry.runway = perpetual.runway(entry.id);
        }
    }
}
