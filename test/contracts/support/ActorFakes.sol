// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CALL_ACTOR_ID, CODEC_CBOR, MARKET_ACTOR, RESOLVE_ADDRESS} from "../../../contracts/filecoin/Actors.sol";
import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {
    ADD_BALANCE,
    GET_BALANCE,
    GET_DEAL_ACTIVATION,
    SETTLE_DEAL_PAYMENTS,
    WITHDRAW_BALANCE
} from "../../../contracts/filecoin/Methods.sol";
import {vm} from "./Vm.sol";

/// @dev At 0xfe…01. Knows the addresses that it was told.
contract FakeResolver {
    mapping(bytes32 => uint256) private _ids;

    function put(bytes calldata filAddress, uint64 id) external {
        _ids[keccak256(filAddress)] = uint256(id) + 1;
    }

    fallback(bytes calldata filAddress) external returns (bytes memory) {
        if (filAddress.length > 0 && filAddress[0] == 0x00) return abi.encode(FilAddress.toActorId(filAddress));
        uint256 found = _ids[keccak256(filAddress)];
        return found == 0 ? bytes("") : abi.encode(found - 1);
    }
}

/// @dev At 0xfe…05, to be delegatecalled: passes the call on to the actor at its masked id address.
contract FakeCallActorId {
    address private immutable SELF = CALL_ACTOR_ID;

    /// @dev Payable: a delegatecall carries the value of the call that the client is in.
    fallback(bytes calldata input) external payable returns (bytes memory) {
        require(address(this) != SELF, "call_actor_id: delegatecall only");
        (uint64 method, uint256 value, uint64 flags, uint64 codec, bytes memory params, uint64 actor) = abi.decode(
            input,
            (uint64, uint256, uint64, uint64, bytes, uint64)
        );
        require(codec == CODEC_CBOR, "call_actor_id: codec");
        address to = FilAddress.toMaskedId(actor);
        bytes memory call_ = abi.encodeCall(FakeMarket.invoke, (method, params));
        (bool ok, bytes memory out) = flags == 1 ? to.staticcall(call_) : to.call{value: value}(call_);
        require(ok, "call_actor_id: the fake reverted");
        (int256 exitCode, bytes memory data) = abi.decode(out, (int256, bytes));
        return abi.encode(exitCode, data.length == 0 ? 0 : CODEC_CBOR, data);
    }
}

/// @dev At 0xff…05. Holds one client's escrow, and says of deals what it was told to say.
contract FakeMarket {
    struct FakeDeal {
        bool exists;
        uint32 activationExit;
        int64 activatedAt;
        uint32 settleExit;
        uint256 payment;
        bool completed;
    }

    using Cbor for CborReader;

    uint256 public escrow;
    uint256 public locked;
    int256 public failWith;
    uint64 public failMethod;
    bytes public rawAnswer;
    /// What a withdrawal pays less than it was asked for.
    uint256 public withheld;
    mapping(uint64 => FakeDeal) public deals;
    /// RLE+ bytes of the last settlement.
    bytes public settled;
    uint64[] private _toSettle;

    function setLocked(uint256 amount) external {
        locked = amount;
    }

    function setEscrow(uint256 amount) external {
        escrow = amount;
    }

    function withhold(uint256 amount) external {
        withheld = amount;
    }

    function fail(uint64 method, int256 exitCode) external {
        (failMethod, failWith) = (method, exitCode);
    }

    function answer(bytes calldata raw) external {
        rawAnswer = raw;
    }

    function setDeal(uint64 id, FakeDeal calldata deal) external {
        deals[id] = deal;
    }

    /// @dev The ids that the next settlement is about, in order: the fake does not decode RLE+.
    function expectSettle(uint64[] calldata ids) external {
        _toSettle = ids;
    }

    function invoke(uint64 method, bytes calldata params) external payable returns (int256, bytes memory) {
        if (failWith != 0 && method == failMethod) return (failWith, "");
        if (rawAnswer.length > 0 && method == failMethod) return (0, rawAnswer);
        CborReader memory r = Cbor.reader(params);
        if (method == GET_BALANCE) {
            r.readBytes();
            return (0, bytes.concat(hex"82", Cbor.writeBigInt(escrow), Cbor.writeBigInt(locked)));
        }
        if (method == ADD_BALANCE) {
            r.readBytes();
            require(msg.value > 0, "illegal argument");
            escrow += msg.value;
            return (0, "");
        }
        if (method == WITHDRAW_BALANCE) {
            r.readArray(2);
            require(FilAddress.toEth(r.readBytes()) == msg.sender, "forbidden");
            uint256 amount = r.readBigInt();
            if (amount > escrow - locked) amount = escrow - locked;
            amount -= withheld;
            escrow -= amount;
            // A method-0 send runs no code.
            vm.deal(address(this), address(this).balance - amount);
            vm.deal(msg.sender, msg.sender.balance + amount);
            return (0, Cbor.writeBigInt(amount));
        }
        if (method == GET_DEAL_ACTIVATION) {
            FakeDeal memory d = deals[r.readUint()];
            if (!d.exists) return (17, "");
            if (d.activationExit != 0) return (int256(uint256(d.activationExit)), "");
            return (0, bytes.concat(hex"82", Cbor.writeInt(d.activatedAt), hex"20"));
        }
        if (method == SETTLE_DEAL_PAYMENTS) return (0, _settle(r.readBytes()));
        return (22, "");
    }

    function _settle(bytes memory bitfield) private returns (bytes memory) {
        settled = bitfield;
        bytes memory failures;
        bytes memory payments;
        uint64 failed = 0;
        uint64 count = uint64(_toSettle.length);
        for (uint64 i = 0; i < count; ++i) {
            FakeDeal storage d = deals[_toSettle[i]];
            if (d.settleExit != 0) {
                failures = bytes.concat(failures, hex"82", Cbor.writeUint(i), Cbor.writeUint(d.settleExit));
                d.activationExit = d.settleExit;
                ++failed;
            } else {
                if (d.completed) d.activationExit = 32;
                payments = bytes.concat(payments, hex"82", Cbor.writeBigInt(d.payment), Cbor.writeBool(d.completed));
            }
        }
        return
            bytes.concat(
                hex"8282",
                Cbor.writeUint(count - failed),
                Cbor.writeArray(failed),
                failures,
                Cbor.writeArray(count - failed),
                payments
            );
    }
}

/// @dev Puts the fakes at the real addresses.
abstract contract FakeFilecoin {
    FakeResolver internal constant RESOLVER = FakeResolver(payable(RESOLVE_ADDRESS));
    FakeMarket internal constant MARKET = FakeMarket(payable(MARKET_ACTOR));

    constructor() {
        vm.etch(RESOLVE_ADDRESS, type(FakeResolver).runtimeCode);
        vm.etch(CALL_ACTOR_ID, address(new FakeCallActorId()).code);
        vm.etch(MARKET_ACTOR, type(FakeMarket).runtimeCode);
    }
}
