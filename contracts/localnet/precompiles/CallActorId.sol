// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CALL_ACTOR_ID} from "../../filecoin/Actors.sol";
import {Message} from "../Send.sol";
import {CallActorBase} from "./CallActorBase.sol";

/// @title  0xfe…05: sends a message to an actor named by id
contract CallActorId is CallActorBase {
    function _run(bytes calldata) internal override returns (bytes memory) {
        _requireDelegated(CALL_ACTOR_ID);
        Message memory m = _read();
        (m.found, m.to) = INIT.locate(_uint64At(RECEIVER_AT));
        return _dispatch(m);
    }
}
