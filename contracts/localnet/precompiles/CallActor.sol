// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CALL_ACTOR} from "../../filecoin/Actors.sol";
import {FilAddress} from "../../filecoin/FilAddress.sol";
import {SEND} from "../../filecoin/Methods.sol";
import {Message} from "../Send.sol";
import {CallActorBase} from "./CallActorBase.sol";

/// @title  0xfe…03: sends a message to an actor named by address bytes
contract CallActor is CallActorBase {
    function _run(bytes calldata input) internal override returns (bytes memory) {
        _requireDelegated(CALL_ACTOR);
        Message memory m = _read(input);
        (, , , , , bytes memory receiver) = abi.decode(input, (uint64, uint256, uint64, uint64, bytes, bytes));
        uint64 id;
        (m.found, id) = _resolve(receiver);
        bool isEth;
        (isEth, m.to) = FilAddress.tryEth(receiver);
        if (!isEth) {
            bool located;
            (located, m.to) = INIT.locate(id);
            m.found = m.found && located;
        } else if (m.method == SEND) {
            // Value sent to an f410 address that nobody used yet makes a placeholder actor there.
            m.found = true;
        }
        return _dispatch(m);
    }
}
