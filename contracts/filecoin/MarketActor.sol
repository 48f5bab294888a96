// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ActorCall} from "./ActorCall.sol";
import {MARKET_ACTOR_ID} from "./Actors.sol";
import {Cbor, CborReader} from "./Cbor.sol";
import {
    GET_BALANCE,
    GET_DEAL_ACTIVATION,
    GET_DEAL_DATA_COMMITMENT,
    GET_DEAL_PROVIDER,
    GET_DEAL_TERM,
    SETTLE_DEAL_PAYMENTS
} from "./Methods.sol";
import {RlePlus} from "./RlePlus.sol";

/// @notice What f05 did with one deal when it was asked to settle.
struct Settlement {
    /// 0, or why not: 32 the deal is gone (or was removed now, never activated).
    uint32 exitCode;
    /// attoFIL paid to the provider by this call.
    uint256 paid;
    /// The deal ran to its end and is removed.
    bool completed;
}

/// @title  f05, as far as a client needs it
/// @notice Params and returns: builtin-actors actors/market/src/types.rs. Amounts are attoFIL.
library MarketActor {
    using Cbor for CborReader;

    /// @notice Thrown when SettleDealPayments does not answer once, and in order, for each deal that it was asked for.
    error SettlementsInconsistent(uint256 asked, uint256 answered);

    /// @param account Address bytes of any kind.
    function balanceOf(bytes memory account) internal view returns (uint256 escrow, uint256 locked) {
        CborReader memory r = Cbor.reader(ActorCall.query(MARKET_ACTOR_ID, GET_BALANCE, Cbor.writeBytes(account)));
        r.readArray(2);
        escrow = r.readBigInt();
        locked = r.readBigInt();
        r.done();
    }

    function addBalanceParams(bytes memory account) internal pure returns (bytes memory) {
        return Cbor.writeBytes(account);
    }

    /// @notice f05 pays out at most what is not locked, to the calling client, by a transfer that runs no code.
    function withdrawBalanceParams(bytes memory account, uint256 amount) internal pure returns (bytes memory) {
        return bytes.concat(Cbor.writeArray(2), Cbor.writeBytes(account), Cbor.writeBigInt(amount));
    }

    /// @return exitCode 0; 17 there was never such a deal; 32 the deal is gone.
    /// @return activatedAt Epoch, or -1.
    function activationOf(uint64 dealId) internal view returns (int256 exitCode, int64 activatedAt) {
        bytes memory data;
        (exitCode, data) = ActorCall.tryQuery(MARKET_ACTOR_ID, GET_DEAL_ACTIVATION, Cbor.writeUint(dealId));
        if (exitCode != 0) return (exitCode, -1);
        // [activated, -1] with an epoch of four bytes, as f05 says of nearly every deal that there is: a tenth of the gas.
        //   82            array of 2
        //   1a xx xx xx xx  the epoch
        //   20            -1
        bytes7 usual = bytes7(data);
        if (data.length == 7 && bytes2(usual) == 0x821a && usual[6] == 0x20) {
            uint32 epoch = uint32(bytes4(usual << 16));
            // What fits two bytes would have been written so.
            if (epoch > type(uint16).max) return (0, int64(uint64(epoch)));
        }
        CborReader memory r = Cbor.reader(data);
        r.readArray(2);
        activatedAt = r.readInt();
        // `terminated`: always -1, a terminated deal is gone (lib.rs get_deal_activation).
        r.readInt();
        r.done();
    }

    // What never changes. A deal that is gone, or never was, ends in ActorFailed: ask for its activation first.

    /// @return pieceCid  Version 1, 39 bytes.
    /// @return pieceSize Padded bytes.
    function dataCommitmentOf(uint64 dealId) internal view returns (bytes memory pieceCid, uint64 pieceSize) {
        CborReader memory r = _ask(GET_DEAL_DATA_COMMITMENT, dealId);
        r.readArray(2);
        pieceCid = r.readCid();
        pieceSize = r.readUint();
        r.done();
    }

    /// @return provider Actor id.
    function providerOf(uint64 dealId) internal view returns (uint64 provider) {
        CborReader memory r = _ask(GET_DEAL_PROVIDER, dealId);
        provider = r.readUint();
        r.done();
    }

    function termOf(uint64 dealId) internal view returns (int64 startEpoch, int64 endEpoch) {
        CborReader memory r = _ask(GET_DEAL_TERM, dealId);
        r.readArray(2);
        startEpoch = r.readInt();
        // f05 says the duration.
        endEpoch = startEpoch + r.readInt();
        r.done();
    }

    function _ask(uint64 method, uint64 dealId) private view returns (CborReader memory) {
        return Cbor.reader(ActorCall.query(MARKET_ACTOR_ID, method, Cbor.writeUint(dealId)));
    }

    /// @param dealIds Strictly ascending.
    /// @return settled One for each id, in the same order.
    function settle(uint64[] memory dealIds) internal returns (Settlement[] memory settled) {
        bytes memory params = Cbor.writeBytes(RlePlus.encode(dealIds));
        CborReader memory r = Cbor.reader(ActorCall.call(MARKET_ACTOR_ID, SETTLE_DEAL_PAYMENTS, 0, params));
        settled = new Settlement[](dealIds.length);

        // [ [success count, [ [index, exit code] of each failure ]], [ [paid, completed] of each success ] ]
        r.readArray(2);
        r.readArray(2);
        uint64 successes = r.readUint();
        uint64 failures = r.readArray();
        require(
            uint256(successes) + failures == dealIds.length,
            SettlementsInconsistent(dealIds.length, uint256(successes) + failures)
        );
        uint256 next = 0;
        for (uint256 i = 0; i < failures; ++i) {
            r.readArray(2);
            uint64 index = r.readUint();
            require(index >= next && index < settled.length, SettlementsInconsistent(dealIds.length, index));
            next = uint256(index) + 1;
            uint256 at = r.at;
            uint64 code = r.readUint();
            // A failure with code 0 would be read below as a success.
            require(code != 0 && code <= type(uint32).max, Cbor.CborOutOfRange(at));
            settled[index].exitCode = uint32(code);
        }
        r.readArray(successes);
        for (uint256 i = 0; i < settled.length; ++i) {
            if (settled[i].exitCode != 0) continue;
            r.readArray(2);
            settled[i].paid = r.readBigInt();
            settled[i].completed = r.readBool();
        }
        r.done();
    }
}
