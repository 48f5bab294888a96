// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CALL_ACTOR_ID, CODEC_CBOR} from "../../../../contracts/filecoin/Actors.sol";

/// @notice Answers every call with `true` in CBOR, after it did what it was made for.
contract Writer {
    enum Deed {
        Nothing,
        Sstore,
        Log0,
        Create,
        Create2,
        SendValue,
        RevertEmpty,
        RevertReason,
        CatchViolation,
        BubbleViolation,
        DelegateViolation
    }

    error Reason(uint256 number);

    Deed private immutable DEED;

    constructor(Deed deed) payable {
        DEED = deed;
    }

    fallback() external payable {
        _do();
        bytes memory answer = abi.encode(uint32(0), CODEC_CBOR, hex"f5");
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }

    receive() external payable {}

    /// @notice What `CatchViolation` and `BubbleViolation` call.
    function write() external {
        assembly ("memory-safe") {
            sstore(0, 1)
        }
    }

    function _do() private {
        Deed deed = DEED;
        if (deed == Deed.RevertReason) revert Reason(7);
        if (deed == Deed.CatchViolation) {
            try this.write() {} catch {}
        }
        if (deed == Deed.BubbleViolation) this.write();
        if (deed == Deed.DelegateViolation) {
            (bool done, ) = address(this).delegatecall(abi.encodeCall(this.write, ()));
            require(done, Reason(8));
        }
        assembly ("memory-safe") {
            switch deed
            case 1 {
                sstore(0, 1)
            }
            case 2 {
                log0(0, 0)
            }
            case 3 {
                pop(create(0, 0, 0))
            }
            case 4 {
                pop(create2(0, 0, 0, 0))
            }
            case 5 {
                pop(call(gas(), address(), 1, 0, 0, 0, 0))
            }
            case 6 {
                revert(0, 0)
            }
        }
    }
}

/// @notice Asked read-only, it sends a message without the flag, and answers with the exit code that came back.
contract Relay {
    bytes private _input;

    /// @param input Of call_actor_id.
    constructor(bytes memory input) payable {
        _input = input;
    }

    fallback() external payable {
        (bool done, bytes memory output) = CALL_ACTOR_ID.delegatecall(_input);
        require(done, "the precompile failed");
        (int256 exit, , ) = abi.decode(output, (int256, uint64, bytes));
        bytes memory answer = abi.encode(uint32(0), CODEC_CBOR, abi.encode(exit));
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }
}
