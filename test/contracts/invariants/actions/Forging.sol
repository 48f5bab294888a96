// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DATACAP_ACTOR, MARKET_ACTOR} from "../../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {
    AUTHENTICATE_MESSAGE,
    MARKET_NOTIFY_DEAL,
    UNIVERSAL_RECEIVER_HOOK
} from "../../../../contracts/filecoin/Methods.sol";
import {IDealClient} from "../../../../contracts/interfaces/IDealClient.sol";
import {INativeEntry} from "../../../../contracts/localnet/Interfaces.sol";
import {DealProposal, Proposals} from "../../../../contracts/localnet/market/Proposals.sol";
import {Publishing} from "./Publishing.sol";

/// @title  What is not the proposal, and who is not f05
/// @notice Each forgery is asked about, notified and published. All three must be refused, the first two with a typed
///         error. A notification is refused by itself, although f05 would not send it after a no.
abstract contract Forging is Publishing {
    using Proposals for DealProposal;

    uint256 private constant FIELDS = 14;
    /// @dev No deal id that f05 has reached.
    uint64 private constant FAR_ID = 1 << 60;

    /* ACTIONS */

    /// @notice One field of a proposal changed, as a provider might.
    function publishAltered(uint256 seed) external action(seed) {
        uint256 at = _oneIn(4) ? _anyOffer() : _offerIn(IDealClient.ProposalState.Open);
        uint64 miner = _anyMiner();
        DealProposal memory p = _terms[at];
        p.provider = FilAddress.fromActorId(miner);
        bool clientChanged = _alter(p, _random(FIELDS));
        // The change may have made another proposal of it.
        if (!clientChanged && _isOffer[_hashOf(p)]) _nothingToDo();
        _refuseBoth(p.encode(), _notified(p, clientChanged));
        // What another client agrees to is no matter of this one.
        if (clientChanged) return;
        (bool ok, ) = _send(miner, _one(p));
        require(!ok, "altered: published");
    }

    /// @notice One byte of the message changed, the provider's address left alone.
    function publishMutated(uint256 seed) external action(seed) {
        DealProposal memory p = _terms[_offerIn(IDealClient.ProposalState.Open)];
        p.provider = FilAddress.fromActorId(_anyMiner());
        bytes memory asked = p.encode();
        _flip(asked, p);
        p.client = FilAddress.fromActorId(_subjectId);
        bytes memory noted = p.encode();
        _flip(noted, p);
        _refuseBoth(asked, noted);
    }

    /// @notice Exact terms, but not of an open proposal, or of a provider that is not listed or has its copy, or under a
    ///         deal id that f05 gave out before.
    function notifyForged(uint256 seed) external action(seed) {
        uint256 at = _anyOffer();
        uint64 miner = _anyMiner();
        uint64 dealId = FAR_ID;
        if (_mayPublish(at, miner)) {
            if (_copies.length == 0) _nothingToDo();
            dealId = uint64(_random(_copies[_copies.length - 1].dealId + 1));
        }
        DealProposal memory p = _terms[at];
        p.client = FilAddress.fromActorId(_subjectId);
        p.provider = FilAddress.fromActorId(miner);
        _refuse(MARKET_NOTIFY_DEAL, _notifyParams(p.encode(), dealId));
    }

    /// @notice Exact messages from who is not f05.
    function callHookAsStranger(uint256 seed) external action(seed) {
        DealProposal memory p = _terms[_anyOffer()];
        p.client = FilAddress.fromActorId(_subjectId);
        p.provider = FilAddress.fromActorId(_anyMiner());
        bytes memory params = _oneIn(2) ? _authParams(p) : _notifyParams(p.encode(), FAR_ID);
        uint64 method = params[1] == 0x42 ? AUTHENTICATE_MESSAGE : MARKET_NOTIFY_DEAL;
        bytes memory call_ = abi.encodeCall(INativeEntry.handle_filecoin_method, (method, 0x51, params));
        _refused(_anyoneButMarket(), call_, IDealClient.NotMarket.selector, "hook");
    }

    /// @notice Tokens come from f07 and change nothing; from anybody else they are refused.
    function receiveTokens(uint256 seed) external action(seed) {
        bytes memory call_ = abi.encodeCall(
            INativeEntry.handle_filecoin_method,
            (UNIVERSAL_RECEIVER_HOOK, 0x51, hex"80")
        );
        if (_oneIn(2)) return _refused(_anyoneButMarket(), call_, IDealClient.NotDataCap.selector, "receiver hook");
        RECORDER.record();
        _do(DATACAP_ACTOR, 0, call_);
        (, bytes32[] memory writes) = RECORDER.accesses(address(subject));
        require(writes.length == 0, "receiver hook: wrote");
    }

    /// @notice f05 itself gets no answer to another method, nor in another codec.
    function callOtherMethods(uint256 seed) external action(seed) {
        bool codec = _oneIn(2);
        uint64 method = codec ? AUTHENTICATE_MESSAGE : uint64(1024 + _random(1 << 32));
        if (method == MARKET_NOTIFY_DEAL) _nothingToDo();
        bytes memory call_ = abi.encodeCall(
            INativeEntry.handle_filecoin_method,
            (method, codec ? 0x71 : 0x51, hex"80")
        );
        bytes4 selector = codec ? IDealClient.CodecNotHandled.selector : IDealClient.MethodNotHandled.selector;
        _refused(MARKET_ACTOR, call_, selector, "other method");
    }

    /* INTERNALS */

    function _anyoneButMarket() private returns (address) {
        uint256 which = _random(6);
        if (which == 0) return STRANGER;
        if (which == 1) return _owner;
        if (which == 2) return FilAddress.toMaskedId(6);
        if (which == 3) return FilAddress.toMaskedId(_anyMiner());
        if (which == 4) return _workerOf(_anyMiner());
        return address(client);
    }

    function _refuseBoth(bytes memory asked, bytes memory noted) private {
        _refuse(AUTHENTICATE_MESSAGE, bytes.concat(hex"8242dead", Cbor.writeBytes(asked)));
        _refuse(MARKET_NOTIFY_DEAL, _notifyParams(noted, FAR_ID));
    }

    function _refuse(uint64 method, bytes memory params) private {
        (bool ok, bytes memory out) = _fromMarket(method, params);
        require(!ok, method == AUTHENTICATE_MESSAGE ? "forged: authenticated" : "forged: notification taken");
        require(_isTyped(out), "forged: refused without a reason");
    }

    function _notifyParams(bytes memory message, uint64 dealId) private pure returns (bytes memory) {
        return bytes.concat(hex"82", Cbor.writeBytes(message), Cbor.writeUint(dealId));
    }

    function _notified(DealProposal memory p, bool clientChanged) private view returns (bytes memory message) {
        bytes memory before = p.client;
        p.client = FilAddress.fromActorId(clientChanged ? _subjectId + 1 : _subjectId);
        message = p.encode();
        p.client = before;
    }

    /// @return clientChanged The field was the client.
    function _alter(DealProposal memory p, uint256 field) private returns (bool clientChanged) {
        if (field == 0) p.pieceCid[7 + _random(32)] ^= bytes1(uint8(1 << _random(8)));
        else if (field == 1) p.pieceSize = _oneIn(2) ? p.pieceSize << 1 : p.pieceSize + 1;
        else if (field == 2) p.verified = true;
        else if (field == 3)
            p.client = FilAddress.fromEth(_oneIn(2) ? address(client) : address(uint160(_random(1 << 160))));
        else if (field == 4) p.client = FilAddress.fromActorId(_subjectId + uint64(1 + _random(5)));
        else if (field == 5) p.client = abi.encodePacked(hex"02", bytes20(address(subject)));
        else if (field == 6) p.label[_random(p.label.length)] ^= 0x01;
        else if (field == 7) p.label = _oneIn(2) ? bytes.concat(p.label, "x") : bytes("");
        else if (field == 8) p.labelIsText = false;
        else if (field == 9) p.startEpoch += int64(uint64(1 + _random(100)));
        else if (field == 10) p.endEpoch += _oneIn(2) ? int64(uint64(1 + _random(100))) : -int64(1);
        else if (field == 11) p.pricePerEpoch += 1 + _random(3);
        else if (field == 12) p.providerCollateral += 1 + _random(3);
        else
            p.clientCollateral = p.clientCollateral == 0 || _oneIn(2) ? p.clientCollateral + 1 : p.clientCollateral - 1;
        return field >= 3 && field <= 5;
    }

    /// @dev The provider's address follows the client's: 44 ‖ 00 ‖ … for all miners here.
    function _flip(bytes memory message, DealProposal memory p) private {
        // 8b ‖ d82a5828 00 ‖ 39 bytes ‖ piece size ‖ f4 ‖ client ‖ provider
        uint256 from = 1 + 5 + 39 + Cbor.writeUint(p.pieceSize).length + 1 + Cbor.writeBytes(p.client).length;
        uint256 length = Cbor.writeBytes(p.provider).length;
        uint256 at = _random(message.length - length);
        if (at >= from) at += length;
        message[at] ^= bytes1(uint8(1 << _random(8)));
    }
}
