// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Proposers} from "../../../contracts/client/Proposers.sol";
import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm} from "../support/Vm.sol";

/// @dev What may be proposed: one refusal for each rule, and the values on its edge that pass.
contract RulesTest is ClientFixture {
    uint256 private constant MAX_AMOUNT = 2e27;

    function test_strangersProposeNothing() external {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Proposers.NotProposer.selector, STRANGER, address(this)));
        client.makeDealProposal(_goldenRequest());
    }

    function test_verifiedDealsEnded() external {
        DealRequest memory deal = _goldenRequest();
        deal.verified_deal = true;
        _refused(deal, abi.encodeWithSelector(IDealClient.VerifiedDealsEnded.selector));
    }

    function test_extraParamsVersion() external {
        DealRequest memory deal = _goldenRequest();
        deal.extra_params_version = 2;
        _refused(deal, abi.encodeWithSelector(IDealClient.ExtraParamsVersionUnknown.selector, 2));
    }

    /* PIECE */

    function test_leadingZeroOfALinkIsDropped() external {
        DealRequest memory deal = _goldenRequest();
        deal.piece_cid = bytes.concat(hex"00", deal.piece_cid);
        bytes32 id = client.makeDealProposal(deal);
        require(client.getProposal(id).pieceCommitment == bytes32((type(uint256).max / 0xff) * 0xab), "commitment");
    }

    function test_pieceCidIsOfItsKind() external {
        DealRequest memory deal = _goldenRequest();
        bytes32 commitment = bytes32(uint256(0xab));
        bytes[7] memory bad = [
            bytes(hex""),
            hex"0181e203922020",
            abi.encodePacked(hex"0182e203922020", commitment), // codec 0xf102, sealed
            abi.encodePacked(hex"0155122020", commitment), // raw, SHA-256
            abi.encodePacked(hex"0181e203922020", commitment, hex"00"), // a byte too many
            abi.encodePacked(hex"010181e203922020", commitment), // 40 bytes without a leading 00
            abi.encodePacked(hex"00000181e203922020", commitment) // two leading bytes
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            deal.piece_cid = bad[i];
            _refused(deal, abi.encodeWithSelector(IDealClient.PieceCidInvalid.selector, bad[i]));
        }
    }

    function test_pieceSizeIsAPowerOfTwoWithinASector() external {
        DealRequest memory deal = _goldenRequest();
        deal.extra_params.car_size = 1;
        uint64[6] memory bad = [uint64(0), 64, 127, 262_145, 1 << 37, type(uint64).max];
        for (uint256 i = 0; i < bad.length; ++i) {
            deal.piece_size = bad[i];
            _refused(deal, abi.encodeWithSelector(IDealClient.PieceSizeInvalid.selector, bad[i], 128, 1 << 36));
        }
    }

    function test_everyPowerOfTwoIsAPieceSize() external {
        DealRequest memory deal = _goldenRequest();
        deal.extra_params.car_size = 1;
        for (uint64 size = 128; size <= 1 << 36; size *= 2) {
            deal.piece_size = size;
            client.makeDealProposal(deal);
        }
    }

    function test_carFitsThePiece() external {
        DealRequest memory deal = _goldenRequest();
        deal.extra_params.car_size = 260_096; // 262144 · 127/128
        client.makeDealProposal(deal);
        deal.extra_params.car_size = 260_097;
        _refused(deal, abi.encodeWithSelector(IDealClient.CarSizeInvalid.selector, 260_097, 260_096));
        deal.extra_params.car_size = 0;
        _refused(deal, abi.encodeWithSelector(IDealClient.CarSizeInvalid.selector, 0, 260_096));
    }

    /* LABEL */

    function test_labelIsNotEmpty() external {
        DealRequest memory deal = _goldenRequest();
        deal.label = "";
        _refused(deal, abi.encodeWithSelector(IDealClient.LabelEmpty.selector));
    }

    function test_labelHasAtMost256Bytes() external {
        DealRequest memory deal = _goldenRequest();
        deal.label = string(new bytes(256));
        client.makeDealProposal(deal);
        deal.label = string(new bytes(257));
        _refused(deal, abi.encodeWithSelector(IDealClient.LabelTooLong.selector, 257, 256));
    }

    function test_labelIsUtf8() external {
        DealRequest memory deal = _goldenRequest();
        deal.label = string(abi.encodePacked(bytes2(0xc328)));
        _refused(deal, abi.encodeWithSelector(IDealClient.LabelNotUtf8.selector));
    }

    /* EPOCHS */

    function test_startIsAhead() external {
        DealRequest memory deal = _goldenRequest();
        vm.roll(uint64(START));
        _refused(deal, abi.encodeWithSelector(IDealClient.StartEpochPassed.selector, START, START));
        vm.roll(uint64(START) - 1);
        client.makeDealProposal(deal);
    }

    function test_negativeStartHasPassed() external {
        DealRequest memory deal = _goldenRequest();
        deal.start_epoch = type(int64).min;
        _refused(deal, abi.encodeWithSelector(IDealClient.StartEpochPassed.selector, type(int64).min, block.number));
    }

    function test_durationIsWithinTheMarketsBounds() external {
        DealRequest memory deal = _goldenRequest();
        deal.end_epoch = START + 518_400;
        client.makeDealProposal(deal);
        deal.end_epoch = START + 3_680_640;
        client.makeDealProposal(deal);
        deal.end_epoch = START + 518_399;
        _refused(deal, abi.encodeWithSelector(IDealClient.DurationOutOfBounds.selector, 518_399, 518_400, 3_680_640));
        deal.end_epoch = START + 3_680_641;
        _refused(deal, abi.encodeWithSelector(IDealClient.DurationOutOfBounds.selector, 3_680_641, 518_400, 3_680_640));
        deal.end_epoch = START - 1;
        _refused(deal, abi.encodeWithSelector(IDealClient.DurationOutOfBounds.selector, -1, 518_400, 3_680_640));
        deal.end_epoch = type(int64).min;
        _refused(deal, abi.encodeWithSelector(IDealClient.DurationOutOfBounds.selector, -1, 518_400, 3_680_640));
    }

    function test_epochsFitTheirStorage() external {
        DealRequest memory deal = _goldenRequest();
        deal.start_epoch = type(int64).max - 600_000;
        deal.end_epoch = type(int64).max;
        _refused(deal, abi.encodeWithSelector(IDealClient.EpochTooFar.selector, type(int64).max, type(int32).max));
    }

    /* AMOUNTS */

    function test_amountsAreAtMostAllTheFil() external {
        bytes memory error = abi.encodeWithSelector(IDealClient.AmountTooLarge.selector, MAX_AMOUNT + 1, MAX_AMOUNT);
        DealRequest memory deal = _goldenRequest();
        deal.storage_price_per_epoch = MAX_AMOUNT + 1;
        _refused(deal, error);
        deal = _goldenRequest();
        deal.client_collateral = MAX_AMOUNT + 1;
        _refused(deal, error);
        deal = _goldenRequest();
        deal.provider_collateral = MAX_AMOUNT + 1;
        _refused(deal, error);
        deal.provider_collateral = MAX_AMOUNT;
        client.makeDealProposal(deal);
    }

    /* LOCATION */

    function test_locationIsAnHttpUrl() external {
        string[9] memory bad = [
            "",
            "/a.car",
            "ftp://x.example/a.car",
            "javascript:alert(1)",
            "HTTP://x.example/a.car",
            "http:/x.example/a.car",
            "http://",
            "https://",
            "https:"
        ];
        for (uint256 i = 0; i < bad.length; ++i) _refusedLocation(bad[i], 0);
        _refusedLocation("https:///a.car", 8);
        _refusedLocation("http:///a.car", 7);
    }

    function test_locationHasNoCharacterThatBreaksJson() external {
        _refusedLocation('https://depot.example/a".car', 23);
        _refusedLocation("https://depot.example/a\\b.car", 23);
        _refusedLocation("https://depot.example/a\nb.car", 23);
        _refusedLocation("https://depot.example/a\x00b.car", 23);
        _refusedLocation("https://depot.example/a b.car", 23);
        _refusedLocation("https://depot.example/a\x7fb.car", 23);
        _refusedLocation(unicode"https://depot.example/ü.car", 22);
        _refusedLocation('https://depot.example/a.car","Headers":{"x":"y"},"z":"', 27);
    }

    function test_locationHasAtMost4096Bytes() external {
        DealRequest memory deal = _goldenRequest();
        deal.extra_params.location_ref = _url(4096);
        client.makeDealProposal(deal);
        deal.extra_params.location_ref = _url(4097);
        _refused(deal, abi.encodeWithSelector(IDealClient.LocationTooLong.selector, 4097, 4096));
    }

    /* REPLICAS AND PROVIDERS */

    function test_replicasAreBounded() external {
        _refusedFor(0, _none(), abi.encodeWithSelector(IDealClient.ReplicasInvalid.selector, 0, 32));
        _refusedFor(33, _none(), abi.encodeWithSelector(IDealClient.ReplicasInvalid.selector, 33, 32));
        client.propose(_goldenRequest(), 32, _none());
    }

    /// @dev Deals are numbered in 24 bits. Who asks for more copies is told when proposing, not the provider that
    ///      publishes: an overflow in a notification would undo the batch of other clients too.
    function test_copiesAreNoMoreThanTheirNumbers() external {
        // Slot 3: reserved (128 bits), proposals (32), deals (24), copies (24).
        vm.store(GOLDEN, bytes32(uint256(3)), bytes32(uint256(type(uint24).max - 5) << 184));
        _refusedFor(6, _none(), abi.encodeWithSelector(IDealClient.ReplicasInvalid.selector, 6, 5));
        client.propose(_goldenRequest(), 5, _none());
        DealRequest memory deal = _goldenRequest();
        deal.label = "one more";
        _refused(deal, abi.encodeWithSelector(IDealClient.ReplicasInvalid.selector, 1, 0));
    }

    function test_providersSufficeForTheReplicas() external {
        _refusedFor(2, _list(1000), abi.encodeWithSelector(IDealClient.ProvidersTooFew.selector, 1, 2));
        client.propose(_goldenRequest(), 2, _list(1000, 0));
    }

    function test_providersAreDistinct() external {
        _refusedFor(1, _list(1000, 1000), abi.encodeWithSelector(IDealClient.ProviderRepeated.selector, 1000));
    }

    function test_providerListIsBounded() external {
        uint64[] memory list = new uint64[](65);
        _refusedFor(1, list, abi.encodeWithSelector(IDealClient.ProviderListTooLong.selector, 65, 64));
    }

    /* IDENTITY */

    function test_twinIsRefused() external {
        DealRequest memory deal = _goldenRequest();
        bytes32 id = client.makeDealProposal(deal);
        // The location is no part of the deal.
        deal.extra_params.location_ref = "https://y.example/a.car";
        _refused(deal, abi.encodeWithSelector(IDealClient.ProposalExists.selector, id));
    }

    function test_idIsTheHashOfTheDealWithoutItsProvider() external {
        bytes32 id = client.makeDealProposal(_goldenRequest());
        bytes memory cbor = client.getDealProposal(id);
        // 8b, CID (44), size (5), verified (1), client (23): the provider's three bytes stand at 74.
        bytes memory without = new bytes(cbor.length - 3);
        for (uint256 i = 0; i < without.length; ++i) without[i] = cbor[i < 74 ? i : i + 3];
        require(cbor[74] == 0x42 && id == keccak256(without), "id");
    }

    function _refused(DealRequest memory deal, bytes memory error) private {
        vm.expectRevert(error);
        client.makeDealProposal(deal);
    }

    function _refusedFor(uint16 replicas, uint64[] memory providers, bytes memory error) private {
        vm.expectRevert(error);
        client.propose(_goldenRequest(), replicas, providers);
    }

    function _refusedLocation(string memory location, uint256 position) private {
        DealRequest memory deal = _goldenRequest();
        deal.extra_params.location_ref = location;
        _refused(deal, abi.encodeWithSelector(IDealClient.LocationInvalid.selector, position));
    }

    function _url(uint256 length) private pure returns (string memory) {
        bytes memory url = new bytes(length);
        bytes memory start = "https://depot.example/";
        for (uint256 i = 0; i < length; ++i) url[i] = i < start.length ? start[i] : bytes1("x");
        return string(url);
    }
}
