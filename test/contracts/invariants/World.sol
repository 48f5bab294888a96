// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {INIT_ACTOR, MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IDealClientFactory} from "../../../contracts/interfaces/IDealClientFactory.sol";
import {IInitActor, INativeEntry} from "../../../contracts/localnet/Interfaces.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../support/Vm.sol";
import {LocalnetTest} from "../localnet/support/LocalnetTest.sol";
import {deployFactory} from "./Deploy.sol";

/// @notice What the handlers call beside the client's own interface.
interface IOwned {
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function initialize(address firstOwner) external;
    function transferOwnership(address to) external;
    function acceptOwnership() external;
}

/// @notice Storage reads and writes of a call, by contract.
interface Recorder {
    function record() external;
    function accesses(address target) external returns (bytes32[] memory reads, bytes32[] memory writes);
}

/// @notice A contract that calls on behalf of whoever asks: an actor that is no account.
contract Forwarder {
    function forward(address to, bytes calldata data) external payable returns (bool ok, bytes memory out) {
        (ok, out) = to.call{value: msg.value}(data);
    }

    receive() external payable {}
}

/// @title  The localnet with one client and all who deal with it
/// @notice f05, f01, four miners and the precompiles are the localnet's, at their real addresses; the client is a clone
///         that the production factory made. Nothing is faked.
abstract contract World is LocalnetTest {
    uint64 internal constant MINERS = 4;
    uint256 internal constant PROVIDER_FUNDS = 1e6 ether;
    address internal constant FIRST_OWNER = address(0x0E01);
    address internal constant HEIR = address(0x0E02);
    address internal constant PROPOSER = address(0x0E03);
    address internal constant KEEPER = address(0x0E04);
    address internal constant DONOR = address(0x0E05);
    address internal constant RECIPIENT = address(0x0E06);
    Recorder internal constant RECORDER = Recorder(address(uint160(uint256(keccak256("hevm cheat code")))));

    IDealClient public subject;
    uint64 internal _subjectId;
    Forwarder internal _contractProposer;

    function setUp() public virtual override {
        super.setUp();
        _miner(1002, address(0x770003));
        _miner(1003, address(0x770004));
        vm.deal(STRANGER, MINERS * PROVIDER_FUNDS);
        for (uint64 i = 0; i < MINERS; ++i) _addBalance(FilAddress.fromActorId(MINER + i), PROVIDER_FUNDS);
        subject = IDealClient(IDealClientFactory(deployFactory()).createClient(FIRST_OWNER));
        _subjectId = subject.actorId();
        // The localnet tells an id from an address before it can find the address by the id.
        IInitActor(INIT_ACTOR).register(address(subject));
        _contractProposer = new Forwarder();
    }

    function _owned() internal view returns (IOwned) {
        return IOwned(address(subject));
    }

    function _workerOf(uint64 miner) internal pure returns (address) {
        return address(uint160(0x770001 + (miner - MINER)));
    }

    /* CALLS */

    /// @dev The value is minted: where it comes from is no matter of the client's.
    function _call(address from, uint256 value, bytes memory data) internal returns (bool ok, bytes memory out) {
        if (from == address(_contractProposer)) {
            vm.deal(address(this), value);
            return _contractProposer.forward{value: value}(address(subject), data);
        }
        if (value > 0) vm.deal(from, value);
        vm.prank(from);
        return address(subject).call{value: value}(data);
    }

    /// @dev Must succeed.
    function _do(address from, uint256 value, bytes memory data) internal returns (bytes memory out) {
        bool ok;
        (ok, out) = _call(from, value, data);
        if (ok) return out;
        // revert with what the client said
        assembly ("memory-safe") {
            revert(add(out, 32), mload(out))
        }
    }

    /// @dev Must be refused with this error.
    function _refused(address from, bytes memory data, bytes4 selector, string memory what) internal {
        (bool ok, bytes memory out) = _call(from, 0, data);
        require(!ok, string.concat(what, ": not refused"));
        require(bytes4(out) == selector, string.concat(what, ": refused with another error"));
    }

    /// @dev Must be refused with a reason, whichever.
    function _refusedTyped(address from, bytes memory data, string memory what) internal {
        (bool ok, bytes memory out) = _call(from, 0, data);
        require(!ok, what);
        require(_isTyped(out), string.concat(what, ": refused without a reason"));
    }

    /// @dev A refusal with a name: no panic, no bare revert, no sentence.
    function _isTyped(bytes memory reverted) internal pure returns (bool) {
        if (reverted.length < 4) return false;
        bytes4 selector = bytes4(reverted);
        return selector != bytes4(0x4e487b71) && selector != bytes4(0x08c379a0);
    }

    function _fromMarket(uint64 method, bytes memory params) internal returns (bool ok, bytes memory out) {
        return _call(MARKET_ACTOR, 0, abi.encodeCall(INativeEntry.handle_filecoin_method, (method, 0x51, params)));
    }

    function _tryNative(
        address from,
        uint64 to,
        uint64 method,
        bytes memory params
    ) internal returns (bool ok, bytes memory out) {
        vm.prank(from);
        return
            FilAddress.toMaskedId(to).call(abi.encodeCall(INativeEntry.handle_filecoin_method, (method, 0x51, params)));
    }

    /// @notice A transfer without a method: no code of the receiver runs.
    function _sendMethod0(address to, uint256 value) internal {
        vm.deal(DONOR, value);
        vm.prank(DONOR);
        IInitActor(INIT_ACTOR).carry{value: value}(to);
    }

    function _now() internal view returns (int64) {
        return int64(uint64(block.number));
    }

    function _atMarket(bytes memory account) internal returns (uint256 escrow, uint256 locked) {
        return _balance(account);
    }

    function _one(DealProposal memory p) internal pure returns (DealProposal[] memory) {
        return _list(p);
    }
}
