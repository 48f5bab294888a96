// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../filecoin/Cbor.sol";
import {USR_NOT_FOUND} from "../filecoin/ExitCodes.sol";
import {FilAddress} from "../filecoin/FilAddress.sol";
import {MINER_POWER, MINER_RAW_POWER} from "../filecoin/Methods.sol";
import {check} from "./Abort.sol";
import {Actor} from "./Actor.sol";
import {IMinerPower} from "./Interfaces.sol";

/// @title  f04: which actors are miners, and how much they store
/// @notice params: uint miner id, not wrapped. Exit 17: no such miner. Every miner meets the consensus minimum; there is
///         no verified data, so that quality-adjusted power is raw power. Source: builtin-actors actors/power/src/lib.rs.
contract StoragePowerActor is Actor {
    using Cbor for CborReader;

    function _invoke(uint64 method, bytes memory params) internal view override returns (bytes memory) {
        if (method != MINER_POWER && method != MINER_RAW_POWER) return _unhandled();
        CborReader memory r = Cbor.reader(params);
        uint64 id = r.readUint();
        r.done();
        check(_isMiner(id), USR_NOT_FOUND, "no such miner");
        bytes memory raw = Cbor.writeBigInt(IMinerPower(FilAddress.toMaskedId(id)).rawPower());
        return bytes.concat(Cbor.writeArray(2), raw, method == MINER_POWER ? raw : Cbor.writeBool(true));
    }
}
