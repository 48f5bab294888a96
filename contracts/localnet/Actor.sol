// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CALL_ACTOR, CALL_ACTOR_ID, CODEC_CBOR, CODEC_NONE, INIT_ACTOR, SEND_DEFAULT} from "../filecoin/Actors.sol";
import {Cbor} from "../filecoin/Cbor.sol";
import {
    USR_ASSERTION_FAILED,
    USR_FORBIDDEN,
    USR_ILLEGAL_ARGUMENT,
    USR_NOT_FOUND,
    USR_SERIALIZATION,
    USR_UNHANDLED_MESSAGE
} from "../filecoin/ExitCodes.sol";
import {FilAddress} from "../filecoin/FilAddress.sol";
import {check} from "./Abort.sol";
import {IInitActor, INativeEntry} from "./Interfaces.sol";
import {FIRST_EXPORTED_METHOD, FIRST_MINER_ID} from "./Native.sol";
import {Receipt} from "./Receipt.sol";

/// @title  What every native actor of the localnet is
/// @notice Messages come in through one door, `handle_filecoin_method`: from other actors, from contracts through the
///         call_actor precompiles, and from an account by an ordinary transaction, which stands for the native message
///         that a wallet would sign.
abstract contract Actor is INativeEntry {
    IInitActor internal constant INIT = IInitActor(INIT_ACTOR);

    /// @dev More than f01 needs to record an address.
    uint256 private constant RECORD_GAS = 60_000;

    /// @notice A native actor takes value sent without a method.
    receive() external payable {}

    /// @inheritdoc INativeEntry
    function handle_filecoin_method(
        uint64 method,
        uint64 codec,
        bytes calldata params
    ) external payable returns (uint32 exitCode, uint64 returnCodec, bytes memory data) {
        check(
            method >= FIRST_EXPORTED_METHOD || !_isContract(msg.sender),
            USR_FORBIDDEN,
            "methods below 2^24 are internal"
        );
        check(
            codec == CODEC_CBOR || (codec == CODEC_NONE && params.length == 0),
            USR_SERIALIZATION,
            "params must be CBOR"
        );
        // Params that are CBOR and empty are there, and decode to nothing: so does ff.
        data = _invoke(method, codec == CODEC_CBOR && params.length == 0 ? bytes(hex"ff") : params);
        return (0, _codecOf(data), data);
    }

    /// @return CBOR, or nothing.
    function _invoke(uint64 method, bytes memory params) internal virtual returns (bytes memory);

    /// @notice A CBOR array of two items.
    function _pair(bytes memory a, bytes memory b) internal pure returns (bytes memory) {
        return bytes.concat(Cbor.writeArray(2), a, b);
    }

    /// @notice The params of a method that takes some (builtin-actors runtime/src/dispatch.rs).
    function _given(bytes memory params) internal pure returns (bytes memory) {
        check(params.length > 0, USR_ILLEGAL_ARGUMENT, "method expects arguments");
        return params;
    }

    /// @notice The method takes none.
    function _none(bytes memory params) internal pure {
        check(params.length == 0, USR_ILLEGAL_ARGUMENT, "method expects no arguments");
    }

    function _unhandled() internal pure returns (bytes memory) {
        check(false, USR_UNHANDLED_MESSAGE, "unknown method");
        return "";
    }

    /// @notice The id of the caller, remembered so that messages reach it by id.
    function _callerId() internal returns (uint64) {
        return _remember(msg.sender);
    }

    /// @notice The id of an address that must belong to an actor; remembered.
    function _resolve(bytes memory filAddress, int256 exitCode) internal returns (uint64 id) {
        bool found;
        (found, id) = INIT.resolve(filAddress);
        check(found, exitCode, "failed to resolve address");
        (bool isEth, address eth) = FilAddress.tryEth(filAddress);
        if (isEth) _remember(eth);
    }

    /// @dev Only the localnet keeps such a record, so where nothing may be written it is left out: a message under the
    ///      read-only flag must fail for its own writes, and not before its other checks.
    function _remember(address at) internal returns (uint64 id) {
        bool isNew;
        (isNew, id) = INIT.idOf(at);
        if (!isNew) return id;
        (bool done, bytes memory reverted) = INIT_ACTOR.call{gas: RECORD_GAS}(
            abi.encodeCall(IInitActor.register, (at))
        );
        check(done || reverted.length == 0, USR_ASSERTION_FAILED, "two addresses with one id");
    }

    function _send(uint64 to, uint64 method, uint256 value, bytes memory params) internal returns (Receipt memory) {
        return _sendById(to, method, value, SEND_DEFAULT, params);
    }

    /// @dev Actors send as contracts do, through the precompiles.
    function _sendById(
        uint64 to,
        uint64 method,
        uint256 value,
        uint64 flags,
        bytes memory params
    ) internal returns (Receipt memory) {
        return _sendBy(CALL_ACTOR_ID, abi.encode(method, value, flags, _codecOf(params), params, to));
    }

    function _sendByAddress(bytes memory to, uint64 method, bytes memory params) internal returns (Receipt memory) {
        return _sendBy(CALL_ACTOR, abi.encode(method, 0, SEND_DEFAULT, _codecOf(params), params, to));
    }

    function _sendBy(address precompile, bytes memory input) private returns (Receipt memory r) {
        (bool success, bytes memory output) = precompile.delegatecall(input);
        check(success, USR_ASSERTION_FAILED, "the message was not well-formed");
        (r.exit, r.codec, r.data) = abi.decode(output, (int256, uint64, bytes));
    }

    function _codecOf(bytes memory params) private pure returns (uint64) {
        return params.length == 0 ? CODEC_NONE : CODEC_CBOR;
    }

    /// @notice Sends and aborts with the receiver's exit code if that is not 0.
    function _mustSend(uint64 to, uint64 method, uint256 value, bytes memory params) internal returns (bytes memory) {
        Receipt memory receipt = _send(to, method, value, params);
        check(receipt.exit >= 0, USR_NOT_FOUND, "the message could not be sent");
        check(receipt.exit == 0, receipt.exit, "send aborted");
        return receipt.data;
    }

    function _epoch() internal view returns (int64) {
        return int64(uint64(block.number));
    }

    function _isMiner(uint64 id) internal view returns (bool) {
        return id >= FIRST_MINER_ID && FilAddress.toMaskedId(id).code.length > 0;
    }

    function _isContract(address at) private view returns (bool) {
        (bool native, ) = FilAddress.tryMaskedId(at);
        return !native && at.code.length > 0;
    }
}
