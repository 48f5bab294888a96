// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../filecoin/Cbor.sol";
import {DealProposal, DealProposals} from "../filecoin/DealProposals.sol";
import {AUTHENTICATE_MESSAGE} from "../filecoin/Methods.sol";
import {FilAddress} from "../filecoin/FilAddress.sol";
import {DealRequest, IDealClient} from "../interfaces/IDealClient.sol";
import {PieceCid} from "../piece/PieceCid.sol";
import {DealRules} from "./DealRules.sol";
import {Mismatch} from "./Mismatch.sol";

/// @title  The part of a client that knows what may be proposed, writes what providers read, and explains refusals
/// @notice A contract of its own for the size of all. It remembers nothing and holds no money: anyone may call it, and it
///         speaks of proposals of its caller.
contract ProposalClerk {
    using Cbor for CborReader;
    using DealProposals for DealProposal;

    /// @dev Address f00: nobody. Providers put their own in its place.
    bytes private constant ANY_PROVIDER = hex"0000";

    /// @dev The newest proposals that a refused publication is compared with, to name the field that differs.
    uint256 private constant DIAGNOSED = 16;

    /* WHAT MAY BE PROPOSED. The client passes the call that it is asked on, as it is: nothing is encoded twice. */

    /// @notice Checks a request of the starter kit by every rule.
    function makeDealProposal(DealRequest calldata deal) external view returns (bytes32 id, bytes32 commitment) {
        return _check(deal);
    }

    /// @notice The same with replicas and listed providers.
    function propose(
        DealRequest calldata deal,
        uint16 replicas,
        uint64[] calldata providers
    ) external view returns (bytes32 id, bytes32 commitment) {
        DealRules.checkReplicas(replicas, providers);
        return _check(deal);
    }

    function _check(DealRequest calldata deal) private view returns (bytes32 id, bytes32 commitment) {
        commitment = DealRules.check(deal, int64(uint64(block.number)));
        id = _fromRequest(deal, commitment).idOf(msg.sender);
    }

    /* WHAT PROVIDERS READ */

    /// @notice The CBOR of the caller's proposal, provider f00.
    function encode(bytes32 id) external view returns (bytes memory) {
        return _fromProposal(IDealClient(msg.sender).getProposal(id)).encode();
    }

    /// @notice The CBOR 4-tuple of its extra params (boost storagemarket/types ContractParamsVersion1).
    function encodeExtraParams(bytes32 id) external view returns (bytes memory) {
        IDealClient.Proposal memory p = IDealClient(msg.sender).getProposal(id);
        return
            bytes.concat(
                Cbor.writeArray(4),
                Cbor.writeText(p.locationRef),
                Cbor.writeUint(p.carSize),
                Cbor.writeBool(p.skipIpniAnnounce),
                Cbor.writeBool(p.removeUnsealedCopy)
            );
    }

    /* WHY A MESSAGE IS REFUSED */

    /// @notice Always reverts: with the field in which a message of f05 differs from the most similar of the caller's newest
    ///         open proposals, or because none is similar. MarketClerk has read it before and found no such proposal.
    function handle_filecoin_method(uint64 method, uint64, bytes memory params) external view {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        if (method == AUTHENTICATE_MESSAGE) r.readBytes();
        bytes memory message = r.readBytes();
        DealProposal memory got = DealProposals.decode(message);
        require(!got.verified, IDealClient.VerifiedDealsEnded());
        DealProposal memory closest;
        uint256 best = 0;
        IDealClient client = IDealClient(msg.sender);
        uint256 count = client.proposalCount();
        bytes32[] memory ids = client.proposalIds(count > DIAGNOSED ? count - DIAGNOSED : 0, DIAGNOSED);
        for (uint256 i = ids.length; i > 0; --i) {
            if (client.proposalState(ids[i - 1]) != IDealClient.ProposalState.Open) continue;
            DealProposal memory candidate = _fromProposal(client.getProposal(ids[i - 1]));
            uint256 equal = Mismatch.similarity(got, candidate);
            if (equal > best) (best, closest) = (equal, candidate);
        }
        if (best > 0) Mismatch.refuse(got, closest);
        (bytes32 id, , ) = DealProposals.identify(message, msg.sender);
        revert IDealClient.ProposalUnknown(id);
    }

    /* INTERNALS */

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

    function _fromProposal(IDealClient.Proposal memory from) private view returns (DealProposal memory p) {
        p.pieceCid = PieceCid.fromCommitment(from.pieceCommitment);
        p.pieceSize = from.pieceSize;
        p.client = FilAddress.fromEth(msg.sender);
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
