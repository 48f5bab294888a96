// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CALL_ACTOR} from "../../filecoin/Actors.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {Message} from "../Send.sol";
import {CallActorBase} from "./CallActorBase.sol";

/// @title  0xfe…03: sends a message to an actor named by address bytes
contract CallActor is CallActorBase {
    function _run(bytes calldata) internal override returns (bytes memory) {
        _requireDelegated(CALL_ACTOR);
        Message memory m = _read();
        bytes memory receiver = _bytesAt(RECEIVER_AT);
        uint64 id;
        (m.found, id) = _resolve(receiver);
        bool isEth;
        (isEth, m.to) = FilAddress.tryEth(receiver);
        if (isEth) {
            // Where the address of a native actor stands as f410, nothing can come into being here.
            (bool native, ) = FilAddress.tryMaskedId(m.to);
            m.placeholder = !native;
        } else {
            bool located;
            (located, m.to) = INIT.locate(id);
            m.found = m.found && located;
        }
        return _dispatch(m);
    }
}
