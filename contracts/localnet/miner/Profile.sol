// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {POWER_ACTOR} from "../../filecoin/Actors.sol";
import {Cbor, CborReader} from "../../filecoin/Cbor.sol";
import {USR_FORBIDDEN, USR_ILLEGAL_ARGUMENT, USR_ILLEGAL_STATE} from "../../filecoin/ExitCodes.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {check} from "../Abort.sol";
import {IStoragePower} from "../Interfaces.sol";
import {SYSTEM_ACTOR} from "../Native.sol";
import {MinerState} from "./MinerState.sol";

/// @title  Who a miner is: its people and how to reach it
/// @notice Source: builtin-actors actors/miner/src/lib.rs, types.rs.
abstract contract Profile is MinerState {
    using Cbor for CborReader;

    uint256 private constant MAX_CONTROLS = 10;

    /// @notice params: [owner, worker, [control…], int window PoSt proof type, bytes peer id, [bytes multiaddr…]]. Only
    ///         f00, once. On the chain f04 makes miners; here the localnet does.
    function _construct(bytes memory params) internal returns (bytes memory) {
        check(msg.sender == SYSTEM_ACTOR, USR_FORBIDDEN, "only f00 constructs");
        check(_owner == 0, USR_ILLEGAL_STATE, "constructed already");
        CborReader memory r = Cbor.reader(params);
        r.readArray(6);
        _owner = _resolve(r.readBytes(), USR_ILLEGAL_ARGUMENT);
        _worker = _resolve(r.readBytes(), USR_ILLEGAL_ARGUMENT);
        uint64 controls = r.readArray();
        check(controls <= MAX_CONTROLS, USR_ILLEGAL_ARGUMENT, "more than 10 control addresses");
        for (uint256 i = 0; i < controls; ++i) {
            _controls.push(_resolve(r.readBytes(), USR_ILLEGAL_ARGUMENT));
        }
        _sectorSize = _sectorSizeOf(r.readInt());
        _peerId = r.readBytes();
        _setMultiaddrs(r);
        r.done();
        IStoragePower(POWER_ACTOR).enrol();
        return "";
    }

    /// @notice params: [[bytes multiaddr…]].
    function _changeMultiaddrs(bytes memory params) internal returns (bytes memory) {
        _requireController();
        CborReader memory r = Cbor.reader(params);
        r.readArray(1);
        delete _multiaddrs;
        _setMultiaddrs(r);
        r.done();
        return "";
    }

    /// @notice → [owner, worker, [control…]], f0 addresses.
    function _controlAddresses() internal view returns (bytes memory out) {
        out = bytes.concat(
            Cbor.writeArray(3),
            Cbor.writeBytes(FilAddress.fromActorId(_owner)),
            Cbor.writeBytes(FilAddress.fromActorId(_worker)),
            Cbor.writeArray(uint64(_controls.length))
        );
        for (uint256 i = 0; i < _controls.length; ++i) {
            out = bytes.concat(out, Cbor.writeBytes(FilAddress.fromActorId(_controls[i])));
        }
    }

    /// @notice params: bytes address, not wrapped → bool.
    function _isControllingAddress(bytes memory params) internal view returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        bytes memory account = r.readBytes();
        r.done();
        (bool found, uint64 id) = INIT.resolve(account);
        return Cbor.writeBool(found && _isController(id));
    }

    /// @notice → [owner, proposed owner or null].
    function _getOwner() internal view returns (bytes memory) {
        return _pair(Cbor.writeBytes(FilAddress.fromActorId(_owner)), Cbor.writeNull());
    }

    /// @notice → [[bytes multiaddr…]].
    function _getMultiaddrs() internal view returns (bytes memory out) {
        out = bytes.concat(Cbor.writeArray(1), Cbor.writeArray(uint64(_multiaddrs.length)));
        for (uint256 i = 0; i < _multiaddrs.length; ++i) {
            out = bytes.concat(out, Cbor.writeBytes(_multiaddrs[i]));
        }
    }

    function _setMultiaddrs(CborReader memory r) private {
        uint64 count = r.readArray();
        for (uint256 i = 0; i < count; ++i) {
            _multiaddrs.push(r.readBytes());
        }
    }

    /// @dev RegisteredPoStProof of a window PoSt (ref-fvm shared/src/sector/registered_proof.rs): 5 … 9, and 10 … 14 for
    ///      the same sizes in proof version 1.1.
    function _sectorSizeOf(int64 proofType) private pure returns (uint64) {
        check(proofType >= 5 && proofType <= 14, USR_ILLEGAL_ARGUMENT, "not a window PoSt proof type");
        return [uint64(2 << 10), 8 << 20, 512 << 20, 32 << 30, 64 << 30][uint64(proofType) % 5];
    }
}
