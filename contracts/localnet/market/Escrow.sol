// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {USR_FORBIDDEN, USR_ILLEGAL_ARGUMENT, USR_ILLEGAL_STATE} from "../../filecoin/ExitCodes.sol";
import {SEND} from "../../filecoin/Methods.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {check} from "../Abort.sol";
import {BURNT_FUNDS_ACTOR_ID, MINER_CONTROL_ADDRESSES} from "../Native.sol";
import {Amounts} from "./Amounts.sol";
import {MarketState} from "./MarketState.sol";

/// @title  The money in f05: one balance per client and per provider, part of it locked by deals
abstract contract Escrow is MarketState {
    using Cbor for CborReader;

    /* METHODS */

    /// @notice params: bytes address, not wrapped. Anyone may add for anyone.
    function _addBalance(bytes memory params) internal returns (bytes memory) {
        check(msg.value > 0, USR_ILLEGAL_ARGUMENT, "value must be greater than zero");
        (uint64 party, , ) = _party(_onlyAddress(params));
        _escrow[party] += msg.value;
        return "";
    }

    /// @notice params: [bytes address, bigint amount] → bigint, what was free up to `amount`. A client takes its own money
    ///         itself; a miner's goes to the owner, asked by owner or worker. No code of the receiver runs.
    function _withdrawBalance(bytes memory params) internal returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        bytes memory account = r.readBytes();
        check(!Amounts.isNegative(r), USR_ILLEGAL_ARGUMENT, "negative amount");
        uint256 amount = Amounts.read(r);
        r.done();
        (uint64 party, uint64 recipient, uint64 alternate) = _party(account);
        uint64 caller = _callerId();
        check(caller == recipient || caller == alternate, USR_FORBIDDEN, "caller may not withdraw this");
        uint256 free = _free(party);
        if (amount > free) amount = free;
        _escrow[party] -= amount;
        _mustSend(recipient, SEND, amount, "");
        return Cbor.writeBigInt(amount);
    }

    /* BOOKS */

    function _free(uint64 party) internal view returns (uint256) {
        return _escrow[party] - _locked[party];
    }

    function _lock(uint64 party, uint256 amount) internal {
        check(_free(party) >= amount, USR_ILLEGAL_STATE, "insufficient funds to lock");
        _locked[party] += amount;
    }

    function _unlock(uint64 party, uint256 amount) internal {
        check(_locked[party] >= amount, USR_ILLEGAL_STATE, "unlocking more than is locked");
        _locked[party] -= amount;
    }

    /// @dev Pays out of what the client has locked.
    function _pay(uint64 client, uint64 provider, uint256 amount) internal {
        _unlock(client, amount);
        _escrow[client] -= amount;
        _escrow[provider] += amount;
    }

    /// @dev Takes locked money out of the books. To be burned once the message's state changes are made.
    function _slash(uint64 party, uint256 amount) internal {
        _unlock(party, amount);
        _escrow[party] -= amount;
    }

    function _burn(uint256 amount) internal {
        if (amount > 0) _mustSend(BURNT_FUNDS_ACTOR_ID, SEND, amount, "");
    }

    /// @return id Whose balance it is.
    /// @return recipient Who is paid.
    /// @return alternate Who may also ask for it.
    function _party(bytes memory account) private returns (uint64 id, uint64 recipient, uint64 alternate) {
        id = _resolve(account, USR_ILLEGAL_ARGUMENT);
        // An id is an address of somebody or not; every other address was found above.
        (bool isId, ) = FilAddress.tryActorId(account);
        (bool exists, ) = INIT.locate(id);
        check(exists || !isId, USR_ILLEGAL_ARGUMENT, "no code for address");
        if (!_isMiner(id)) return (id, id, id);
        CborReader memory r = Cbor.reader(_mustSend(id, MINER_CONTROL_ADDRESSES, 0, ""));
        r.readArray(3);
        recipient = FilAddress.toActorId(r.readBytes());
        alternate = FilAddress.toActorId(r.readBytes());
    }

    function _onlyAddress(bytes memory params) internal pure returns (bytes memory a) {
        CborReader memory r = Cbor.reader(params);
        a = r.readBytes();
        r.done();
    }
}
