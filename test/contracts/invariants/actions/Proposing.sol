// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {DealRequest, ExtraParamsV1, IDealClient} from "../../../../contracts/interfaces/IDealClient.sol";
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../../support/Vm.sol";
import {Ghosts} from "../Ghosts.sol";

/// @title Proposals come, are cancelled, lapse and are released
abstract contract Proposing is Ghosts {
    int64 private constant MIN_DURATION = 518_400;
    /// @dev attoFIL, twice what f05 asks for on the localnet.
    uint256 private constant COLLATERAL_PER_BYTE = 500_000;

    /* ACTIONS */

    function propose(uint256 seed) external action(seed) {
        if (_paused) _nothingToDo();
        _proposeTerms(_newTerms(), _owner, uint16(1 + _random(4)), true);
    }

    function makeDealProposal(uint256 seed) external action(seed) {
        if (_paused) _nothingToDo();
        _proposeTerms(_newTerms(), _owner, 1, false);
    }

    /// @notice More than escrow and balance cover: nothing may change.
    function proposeTooDear(uint256 seed) external action(seed) {
        if (_paused) _nothingToDo();
        DealProposal memory p = _newTerms();
        p.clientCollateral = _escrow - _locked - _reserved + _held + 1 + _random(1 ether);
        bytes memory call_ = abi.encodeCall(IDealClient.makeDealProposal, (_request(p)));
        _refused(_owner, call_, IDealClient.EscrowTooLow.selector, "propose");
    }

    /// @notice The same terms a second time, whatever became of the first.
    function proposeTwin(uint256 seed) external action(seed) {
        uint256 at = _anyOffer();
        // Terms whose start has passed are refused for that.
        if (_paused || _now() >= _offers[at].startEpoch) _nothingToDo();
        bytes memory call_ = abi.encodeCall(IDealClient.propose, (_request(_terms[at]), 1, new uint64[](0)));
        _refused(_owner, call_, IDealClient.ProposalExists.selector, "twin");
    }

    function cancel(uint256 seed) external action(seed) {
        _cancel(_owner, _offerIn(IDealClient.ProposalState.Open));
    }

    /// @notice Filled, lapsed and cancelled proposals cannot be cancelled.
    function cancelClosed(uint256 seed) external action(seed) {
        uint256 at = _anyOffer();
        if (_offerState(at) == IDealClient.ProposalState.Open) _nothingToDo();
        bytes memory call_ = abi.encodeCall(IDealClient.cancel, (_offers[at].id));
        _refused(_owner, call_, IDealClient.ProposalNotInState.selector, "cancel what is closed");
    }

    /// @notice A keeper releases some lapsed proposals, some of them a second time, one perhaps twice in one call.
    function release(uint256 seed) external action(seed) {
        uint256 first = _offerIn(IDealClient.ProposalState.Lapsed);
        bytes32[] memory ids = new bytes32[](1 + _random(3));
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 at = i == 0 || _oneIn(3) ? first : _offerIn(IDealClient.ProposalState.Lapsed);
            Offer storage o = _offers[at];
            ids[i] = o.id;
            if (!o.released) _reserved -= o.perReplica * (o.replicas - o.published);
            o.released = true;
        }
        _do(KEEPER, 0, abi.encodeCall(IDealClient.release, (ids)));
    }

    /// @notice What has not lapsed keeps its reservation.
    function releaseEarly(uint256 seed) external action(seed) {
        bytes32[] memory ids = new bytes32[](1);
        uint256 at = _anyOffer();
        if (_offerState(at) == IDealClient.ProposalState.Lapsed) _nothingToDo();
        ids[0] = _offers[at].id;
        bytes memory call_ = abi.encodeCall(IDealClient.release, (ids));
        _refused(KEEPER, call_, IDealClient.ProposalNotInState.selector, "release what has not lapsed");
    }

    /// @notice Writes nothing.
    function reannounce(uint256 seed) external action(seed) {
        bytes32 id = _offers[_offerIn(IDealClient.ProposalState.Open)].id;
        RECORDER.record();
        _do(STRANGER, 0, abi.encodeCall(IDealClient.reannounce, (id)));
        (, bytes32[] memory writes) = RECORDER.accesses(address(subject));
        require(writes.length == 0, "stranger: reannounce wrote");
    }

    /* INTERNALS */

    /// @dev Sends enough to cover the proposal, or sends nothing if escrow and balance cover it.
    function _proposeTerms(DealProposal memory p, address from, uint16 replicas, bool payable_) internal {
        uint256 missing = _missingFor(_perReplica(p) * replicas);
        uint256 value = 0;
        if (missing > _held) {
            value = missing - _held + _random(1 ether);
            if (!payable_) _transferIn(value);
        } else if (payable_ && _oneIn(2)) {
            value = _random(1 ether);
        }
        uint64[] memory allowed = payable_ ? _someMiners(replicas) : new uint64[](0);
        bytes memory call_ =
            payable_
                ? abi.encodeCall(IDealClient.propose, (_request(p), replicas, allowed))
                : abi.encodeCall(IDealClient.makeDealProposal, (_request(p)));
        bytes32 id = abi.decode(_do(from, payable_ ? value : 0, call_), (bytes32));
        if (payable_) _noteReceived(value);
        _noteDeposited(missing);
        _noteOffer(p, id, from, replicas, allowed);
    }

    function _cancel(address from, uint256 at) internal {
        Offer storage o = _offers[at];
        _do(from, 0, abi.encodeCall(IDealClient.cancel, (o.id)));
        o.cancelled = true;
        _reserved -= o.perReplica * (o.replicas - o.published);
    }

    function _perReplica(DealProposal memory p) internal pure returns (uint256) {
        return p.pricePerEpoch * uint64(p.endEpoch - p.startEpoch) + p.clientCollateral;
    }

    function _missingFor(uint256 amount) internal view returns (uint256) {
        uint256 covered = _locked + _reserved + amount;
        return covered > _escrow ? covered - _escrow : 0;
    }

    /// @dev A transfer by EVM, before something that is not payable.
    function _transferIn(uint256 value) internal {
        _do(DONOR, value, "");
        _noteReceived(value);
    }

    function _noteReceived(uint256 value) internal {
        _received += value;
        _held += value;
    }

    function _noteDeposited(uint256 amount) internal {
        _held -= amount;
        _escrow += amount;
    }

    function _noteOffer(
        DealProposal memory p,
        bytes32 id,
        address from,
        uint16 replicas,
        uint64[] memory allowed
    ) private {
        Offer storage o = _offers.push();
        (o.id, o.proposer, o.replicas, o.allowed) = (id, from, replicas, allowed);
        (o.startEpoch, o.endEpoch, o.perReplica) = (p.startEpoch, p.endEpoch, _perReplica(p));
        o.seen = IDealClient.ProposalState.Open;
        _reserved += o.perReplica * replicas;
        _terms.push(p);
        _isOffer[_hashOf(p)] = true;
    }

    /// @dev Half of them are open to any provider.
    function _someMiners(uint16 replicas) private returns (uint64[] memory allowed) {
        if (_oneIn(2)) return allowed;
        allowed = new uint64[](replicas + _random(MINERS + 1 - replicas));
        uint256 first = _random(MINERS);
        for (uint256 i = 0; i < allowed.length; ++i) allowed[i] = MINER + uint64((first + i) % MINERS);
    }

    /// @dev One field in a few is at a bound that f05 or the client knows.
    function _newTerms() internal returns (DealProposal memory p) {
        p.pieceCid = abi.encodePacked(hex"0181e203922020", bytes32(_random(type(uint256).max)));
        p.pieceSize = uint64(128) << uint64(_oneIn(4) ? 0 : _random(29));
        p.client = FilAddress.fromEth(address(subject));
        p.labelIsText = true;
        // A few labels only: many proposals differ in other fields than this one.
        p.label = bytes(string.concat("request-", vm.toString(_random(3)), "/ipfs/bafybeieawlmgtnb455ynra7kxyzip"));
        p.startEpoch = _now() + 1 + int64(uint64(_random(_oneIn(4) ? 3 : 3000)));
        p.endEpoch = p.startEpoch + MIN_DURATION + int64(uint64(_oneIn(2) ? 0 : _random(5000)));
        if (!_oneIn(4)) p.pricePerEpoch = 1 + _random(1e12);
        p.providerCollateral = COLLATERAL_PER_BYTE * p.pieceSize + (_oneIn(2) ? 0 : _random(1e9));
        if (_oneIn(2)) p.clientCollateral = _random(1 ether);
    }

    function _request(DealProposal memory p) internal pure returns (DealRequest memory) {
        return
            DealRequest({
                piece_cid: p.pieceCid,
                piece_size: p.pieceSize,
                verified_deal: false,
                label: string(p.label),
                start_epoch: p.startEpoch,
                end_epoch: p.endEpoch,
                storage_price_per_epoch: p.pricePerEpoch,
                provider_collateral: p.providerCollateral,
                client_collateral: p.clientCollateral,
                extra_params_version: 1,
                extra_params: ExtraParamsV1("https://x.example/a.car", 100, false, false)
            });
    }
}
