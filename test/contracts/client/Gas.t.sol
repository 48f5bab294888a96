// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MarketClerk} from "../../../contracts/client/MarketClerk.sol";
import {ProposalClerk} from "../../../contracts/client/ProposalClerk.sol";
import {DealClient} from "../../../contracts/DealClient.sol";
import {DealClientFactory} from "../../../contracts/DealClientFactory.sol";
import {MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {AUTHENTICATE_MESSAGE, MARKET_NOTIFY_DEAL} from "../../../contracts/filecoin/Methods.sol";
import {DealRequest} from "../../../contracts/interfaces/IDealClient.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm} from "../support/Vm.sol";

/// @dev Upper bounds of execution gas, for the golden request, and of code. Providers pay for the two callbacks.
abstract contract ClientGas is ClientFixture {
    event log_named_uint(string key, uint256 val);

    bytes internal _auth;
    bytes internal _note;
    bytes internal _noteSecond;

    /// @dev Runs as a transaction of its own, so that the measured calls find cold accounts and slots.
    function setUp() external {
        _prepare();
        bytes32 id = client.propose(_goldenRequest(), 2, _none());
        _auth = _authParams(_authMessage(_read(id), PROVIDER));
        _note = _notifyParams(_notifyMessage(_read(id), PROVIDER), 147_142);
        _noteSecond = _notifyParams(_notifyMessage(_read(id), PROVIDER + 1), 147_143);
    }

    function _prepare() internal virtual {}

    function _measure(uint64 method, bytes memory params) internal returns (uint256 used) {
        bytes memory call_ = abi.encodeCall(client.handle_filecoin_method, (method, 0x51, params));
        vm.startPrank(MARKET_ACTOR);
        uint256 before = gasleft();
        (bool ok, ) = address(client).call(call_);
        used = before - gasleft();
        vm.stopPrank();
        require(ok, "refused");
    }

    function _below(string memory what, uint256 used, uint256 limit) internal {
        emit log_named_uint(what, used);
        require(used <= limit, string.concat(what, " takes ", vm.toString(used)));
    }
}

contract GasTest is ClientGas {
    function test_proposeFirst() external {
        client = new DealClient();
        DealRequest memory deal = _goldenRequest();
        uint256 before = gasleft();
        client.makeDealProposal(deal);
        _below("first proposal of a client", before - gasleft(), 260_000);
    }

    function test_proposeLater() external {
        DealRequest memory deal = _goldenRequest();
        deal.label = "bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqf";
        uint256 before = gasleft();
        client.makeDealProposal(deal);
        _below("later proposal", before - gasleft(), 260_000);
    }

    function test_authenticate() external {
        _below("authenticate", _measure(AUTHENTICATE_MESSAGE, _auth), 25_000);
    }

    function test_notifyFirstReplica() external {
        _below("notify, first replica", _measure(MARKET_NOTIFY_DEAL, _note), 75_000);
    }

    function test_notifySecondReplica() external {
        _measure(MARKET_NOTIFY_DEAL, _note);
        _below("notify, second replica", _measure(MARKET_NOTIFY_DEAL, _noteSecond), 75_000);
    }

    /// @dev Own bound: 16 KiB. The FEVM takes 24 at most (builtin-actors actors/evm/src/interpreter/system.rs).
    function test_codeFits() external {
        _below("code of the client", GOLDEN.code.length, 16 << 10);
        _below("code of the clerk for f05", type(MarketClerk).runtimeCode.length, 16 << 10);
        _below("code of the clerk for proposals", type(ProposalClerk).runtimeCode.length, 16 << 10);
        _below("creation code of the factory", type(DealClientFactory).creationCode.length, 48 << 10);
    }
}

/// @dev As the factory makes clients: every call goes through 45 bytes that delegate to the implementation.
contract CloneGasTest is ClientGas {
    /// @dev The code of a minimal proxy (ERC-1167).
    function _prepare() internal override {
        bytes20 implementation = bytes20(address(new DealClient()));
        vm.etch(GOLDEN, bytes.concat(hex"363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3"));
    }

    function test_authenticate() external {
        _below("authenticate, by a clone", _measure(AUTHENTICATE_MESSAGE, _auth), 25_000);
    }

    function test_notify() external {
        _below("notify, first replica, by a clone", _measure(MARKET_NOTIFY_DEAL, _note), 75_000);
    }
}
