// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    CALL_ACTOR,
    CALL_ACTOR_ID,
    CODEC_CBOR,
    CODEC_NONE,
    MARKET_ACTOR_ID
} from "../../../../contracts/filecoin/Actors.sol";
import {AUTHENTICATE_MESSAGE, MARKET_NOTIFY_DEAL} from "../../../../contracts/filecoin/Methods.sol";

/// @notice A storage client that agrees to everything, or to nothing, and remembers what it was told.
contract TestClient {
    enum Mood {
        Agree,
        RefuseByRevert,
        RefuseByFalse,
        RefuseByExit,
        SayNothing,
        WrongCodec,
        Write,
        FailNotification
    }

    struct Told {
        uint64 method;
        uint64 codec;
        bytes params;
        address sender;
    }

    Mood public mood;
    Told[] internal _told;
    uint256 public received;

    error Refused();

    receive() external payable {
        received += msg.value;
    }

    function setMood(Mood mood_) external {
        mood = mood_;
    }

    function toldCount() external view returns (uint256) {
        return _told.length;
    }

    function told(uint256 index) external view returns (Told memory) {
        return _told[index];
    }

    function handle_filecoin_method(
        uint64 method,
        uint64 codec,
        bytes calldata params
    ) external returns (uint32, uint64, bytes memory) {
        if (method == AUTHENTICATE_MESSAGE) return _authenticate();
        require(method != MARKET_NOTIFY_DEAL || mood != Mood.FailNotification, Refused());
        _told.push(Told(method, codec, params, msg.sender));
        return (0, CODEC_NONE, "");
    }

    function callId(
        uint64 actor,
        uint64 method,
        uint256 value,
        uint64 flags,
        bytes memory params
    ) public payable returns (bool success, bytes memory returned) {
        uint64 codec = params.length == 0 ? CODEC_NONE : CODEC_CBOR;
        return CALL_ACTOR_ID.delegatecall(abi.encode(method, value, flags, codec, params, actor));
    }

    function callAddress(
        bytes memory actor,
        uint64 method,
        uint256 value,
        bytes memory params
    ) external payable returns (bool success, bytes memory returned) {
        uint64 codec = params.length == 0 ? CODEC_NONE : CODEC_CBOR;
        return CALL_ACTOR.delegatecall(abi.encode(method, value, uint64(0), codec, params, actor));
    }

    function raw(
        address precompile,
        bytes memory input
    ) external payable returns (bool success, bytes memory returned) {
        return precompile.delegatecall(input);
    }

    /// @notice Sends to f05; reverts unless exit code 0.
    function market(uint64 method, uint256 value, bytes memory params) external payable returns (bytes memory data) {
        (bool success, bytes memory returned) = callId(MARKET_ACTOR_ID, method, value, 0, params);
        require(success, "precompile failed");
        int256 exit;
        (exit, , data) = abi.decode(returned, (int256, uint64, bytes));
        require(exit == 0, "exit code");
    }

    function _authenticate() private returns (uint32, uint64, bytes memory) {
        require(mood != Mood.RefuseByRevert, Refused());
        if (mood == Mood.RefuseByFalse) return (0, CODEC_CBOR, hex"f4");
        if (mood == Mood.RefuseByExit) return (19, CODEC_CBOR, hex"f5");
        if (mood == Mood.SayNothing) return (0, CODEC_NONE, "");
        if (mood == Mood.WrongCodec) return (0, 0x71, hex"f5");
        if (mood == Mood.Write) received += 1;
        return (0, CODEC_CBOR, hex"f5");
    }
}
