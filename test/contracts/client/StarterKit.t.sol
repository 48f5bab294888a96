// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {AUTHENTICATE_MESSAGE, MARKET_NOTIFY_DEAL} from "../../../contracts/filecoin/Methods.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {FakeMarket} from "../support/ActorFakes.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm, Vm} from "../support/Vm.sol";

/// @dev The scenario of the starter kit's users, with the bytes of the wire specification: a request, its event, the two
///      getters that a provider asks, the two callbacks that f05 makes, and what must be refused.
contract StarterKitTest is ClientFixture {
    bytes private constant HEAD =
        hex"8bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000f4";
    bytes private constant TAIL =
        hex"783b626166796265696561776c6d67746e62343535796e7261376b78797a697076686678726d7335796575796c723477376462707837773465367471651a004f58801a00671380404040";
    bytes private constant CLIENT = hex"56040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a79";

    function test_eventIsTheOneThatProvidersFollow() external {
        vm.recordLogs();
        bytes32 id = client.makeDealProposal(_goldenRequest());
        Vm.Log[] memory logs = vm.getRecordedLogs();
        // The kit's tools look at the first log.
        require(logs.length == 2 && logs[0].emitter == GOLDEN, "the first of two logs");
        require(
            logs[0].topics[0] == 0xfd6419d07e4c269e58d0c63969756c2124155b4a8d6dd08b8cd46e3a9acbf625,
            "topic 0 of the specification"
        );
        require(logs[0].topics[1] == id, "id is the first indexed parameter");
        require(logs[0].topics[2] == 0, "unverified");
        require(keccak256(logs[0].data) == keccak256(abi.encode(uint64(262_144), uint256(0))), "size, price");
    }

    function test_getDealProposalIsGolden() external {
        bytes32 id = client.makeDealProposal(_goldenRequest());
        _same(client.getDealProposal(id), bytes.concat(HEAD, CLIENT, hex"420000", TAIL));
    }

    function test_getExtraParamsIsGolden() external {
        bytes32 id = client.makeDealProposal(_goldenRequest());
        _same(client.getExtraParams(id), hex"847768747470733a2f2f782e6578616d706c652f612e6361721a00039b9df4f4");
    }

    function test_goldenMessageIsAuthenticated() external {
        client.makeDealProposal(_goldenRequest());
        _authenticate(_goldenAuth());
    }

    function test_goldenNotificationIsNoted() external {
        bytes32 id = client.makeDealProposal(_goldenRequest());
        _authenticate(_goldenAuth());
        _notify(_goldenNotify());
        MARKET.setDeal(147_142, FakeMarket.FakeDeal(true, 0, -1, 0, 0, false));
        IDealClient.Deal memory deal = client.getDeal(147_142);
        require(deal.proposalId == id && deal.dealId == 147_142 && deal.provider == PROVIDER, "deal");
        require(deal.publishedAt == int64(uint64(block.number)) && deal.activatedAt == -1, "epochs");
        require(deal.state == IDealClient.DealState.Published, "state");
        require(client.proposalState(id) == IDealClient.ProposalState.Filled, "filled");
    }

    function test_secondProviderIsNotedWhenTwoReplicasAreWanted() external {
        bytes32 id = client.propose(_goldenRequest(), 2, _none());
        _notify(_goldenNotify());
        _notify(bytes.concat(hex"825886", HEAD, hex"4300d2094400b18b01", TAIL, hex"1a00023ec7"));
        require(client.getProposal(id).dealIds.length == 2 && client.getProposal(id).dealIds[1] == 147_143, "deals");
    }

    function test_secondProviderIsRefusedWhenOneReplicaIsWanted() external {
        bytes32 id = client.makeDealProposal(_goldenRequest());
        _notify(_goldenNotify());
        vm.prank(MARKET_ACTOR);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDealClient.ProposalNotInState.selector,
                id,
                IDealClient.ProposalState.Filled,
                IDealClient.ProposalState.Open
            )
        );
        client.handle_filecoin_method(
            MARKET_NOTIFY_DEAL,
            0x51,
            bytes.concat(hex"825886", HEAD, hex"4300d2094400b18b01", TAIL, hex"1a00023ec7")
        );
    }

    /* Section 10.5 of the wire specification: the starter kit accepts the first two. */

    function test_changedTermsAreRefused() external {
        client.makeDealProposal(_goldenRequest());
        _refused(
            hex"8242dead58638bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1b0000000800000000f456040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a794300e707637a7a7a1a004f58801a00878200404040",
            abi.encodeWithSelector(IDealClient.PieceSizeMismatch.selector, 32 << 30, 262_144)
        );
    }

    function test_bytesLabelIsRefused() external {
        client.makeDealProposal(_goldenRequest());
        _refused(
            hex"8242dead585f8bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000f456040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a794400b08b014201021a004f58801a00671380404040",
            abi.encodeWithSelector(IDealClient.LabelMismatch.selector, string(hex"0102"))
        );
    }

    function test_changedPriceIsRefused() external {
        client.makeDealProposal(_goldenRequest());
        _refused(
            hex"8242dead589b8bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000f456040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a794400b08b01783b626166796265696561776c6d67746e62343535796e7261376b78797a697076686678726d7335796575796c723477376462707837773465367471651a004f58801a006713804200014040",
            abi.encodeWithSelector(IDealClient.PriceMismatch.selector, 1, 0)
        );
    }

    function _goldenAuth() private pure returns (bytes memory) {
        return bytes.concat(hex"8242dead5899", HEAD, CLIENT, hex"4400b08b01", TAIL);
    }

    function _goldenNotify() private pure returns (bytes memory) {
        return bytes.concat(hex"825886", HEAD, hex"4300d2094400b08b01", TAIL, hex"1a00023ec6");
    }

    function _refused(bytes memory params, bytes memory error) private {
        vm.prank(MARKET_ACTOR);
        vm.expectRevert(error);
        client.handle_filecoin_method(AUTHENTICATE_MESSAGE, 0x51, params);
    }

    function _same(bytes memory got, bytes memory expected) private pure {
        require(keccak256(got) == keccak256(expected), "bytes differ");
    }
}
