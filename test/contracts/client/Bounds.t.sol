// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {DealProposal} from "../../../contracts/filecoin/DealProposals.sol";
import {AUTHENTICATE_MESSAGE, MARKET_NOTIFY_DEAL} from "../../../contracts/filecoin/Methods.sol";
import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm, Vm} from "../support/Vm.sol";

/// @dev What a provider pays at most when everything that an owner may choose is as large as it may be: 64 listed
///      providers, 31 copies out, 32 open proposals with the longest label and URL.
contract BoundsTest is ClientFixture {
    event log_named_uint(string key, uint256 val);

    bytes private _auth;
    bytes private _note;
    bytes private _altered;

    /// @dev Runs as a transaction of its own, so that the measured calls find cold accounts and slots.
    function setUp() external {
        uint64[] memory providers = new uint64[](64);
        for (uint64 i = 0; i < 64; ++i) providers[i] = type(uint64).max - 64 + i;
        DealRequest memory deal = _longest(0);
        bytes32 id = client.propose(deal, 32, providers);
        DealProposal memory p = _read(id);
        for (uint64 i = 0; i < 31; ++i) _notify(_notifyParams(_notifyMessage(p, providers[i]), i));
        bytes32 last;
        for (uint8 i = 1; i < 32; ++i) last = client.propose(_longest(i), 32, providers);
        _auth = _authParams(_authMessage(_read(id), providers[63]));
        _note = _notifyParams(_notifyMessage(_read(id), providers[63]), 147_142);
        p = _read(last);
        p.endEpoch += 1;
        _altered = _authParams(_authMessage(p, providers[63]));
    }

    function test_authenticate() external {
        (bool ok, ) = _measure("authenticate", AUTHENTICATE_MESSAGE, _auth, 250_000);
        require(ok, "refused");
    }

    function test_notify() external {
        (bool ok, ) = _measure("notify", MARKET_NOTIFY_DEAL, _note, 250_000);
        require(ok, "refused");
    }

    function test_refuse() external {
        (bool ok, bytes memory error) = _measure("refuse", AUTHENTICATE_MESSAGE, _altered, 8_000_000);
        require(!ok, "accepted");
        require(
            keccak256(error) == keccak256(abi.encodeWithSelector(IDealClient.EndEpochMismatch.selector, END + 1, END)),
            "named"
        );
    }

    /// @dev An FVM event has at most 8,192 bytes of topics and data (ref-fvm fvm/src/kernel/default.rs): one that is larger
    ///      would make the longest proposals impossible there, and only there.
    function test_receiptOfTheLongestRequestFitsAnEvent() external {
        uint64[] memory providers = new uint64[](64);
        for (uint64 i = 0; i < 64; ++i) providers[i] = i + 1;
        vm.recordLogs();
        client.propose(_longest(99), 32, providers);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            uint256 size = 32 * logs[i].topics.length + logs[i].data.length;
            emit log_named_uint("bytes of an event", size);
            require(size <= 8192, "too large for the FVM");
        }
        require(logs[1].topics[0] == IDealClient.ProposalMade.selector, "the receipt is among them");
    }

    function _longest(uint8 at) private pure returns (DealRequest memory deal) {
        deal = _goldenRequest();
        bytes memory label = new bytes(256);
        label[255] = bytes1(at);
        deal.label = string(label);
        bytes memory url = new bytes(4096);
        for (uint256 i = 0; i < url.length; ++i) url[i] = "x";
        for (uint256 i = 0; i < 22; ++i) url[i] = bytes("https://depot.example/")[i];
        deal.extra_params.location_ref = string(url);
    }

    function _measure(
        string memory what,
        uint64 method,
        bytes memory params,
        uint256 limit
    ) private returns (bool ok, bytes memory out) {
        bytes memory call_ = abi.encodeCall(client.handle_filecoin_method, (method, 0x51, params));
        vm.prank(MARKET_ACTOR);
        uint256 before = gasleft();
        (ok, out) = GOLDEN.call(call_);
        uint256 used = before - gasleft();
        emit log_named_uint(what, used);
        require(used <= limit, string.concat(what, " takes ", vm.toString(used)));
    }
}
