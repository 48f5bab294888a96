// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {USR_ASSERTION_FAILED, USR_FORBIDDEN} from "../filecoin/ExitCodes.sol";
import {FilAddress} from "../filecoin/FilAddress.sol";
import {check} from "./Abort.sol";
import {Actor} from "./Actor.sol";
import {IInitActor} from "./Interfaces.sol";
import {FIRST_MINER_ID, SYSTEM_ACTOR} from "./Native.sol";
import {isAddressOfNobody} from "./Nobody.sol";

/// @title  f01: which address is which actor
/// @notice A chain gives ids out one after another; here the id of an EVM account or contract follows from its address,
///         so that it can be told in a read-only call, before anything was recorded:
///
///         id = 2^40 + the lowest 40 bits of keccak256(address)
///
///         The way back cannot be computed. It is recorded whenever an actor meets the address in a message.
contract InitActor is Actor, IInitActor {
    uint64 private constant EVM_ID_BASE = 1 << 40;

    mapping(uint64 id => address) private _addressOf;
    mapping(bytes32 filAddressHash => uint64 id) private _bound;

    /// @inheritdoc IInitActor
    function resolve(bytes calldata filAddress) external view returns (bool found, uint64 id) {
        if (isAddressOfNobody(filAddress)) return (false, 0);
        FilAddress.Kind kind = FilAddress.kindOf(filAddress);
        if (kind == FilAddress.Kind.Id) return (true, FilAddress.toActorId(filAddress));
        if (kind == FilAddress.Kind.Ethereum) {
            address eth = FilAddress.toEth(filAddress);
            return (_exists(eth), _idOf(eth));
        }
        id = _bound[keccak256(filAddress)];
        return (id != 0, id);
    }

    /// @inheritdoc IInitActor
    function locate(uint64 id) external view returns (bool found, address at) {
        address eth = _addressOf[id];
        if (eth != address(0)) return (true, eth);
        address masked = FilAddress.toMaskedId(id);
        return (_isSingleton(id) || (id >= FIRST_MINER_ID && masked.code.length > 0), masked);
    }

    /// @inheritdoc IInitActor
    function idOf(address at) external view returns (bool isNew, uint64 id) {
        id = _idOf(at);
        (bool native, ) = FilAddress.tryMaskedId(at);
        isNew = !native && _addressOf[id] != at;
    }

    /// @inheritdoc IInitActor
    function register(address at) external returns (uint64 id) {
        return _register(at);
    }

    /// @inheritdoc IInitActor
    function bind(bytes calldata filAddress, address at) external {
        check(msg.sender == SYSTEM_ACTOR, USR_FORBIDDEN, "only f00 names actors");
        _bound[keccak256(filAddress)] = _register(at);
    }

    /// @inheritdoc IInitActor
    /// @dev A contract that consists of `PUSH20 to SELFDESTRUCT`: gone with the transaction (EIP-6780).
    function carry(address to) external payable {
        bytes memory code = abi.encodePacked(hex"73", to, hex"ff");
        address carrier;
        assembly ("memory-safe") {
            carrier := create(callvalue(), add(code, 32), mload(code))
        }
        check(carrier != address(0), USR_ASSERTION_FAILED, "transfer failed");
    }

    /// @inheritdoc IInitActor
    /// @dev A slot that nothing else comes near keeps its zero.
    function tryWrite() external {
        assembly ("memory-safe") {
            sstore(not(0), 0)
        }
    }

    function _invoke(uint64, bytes memory) internal pure override returns (bytes memory) {
        return _unhandled();
    }

    function _register(address at) private returns (uint64 id) {
        id = _idOf(at);
        (bool native, ) = FilAddress.tryMaskedId(at);
        if (native || _addressOf[id] == at) return id;
        check(_addressOf[id] == address(0), USR_ASSERTION_FAILED, "two addresses with one id");
        _addressOf[id] = at;
    }

    /// @dev f00 … f07, the address manager, the reserve, the burnt funds (builtin-actors runtime/src/builtin/singletons.rs).
    function _isSingleton(uint64 id) private pure returns (bool) {
        return id <= 7 || id == 10 || id == 90 || id == 99;
    }

    function _idOf(address at) private pure returns (uint64) {
        (bool native, uint64 id) = FilAddress.tryMaskedId(at);
        if (native) return id;
        return EVM_ID_BASE + uint64(uint40(uint256(keccak256(abi.encodePacked(at)))));
    }

    /// @dev An address is an actor once it has code or money, or once a message named it. A contract asks for itself
    ///      while its constructor runs, when it has no code yet.
    function _exists(address at) private view returns (bool) {
        (bool native, ) = FilAddress.tryMaskedId(at);
        if (native) return false;
        // solhint-disable-next-line avoid-tx-origin
        return at.code.length > 0 || at.balance > 0 || _addressOf[_idOf(at)] == at || at == tx.origin;
    }
}
