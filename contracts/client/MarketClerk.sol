// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ActorCall} from "../filecoin/ActorCall.sol";
import {Cbor, CborReader} from "../filecoin/Cbor.sol";
import {DealProposal, DealProposals} from "../filecoin/DealProposals.sol";
import {EX_DEAL_EXPIRED, OK, USR_NOT_FOUND} from "../filecoin/ExitCodes.sol";
import {FilAddress} from "../filecoin/FilAddress.sol";
import {MarketActor, Settlement} from "../filecoin/MarketActor.sol";
import {GET_DEAL_ACTIVATION} from "../filecoin/Methods.sol";
import {DealRequest, IDealClient} from "../interfaces/IDealClient.sol";
import {PieceCid} from "../piece/PieceCid.sol";
import {DealRules} from "./DealRules.sol";
import {Mismatch} from "./Mismatch.sol";

/// @title  The half of a client that remembers nothing: knows the rules, reads and writes f05's bytes, asks f05
/// @notice A contract of its own for the size of both. Each implementation of the client deploys one, and its clones
///         share it. It holds no money and no state, and f05 lets anyone ask and settle, so anyone may call it.
contract MarketClerk {
    using Cbor for CborReader;
    using DealProposals for DealProposal;

    /// @dev Address f00: nobody. Providers put their own in its place.
    bytes private constant ANY_PROVIDER = hex"0000";

    /// @notice Checks a request by every rule.
    /// @param now_   The current epoch.
    /// @param client The contract in whose name it is.
    function check(
        DealRequest calldata deal,
        uint16 replicas,
        uint64[] calldata providers,
        int64 now_,
        address client
    ) external pure returns (bytes32 id, bytes32 commitment) {
        commitment = DealRules.check(deal, now_);
        DealRules.checkReplicas(replicas, providers);
        id = _fromRequest(deal, commitment).idOf(client);
    }

    /* PROPOSALS */

    /// @notice The CBOR of the deal proposal, provider f00.
    function encode(IDealClient.Proposal calldata p, address client) external pure returns (bytes memory) {
        return _fromProposal(p, client).encode();
    }

    /// @notice The CBOR 4-tuple of extra params (boost storagemarket/types ContractParamsVersion1).
    function encodeExtraParams(IDealClient.Proposal calldata p) external pure returns (bytes memory) {
        return
            bytes.concat(
                Cbor.writeArray(4),
                Cbor.writeText(p.locationRef),
                Cbor.writeUint(p.carSize),
                Cbor.writeBool(p.skipIpniAnnounce),
                Cbor.writeBool(p.removeUnsealedCopy)
            );
    }

    /* MESSAGES OF f05 */

    /// @notice Reads AuthenticateMessage params: [signature bytes, proposal bytes]. The signature is nobody's: the chain
    ///         asks the contract instead. f05 passes addresses on as the provider gave them, of any kind.
    /// @param owner The contract in whose name the message must be.
    /// @return id   Of the proposal that the message is, if there is such a proposal.
    function readAuthentication(
        bytes memory params,
        address owner
    ) external view returns (bytes32 id, uint64 provider) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        r.readBytes();
        bytes memory message = r.readBytes();
        r.done();
        bytes memory client;
        bytes memory providerAddress;
        (id, client, providerAddress) = DealProposals.identify(message, owner);
        _requireClient(client, owner);
        provider = _actorIdOf(providerAddress);
    }

    /// @notice Reads MarketNotifyDeal params: [proposal bytes, deal id]. f05 gives client and provider as actor ids.
    function readNotification(
        bytes memory params,
        address owner
    ) external view returns (bytes32 id, uint64 provider, uint64 dealId) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        bytes memory message = r.readBytes();
        dealId = r.readUint();
        r.done();
        bytes memory client;
        bytes memory providerAddress;
        (id, client, providerAddress) = DealProposals.identify(message, owner);
        require(FilAddress.toActorId(client) == actorIdOf(owner), IDealClient.ClientMismatch(client));
        provider = FilAddress.toActorId(providerAddress);
    }

    /// @notice Always reverts: with the field in which a message differs from the most similar of the candidates, or
    ///         because none is similar.
    /// @param params Of AuthenticateMessage or MarketNotifyDeal.
    /// @param id     What the message claims to be.
    function refuse(
        bytes memory params,
        bool isNotification,
        bytes32 id,
        IDealClient.Proposal[] calldata candidates
    ) external pure {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        if (!isNotification) r.readBytes();
        DealProposal memory got = DealProposals.decode(r.readBytes());
        require(!got.verified, IDealClient.VerifiedDealsEnded());
        DealProposal memory closest;
        uint256 best = 0;
        for (uint256 i = 0; i < candidates.length; ++i) {
            DealProposal memory candidate = _fromProposal(candidates[i], address(0));
            uint256 equal = Mismatch.similarity(got, candidate);
            if (equal > best) (best, closest) = (equal, candidate);
        }
        if (best > 0) Mismatch.refuse(got, closest);
        revert IDealClient.ProposalUnknown(id);
    }

    /* ASKING f05 (attoFIL) */

    function balanceOf(address client) external view returns (uint256 escrow, uint256 locked) {
        return MarketActor.balanceOf(FilAddress.fromEth(client));
    }

    /// @notice The table at the head of IDealClient.
    /// @param wasActive   The deal was seen active before.
    /// @return state
    /// @return gone        f05 removed the deal.
    /// @return activatedAt Epoch, or -1.
    function lookAt(
        uint64 dealId,
        int64 startEpoch,
        int64 endEpoch,
        bool wasActive
    ) external view returns (IDealClient.DealState state, bool gone, int64 activatedAt) {
        int64 now_ = int64(uint64(block.number));
        int256 exitCode;
        (exitCode, activatedAt) = MarketActor.activationOf(dealId);
        if (exitCode == USR_NOT_FOUND) return (IDealClient.DealState.None, false, -1);
        gone = exitCode == EX_DEAL_EXPIRED;
        require(gone || exitCode == OK, ActorCall.ActorFailed(GET_DEAL_ACTIVATION, exitCode));
        if (gone ? wasActive : activatedAt >= 0) {
            if (now_ >= endEpoch) state = IDealClient.DealState.Ended;
            else state = gone ? IDealClient.DealState.Terminated : IDealClient.DealState.Active;
        } else if (gone) {
            state = now_ < startEpoch ? IDealClient.DealState.Terminated : IDealClient.DealState.Missed;
        } else {
            state = now_ <= startEpoch ? IDealClient.DealState.Published : IDealClient.DealState.Missed;
        }
    }

    /// @param dealIds Strictly ascending.
    /// @return settled One for each id, in the same order.
    function settle(uint64[] memory dealIds) external returns (Settlement[] memory settled) {
        return MarketActor.settle(dealIds);
    }

    /// @notice Params for the two calls that a client makes itself: AddBalance takes the client's money with it, and f05
    ///         pays escrow to none but the client.
    function addBalanceParams(address client) external pure returns (bytes memory) {
        return MarketActor.addBalanceParams(FilAddress.fromEth(client));
    }

    function withdrawBalanceParams(address client, uint256 amount) external pure returns (bytes memory) {
        return MarketActor.withdrawBalanceParams(FilAddress.fromEth(client), amount);
    }

    function actorIdOf(address account) public view returns (uint64 id) {
        bool found;
        (found, id) = ActorCall.tryResolve(FilAddress.fromEth(account));
        require(found, IDealClient.ActorUnknown(FilAddress.fromEth(account)));
    }

    /* INTERNALS */

    /// @dev The client's address is either its f410 form or its actor id.
    function _requireClient(bytes memory client, address owner) private view {
        (bool isEth, address eth) = FilAddress.tryEth(client);
        if (isEth && eth == owner) return;
        (bool isId, uint64 id) = FilAddress.tryActorId(client);
        require(isId && id == actorIdOf(owner), IDealClient.ClientMismatch(client));
    }

    function _actorIdOf(bytes memory account) private view returns (uint64) {
        (bool found, uint64 id) = FilAddress.tryActorId(account);
        if (found) return id;
        // Refuses what is no address, other forms of f0 included; the other kinds have one form each.
        FilAddress.kindOf(account);
        (found, id) = ActorCall.tryResolve(account);
        require(found, IDealClient.ActorUnknown(account));
        return id;
    }

    function _fromRequest(DealRequest calldata deal, bytes32 commitment) private pure returns (DealProposal memory p) {
        p.pieceCid = PieceCid.fromCommitment(commitment);
        p.pieceSize = deal.piece_size;
        p.label = bytes(deal.label);
        p.labelIsText = true;
        p.startEpoch = deal.start_epoch;
        p.endEpoch = deal.end_epoch;
        p.pricePerEpoch = deal.storage_price_per_epoch;
        p.providerCollateral = deal.provider_collateral;
        p.clientCollateral = deal.client_collateral;
    }

    function _fromProposal(
        IDealClient.Proposal calldata from,
        address client
    ) private pure returns (DealProposal memory p) {
        p.pieceCid = PieceCid.fromCommitment(from.pieceCommitment);
        p.pieceSize = from.pieceSize;
        p.client = FilAddress.fromEth(client);
        p.provider = ANY_PROVIDER;
        p.label = bytes(from.label);
        p.labelIsText = true;
        p.startEpoch = from.startEpoch;
        p.endEpoch = from.endEpoch;
        p.pricePerEpoch = from.pricePerEpoch;
        p.providerCollateral = from.providerCollateral;
        p.clientCollateral = from.clientCollateral;
    }
}
