// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MARKET_ACTOR} from "../../../../contracts/filecoin/Actors.sol";
import {Cbor, CborReader} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {MARKET_NOTIFY_DEAL, PUBLISH_STORAGE_DEALS} from "../../../../contracts/filecoin/Methods.sol";
import {TOTAL_FILECOIN} from "../../../../contracts/localnet/Native.sol";
import {DealProposal, Proposals} from "../../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";
import {TestClient} from "../support/TestClient.sol";

/// @notice PublishStorageDeals: what is dropped, what aborts, what the client is told.
contract PublishingTest is LocalnetTest {
    using Cbor for CborReader;

    /// attoFIL, as long as nobody set the figures of the network.
    uint256 private constant PROVIDER_COLLATERAL_PER_BYTE = 250_000;

    function setUp() public override {
        super.setUp();
        _fund();
    }

    /* ACCEPTED */

    function test_AnswersIdsAndPlaces() public {
        DealProposal memory p = _proposal();
        DealProposal memory q = _proposal();
        q.label = "second";
        _equal(_publish(_list(p, q)), hex"828200014154");
        p.label = "third";
        _equal(_publish(_list(p)), hex"828102410c");
    }

    function test_DropsWhatIsInvalidAndPublishesTheRest() public {
        DealProposal memory bad = _proposal();
        bad.endEpoch = bad.startEpoch;
        _equal(_publish(_list(bad, _proposal())), hex"8281004118");
    }

    function test_NotifiesWithIdAddressesAndTheDealId() public {
        DealProposal memory p = _proposal();
        uint64 dealId = _publishOne(p);
        TestClient.Told memory told = client.told(0);
        _equal(told.method, MARKET_NOTIFY_DEAL);
        _equal(told.codec, 0x51);
        _equal(uint160(told.sender), uint160(MARKET_ACTOR));
        p.client = FilAddress.fromActorId(_clientId());
        bytes memory normalised = Proposals.encode(p);
        _equal(told.params, bytes.concat(hex"82", Cbor.writeBytes(normalised), Cbor.writeUint(dealId)));
    }

    function test_AcceptsEveryFormOfAnAddress() public {
        DealProposal memory p = _proposal();
        p.client = FilAddress.fromActorId(_clientId());
        p.provider = FilAddress.fromActorId(MINER);
        _publishOne(p);
    }

    function test_MethodNumber4IsTheSameForAWallet() public {
        _equal(_native(WORKER, 5, 4, 0, _publishParams(_list(_proposal()))), hex"828100410c");
    }

    /* ABORTED */

    function test_NoDealsIs16() public {
        _equal(_nativeExit(WORKER, 5, PUBLISH_STORAGE_DEALS, 0, hex"8180"), 16);
    }

    function test_AllInvalidIs16() public {
        DealProposal memory p = _proposal();
        p.endEpoch = p.startEpoch;
        _equal(_publishExit(p), 16);
    }

    function test_SaysWhyTheFirstWasInvalid() public {
        DealProposal memory p = _proposal();
        p.endEpoch = p.startEpoch;
        bytes memory params = _publishParams(_list(p));
        vm.expectRevert(
            abi.encodeWithSignature(
                "ActorAbort(uint32,string)",
                16,
                "All deal proposals invalid; deal 0: end is not after start"
            )
        );
        _native(WORKER, 5, PUBLISH_STORAGE_DEALS, 0, params);
    }

    function test_OnlyAControllerOfTheMinerPublishes() public {
        _equal(_nativeExit(STRANGER, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(_list(_proposal()))), 18);
        _equal(_nativeExit(OTHER_WORKER, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(_list(_proposal()))), 18);
    }

    function test_AProviderThatIsNoMinerIs16AndNoneIs17() public {
        DealProposal memory p = _proposal();
        p.provider = FilAddress.fromActorId(_clientId());
        _equal(_publishExit(p), 16);
        p.provider = FilAddress.fromEth(address(0xdead0001));
        _equal(_publishExit(p), 17);
        p.provider = FilAddress.fromActorId(424242);
        _equal(_publishExit(p), 17);
    }

    function test_ParamsThatDoNotDecodeAbortInPlaceOfDropping() public {
        bytes memory params = _publishParams(_list(_proposal()));
        (int256 exit, ) = _fromClient(5, PUBLISH_STORAGE_DEALS, 0, bytes.concat(params, hex"00"));
        require(exit == 21, "not 21");
        params[params.length - 3] = 0x07; // signature type
        _equal(_nativeExit(WORKER, 5, PUBLISH_STORAGE_DEALS, 0, params), 21);
    }

    function test_AFailingNotificationUndoesTheWholeBatch() public {
        TestClient second = new TestClient();
        _addBalance(FilAddress.fromEth(address(second)), 10 ether);
        second.setMood(TestClient.Mood.FailNotification);
        DealProposal memory q = _proposal();
        q.client = FilAddress.fromEth(address(second));
        _equal(_nativeExit(WORKER, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(_list(_proposal(), q))), 16);
        _equal(client.toldCount(), 0);
        (, uint256 locked) = _clientBalance();
        _equal(locked, 0);
    }

    /* DROPPED: rules of the proposal */

    function test_BoundsOfEachField() public {
        DealProposal memory p = _proposal();
        p.label = new bytes(257);
        _dropped(p, "label longer than 256 bytes");
        p = _proposal();
        p.pieceSize = 262145;
        _dropped(p, "piece size is no power of two");
        p.pieceSize = 64;
        _dropped(p, "piece size is no power of two");
        p = _proposal();
        p.pieceCid = abi.encodePacked(hex"01551220", bytes32(0));
        _dropped(p, "piece CID is no piece commitment");
        p = _proposal();
        p.startEpoch = EPOCH - 1;
        _dropped(p, "start epoch has elapsed");
        p = _proposal();
        p.endEpoch = p.startEpoch + 518_399;
        _dropped(p, "duration out of bounds");
        p.endEpoch = p.startEpoch + 3_680_641;
        _dropped(p, "duration out of bounds");
        p = _proposal();
        p.pricePerEpoch = TOTAL_FILECOIN + 1;
        _dropped(p, "price out of bounds");
        p = _proposal();
        p.clientCollateral = TOTAL_FILECOIN + 1;
        _dropped(p, "client collateral out of bounds");
        p = _proposal();
        p.providerCollateral = PROVIDER_COLLATERAL_PER_BYTE * p.pieceSize - 1;
        _dropped(p, "collateral out of bounds");
        p.providerCollateral = TOTAL_FILECOIN + 1;
        _dropped(p, "collateral out of bounds");
        p = _proposal();
        p.verified = true;
        _dropped(p, "client has no DataCap");
    }

    function test_AtTheBoundsItIsAccepted() public {
        DealProposal memory p = _proposal();
        p.startEpoch = EPOCH;
        p.endEpoch = EPOCH + 518_400;
        p.label = new bytes(256);
        p.labelIsText = false;
        p.providerCollateral = PROVIDER_COLLATERAL_PER_BYTE * p.pieceSize;
        _publishOne(p);
        p.endEpoch = EPOCH + 3_680_640;
        _publishOne(p);
    }

    /* DROPPED: the client's answer */

    function test_TheClientMustAnswerTrue() public {
        _refuses(TestClient.Mood.RefuseByRevert);
        _refuses(TestClient.Mood.RefuseByFalse);
        _refuses(TestClient.Mood.RefuseByExit);
        _refuses(TestClient.Mood.SayNothing);
        _refuses(TestClient.Mood.WrongCodec);
    }

    function test_AClientThatWritesIsRefusedAndTheRestGoesOn() public {
        TestClient second = new TestClient();
        _addBalance(FilAddress.fromEth(address(second)), 10 ether);
        client.setMood(TestClient.Mood.Write);
        DealProposal memory q = _proposal();
        q.client = FilAddress.fromEth(address(second));
        _equal(_publish(_list(_proposal(), q)), hex"8281004118");
        _equal(client.received(), 0);
    }

    function test_AnAccountIsNoClient() public {
        _addBalance(FilAddress.fromEth(STRANGER), 10 ether);
        DealProposal memory p = _proposal();
        p.client = FilAddress.fromEth(STRANGER);
        _equal(_publishExit(p), 16);
        p.client = FilAddress.fromEth(address(0xdead0001));
        _dropped(p, "client does not exist");
    }

    /* DROPPED: money */

    function test_TheEscrowOfTheClientMustCoverTheWholeBatch() public {
        DealProposal memory p = _proposal();
        p.clientCollateral = 6 ether;
        p.pricePerEpoch = 0;
        DealProposal memory q = _proposal();
        q.clientCollateral = 6 ether;
        q.pricePerEpoch = 0;
        q.label = "second";
        _equal(_publish(_list(p, q)), hex"828100410c");
        _dropped(q, "client escrow too small");
    }

    function test_TheEscrowOfTheProviderMustCoverTheWholeBatch() public {
        DealProposal memory p = _proposal();
        p.providerCollateral = 6 ether;
        DealProposal memory q = _proposal();
        q.providerCollateral = 6 ether;
        q.label = "second";
        _equal(_publish(_list(p, q)), hex"828100410c");
        _dropped(q, "provider escrow too small");
    }

    function test_LocksExactlyWhatIsDue() public {
        DealProposal memory p = _proposal();
        p.clientCollateral = 77;
        _publishOne(p);
        (, uint256 locked) = _clientBalance();
        _equal(locked, 77 + 12207 * 1_555_200);
        (, locked) = _minerBalance();
        _equal(locked, COLLATERAL);
    }

    /* DROPPED: duplicates and other providers */

    function test_ADuplicateInTheMessageIsDropped() public {
        DealProposal memory same = _proposal();
        // Another form of the same client.
        same.client = FilAddress.fromActorId(_clientId());
        _equal(_publish(_list(_proposal(), same)), hex"828100410c");
    }

    function test_ADuplicateOfAPublishedDealIsDropped() public {
        _publishOne(_proposal());
        _dropped(_proposal(), "duplicate of a published deal");
    }

    function test_ADroppedDealLocksNothingForTheOthers() public {
        // The second deal is too dear beside the first; the third is paid out of what the second did not take.
        DealProposal[] memory three = new DealProposal[](3);
        uint256[3] memory collaterals = [uint256(6 ether), 6 ether, 4 ether];
        for (uint256 i = 0; i < 3; ++i) {
            three[i] = _proposal();
            three[i].pricePerEpoch = 0;
            three[i].clientCollateral = collaterals[i];
            three[i].label = abi.encodePacked("deal", uint8(48 + i));
        }
        // RLE+ of {0, 2}.
        _equal(
            _publish(three),
            hex"8282000141"
            hex"3c"
        );
        (, uint256 locked) = _clientBalance();
        _equal(locked, 10 ether);
    }

    function test_AnAddressOfNobodyIsADroppedDealAndNotAWrongMessage() public {
        DealProposal memory q = _proposal();
        q.client = hex"040a1122";
        _equal(_publish(_list(q, _proposal())), hex"8281004118");
    }

    function test_OneProviderPerMessage() public {
        DealProposal memory q = _proposal();
        q.provider = FilAddress.fromActorId(OTHER_MINER);
        _equal(_publish(_list(_proposal(), q)), hex"828100410c");
    }

    function test_TheSameProposalMayBePublishedByAnotherProvider() public {
        _publishOne(_proposal());
        DealProposal memory q = _proposal();
        q.provider = FilAddress.fromActorId(OTHER_MINER);
        _equal(_native(OTHER_WORKER, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(_list(q))), hex"828101410c");
    }

    function _refuses(TestClient.Mood mood) private {
        client.setMood(mood);
        _equal(_publishExit(_proposal()), 16);
    }

    function _dropped(DealProposal memory p, string memory why) private {
        bytes memory params = _publishParams(_list(p));
        string memory message = string.concat("All deal proposals invalid; deal 0: ", why);
        vm.expectRevert(abi.encodeWithSignature("ActorAbort(uint32,string)", 16, message));
        _native(WORKER, 5, PUBLISH_STORAGE_DEALS, 0, params);
    }
}
