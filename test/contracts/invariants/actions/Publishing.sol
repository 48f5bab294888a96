// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {AUTHENTICATE_MESSAGE, PUBLISH_STORAGE_DEALS} from "../../../../contracts/filecoin/Methods.sol";
import {BitField} from "../../../../contracts/localnet/BitField.sol";
import {DealProposal, Proposals} from "../../../../contracts/localnet/market/Proposals.sol";
import {IDealClient} from "../../../../contracts/interfaces/IDealClient.sol";
import {Proposing} from "./Proposing.sol";

/// @title  Providers publish what was proposed
/// @notice Which deals of a message f05 must take follows from the proposals alone. A message with one of them may never
///         be aborted: that would undo the deals of other clients.
abstract contract Publishing is Proposing {
    using Cbor for CborReader;
    using Proposals for DealProposal;

    /* ACTIONS */

    /// @notice One to three deals of a provider, one of them at least due to be taken.
    function publish(uint256 seed) external action(seed) {
        uint64 miner = _anyMiner();
        uint256[] memory offers = new uint256[](1 + _random(3));
        offers[0] = _publishable(miner);
        for (uint256 i = 1; i < offers.length; ++i) offers[i] = _anyOffer();
        _publishBatch(miner, offers);
    }

    /// @notice One deal twice in one message, the client named in both ways.
    function publishTwiceAtOnce(uint256 seed) external action(seed) {
        uint64 miner = _anyMiner();
        uint256[] memory offers = new uint256[](2);
        offers[0] = offers[1] = _publishable(miner);
        _publishBatch(miner, offers);
    }

    /// @notice A provider publishes again what it published, also after f05 forgot its own duplicate check.
    function publishAgain(uint256 seed) external action(seed) {
        Copy storage c = _copies[_anyCopy()];
        uint256[] memory offers = new uint256[](1 + _random(2));
        for (uint256 i = 0; i < offers.length; ++i) offers[i] = c.offer;
        _publishBatch(c.provider, offers);
    }

    /// @notice Activated, settled before its start, which ends the duplicate check of f05, and published again.
    function publishAfterSettlement(uint256 seed) external action(seed) {
        for (uint256 i = 0; i < _copies.length; ++i) {
            Copy storage c = _copies[_copies.length - 1 - i];
            if (c.gone || c.activatedAt == 0 || _now() > _offers[c.offer].startEpoch) continue;
            _settleAtMarket(STRANGER, c);
            uint256[] memory offers = new uint256[](1);
            offers[0] = c.offer;
            return _publishBatch(c.provider, offers);
        }
        _nothingToDo();
    }

    /// @notice Any provider, any proposals, any state.
    function publishAtRandom(uint256 seed) external action(seed) {
        uint256[] memory offers = new uint256[](1 + _random(3));
        for (uint256 i = 0; i < offers.length; ++i) offers[i] = _anyOffer();
        _publishBatch(_anyMiner(), offers);
    }

    /// @notice f05 asks, outside of a publication and free to write; the client answers yes or a typed no and writes
    ///         nothing either way.
    function authenticate(uint256 seed) external action(seed) {
        uint256 at = _anyOffer();
        uint64 miner = _anyMiner();
        RECORDER.record();
        (bool ok, bytes memory out) = _fromMarket(AUTHENTICATE_MESSAGE, _authParams(_copyOf(at, miner)));
        (, bytes32[] memory writes) = RECORDER.accesses(address(subject));
        require(writes.length == 0, "authentication: wrote");
        require(ok == _mayPublish(at, miner), "authentication: another answer than the terms give");
        if (!ok) return require(_isTyped(out), "authentication: refused without a reason");
        (uint32 exit, uint64 codec, bytes memory data) = abi.decode(out, (uint32, uint64, bytes));
        require(exit == 0 && codec == 0x51 && keccak256(data) == keccak256(hex"f5"), "authentication: not a yes");
    }

    /* INTERNALS */

    /// @dev The proposal as a provider signs it. The client stands in either of its forms.
    function _copyOf(uint256 at, uint64 miner) internal returns (DealProposal memory p) {
        p = _terms[at];
        p.provider = FilAddress.fromActorId(miner);
        if (_oneIn(2)) p.client = FilAddress.fromActorId(_subjectId);
    }

    function _authParams(DealProposal memory p) internal pure returns (bytes memory) {
        return bytes.concat(hex"8242dead", Cbor.writeBytes(p.encode()));
    }

    function _publishable(uint64 miner) internal returns (uint256) {
        uint256 first = _anyOffer();
        for (uint256 i = 0; i < _offers.length; ++i) {
            uint256 at = (first + _offers.length - i) % _offers.length;
            if (_mayPublish(at, miner)) return at;
        }
        _nothingToDo();
        return 0;
    }

    function _publishBatch(uint64 miner, uint256[] memory offers) internal {
        DealProposal[] memory deals = new DealProposal[](offers.length);
        bool[] memory due = new bool[](offers.length);
        uint256 count = 0;
        for (uint256 i = 0; i < offers.length; ++i) {
            deals[i] = _copyOf(offers[i], miner);
            due[i] = _mayPublish(offers[i], miner) && !_among(offers, i);
            if (due[i]) ++count;
        }
        (bool ok, bytes memory out) = _send(miner, deals);
        if (count == 0) return require(!ok, "publication: taken, but against the proposal");
        require(ok, "publication: a yes was not followed by a yes, the message was aborted");
        _takeResult(miner, offers, due, count, abi.decode(out, (INativeAnswer)).data);
    }

    struct INativeAnswer {
        uint32 exit;
        uint64 codec;
        bytes data;
    }

    function _send(uint64 miner, DealProposal[] memory deals) internal returns (bool ok, bytes memory out) {
        (ok, out) = _tryNative(_workerOf(miner), 5, PUBLISH_STORAGE_DEALS, _publishParams(deals));
        if (!ok) require(_abortCode(out) == 16, "publication: ended with another exit code than 16");
        // Answers are tuples, not structs.
        if (ok) out = bytes.concat(bytes32(uint256(32)), out);
    }

    /// @dev f05 answers [[ids…], RLE+ of the places that were taken].
    function _takeResult(
        uint64 miner,
        uint256[] memory offers,
        bool[] memory due,
        uint256 count,
        bytes memory answer
    ) private {
        CborReader memory r = Cbor.reader(answer);
        r.readArray(2);
        require(r.readArray() == count, "publication: another number of deals than the proposals give");
        uint64[] memory ids = new uint64[](count);
        for (uint256 i = 0; i < count; ++i) ids[i] = r.readUint();
        uint64[] memory places = BitField.decodeIds(r.readBytes(), offers.length);
        for (uint256 i = 0; i < count; ++i) {
            uint256 at = offers[places[i]];
            require(due[places[i]], "publication: taken, but against the proposal");
            _notePublished(at, miner, ids[i]);
            IDealClient.Deal memory deal = subject.getDeal(ids[i]);
            require(deal.proposalId == _offers[at].id && deal.provider == miner, "publication: noted as another deal");
        }
    }

    function _among(uint256[] memory offers, uint256 end) private pure returns (bool) {
        for (uint256 i = 0; i < end; ++i) if (offers[i] == offers[end]) return true;
        return false;
    }

    /// @dev Implemented with the other ways to settle.
    function _settleAtMarket(address from, Copy storage c) internal virtual;
}
