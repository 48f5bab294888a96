// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CODEC_CBOR, CODEC_NONE, SEND_READ_ONLY} from "../../filecoin/Actors.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {SEND} from "../../filecoin/Methods.sol";
import {EVM_MAX_RESERVED_METHOD} from "../Native.sol";
import {Receipt} from "../Receipt.sol";
import {Message, Send} from "../Send.sol";
import {Precompile} from "./Precompile.sol";

/// @title  What call_actor and call_actor_id share
/// @notice Input:  abi.encode(uint64 method, uint256 value, uint64 flags, uint64 codec, bytes params, receiver)
///         Output: abi.encode(int256 exit, uint64 codec, bytes data); exit < 0 is a syscall's errno
///
///         Fails, with nothing returned: a call that is no DELEGATECALL; flags other than 0 and 1; methods 1 … 1023, but
///         for the localnet's own actors, which send through here too; a codec other than 0x51, or 0 with no params.
///         Source: builtin-actors actors/evm/src/interpreter/precompiles/fvm.rs
///
///         What a chain does besides: it refuses a message at depth 1024 with -3. An EVM has its own limit of that number.
abstract contract CallActorBase is Precompile {
    /// @dev Where the receiver stands in the input, or the offset of its bytes.
    uint256 internal constant RECEIVER_AT = 160;

    /// @param own Where this code stands. By DELEGATECALL it runs elsewhere.
    function _requireDelegated(address own) internal view {
        _require(address(this) != own);
    }

    /// @notice Everything but the receiver.
    function _read() internal view returns (Message memory m) {
        m.method = _uint64At(0);
        m.value = _uint256At(32);
        uint64 flags = _uint64At(64);
        m.codec = _uint64At(96);
        m.params = _bytesAt(128);
        m.readOnly = flags == SEND_READ_ONLY;
        _require(flags <= SEND_READ_ONLY);
        (bool native, ) = FilAddress.tryMaskedId(address(this));
        _require(native || m.method == SEND || m.method > EVM_MAX_RESERVED_METHOD);
        _require(m.codec == CODEC_CBOR || (m.codec == CODEC_NONE && m.params.length == 0));
    }

    function _dispatch(Message memory m) internal returns (bytes memory) {
        Receipt memory r = Send.send(m);
        return abi.encode(r.exit, r.codec, r.data);
    }
}
