// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CODEC_CBOR, CODEC_NONE, INIT_ACTOR} from "../filecoin/Actors.sol";
import {Cbor} from "../filecoin/Cbor.sol";
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
import {ContractReturn} from "./ContractReturn.sol";
import {IInitActor, INativeEntry} from "./Interfaces.sol";
import {EVM_MAX_RESERVED_METHOD, FIRST_EXPORTED_METHOD, SYS_OUT_OF_GAS} from "./Native.sol";
import {Receipt} from "./Receipt.sol";

/// @dev More than f01 needs to try a write.
uint256 constant WRITE_TRIAL_GAS = 10_000;

/// @notice A message before it is sent. `found` is false when there is no actor to receive it; `placeholder`: then the
///         message makes one, because the receiver is an f410 address.
struct Message {
    bool found;
    bool placeholder;
    address to;
    uint64 method;
    uint256 value;
    bool readOnly;
    uint64 codec;
    bytes params;
}

/// @notice What an EVM frame left behind. `exhausted`: it used up all of its gas, but for about 100 at most.
struct Outcome {
    bool success;
    bool exhausted;
    bytes returned;
}

/// @title  A message from one actor to another, as the FVM's `send` behaves
/// @notice Which code runs:
///
///         method 0               none; the value arrives, whoever the receiver is
///         a native actor         `handle_filecoin_method`, ActorAbort → its exit code, a decoder's revert → 21
///         an EVM contract        InvokeEVM → its own call data; method > 1023 → `handle_filecoin_method`; revert → 33
///         an account             methods ≥ 2^24 succeed with nothing, others 22
///         an f410 address that   a placeholder comes into being and succeeds with nothing
///         nobody used yet
///
///         An account that has money and never sent anything is still a placeholder on a chain, where every method
///         succeeds; an EVM cannot tell the two apart. Of f02, f03, f06, f07 and f010 the localnet has no code: 22.
///
///         Source: builtin-actors actors/evm/src/lib.rs (dispatch), actors/ethaccount/src/lib.rs,
///         actors/placeholder/src/lib.rs; ref-fvm fvm/src/kernel/default.rs and fvm/src/call_manager/default.rs (send).
///
///         READ-ONLY. Under the flag, and in everything that a message under the flag sends, a write ends its frame: exit 25
///         on a chain. In an EVM it is a static violation, which takes all gas of the frame and returns nothing; a
///         `revert()` returns nothing either, but leaves gas. So the gas that is left tells 25 from 33. What cannot be told
///         from a violation: a read-only frame that runs out of gas (7 on a chain), or executes an invalid instruction
///         (34 … 39). A violation deeper down that the receiver caught is the receiver's business, as on a chain.
library Send {
    function send(Message memory m) internal returns (Receipt memory) {
        m.readOnly = m.readOnly || _inReadOnlyFrame();
        if (m.readOnly && m.value > 0) return _exit(ERR_READ_ONLY);
        if (!m.found && !m.placeholder) return _exit(ERR_NOT_FOUND);
        if (!m.found && m.readOnly) return _exit(ERR_READ_ONLY);
        if (m.value > address(this).balance) return _exit(ERR_INSUFFICIENT_FUNDS);
        if (!m.found) IInitActor(INIT_ACTOR).register(m.to);
        if (!m.found || m.method == SEND) return _transfer(m);
        (bool native, ) = FilAddress.tryMaskedId(m.to);
        if (m.to.code.length == 0) {
            return native || m.method < FIRST_EXPORTED_METHOD ? _exit(USR_UNHANDLED_MESSAGE) : _transfer(m);
        }
        if (!native && m.method == INVOKE_EVM) return _invokeEvm(m);
        if (!native && m.method <= EVM_MAX_RESERVED_METHOD) return _exit(USR_UNHANDLED_MESSAGE);

        Outcome memory o = _call(m, abi.encodeCall(INativeEntry.handle_filecoin_method, (m.method, m.codec, m.params)));
        if (o.success) return ContractReturn.decode(o.returned);
        return native ? _exit(_nativeExit(o, m.readOnly)) : _revertOf(o, m.readOnly);
    }

    /// @dev The exit code of a native actor that reverted. An empty revert of one is a check of the compiler.
    function _nativeExit(Outcome memory o, bool readOnly) private pure returns (int256) {
        if (o.returned.length < 4) {
            if (!o.exhausted) return USR_ASSERTION_FAILED;
            return readOnly ? USR_READ_ONLY : SYS_OUT_OF_GAS;
        }
        bytes4 selector = bytes4(o.returned);
        if (selector == ActorAbort.selector && o.returned.length >= 36) return _abortCode(o.returned);
        // Panic(uint256): a broken assertion of the actor itself. Everything else comes from a decoder of params.
        return selector == bytes4(0x4e487b71) ? USR_ASSERTION_FAILED : USR_SERIALIZATION;
    }

    /// @dev Of an EVM contract: a revert is 33, its reason is the return value. Without the flag, gas that is gone is 7; an
    ///      invalid instruction takes it too, and cannot be told from that (34 … 39 on a chain).
    function _revertOf(Outcome memory o, bool readOnly) private pure returns (Receipt memory) {
        if (o.exhausted && o.returned.length == 0) return _exit(readOnly ? USR_READ_ONLY : SYS_OUT_OF_GAS);
        return Receipt(EVM_CONTRACT_REVERTED, CODEC_CBOR, Cbor.writeBytes(o.returned));
    }

    function _exit(int256 code) private pure returns (Receipt memory) {
        return Receipt(code, CODEC_NONE, "");
    }

    /// @dev f01 carries the value, because it may not run the receiver's code and must leave no trace in the sender.
    function _transfer(Message memory m) private returns (Receipt memory) {
        if (m.value > 0) IInitActor(INIT_ACTOR).carry{value: m.value}(m.to);
        return _exit(OK);
    }

    /// @dev InvokeEVM wraps call data and return data in a CBOR byte string; empty call data may be absent.
    function _invokeEvm(Message memory m) private returns (Receipt memory) {
        bytes memory input = "";
        if (m.codec != CODEC_NONE) {
            bool isBytes;
            (isBytes, input) = _unwrap(m.params);
            if (!isBytes) return _exit(USR_SERIALIZATION);
        }
        Outcome memory o = _call(m, input);
        return o.success ? Receipt(OK, CODEC_CBOR, Cbor.writeBytes(o.returned)) : _revertOf(o, m.readOnly);
    }

    /// @dev Content of a CBOR byte string that is all there is. The head may be longer than it need be (cbor4ii).
    function _unwrap(bytes memory params) private pure returns (bool isBytes, bytes memory content) {
        if (params.length == 0 || uint8(params[0]) >> 5 != Cbor.BYTES) return (false, "");
        uint256 info = uint8(params[0]) & 31;
        if (info > 27) return (false, "");
        uint256 start = info < 24 ? 1 : 1 + (1 << (info - 24));
        uint256 length = info < 24 ? info : 0;
        if (params.length < start) return (false, "");
        for (uint256 i = 1; i < start; ++i) length = (length << 8) | uint8(params[i]);
        if (params.length - start != length) return (false, "");
        content = new bytes(length);
        // for (i = 0; i < length; ++i) content[i] = params[start + i]
        assembly ("memory-safe") {
            mcopy(add(content, 32), add(add(params, 32), start), length)
        }
        return (true, content);
    }

    /// @dev A violation takes all the gas that the frame was given, where the FVM only ends the frame: of a read-only
    ///      message half the gas stays here, so that the sender can go on.
    ///
    ///      A frame that used everything leaves of an ordinary call the 64th that the EVM keeps back (EIP-150).
    function _call(Message memory m, bytes memory input) private returns (Outcome memory o) {
        address to = m.to;
        uint256 value = m.value;
        bool readOnly = m.readOnly;
        bool success;
        bool exhausted;
        bytes memory returned;
        assembly ("memory-safe") {
            let before := gas()
            switch readOnly
            case 0 {
                success := call(before, to, value, add(input, 32), mload(input), 0, 0)
                exhausted := iszero(gt(gas(), div(before, 64)))
            }
            default {
                let given := div(before, 2)
                success := staticcall(given, to, add(input, 32), mload(input), 0, 0)
                exhausted := iszero(lt(sub(before, gas()), given))
            }
            returned := mload(64)
            mstore(64, add(returned, and(add(returndatasize(), 63), not(31))))
            mstore(returned, returndatasize())
            returndatacopy(add(returned, 32), 0, returndatasize())
        }
        return Outcome(success, exhausted, returned);
    }

    /// @dev The flag is inherited: a contract that answers a read-only message sends read-only. An EVM has no opcode for it;
    ///      f01 tries a write that changes nothing.
    function _inReadOnlyFrame() private returns (bool) {
        (bool writable, ) = INIT_ACTOR.call{gas: WRITE_TRIAL_GAS}(abi.encodeCall(IInitActor.tryWrite, ()));
        return !writable;
    }

    function _abortCode(bytes memory reverted) private pure returns (int256 code) {
        // The first argument, behind the selector.
        assembly ("memory-safe") {
            code := mload(add(reverted, 36))
        }
    }
}
