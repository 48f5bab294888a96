// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DATACAP_ACTOR, MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {DealProposal, DealProposals} from "../../../contracts/filecoin/DealProposals.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {
    AUTHENTICATE_MESSAGE,
    MARKET_NOTIFY_DEAL,
    SECTOR_CONTENT_CHANGED,
    UNIVERSAL_RECEIVER_HOOK
} from "../../../contracts/filecoin/Methods.sol";
import {DealRequest, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {FakeMarket} from "../support/ActorFakes.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm} from "../support/Vm.sol";

/// @dev What may be published in the client's name.
contract AcceptanceTest is ClientFixture {
    using DealProposals for DealProposal;

    bytes32 private _id;

    function setUp() external {
        DealRequest memory deal = _goldenRequest();
        deal.provider_collateral = 1e15;
        _id = client.propose(deal, 2, _none());
    }

    /* WHO MAY ASK */

    function test_onlyF05Authenticates() external {
        bytes memory params = _authParams(_authMessage(_read(_id), PROVIDER));
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.NotMarket.selector, STRANGER));
        client.handle_filecoin_method(AUTHENTICATE_MESSAGE, 0x51, params);
    }

    function test_onlyF05Notifies() external {
        bytes memory params = _notifyParams(_notifyMessage(_read(_id), PROVIDER), 1);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.NotMarket.selector, address(this)));
        client.handle_filecoin_method(MARKET_NOTIFY_DEAL, 0x51, params);
    }

    function test_otherCodecsAreRefused() external {
        bytes memory params = _authParams(_authMessage(_read(_id), PROVIDER));
        vm.prank(MARKET_ACTOR);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.CodecNotHandled.selector, 0x71));
        client.handle_filecoin_method(AUTHENTICATE_MESSAGE, 0x71, params);
    }

    function test_otherMethodsAreRefused() external {
        vm.prank(MARKET_ACTOR);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.MethodNotHandled.selector, SECTOR_CONTENT_CHANGED));
        client.handle_filecoin_method(SECTOR_CONTENT_CHANGED, 0x51, "");
    }

    function test_dataCapIsReceivedFromF07Only() external {
        bytes memory params = hex"821a85223bdf5486061904d2064b003782dace9d90000000004040";
        vm.prank(DATACAP_ACTOR);
        (uint32 exitCode, uint64 codec, bytes memory data) = client.handle_filecoin_method(
            UNIVERSAL_RECEIVER_HOOK,
            0x51,
            params
        );
        require(exitCode == 0 && codec == 0 && data.length == 0, "accepted");
        vm.prank(MARKET_ACTOR);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.NotDataCap.selector, MARKET_ACTOR));
        client.handle_filecoin_method(UNIVERSAL_RECEIVER_HOOK, 0x51, params);
    }

    /// @dev f05 asks read-only: a write, a log or a transient store would fail there.
    function test_authenticationWritesNothing() external {
        bytes memory params = _authParams(_authMessage(_read(_id), PROVIDER));
        vm.prank(MARKET_ACTOR);
        (bool ok, bytes memory out) = GOLDEN.staticcall(
            abi.encodeCall(client.handle_filecoin_method, (AUTHENTICATE_MESSAGE, 0x51, params))
        );
        require(ok && keccak256(out) == keccak256(abi.encode(0, 0x51, hex"f5")), "accepted");
    }

    /* ADDRESS FORMS */

    function test_clientHasTwoFormsOnly() external {
        bytes[3] memory others = [
            bytes(hex"02fd1d0f4dfcd7e99afcb99a8326b7dc459d32c628"), // names the client, but is none of its two forms
            abi.encodePacked(hex"040b", GOLDEN), // another namespace
            abi.encodePacked(hex"040a", GOLDEN, hex"00")
        ];
        RESOLVER.put(others[0], GOLDEN_ID);
        for (uint256 i = 0; i < others.length; ++i) {
            DealProposal memory p = _read(_id);
            p.client = others[i];
            _authRefused(
                _authMessage(p, PROVIDER),
                abi.encodeWithSelector(IDealClient.ClientMismatch.selector, others[i])
            );
        }
    }

    function test_providerMayStandInAnyForm() external {
        bytes[4] memory forms = [
            bytes(hex"01ea0f0ea039b291a0f08fd179e0556a8c3277c0d3"),
            abi.encodePacked(hex"03", bytes32(uint256(1)), bytes16(uint128(2))),
            abi.encodePacked(hex"040a", STRANGER),
            hex"0420fd1d0f4dfcd7e99a"
        ];
        for (uint256 i = 0; i < forms.length; ++i) {
            RESOLVER.put(forms[i], PROVIDER);
            DealProposal memory p = _read(_id);
            p.provider = forms[i];
            _authenticate(_authParams(p.encode()));
        }
        _publish(_id, PROVIDER, 1);
        for (uint256 i = 0; i < forms.length; ++i) {
            DealProposal memory p = _read(_id);
            p.provider = forms[i];
            _authRefused(
                p.encode(),
                abi.encodeWithSelector(IDealClient.ProviderAlreadyPublished.selector, _id, PROVIDER)
            );
        }
    }

    function test_clientMayStandAsActorId() external {
        DealProposal memory p = _read(_id);
        p.client = FilAddress.fromActorId(GOLDEN_ID);
        _authenticate(_authParams(_authMessage(p, PROVIDER)));
    }

    function test_otherClientsAreRefused() external {
        bytes[4] memory others = [
            FilAddress.fromActorId(GOLDEN_ID + 1),
            FilAddress.fromEth(address(this)),
            bytes(hex"01ea0f0ea039b291a0f08fd179e0556a8c3277c0d3"),
            hex"00d28900" // its own id, LEB128 with a redundant group
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            DealProposal memory p = _read(_id);
            p.client = others[i];
            _authRefused(
                _authMessage(p, PROVIDER),
                abi.encodeWithSelector(IDealClient.ClientMismatch.selector, others[i])
            );
        }
    }

    function test_notificationNamesTheClientById() external {
        DealProposal memory p = _read(_id);
        bytes memory client_ = p.client;
        _notifyRefused(_authMessage(p, PROVIDER), 1, abi.encodeWithSelector(FilAddress.AddressNotId.selector, client_));
        p.client = FilAddress.fromActorId(GOLDEN_ID + 1);
        _notifyRefused(
            _authMessage(p, PROVIDER),
            1,
            abi.encodeWithSelector(IDealClient.ClientMismatch.selector, p.client)
        );
    }

    function test_providerIsResolved() external {
        bytes memory f2 = hex"02fd1d0f4dfcd7e99afcb99a8326b7dc459d32c628";
        RESOLVER.put(f2, PROVIDER);
        DealProposal memory p = _read(_id);
        p.provider = f2;
        _authenticate(_authParams(p.encode()));
        _publish(_id, PROVIDER, 1);
        // The same provider under its other name.
        _authRefused(p.encode(), abi.encodeWithSelector(IDealClient.ProviderAlreadyPublished.selector, _id, PROVIDER));
    }

    function test_unknownProviderIsRefused() external {
        DealProposal memory p = _read(_id);
        p.provider = hex"02fd1d0f4dfcd7e99afcb99a8326b7dc459d32c628";
        _authRefused(p.encode(), abi.encodeWithSelector(IDealClient.ActorUnknown.selector, p.provider));
    }

    function test_malformedProviderIsRefused() external {
        DealProposal memory p = _read(_id);
        p.provider = hex"00b08b8100";
        _authRefused(p.encode(), abi.encodeWithSelector(FilAddress.AddressInvalid.selector, p.provider));
        p.provider = "";
        _authRefused(p.encode(), abi.encodeWithSelector(FilAddress.AddressInvalid.selector, p.provider));
    }

    /* WHO MAY PUBLISH, AND HOW OFTEN */

    function test_onlyListedProvidersPublish() external {
        bytes32 id = _otherProposal(1, _list(1001, 1002));
        _authRefused(
            _authMessage(_read(id), PROVIDER),
            abi.encodeWithSelector(IDealClient.ProviderNotAllowed.selector, PROVIDER)
        );
        _notifyRefused(
            _notifyMessage(_read(id), PROVIDER),
            1,
            abi.encodeWithSelector(IDealClient.ProviderNotAllowed.selector, PROVIDER)
        );
        _publish(id, 1002, 1);
    }

    function test_oneCopyPerProvider() external {
        _publish(_id, PROVIDER, 7);
        bytes memory error = abi.encodeWithSelector(IDealClient.ProviderAlreadyPublished.selector, _id, PROVIDER);
        _authRefused(_authMessage(_read(_id), PROVIDER), error);
        _notifyRefused(_notifyMessage(_read(_id), PROVIDER), 8, error);
        _publish(_id, PROVIDER + 1, 8);
    }

    /// @dev f05 drops its own duplicate check when anybody settles an active deal before its start.
    function test_oneCopyPerProviderAlsoAfterSettlement() external {
        _publish(_id, PROVIDER, 7);
        MARKET.setDeal(7, FakeMarket.FakeDeal(true, 0, START - 100, 0, 0, false));
        MARKET.expectSettle(_list(7));
        client.settle(_list(7));
        _authRefused(
            _authMessage(_read(_id), PROVIDER),
            abi.encodeWithSelector(IDealClient.ProviderAlreadyPublished.selector, _id, PROVIDER)
        );
    }

    function test_oneCopyPerProviderAlsoAfterTermination() external {
        _publish(_id, PROVIDER, 7);
        MARKET.setDeal(7, FakeMarket.FakeDeal(true, 0, START - 100, 0, 0, false));
        client.observe(_list(7));
        MARKET.setDeal(7, FakeMarket.FakeDeal(true, 32, 0, 32, 0, false));
        client.observe(_list(7));
        bytes memory error = abi.encodeWithSelector(IDealClient.ProviderAlreadyPublished.selector, _id, PROVIDER);
        _authRefused(_authMessage(_read(_id), PROVIDER), error);
        _notifyRefused(_notifyMessage(_read(_id), PROVIDER), 8, error);
        require(client.getProposal(_id).published == 1, "its copy counts");
    }

    function test_notificationCountsOnce() external {
        _publish(_id, PROVIDER, 7);
        _notifyRefused(
            _notifyMessage(_read(_id), PROVIDER),
            7,
            abi.encodeWithSelector(IDealClient.ProviderAlreadyPublished.selector, _id, PROVIDER)
        );
    }

    /// @dev A client in the same batch could publish, in its own notification, a copy by another provider. f05 undoes
    ///      the whole batch then, that copy included; the client could have stopped the batch by reverting as well.
    function test_copyPublishedInsideABatchLeavesNoRoom() external {
        bytes32 id = _otherProposal(1, _none());
        _authenticate(_authParams(_authMessage(_read(id), 1001)));
        _authenticate(_authParams(_authMessage(_read(id), 1002)));
        _notify(_notifyParams(_notifyMessage(_read(id), 1002), 8));
        _notifyRefused(
            _notifyMessage(_read(id), 1001),
            7,
            abi.encodeWithSelector(
                IDealClient.ProposalNotInState.selector,
                id,
                IDealClient.ProposalState.Filled,
                IDealClient.ProposalState.Open
            )
        );
    }

    /// @dev What a stranger can do between the two callbacks of one message does not turn a yes into a no.
    function test_strangersDoNotComeBetween() external {
        _publish(_id, 1001, 1);
        DealProposal memory p = _read(_id);
        _authenticate(_authParams(_authMessage(p, 1002)));
        MARKET.setDeal(1, FakeMarket.FakeDeal(true, 0, START - 100, 0, 0, false));
        MARKET.expectSettle(_list(1));
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _id;
        vm.startPrank(STRANGER);
        client.reannounce(_id);
        client.observe(_list(1));
        client.settle(_list(1));
        vm.expectRevert(
            abi.encodeWithSelector(
                IDealClient.ProposalNotInState.selector,
                _id,
                IDealClient.ProposalState.Open,
                IDealClient.ProposalState.Lapsed
            )
        );
        client.release(ids);
        vm.stopPrank();
        _notify(_notifyParams(_notifyMessage(p, 1002), 2));
    }

    function test_noMoreCopiesThanReplicas() external {
        _publish(_id, 1001, 1);
        _publish(_id, 1002, 2);
        _authRefused(_authMessage(_read(_id), 1003), _notOpen(IDealClient.ProposalState.Filled));
        _notifyRefused(_notifyMessage(_read(_id), 1003), 3, _notOpen(IDealClient.ProposalState.Filled));
    }

    function test_cancelledProposalIsClosed() external {
        client.cancel(_id);
        _authRefused(_authMessage(_read(_id), 1001), _notOpen(IDealClient.ProposalState.Cancelled));
        _notifyRefused(_notifyMessage(_read(_id), 1001), 3, _notOpen(IDealClient.ProposalState.Cancelled));
    }

    function test_lapsedProposalIsClosed() external {
        vm.roll(uint64(START));
        _authenticate(_authParams(_authMessage(_read(_id), 1001)));
        vm.roll(uint64(START) + 1);
        _authRefused(_authMessage(_read(_id), 1001), _notOpen(IDealClient.ProposalState.Lapsed));
        _notifyRefused(_notifyMessage(_read(_id), 1001), 3, _notOpen(IDealClient.ProposalState.Lapsed));
    }

    function test_dealIdsAscend() external {
        _notify(_notifyParams(_notifyMessage(_read(_id), 1001), 5));
        bytes memory message = _notifyMessage(_read(_id), 1002);
        _notifyRefused(message, 5, abi.encodeWithSelector(IDealClient.DealIdNotAscending.selector, 5, 5));
        _notifyRefused(message, 4, abi.encodeWithSelector(IDealClient.DealIdNotAscending.selector, 4, 5));
        _notify(_notifyParams(message, 6));
    }

    function test_dealIdZero() external {
        _publish(_id, 1001, 0);
        MARKET.setDeal(0, FakeMarket.FakeDeal(true, 0, -1, 0, 0, false));
        require(client.dealState(0) == IDealClient.DealState.Published, "state");
        vm.expectRevert(abi.encodeWithSelector(IDealClient.DealUnknown.selector, 1));
        client.dealState(1);
    }

    /* EACH FIELD OF A PUBLISHED DEAL THAT IS NOT THE PROPOSAL'S */

    function test_pieceCidMismatch() external {
        DealProposal memory p = _read(_id);
        p.pieceCid[38] = 0xac;
        bytes32 got = bytes32((type(uint256).max / 0xff) * 0xab + 1);
        _altered(p, abi.encodeWithSelector(IDealClient.PieceCidMismatch.selector, got));
    }

    function test_pieceCidOfAnotherKind() external {
        DealProposal memory p = _read(_id);
        p.pieceCid[1] = 0x82;
        _altered(p, abi.encodeWithSelector(IDealClient.PieceCidInvalid.selector, p.pieceCid));
    }

    function test_pieceSizeMismatch() external {
        DealProposal memory p = _read(_id);
        p.pieceSize = 524_288;
        _altered(p, abi.encodeWithSelector(IDealClient.PieceSizeMismatch.selector, 524_288, 262_144));
    }

    function test_verified() external {
        DealProposal memory p = _read(_id);
        p.verified = true;
        _altered(p, abi.encodeWithSelector(IDealClient.VerifiedDealsEnded.selector));
    }

    function test_labelMismatch() external {
        DealProposal memory p = _read(_id);
        p.label = "zzz";
        _altered(p, abi.encodeWithSelector(IDealClient.LabelMismatch.selector, "zzz"));
    }

    function test_labelAsBytes() external {
        DealProposal memory p = _read(_id);
        p.labelIsText = false;
        _altered(p, abi.encodeWithSelector(IDealClient.LabelMismatch.selector, string(p.label)));
    }

    function test_startEpochMismatch() external {
        DealProposal memory p = _read(_id);
        p.startEpoch = -1;
        _altered(p, abi.encodeWithSelector(IDealClient.StartEpochMismatch.selector, -1, START));
    }

    function test_endEpochMismatch() external {
        DealProposal memory p = _read(_id);
        p.endEpoch = END + 1;
        _altered(p, abi.encodeWithSelector(IDealClient.EndEpochMismatch.selector, END + 1, END));
    }

    function test_priceMismatch() external {
        DealProposal memory p = _read(_id);
        p.pricePerEpoch = 1;
        _altered(p, abi.encodeWithSelector(IDealClient.PriceMismatch.selector, 1, 0));
    }

    function test_providerCollateralMismatch() external {
        DealProposal memory p = _read(_id);
        p.providerCollateral = 1e15 - 1;
        _altered(p, abi.encodeWithSelector(IDealClient.ProviderCollateralMismatch.selector, 1e15 - 1, 1e15));
    }

    function test_clientCollateralMismatch() external {
        DealProposal memory p = _read(_id);
        p.clientCollateral = type(uint256).max;
        _altered(p, abi.encodeWithSelector(IDealClient.ClientCollateralMismatch.selector, type(uint256).max, 0));
    }

    function test_unlikeAnyProposal() external {
        DealProposal memory p = _read(_id);
        p.label = "zzz";
        p.pieceCid[38] = 0xac;
        bytes memory message = _authMessage(p, PROVIDER);
        _authRefused(message, abi.encodeWithSelector(IDealClient.ProposalUnknown.selector, p.idOf(GOLDEN)));
    }

    function test_theMostSimilarProposalExplains() external {
        DealRequest memory deal = _goldenRequest();
        deal.end_epoch = START + 600_000;
        deal.label = "another";
        client.makeDealProposal(deal);
        DealProposal memory p = _read(_id);
        p.endEpoch = END + 5;
        _altered(p, abi.encodeWithSelector(IDealClient.EndEpochMismatch.selector, END + 5, END));
    }

    function test_closedProposalsDoNotExplain() external {
        client.cancel(_id);
        DealProposal memory p = _read(_id);
        p.endEpoch = END + 5;
        _altered(p, abi.encodeWithSelector(IDealClient.ProposalUnknown.selector, p.idOf(GOLDEN)));
    }

    /* BYTES */

    /// @dev Whatever single byte changes, the message is refused, unless the change only names another provider.
    function testFuzz_changedByteIsRefused(uint256 at, uint8 value) external {
        bytes memory message = _authMessage(_read(_id), PROVIDER);
        at %= message.length;
        vm.assume(uint8(message[at]) != value);
        message[at] = bytes1(value);
        vm.prank(MARKET_ACTOR);
        try client.handle_filecoin_method(AUTHENTICATE_MESSAGE, 0x51, _authParams(message)) {
            DealProposal memory got = DealProposals.decode(message);
            DealProposal memory expected = _read(_id);
            expected.provider = got.provider;
            require(keccak256(got.provider) != keccak256(FilAddress.fromActorId(PROVIDER)), "same provider");
            require(keccak256(expected.encode()) == keccak256(message), "a change was accepted");
        } catch (bytes memory error) {
            require(error.length >= 4 && bytes4(error) != 0x4e487b71, "no typed error");
        }
    }

    function testFuzz_anyParamsGetATypedError(bytes memory params, bool notification) external {
        vm.prank(MARKET_ACTOR);
        try client.handle_filecoin_method(notification ? MARKET_NOTIFY_DEAL : AUTHENTICATE_MESSAGE, 0x51, params) {
            revert("accepted");
        } catch (bytes memory error) {
            require(error.length >= 4 && bytes4(error) != 0x4e487b71, "no typed error");
        }
    }

    function testFuzz_cutOrLongerParamsAreRefused(uint256 length, bytes1 tail) external {
        bytes memory params = _authParams(_authMessage(_read(_id), PROVIDER));
        bytes memory cut = new bytes(length % params.length);
        for (uint256 i = 0; i < cut.length; ++i) cut[i] = params[i];
        _paramsRefused(cut);
        _paramsRefused(bytes.concat(params, tail));
        bytes memory message = bytes.concat(_authMessage(_read(_id), PROVIDER), tail);
        _paramsRefused(_authParams(message));
    }

    /// @dev The id covers what stands before and behind client and provider: neither may be left out or doubled.
    function test_fieldsKeepTheirPlaces() external {
        bytes memory message = _authMessage(_read(_id), PROVIDER);
        bytes memory head = _slice(message, 0, 51);
        bytes memory client_ = _slice(message, 51, 74);
        bytes memory provider = _slice(message, 74, 79);
        bytes memory tail = _slice(message, 79, message.length);
        _authenticate(_authParams(bytes.concat(head, client_, provider, tail)));
        _paramsRefused(_authParams(bytes.concat(head, client_, tail)));
        _paramsRefused(_authParams(bytes.concat(head, client_, provider, provider, tail)));
        _paramsRefused(_authParams(bytes.concat(head, provider, client_, tail)));
        _paramsRefused(_authParams(bytes.concat(hex"8c", _slice(head, 1, 51), client_, provider, tail, hex"40")));
    }

    function test_bigIntegerMustBeCanonical() external {
        // Price 0 as one byte 00, which a lenient decoder takes for 0.
        bytes memory message = _authMessage(_read(_id), PROVIDER);
        bytes memory longer = new bytes(message.length + 1);
        uint256 price = message.length - 10; // 40 ‖ 48 000… (9) ‖ 40 … counted from the end
        for (uint256 i = 0; i < price - 1; ++i) longer[i] = message[i];
        longer[price - 1] = 0x41;
        for (uint256 i = price; i < message.length; ++i) longer[i + 1] = message[i];
        _authRefused(longer, abi.encodeWithSelector(Cbor.CborNotMinimal.selector, price - 1));
    }

    function _altered(DealProposal memory p, bytes memory error) private {
        _authRefused(_authMessage(p, PROVIDER), error);
        _notifyRefused(_notifyMessage(p, PROVIDER), 1, error);
    }

    function _authRefused(bytes memory message, bytes memory error) private {
        vm.prank(MARKET_ACTOR);
        vm.expectRevert(error);
        client.handle_filecoin_method(AUTHENTICATE_MESSAGE, 0x51, _authParams(message));
    }

    function _notifyRefused(bytes memory message, uint64 dealId, bytes memory error) private {
        vm.prank(MARKET_ACTOR);
        vm.expectRevert(error);
        client.handle_filecoin_method(MARKET_NOTIFY_DEAL, 0x51, _notifyParams(message, dealId));
    }

    function _paramsRefused(bytes memory params) private {
        vm.prank(MARKET_ACTOR);
        (bool ok, bytes memory error) = GOLDEN.call(
            abi.encodeCall(client.handle_filecoin_method, (AUTHENTICATE_MESSAGE, 0x51, params))
        );
        require(!ok && error.length >= 4 && bytes4(error) != 0x4e487b71, "no typed error");
    }

    function _slice(bytes memory data, uint256 from, uint256 to) private pure returns (bytes memory out) {
        out = new bytes(to - from);
        for (uint256 i = from; i < to; ++i) out[i - from] = data[i];
    }

    function _notOpen(IDealClient.ProposalState state) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(IDealClient.ProposalNotInState.selector, _id, state, IDealClient.ProposalState.Open);
    }

    function _otherProposal(uint16 replicas, uint64[] memory providers) private returns (bytes32) {
        DealRequest memory deal = _goldenRequest();
        deal.label = "other";
        return client.propose(deal, replicas, providers);
    }
}
