// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CODEC_CBOR, CODEC_NONE, INIT_ACTOR} from "../filecoin/Actors.sol";
import {Cbor, CborReader} from "../filecoin/Cbor.sol";
import {
    ERR_INSUFFICIENT_FUNDS,
    ERR_NOT_FOUND,
    ERR_READ_ONLY,
    EVM_CONTRACT_REVERTED,
    OK,
    USR_ASSERTION_FAILED,
    USR_READ_ONLY,
    USR_SERIALIZATION,
    USR_UNHANDLED_MESSAGE
} from "../filecoin/ExitCodes.sol";
import {FilAddress} from "../filecoin/FilAddress.sol";
import {INVOKE_EVM, SEND} from "../filecoin/Methods.sol";
import {ActorAbort} from "./Abort.sol";
import {IInitActor, INativeEntry} from "./Interfaces.sol";
import {EVM_MAX_RESERVED_METHOD, FIRST_EXPORTED_METHOD, SYS_OUT_OF_GAS} from "./Native.sol";

/// @notice What comes back from a message: `exit` is 0, the receiver's exit code, or a negative errno of the syscall.
struct Receipt {
    int256 exit;
    uint64 codec;
    bytes data;
}

/// @notice A message before it is sent. `found` is false when there is no actor to receive it.
struct Message {
    bool found;
    address to;
    uint64 method;
    uint256 value;
    bool readOnly;
    uint64 codec;
    bytes params;
}

/// @title  A message from one actor to another, as the FVM's `send` behaves
/// @notice Which code runs:
///
///         method 0               none; the value arrives, whoever the receiver is
///         a native actor         `handle_filecoin_method`, ActorAbort → its exit code, a decoder's revert → 21
///         an EVM contract        InvokeEVM → its own call data; method > 1023 → `handle_filecoin_method`; revert → 33
///         an account             methods ≥ 2^24 succeed with nothing, others 22
///
///         Source: builtin-actors actors/evm/src/lib.rs (dispatch and return rules), actors/ethaccount/src/lib.rs.
library Send {
    using Cbor for CborReader;

    function send(Message memory m) internal returns (Receipt memory) {
        if (m.readOnly && m.value > 0) return _exit(ERR_READ_ONLY);
        if (!m.found) return _exit(ERR_NOT_FOUND);
        if (m.value > address(this).balance) return _exit(ERR_INSUFFICIENT_FUNDS);
        if (m.method == SEND) return _transfer(m);
        if (m.to.code.length == 0)
            return m.method < FIRST_EXPORTED_METHOD ? _exit(USR_UNHANDLED_MESSAGE) : _transfer(m);
        (bool native, ) = FilAddress.tryMaskedId(m.to);
        if (!native && m.method == INVOKE_EVM) return _invokeEvm(m);
        if (!native && m.method <= EVM_MAX_RESERVED_METHOD) return _exit(USR_UNHANDLED_MESSAGE);

        bytes memory call = abi.encodeCall(INativeEntry.handle_filecoin_method, (m.method, m.codec, m.params));
        (bool success, bytes memory returned) = _call(m, call);
        if (success) return _receipt(returned);
        if (native) return _exit(exitOf(returned, m.readOnly));
        return Receipt(EVM_CONTRACT_REVERTED, CODEC_CBOR, Cbor.writeBytes(returned));
    }

    /// @notice The exit code of a native actor that reverted.
    function exitOf(bytes memory reverted, bool readOnly) internal pure returns (int256) {
        // An EVM says nothing when a read-only frame writes, nor when gas ends.
        if (reverted.length < 4) return readOnly ? USR_READ_ONLY : SYS_OUT_OF_GAS;
        bytes4 selector = bytes4(reverted);
        if (selector == ActorAbort.selector && reverted.length >= 36) {
            return int256(uint256(_word(reverted, 4)));
        }
        // Panic(uint256): a broken assertion of the actor itself. Everything else comes from a decoder of params.
        return selector == bytes4(0x4e487b71) ? USR_ASSERTION_FAILED : USR_SERIALIZATION;
    }

    function _exit(int256 code) private pure returns (Receipt memory) {
        return Receipt(code, CODEC_NONE, "");
    }

    /// @dev f01 carries the value, because it may not run the receiver's code and must leave no trace in the sender.
    function _transfer(Message memory m) private returns (Receipt memory) {
        if (m.value > 0) IInitActor(INIT_ACTOR).carry{value: m.value}(m.to);
        return _exit(OK);
    }

    /// @dev InvokeEVM wraps call data and return data in a CBOR byte string; empty ones are absent.
    function _invokeEvm(Message memory m) private returns (Receipt memory) {
        bytes memory call = "";
        if (m.params.length > 0) {
            CborReader memory r = Cbor.reader(m.params);
            call = r.readBytes();
            r.done();
        }
        (bool success, bytes memory returned) = _call(m, call);
        if (!success) return Receipt(EVM_CONTRACT_REVERTED, CODEC_CBOR, Cbor.writeBytes(returned));
        if (returned.length == 0) return _exit(OK);
        return Receipt(OK, CODEC_CBOR, Cbor.writeBytes(returned));
    }

    function _call(Message memory m, bytes memory call) private returns (bool, bytes memory) {
        // A write in a static frame takes all the gas that the frame was given, where the FVM only ends it with exit 25.
        // Half stays here so that the sender can go on.
        if (m.readOnly) return m.to.staticcall{gas: gasleft() / 2}(call);
        return m.to.call{value: m.value}(call);
    }

    /// @dev `abi (uint32 exitCode, uint64 codec, bytes data)`. Nothing at all is no value. Whatever does not have the form
    ///      is exit 21, a set upper bit in the first two words too.
    function _receipt(bytes memory returned) private pure returns (Receipt memory) {
        if (returned.length == 0) return _exit(OK);
        if (returned.length < 128) return _exit(USR_SERIALIZATION);
        uint256 exit = uint256(_word(returned, 0));
        uint256 codec = uint256(_word(returned, 32));
        uint256 offset = uint256(_word(returned, 64));
        if (exit > type(uint32).max || codec > type(uint64).max || offset > returned.length - 32)
            return _exit(USR_SERIALIZATION);
        uint256 length = uint256(_word(returned, offset));
        if (length > returned.length - 32 - offset) return _exit(USR_SERIALIZATION);
        if (codec != CODEC_CBOR && (codec != CODEC_NONE || length != 0)) return _exit(USR_SERIALIZATION);
        bytes memory data = new bytes(length);
        // for (i = 0; i < length; ++i) data[i] = returned[offset + 32 + i]
        assembly ("memory-safe") {
            mcopy(add(data, 32), add(add(returned, 64), offset), length)
        }
        return Receipt(int256(exit), uint64(codec), data);
    }

    function _word(bytes memory data, uint256 offset) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), offset))
        }
    }
}
