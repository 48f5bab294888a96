// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealClient} from "../../../contracts/DealClient.sol";
import {MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {AUTHENTICATE_MESSAGE} from "../../../contracts/filecoin/Methods.sol";
import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../support/Vm.sol";
import {Kit} from "./Kit.sol";

/// @notice Terms that the starter kit's client let a provider choose, or let its owner get wrong.
contract StarterKitTermsTest is Kit {
    address payable private constant GOLDEN = payable(0xD4aac4D8fBc7575bDf5C19f900634d6c61a00a79);

    /// @notice B5, 7.1.2. The old `authenticateMessage` compared the verified flag, the price and the client's collateral
    ///         (DealClient.sol:206-229). A provider could change every other field. Here each is asked for and published
    ///         altered by one, and neither goes through; then unaltered, and both do.
    function test_B5_everyAlteredFieldIsRefused() external {
        bytes32 id = _propose("terms");
        DealProposal memory p = _asProvider(id, MINER);
        p.pieceCid[38] ^= 0x01;
        _refusedWith(p, IDealClient.PieceCidMismatch.selector);
        p = _asProvider(id, MINER);
        p.pieceSize *= 2;
        _refusedWith(p, IDealClient.PieceSizeMismatch.selector);
        p = _asProvider(id, MINER);
        p.verified = true;
        _refusedWith(p, IDealClient.VerifiedDealsEnded.selector);
        p = _asProvider(id, MINER);
        p.label[0] ^= 0x01;
        _refusedWith(p, IDealClient.LabelMismatch.selector);
        p = _asProvider(id, MINER);
        p.labelIsText = false;
        _refusedWith(p, IDealClient.LabelMismatch.selector);
        p = _asProvider(id, MINER);
        p.startEpoch += 1;
        _refusedWith(p, IDealClient.StartEpochMismatch.selector);
        p = _asProvider(id, MINER);
        p.endEpoch += 1;
        _refusedWith(p, IDealClient.EndEpochMismatch.selector);
        p = _asProvider(id, MINER);
        p.pricePerEpoch += 1;
        _refusedWith(p, IDealClient.PriceMismatch.selector);
        // The old contract took less, too: the price is what the owner said, not at most that.
        p = _asProvider(id, MINER);
        p.pricePerEpoch -= 1;
        _refusedWith(p, IDealClient.PriceMismatch.selector);
        p = _asProvider(id, MINER);
        p.providerCollateral -= 1;
        _refusedWith(p, IDealClient.ProviderCollateralMismatch.selector);
        p = _asProvider(id, MINER);
        p.clientCollateral += 1;
        _refusedWith(p, IDealClient.ClientCollateralMismatch.selector);
        (bool ok, ) = _asked(_asProvider(id, MINER));
        require(ok, "unaltered terms are refused");
        _publishAs(id, WORKER, MINER);
    }

    /// @notice B5. The old contract had no list of providers (asked for in FilOzone/client-contract#16).
    function test_B5_onlyListedProvidersPublish() external {
        uint64[] memory only = _ids(OTHER_MINER);
        bytes32 id = kit.propose{value: _fee()}(_request("listed"), 1, only);
        _refusedWith(_asProvider(id, MINER), IDealClient.ProviderNotAllowed.selector);
        _publishAs(id, OTHER_WORKER, OTHER_MINER);
    }

    /// @notice 7.1.2. Three messages for the golden request, as bytes. The old contract was run with them: it accepted the
    ///         first two (1278 days, 32 GiB, another label and provider; a label of bytes), and refused the third alone
    ///         (price 1 in place of 0).
    function test_7_1_2_messagesThatTheOldClientAcceptedAreRefused() external {
        _goldenClient();
        _refused(
            hex"8242dead58638bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1b0000000800000000f456040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a794300e707637a7a7a1a004f58801a00878200404040",
            IDealClient.PieceSizeMismatch.selector
        );
        _refused(
            hex"8242dead585f8bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000f456040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a794400b08b014201021a004f58801a00671380404040",
            IDealClient.LabelMismatch.selector
        );
        _refused(
            hex"8242dead589b8bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000f456040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a794400b08b01783b626166796265696561776c6d67746e62343535796e7261376b78797a697076686678726d7335796575796c723477376462707837773465367471651a004f58801a006713804200014040",
            IDealClient.PriceMismatch.selector
        );
        // The message that both accept.
        (bool ok, ) = _asked(
            GOLDEN,
            hex"8242dead58998bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000f456040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a794400b08b01783b626166796265696561776c6d67746e62343535796e7261376b78797a697076686678726d7335796575796c723477376462707837773465367471651a004f58801a00671380404040"
        );
        require(ok, "the golden message is refused");
    }

    /// @notice 7.1.7. A second request for a piece overwrote the first (DealClient.sol:140, 155-180) while the first id went
    ///         on serving its proposal: who held the old terms was judged by the new ones.
    function test_7_1_7_eachRequestIsJudgedByItsOwnTerms() external {
        bytes32 first = _propose("first");
        DealRequest memory dearer = _request("second");
        dearer.storage_price_per_epoch = 2 * PRICE;
        bytes32 second = _propose(dearer, 1);
        require(first != second, "one id for two requests");
        _equal(_asProvider(first, MINER).pricePerEpoch, PRICE);
        _equal(_asProvider(second, MINER).pricePerEpoch, 2 * PRICE);
        // The terms of one under the label of the other are those of neither.
        DealProposal memory mixed = _asProvider(first, MINER);
        mixed.pricePerEpoch = 2 * PRICE;
        _refusedByF05(mixed);
        _publishAs(second, WORKER, MINER);
        _publishAs(first, WORKER, MINER);
        (, uint256 locked, , , ) = kit.funds();
        _equal(locked, 3 * _fee());
    }

    /// @notice 7.1.8. Two deals of one piece in one message, varied by the provider: both passed the old authentication,
    ///         the second reverted in the notification, and f05 undid the whole batch, other clients' deals with it. Here
    ///         the varied one is refused when f05 asks, and the other is published.
    function test_7_1_8_variedTwinInABatchTakesNobodyDown() external {
        bytes32 id = _propose("batch");
        DealProposal memory varied = _asProvider(id, MINER);
        varied.endEpoch += 1;
        DealProposal memory othersDeal = _proposal();
        DealProposal[] memory batch = new DealProposal[](3);
        (batch[0], batch[1], batch[2]) = (varied, _asProvider(id, MINER), othersDeal);
        uint64[] memory published = _publishAll(batch, WORKER);
        _equal(published.length, 2);
        require(kit.proposalState(id) == IDealClient.ProposalState.Filled, "not published");
        require(client.toldCount() == 1, "the other client's deal is lost");
    }

    /// @notice 7.1.8. The same with the twin unvaried: f05 itself drops it.
    function test_7_1_8_equalTwinInABatchTakesNobodyDown() external {
        bytes32 id = _propose(_request("batch"), 2);
        uint64[] memory published = _publishAll(_list(_asProvider(id, MINER), _asProvider(id, MINER)), WORKER);
        _equal(published.length, 1);
        require(kit.getProposal(id).published == 1, "copies");
    }

    /// @notice 7.1.10. The old contract took any bytes for a piece CID: `00`-prefixed ones, which its task `cid-to-bytes`
    ///         made, gave requests that could never be dealt. Here both forms are one request, published as such.
    function test_7_1_10_prefixedPieceCidCanBeDealt() external {
        DealRequest memory r = _request("prefixed");
        r.piece_cid = bytes.concat(hex"00", r.piece_cid);
        bytes32 id = _propose(r, 1);
        r.piece_cid = abi.encodePacked(hex"0181e203922020", COMMITMENT);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.ProposalExists.selector, id));
        kit.makeDealProposal(r);
        _publishAs(id, WORKER, MINER);
    }

    /// @notice 7.1.10. No request was ever looked at before it was announced: escrow, duration, size, CID, label and URL.
    function test_7_1_10_requestsThatCannotBeDealtAreRefused() external {
        DealRequest memory r = _request("unpaid");
        bytes memory missing = abi.encodeWithSelector(IDealClient.EscrowTooLow.selector, _fee());
        _notProposed(r, missing);
        (r = _request("short")).end_epoch = START + 518_399;
        _notProposed(r, IDealClient.DurationOutOfBounds.selector);
        (r = _request("past")).start_epoch = EPOCH;
        _notProposed(r, IDealClient.StartEpochPassed.selector);
        (r = _request("size")).piece_size = 262_145;
        _notProposed(r, IDealClient.PieceSizeInvalid.selector);
        (r = _request("cid")).piece_cid[1] = 0x82;
        _notProposed(r, IDealClient.PieceCidInvalid.selector);
        (r = _request("label")).label = string(abi.encodePacked(bytes1(0xff)));
        _notProposed(r, IDealClient.LabelNotUtf8.selector);
        (r = _request("url")).extra_params.location_ref = 'https://x.example/a.car","Headers":{"a":"b';
        _notProposed(r, IDealClient.LocationInvalid.selector);
        (r = _request("verified")).verified_deal = true;
        _notProposed(r, IDealClient.VerifiedDealsEnded.selector);
    }

    /// @notice 7.1.10. Nothing of an old request could be taken back, and nothing ever ended it.
    function test_7_1_10_requestsEndByCancellationAndByTime() external {
        bytes32 cancelled = _propose("cancelled");
        bytes32 lapsed = _propose("lapsed");
        kit.cancel(cancelled);
        _refusedWith(_asProvider(cancelled, MINER), IDealClient.ProposalNotInState.selector);
        vm.roll(uint64(START) + 1);
        _refusedWith(_asProvider(lapsed, MINER), IDealClient.ProposalNotInState.selector);
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = lapsed;
        kit.release(ids);
        (uint256 escrow, , uint256 reserved, uint256 available, ) = kit.funds();
        _equal(reserved, 0);
        _equal(available, escrow);
        _equal(kit.withdrawEscrow(escrow), 2 * _fee());
    }

    /// @notice 7.1.16. The old contract took no notice of `extra_params_version`, and none of the codec of a call.
    function test_7_1_16_versionAndCodecAreLookedAt() external {
        DealRequest memory r = _request("version");
        r.extra_params_version = 2;
        _notProposed(r, IDealClient.ExtraParamsVersionUnknown.selector);
        _propose("codec");
        vm.prank(MARKET_ACTOR);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.CodecNotHandled.selector, 0x55));
        kit.handle_filecoin_method(AUTHENTICATE_MESSAGE, 0x55, hex"80");
    }

    /// @notice B17. The client of onramp-contracts said yes to every message ("Always authenticate message", Prover.sol).
    function test_B17_unknownProposalsAreRefused() external {
        DealProposal memory p = _asProvider(_propose("known"), MINER);
        p.label = "unknown/ipfs/bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe";
        p.pieceCid[38] ^= 0x01;
        _refusedWith(p, IDealClient.ProposalUnknown.selector);
        // A client that has proposed nothing at all.
        kit = new DealClient();
        (bool ok, bytes memory out) = _asked(address(kit), bytes.concat(hex"8242dead", Cbor.writeBytes("")));
        require(!ok && bytes4(out) == Cbor.CborTruncated.selector, "accepted nothing for a message");
    }

    function _refused(bytes memory params, bytes4 error) private {
        (bool ok, bytes memory out) = _asked(GOLDEN, params);
        require(!ok && bytes4(out) == error, "accepted, or refused for another reason");
    }

    /// @dev The client at the address of the bytes, with the request that they are about.
    function _goldenClient() private {
        vm.etch(GOLDEN, address(kit).code);
        DealClient(GOLDEN).initialize(address(this));
        DealRequest memory r = _request("");
        r.piece_cid = hex"0181e203922020abababababababababababababababababababababababababababababababab";
        r.label = "bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe";
        r.storage_price_per_epoch = 0;
        r.provider_collateral = 0;
        DealClient(GOLDEN).makeDealProposal(r);
    }

    function _notProposed(DealRequest memory r, bytes memory error) private {
        vm.expectRevert(error);
        kit.makeDealProposal(r);
    }

    function _notProposed(DealRequest memory r, bytes4 error) private {
        (bool ok, bytes memory out) = address(kit).call(abi.encodeCall(kit.makeDealProposal, (r)));
        require(!ok && bytes4(out) == error, "proposed, or refused for another reason");
    }
}
