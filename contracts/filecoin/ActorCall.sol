// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CALL_ACTOR_ID, CODEC_CBOR, RESOLVE_ADDRESS, SEND_DEFAULT, SEND_READ_ONLY} from "./Actors.sol";

/// @title  Calls from a contract into native actors
/// @notice Through the FEVM's precompiles (builtin-actors actors/evm/src/interpreter/precompiles/fvm.rs):
///
///         in   abi.encode(uint64 method, uint256 value, uint64 flags, uint64 codec, bytes params, uint64 actor)
///         out  abi.encode(int256 exit, uint64 codec, bytes data); exit ≥ 0 is the actor's, < 0 a syscall errno
library ActorCall {
    /// @notice Thrown when an actor answers with an exit code other than 0.
    error ActorFailed(uint64 method, int256 exitCode);
    /// @notice Thrown when a precompile reverts, is not there, or answers in another form: this chain is no Filecoin.
    error PrecompileFailed(address precompile);

    /// @notice Calls `method` of `actor` with `value` attoFIL and CBOR params.
    function tryCall(
        uint64 actor,
        uint64 method,
        uint256 value,
        bytes memory params
    ) internal returns (int256 exitCode, bytes memory data) {
        return _callActor(actor, method, value, SEND_DEFAULT, params);
    }

    /// @notice The same, refusing any exit code but 0.
    function call(
        uint64 actor,
        uint64 method,
        uint256 value,
        bytes memory params
    ) internal returns (bytes memory data) {
        int256 exitCode;
        (exitCode, data) = tryCall(actor, method, value, params);
        require(exitCode == 0, ActorFailed(method, exitCode));
    }

    /// @notice A read-only call.
    function tryQuery(
        uint64 actor,
        uint64 method,
        bytes memory params
    ) internal view returns (int256 exitCode, bytes memory data) {
        // The compiler takes every delegatecall for a write. The FVM's read-only flag makes this one a read, so the
        // function may be called as if it were declared view.
        function(uint64, uint64, uint256, uint64, bytes memory) internal returns (int256, bytes memory) write =
            _callActor;
        function(uint64, uint64, uint256, uint64, bytes memory) internal view returns (int256, bytes memory) read;
        assembly ("memory-safe") {
            read := write
        }
        return read(actor, method, 0, SEND_READ_ONLY, params);
    }

    /// @notice The same, refusing any exit code but 0.
    function query(uint64 actor, uint64 method, bytes memory params) internal view returns (bytes memory data) {
        int256 exitCode;
        (exitCode, data) = tryQuery(actor, method, params);
        require(exitCode == 0, ActorFailed(method, exitCode));
    }

    /// @notice The actor id of an address of any kind, if there is such an actor.
    function tryResolve(bytes memory filAddress) internal view returns (bool found, uint64 actor) {
        (bool ok, bytes memory out) = RESOLVE_ADDRESS.staticcall(filAddress);
        found = out.length == 32;
        uint256 id = uint256(bytes32(out));
        require(ok && (found || out.length == 0) && id <= type(uint64).max, PrecompileFailed(RESOLVE_ADDRESS));
        return (found, uint64(id));
    }

    function _callActor(
        uint64 actor,
        uint64 method,
        uint256 value,
        uint64 flags,
        bytes memory params
    ) private returns (int256 exitCode, bytes memory data) {
        (bool ok, bytes memory out) = CALL_ACTOR_ID.delegatecall(
            abi.encode(method, value, flags, CODEC_CBOR, params, actor)
        );
        // abi.decode would end in an empty revert, and takes more forms than the one that the FEVM writes: four words
        // (exit, codec, offset, length), the data, zeros up to a whole word (fvm.rs `call_actor_shared`). In Solidity:
        //
        //   (exitCode, codec, offset, data) = (out[0:32], out[32:64], out[64:96], out[96:])
        //   flaws = out.length < 128 || codec > type(uint64).max || offset != 96 || data.length > out.length - 128 ||
        //       out.length != 128 + ceil32(data.length) || any byte behind the data != 0
        uint256 flaws;
        assembly ("memory-safe") {
            let length := mload(out)
            exitCode := mload(add(out, 32))
            data := add(out, 128)
            let used := mload(data)
            flaws := or(lt(length, 128), shr(64, mload(add(out, 64))))
            flaws := or(flaws, xor(mload(add(out, 96)), 96))
            flaws := or(flaws, gt(used, sub(length, 128)))
            flaws := or(flaws, xor(length, add(128, and(add(used, 31), not(31)))))
            // used % 32 bytes of the last word are data: none, if the word is.
            flaws := or(flaws, mul(gt(and(used, 31), 0), shl(shl(3, and(used, 31)), mload(add(out, length)))))
        }
        require(ok && flaws == 0, PrecompileFailed(CALL_ACTOR_ID));
    }
}
