// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealClient} from "../DealClient.sol";
import {IProviderJudge} from "../interfaces/IProviderJudge.sol";
import {IStoreClient} from "../interfaces/IStoreClient.sol";

/// @title A client that can exclude providers, ask a contract about them, and be looked at in one call
contract StoreClient is DealClient, IStoreClient {
    /// @dev The part of the remaining gas that a judge gets: what it burns leaves enough to go on.
    uint256 private constant JUDGE_GAS_PART = 4;

    struct Limits {
        address judge;
        /// `excluded` is not empty.
        bool excluding;
        uint64[] excluded;
    }

    mapping(bytes32 id => Limits) private _limits;

    /// @inheritdoc IStoreClient
    function limitProviders(bytes32 id, address judge, uint64[] calldata excluded) external onlyOwner {
        require(_known(id).published == 0, AlreadyPublished(id));
        Limits storage l = _limits[id];
        (l.judge, l.excluding, l.excluded) = (judge, excluded.length > 0, excluded);
        emit ProvidersLimited(id, judge, excluded);
    }

    /// @inheritdoc IStoreClient
    function look(
        uint32[] calldata numbers
    ) external view returns (ProposalLook[] memory proposals, DealLook[] memory deals) {
        proposals = new ProposalLook[](numbers.length);
        uint256 count = 0;
        for (uint256 i = 0; i < numbers.length; ++i) {
            bytes32 id = _proposalIds[numbers[i]];
            ProposalFacts storage p = _known(id);
            proposals[i] = _lookAtProposal(id, p);
            count += p.published;
        }
        deals = new DealLook[](count);
        count = 0;
        for (uint256 i = 0; i < numbers.length; ++i) {
            uint256 number = _proposals[proposals[i].id].newestDeal;
            while (number != 0) {
                DealFacts storage d = _deals[number];
                DealLook memory l = deals[count++];
                (l.dealId, l.provider, l.state) = (d.dealId, d.provider, d.outcome);
                l.closed = l.state != DealState.None;
                if (!l.closed) (l.state, , ) = _lookAt(d);
                number = d.previous;
            }
        }
    }

    function _lookAtProposal(bytes32 id, ProposalFacts storage p) private view returns (ProposalLook memory l) {
        (l.id, l.startEpoch, l.endEpoch) = (id, p.startEpoch, p.endEpoch);
        (l.replicas, l.published, l.pieceSize, l.state) = (p.replicas, p.published, p.pieceSize, _stateOf(p));
        bool lapsed = l.state == ProposalState.Lapsed && p.closure != Closure.Released;
        if (l.state != ProposalState.Open && !lapsed) return l;
        l.wanted = l.replicas - l.published;
        l.reserved = _perReplica(p) * l.wanted;
    }

    function _requireAllowed(bytes32 id, ProposalFacts storage p, uint64 provider) internal view override {
        super._requireAllowed(id, p, provider);
        Limits storage l = _limits[id];
        address judge = l.judge;
        if (l.excluding) require(!_contains(l.excluded, provider), ProviderNotAllowed(provider));
        if (judge != address(0)) require(_allows(judge, id, provider), ProviderNotAllowed(provider));
    }

    /// @dev Reads one word of the answer, however long it is.
    function _allows(address judge, bytes32 id, uint64 provider) private view returns (bool) {
        bytes memory question = abi.encodeCall(IProviderJudge.mayStore, (id, provider));
        uint256 part = gasleft() / JUDGE_GAS_PART;
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
