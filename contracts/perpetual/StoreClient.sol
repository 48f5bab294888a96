// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealCourse} from "../client/DealCourse.sol";
import {DealClient} from "../DealClient.sol";
import {AUTHENTICATE_MESSAGE} from "../filecoin/Methods.sol";
import {IDealClient} from "../interfaces/IDealClient.sol";
import {IProviderJudge} from "../interfaces/IProviderJudge.sol";
import {IStoreClient} from "../interfaces/IStoreClient.sol";
import {StoreText} from "./StoreText.sol";

/// @title  A client that can exclude providers, ask a contract about them, and be looked at in one call
/// @notice What anyone may do with other clients, only the owner does here: what is written down, and when, is its business,
///         because it pays for it. A deal is settled at f05 by anyone all the same.
contract StoreClient is DealClient, IStoreClient {
    /// @dev What a judge gets at most, and of the remaining gas: what it burns leaves enough to go on, for everybody whose
    ///      deals are in the provider's message. In units of the FEVM, where a call into a contract takes a few millions.
    uint256 private constant MAX_JUDGE_GAS = 30_000_000;
    uint256 private constant JUDGE_GAS_PART = 4;

    struct Limits {
        address judge;
        /// `excluded` is not empty.
        bool excluding;
        uint64[] excluded;
    }

    mapping(bytes32 id => Limits) private _limits;

    /* OF THE OWNER */

    /// @inheritdoc IStoreClient
    function limitProviders(bytes32 id, address judge, uint64[] calldata excluded) external onlyOwner {
        require(_known(id).published == 0, AlreadyPublished(id));
        Limits storage limits = _limits[id];
        (limits.judge, limits.excluding, limits.excluded) = (judge, excluded.length > 0, excluded);
        emit ProvidersLimited(id, judge, excluded);
    }

    function release(bytes32[] calldata ids) public override(DealClient, IDealClient) onlyOwner {
        super.release(ids);
    }

    function observe(uint64[] calldata ids) public override(DealClient, IDealClient) onlyOwner {
        super.observe(ids);
    }

    function settle(uint64[] calldata ids) public override(DealClient, IDealClient) onlyOwner {
        super.settle(ids);
    }

    /* VIEWS */

    /// @notice The location as providers read it: what ends in a slash is stored as it is, and the piece CID follows.
    function getProposal(bytes32 id) public view override(DealClient, IDealClient) returns (Proposal memory out) {
        out = super.getProposal(id);
        out.locationRef = StoreText.locate(out.locationRef, out.pieceCommitment);
    }

    /// @inheritdoc IStoreClient
    function isHealthy(uint32[] calldata numbers, uint256 copies, int64 lead) external view returns (bool) {
        uint256 good = 0;
        int64 horizon = int64(uint64(block.number)) + lead;
        for (uint256 i = 0; i < numbers.length; ++i) {
            ProposalFacts storage p = _proposals[_proposalIds[numbers[i]]];
            (int64 start, int64 end) = (p.startEpoch, p.endEpoch);
            if (p.published < p.replicas && p.closure == Closure.None) return false;
            DealFacts storage d;
            for (uint256 number = p.newestDeal; number != 0; number = d.previous) {
                d = _deals[number];
                if (d.outcome != DealState.None) continue;
                (DealState state, , ) = DealCourse.lookAt(d.dealId, start, end, d.activatedAt != 0);
                if (state == DealState.Ended || state == DealState.None) continue;
                // Whether it was missed is not certain after its end.
                if (state == DealState.Missed && int64(uint64(block.number)) >= end) continue;
                if (state != DealState.Active && state != DealState.Published) return false;
                if (end > horizon) ++good;
            }
        }
        return good >= copies;
    }

    /// @inheritdoc IStoreClient
    function look(
        uint32[] calldata numbers
    ) external view returns (ProposalLook[] memory proposals, DealLook[] memory deals) {
        proposals = new ProposalLook[](numbers.length);
        uint256 count = 0;
        for (uint256 i = 0; i < numbers.length; ++i) {
            proposals[i] = _lookAtProposal(_proposalIds[numbers[i]]);
            count += proposals[i].published;
        }
        deals = new DealLook[](count);
        count = 0;
        for (uint256 i = 0; i < numbers.length; ++i) {
            ProposalLook memory p = proposals[i];
            uint256 number = _proposals[p.id].newestDeal;
            while (number != 0) {
                DealFacts storage d = _deals[number];
                DealLook memory out = deals[count++];
                (out.dealId, out.provider, out.state) = (d.dealId, d.provider, d.outcome);
                out.closed = out.state != DealState.None;
                if (!out.closed) {
                    (out.state, , ) = DealCourse.lookAt(d.dealId, p.startEpoch, p.endEpoch, d.activatedAt != 0);
                }
                number = d.previous;
            }
        }
    }

    function _lookAtProposal(bytes32 id) private view returns (ProposalLook memory out) {
        ProposalFacts storage p = _known(id);
        (out.id, out.startEpoch, out.endEpoch) = (id, p.startEpoch, p.endEpoch);
        (out.replicas, out.published, out.pieceSize, out.state) = (p.replicas, p.published, p.pieceSize, _stateOf(p));
        bool lapsed = out.state == ProposalState.Lapsed && p.closure != Closure.Released;
        if (out.state != ProposalState.Open && !lapsed) return out;
        out.wanted = out.replicas - out.published;
        out.reserved = _perReplica(p) * out.wanted;
    }

    /* ASKED BY PROVIDERS */

    function _requireAllowed(bytes32 id, ProposalFacts storage p, uint64 provider) internal view override {
        super._requireAllowed(id, p, provider);
        Limits storage limits = _limits[id];
        address judge = limits.judge;
        if (limits.excluding) require(!_contains(limits.excluded, provider), ProviderNotAllowed(provider));
        if (judge != address(0) && _isAsked()) require(_allows(judge, id, provider), ProviderNotAllowed(provider));
    }

    /// @dev f05 asks (AuthenticateMessage) before it notifies, in one message. A judge that changed its mind in between would
    ///      undo the deals of everyone in it.
    function _isAsked() private pure returns (bool) {
        return uint256(bytes32(msg.data[4:36])) == AUTHENTICATE_MESSAGE;
    }

    /// @dev Reads one word of the answer, however long it is.
    function _allows(address judge, bytes32 id, uint64 provider) private view returns (bool) {
        bytes memory question = abi.encodeCall(IProviderJudge.mayStore, (id, provider));
        uint256 part = gasleft() / JUDGE_GAS_PART;
        if (part > MAX_JUDGE_GAS) part = MAX_JUDGE_GAS;
        bool ok;
        uint256 answer;
        // (ok, answer) = judge.staticcall{gas: part}(question)
        assembly ("memory-safe") {
            ok := staticcall(part, judge, add(question, 32), mload(question), 0, 32)
            ok := and(ok, gt(returndatasize(), 31))
            answer := mload(0)
        }
        return ok && answer == 1;
    }
}
