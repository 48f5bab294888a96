// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealRequest, IDealClient} from "../interfaces/IDealClient.sol";
import {IPerpetualStorage, Piece, Policy} from "../interfaces/IPerpetualStorage.sol";
import {PieceCid} from "../piece/PieceCid.sol";
import {DealFacts, Decision, Facts, Standing} from "./KeepRules.sol";
import {Offer} from "./Offer.sol";
import {PolicyRules} from "./PolicyRules.sol";
import {Choice, ProviderChoice} from "./ProviderChoice.sol";
import {ReasonText} from "./ReasonText.sol";
import {Runway} from "./Runway.sol";
import {StoreText} from "./StoreText.sol";

/// @title  The part of PerpetualStorage that has no state: checks policies, writes proposals, and reckons
/// @notice A contract of its own for the size of both. It holds no money, and asks its caller for what stands there.
contract StoreClerk {
    uint256 private constant MAX_ROOT_LENGTH = 128;

    /// @notice An attempt of a store.
    struct Attempt {
        uint256 store;
        /// From 1.
        uint32 number;
        uint32 policy;
        uint64[4] shunned;
        /// Where an earlier proposal has the piece; zero for the first attempt.
        IDealClient client;
        bytes32 earlier;
    }

    /// @dev What every attempt of a store has in common.
    struct Content {
        bytes32 commitment;
        /// Bytes that a location serves.
        uint64 size;
        string root;
        /// Empty: the policy's next.
        string location;
    }

    /// @notice Refuses what is no policy, with the error that says why.
    function checkPolicy(Policy calldata policy) external view {
        PolicyRules.check(policy);
    }

    /* PROPOSALS. Each answers the call of the client's `propose`, and the limits that the proposal gets. */

    /// @notice The first proposal of a store. A piece that cannot be one ends in the client's error.
    function draftFirst(
        Attempt calldata a,
        Facts calldata f,
        Decision calldata d,
        Piece calldata piece,
        Policy calldata policy
    ) external pure returns (bytes memory call_, address judge, uint64[] memory excluded) {
        uint256 length = bytes(piece.root).length;
        require(length <= MAX_ROOT_LENGTH, IPerpetualStorage.RootTooLong(length, MAX_ROOT_LENGTH));
        (bool valid, bytes32 commitment) = PieceCid.tryCommitment(piece.pieceCid);
        require(valid, IDealClient.PieceCidInvalid(piece.pieceCid));
        // Providers take no label but a CID.
        string memory root = length > 0 ? piece.root : StoreText.cidText(commitment);
        return _draft(a, f, d, policy, Content(commitment, piece.size, root, ""));
    }

    /// @notice A further one, of the piece that is in an earlier proposal.
    /// @param location Where a keeper has the piece; empty: the policy's next.
    function draftNext(
        Attempt calldata a,
        Facts calldata f,
        Decision calldata d,
        string calldata location
    ) external view returns (bytes memory call_, address judge, uint64[] memory excluded) {
        IDealClient.Proposal memory p = a.client.getProposal(a.earlier);
        Content memory content = Content(p.pieceCommitment, p.carSize, StoreText.rootOf(p.label), location);
        return _draft(a, f, d, IPerpetualStorage(msg.sender).policyOf(a.policy), content);
    }

    function _draft(
        Attempt calldata a,
        Facts calldata f,
        Decision calldata d,
        Policy memory p,
        Content memory content
    ) private pure returns (bytes memory call_, address judge, uint64[] memory excluded) {
        string memory location = content.location;
        if (bytes(location).length == 0) location = p.locations[(a.number - 1) % p.locations.length];
        DealRequest memory deal;
        deal.piece_cid = PieceCid.fromCommitment(content.commitment);
        deal.piece_size = f.pieceSize;
        deal.label = StoreText.label(a.store, a.number, content.root);
        (deal.start_epoch, deal.end_epoch) = (d.startEpoch, d.endEpoch);
        deal.storage_price_per_epoch = Offer.perEpoch(p.price, p.maxPrice, d.step, f.pieceSize);
        deal.provider_collateral = Offer.perEpoch(p.collateral, p.maxCollateral, d.step, f.pieceSize);
        deal.extra_params_version = 1;
        deal.extra_params.location_ref = location;
        deal.extra_params.car_size = content.size;
        Choice memory c = ProviderChoice.choose(f, p.rule, p.providers, p.distinct, a.shunned, d);
        call_ = abi.encodeCall(IDealClient.propose, (deal, d.copies, c.allowed));
        return (call_, p.judge, c.excluded);
    }

    /* RECKONING */

    /// @notice How many listed providers may take a copy.
    function eligible(Facts calldata f, uint32 policy) external view returns (uint16) {
        Policy memory p = IPerpetualStorage(msg.sender).policyOf(policy);
        return ProviderChoice.eligible(f, p.rule, p.providers, p.distinct);
    }

    function status(Facts calldata f, Decision calldata d) external pure returns (IPerpetualStorage.Status memory s) {
        for (uint256 i = 0; i < f.deals.length; ++i) {
            DealFacts calldata deal = f.deals[i];
            if (deal.closed) continue;
            if (deal.standing == Standing.Active) ++s.active;
            if (deal.standing == Standing.Published) ++s.published;
        }
        s.open = d.endsOpen ? 0 : f.openCopies;
        s.next = d;
        s.why = ReasonText.of_(d.reason);
    }

    function runway(Facts calldata f, uint256 money, uint256 pay) external pure returns (uint256 epochs) {
        return Runway.of_(f, money, pay);
    }

    /// @notice As PerpetualStorage is asked. Refuses what is no policy.
    function endowment(
        uint64 pieceSize,
        Policy calldata p,
        uint256 epochs
    ) external view returns (uint256 atFirstOffer, uint256 atCeiling) {
        PolicyRules.check(p);
        // Each deal but the first overlaps with the one before.
        int64 period = Runway.periodOf(p.term, p.startDelay);
        uint256 deals = Runway.dealsFor(epochs, p.term, period);
        uint256 price = Offer.perEpoch(p.price, p.maxPrice, 0, pieceSize);
        atFirstOffer = Runway.capital(deals, p.replicas * price * uint64(p.term), p.maxPay);
        price = Offer.perEpoch(p.price, p.maxPrice, Offer.STEPS, pieceSize);
        atCeiling = Runway.capital(deals, p.replicas * price * uint64(p.term), p.maxPay);
    }
}
