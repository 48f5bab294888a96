// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BURNT_FUNDS_ACTOR_ID} from "../../../contracts/localnet/Native.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {Delegating} from "./actions/Delegating.sol";

/// @title  The rules, asked of the client as it stands
/// @notice `which` picks a proposal or a deal, modulo their number: after each call one is looked at, after a run all.
abstract contract Checks is Delegating {
    function offerCount() external view returns (uint256) {
        return _offers.length;
    }

    function copyCount() external view returns (uint256) {
        return _copies.length;
    }

    /* COPIES */

    function checkSlots(uint256 which) external view {
        if (_offers.length == 0) return;
        Offer storage o = _offers[which % _offers.length];
        require(o.published <= o.replicas, "slots: more copies were published than were asked for");
        IDealClient.Proposal memory p = subject.getProposal(o.id);
        require(p.replicas == o.replicas && p.published == o.published, "slots: the client counts other copies");
        require(p.dealIds.length == o.published, "slots: the proposal lists other deals");
    }

    function checkOneCopyPerProvider(uint256 which) external view {
        if (_offers.length == 0) return;
        uint64[] memory ids = subject.getProposal(_offers[which % _offers.length].id).dealIds;
        uint256 met = 0;
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 bit = 1 << (subject.getDeal(ids[i]).provider - MINER);
            require(met & bit == 0, "one copy: a provider has two copies of a proposal");
            met |= bit;
        }
    }

    /// @dev What f05 published in the client's name is what was proposed, and the client knows it as that.
    function checkDeals(uint256 which) external view {
        require(subject.dealCount() == _copies.length, "deals: the client knows another number of them");
        require(subject.proposalCount() == _offers.length, "deals: the client has another number of proposals");
        if (_copies.length == 0) return;
        uint256 at = which % _copies.length;
        Copy storage c = _copies[at];
        uint64[] memory ids = subject.dealIds(at, 1);
        require(ids.length == 1 && ids[0] == c.dealId, "deals: listed as another one");
        IDealClient.Deal memory d = subject.getDeal(c.dealId);
        Offer storage o = _offers[c.offer];
        require(d.proposalId == o.id && d.provider == c.provider, "deals: noted as a copy of something else");
        require(d.publishedAt == c.publishedAt, "deals: noted as published at another epoch");
        require(d.startEpoch == o.startEpoch && d.endEpoch == o.endEpoch, "deals: noted with another term");
    }

    /* MONEY */

    /// @dev To the attoFIL: what came in is here, in the escrow, paid to providers, or withdrawn.
    function checkConservation() external {
        (uint256 escrow, ) = _atMarket(FilAddress.fromActorId(_subjectId));
        uint256 there = address(subject).balance + escrow + _paid + _withdrawn;
        require(there == _received, "conservation: the client's money is more or less than what came in");
        require(RECIPIENT.balance == _withdrawn, "conservation: more or less was withdrawn");
        uint256 providers = 0;
        for (uint64 i = 0; i < MINERS; ++i) {
            (uint256 one, ) = _atMarket(FilAddress.fromActorId(MINER + i));
            providers += one;
        }
        uint256 burnt = FilAddress.toMaskedId(BURNT_FUNDS_ACTOR_ID).balance;
        require(burnt == _burned, "conservation: more or less was burned");
        require(
            providers + burnt == MINERS * PROVIDER_FUNDS + _paid,
            "conservation: providers were paid another amount"
        );
    }

    /// @dev What f05 has locked for the client is the rest of its deals: it never runs out.
    function checkLocked() external {
        (uint256 escrow, uint256 locked) = _atMarket(FilAddress.fromActorId(_subjectId));
        require(locked == _locked, "locked: not what the deals need");
        require(locked <= escrow, "locked: more than there is");
    }

    /// @dev What open proposals may still lock is reserved, and no more; f05 can always lock it.
    function checkReserved() external view {
        (uint256 escrow, uint256 locked, uint256 reserved, , ) = subject.funds();
        require(reserved == _reserved, "reserved: not what the missing copies would lock");
        require(escrow >= locked + reserved, "reserved: the escrow does not cover it");
    }

    /// @dev The same sum once more, from the proposals.
    function checkReservedSum() external view {
        uint256 sum = 0;
        for (uint256 i = 0; i < _offers.length; ++i) {
            Offer storage o = _offers[i];
            if (!o.cancelled && !o.released) sum += o.perReplica * (o.replicas - o.published);
        }
        (, , uint256 reserved, , ) = subject.funds();
        require(reserved == sum, "reserved: not the sum over the proposals");
    }

    function checkFunds() external view {
        (uint256 escrow, uint256 locked, uint256 reserved, uint256 available, uint256 balance) = subject.funds();
        require(escrow == _escrow && locked == _locked, "funds: the escrow is another");
        require(reserved == _reserved && balance == _held, "funds: reserved or balance are others");
        require(available == _escrow - _locked - _reserved, "funds: another amount is free");
    }

    /// @dev Takes out what is free; then ends all reservations and takes those; then lets all deals end and takes the rest.
    ///      To be called where the state is not used again.
    function checkExit(bool toTheEnd) external {
        _takeAll(_escrow - _locked - _reserved);
        if (!toTheEnd) return;
        for (uint256 i = 0; i < _offers.length; ++i) {
            if (_offerState(i) == IDealClient.ProposalState.Open) _cancel(_owner, i);
            if (_offerState(i) == IDealClient.ProposalState.Lapsed) _release(i);
        }
        require(_reserved == 0, "exit: something stays reserved");
        _takeAll(_escrow - _locked);
        _rollTo(_now() + 10_000_000);
        for (uint256 i = 0; i < _copies.length; ++i) {
            _do(KEEPER, 0, abi.encodeCall(IDealClient.settle, (_ids(_copies[i].dealId))));
            _noteSettled(_copies[i]);
        }
        _takeAll(_escrow);
        (uint256 escrow, uint256 locked, uint256 reserved, , uint256 balance) = subject.funds();
        require(escrow + locked + reserved + balance == 0, "exit: something stays behind");
        require(_withdrawn + _paid == _received, "exit: something was lost");
    }

    function _release(uint256 at) private {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _offers[at].id;
        _do(KEEPER, 0, abi.encodeCall(IDealClient.release, (ids)));
        Offer storage o = _offers[at];
        if (!o.released) _reserved -= o.perReplica * (o.replicas - o.published);
        o.released = true;
    }

    function _takeAll(uint256 free) private {
        bytes memory out = _do(_owner, 0, abi.encodeCall(IDealClient.withdrawEscrow, (type(uint256).max)));
        require(abi.decode(out, (uint256)) == free, "exit: the free escrow does not come out");
        _do(_owner, 0, abi.encodeCall(IDealClient.withdraw, (payable(RECIPIENT), _held + free)));
        _escrow -= free;
        _withdrawn += _held + free;
        _held = 0;
        require(address(subject).balance == 0, "exit: the balance does not come out");
    }

    /* STATES */

    /// @dev The table at the head of IDealClient, row by row.
    function checkStates(uint256 which) external view {
        if (_offers.length == 0) return;
        uint256 at = which % _offers.length;
        require(subject.proposalState(_offers[at].id) == _offerState(at), "states: a proposal is in another one");
        if (_copies.length == 0) return;
        Copy storage c = _copies[which % _copies.length];
        require(subject.dealState(c.dealId) == _copyState(c), "states: a deal is in another one");
    }

    /// @dev Recorded outcomes are final, and an activation once noted stays.
    function checkRecords(uint256 which) external view {
        if (_copies.length == 0) return;
        Copy storage c = _copies[which % _copies.length];
        IDealClient.Deal memory d = subject.getDeal(c.dealId);
        if (c.recorded != IDealClient.DealState.None) require(d.state == c.recorded, "records: an outcome changed");
        int64 activatedAt = c.noted == 0 ? int64(-1) : c.noted;
        if (c.noted == 0 && c.activatedAt != 0 && !c.gone) activatedAt = c.activatedAt;
        require(d.activatedAt == activatedAt, "records: an activation was forgotten or changed");
    }

    /* WHO */

    function checkOwnership() external view {
        require(_owned().owner() == _owner, "ownership: somebody else owns the client");
        require(_owned().pendingOwner() == _pendingOwner, "ownership: somebody else is offered the client");
    }
}
