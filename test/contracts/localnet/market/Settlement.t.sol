// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MARKET_ACTOR} from "../../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {GET_DEAL_ACTIVATION, SETTLE_DEAL_PAYMENTS} from "../../../../contracts/filecoin/Methods.sol";
import {BURNT_FUNDS_ACTOR_ID} from "../../../../contracts/localnet/Native.sol";
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

/// @notice How money moves after publication. Price 12207 attoFIL per epoch, client collateral 500.
contract SettlementTest is LocalnetTest {
    uint256 private constant PRICE = 12207;
    uint256 private constant FEE = PRICE * 1_555_200;
    uint256 private constant CLIENT_COLLATERAL = 500;
    uint64 private constant SECTOR = 77;

    DealProposal private _p;
    uint64 private _deal;

    function setUp() public override {
        super.setUp();
        _fund();
        _p = _proposal();
        _p.clientCollateral = CLIENT_COLLATERAL;
        _deal = _publishOne(_p);
    }

    /* NOT ACTIVATED */

    function test_BeforeTheStartNothingHappens() public {
        _equal(_settle(_deal), hex"82820180818240f4");
        _books(10 ether, FEE + CLIENT_COLLATERAL, 10 ether, COLLATERAL);
    }

    function test_FromTheStartOnItIsOverAndTheCollateralBurns() public {
        vm.roll(uint64(START));
        _equal(_settle(_deal), hex"828200818200182080");
    }

    function test_MissedActivationGivesTheClientEverythingBack() public {
        vm.roll(uint64(START));
        _settle(_deal);
        _books(10 ether, 0, 10 ether - COLLATERAL, 0);
        _equal(FilAddress.toMaskedId(BURNT_FUNDS_ACTOR_ID).balance, COLLATERAL);
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_ACTIVATION, 0, Cbor.writeUint(_deal)), 32);
    }

    function test_AfterMissedActivationTheProposalMayComeAgain() public {
        vm.roll(uint64(START));
        _settle(_deal);
        _publishOne(_p);
    }

    /* ACTIVE */

    function test_PaysWhatPassedSinceTheStartOnce() public {
        _active();
        vm.roll(uint64(START) + 10);
        _settles(PRICE * 10, false);
        _settles(0, false);
        vm.roll(uint64(START) + 11);
        _settles(PRICE, false);
        _books(10 ether - 11 * PRICE, FEE - 11 * PRICE + CLIENT_COLLATERAL, 10 ether + 11 * PRICE, COLLATERAL);
    }

    function test_BeforeTheStartAnActiveDealIsProcessedWithoutPayment() public {
        _active();
        _settles(0, false);
        _books(10 ether, FEE + CLIENT_COLLATERAL, 10 ether, COLLATERAL);
    }

    /// @notice spec/f05-deals.md §3.4: the market's duplicate check ends with the first processing of an active deal.
    function test_AProcessedDealNoLongerPreventsItsTwin() public {
        _active();
        _equal(_publishExit(_p), 16);
        _settle(_deal);
        require(_publishOne(_p) != _deal, "the same id");
    }

    function test_AtTheEndEverythingIsPaidAndReleased() public {
        _active();
        vm.roll(uint64(END) + 100);
        _settles(FEE, true);
        _books(10 ether - FEE, 0, 10 ether + FEE, 0);
        _equal(_settle(_deal), hex"828200818200182080");
    }

    function test_SettlesManyAtOnceAndTellsWhichFailed() public {
        _p.label = "second";
        _publishOne(_p);
        // Deals 0 and 1 exist, 2 does not: RLE+ of {0, 1, 2}.
        bytes memory answer = _native(STRANGER, 5, SETTLE_DEAL_PAYMENTS, 0, hex"4174");
        _equal(answer, hex"8282028182021820828240f48240f4");
    }

    function test_ABitFieldThatIsNoneIs21() public {
        bytes memory params = Cbor.writeBytes(hex"00");
        (int256 exit, ) = _fromClient(5, SETTLE_DEAL_PAYMENTS, 0, params);
        require(exit == 21, "not 21");
        _equal(_native(STRANGER, 5, SETTLE_DEAL_PAYMENTS, 0, hex"40"), hex"8282008080");
    }

    /* TERMINATED */

    function test_TerminationPaysUpToNowRefundsAndBurns() public {
        _active();
        vm.roll(uint64(START) + 1000);
        _terminate(SECTOR);
        _books(10 ether - 1000 * PRICE, 0, 10 ether + 1000 * PRICE - COLLATERAL, 0);
        _equal(FilAddress.toMaskedId(BURNT_FUNDS_ACTOR_ID).balance, COLLATERAL);
        _equal(_nativeExit(STRANGER, 5, GET_DEAL_ACTIVATION, 0, Cbor.writeUint(_deal)), 32);
    }

    function test_TerminationBeforeTheStartRefundsEverything() public {
        _active();
        _terminate(SECTOR);
        _books(10 ether, 0, 10 ether - COLLATERAL, 0);
        _publishOne(_p);
    }

    function test_TerminationAfterASettlementPaysTheRestOnly() public {
        _active();
        vm.roll(uint64(START) + 600);
        _settle(_deal);
        vm.roll(uint64(START) + 1000);
        _terminate(SECTOR);
        _books(10 ether - 1000 * PRICE, 0, 10 ether + 1000 * PRICE - COLLATERAL, 0);
    }

    function test_ADealThatRanToItsEndIsNotSlashed() public {
        _active();
        vm.roll(uint64(END));
        _terminate(SECTOR);
        _settles(FEE, true);
        _books(10 ether - FEE, 0, 10 ether + FEE, 0);
    }

    function testFuzz_NoMoneyAppearsOrVanishes(uint24 settledAfter, uint24 endedAfter, bool terminated) public {
        _active();
        vm.roll(uint64(START) + (settledAfter % 3_000_000));
        _settle(_deal);
        vm.roll(block.number + (endedAfter % 3_000_000));
        if (terminated && block.number <= uint64(END)) _terminate(SECTOR);
        else _settle(_deal);
        (uint256 client_, uint256 clientLocked) = _clientBalance();
        (uint256 miner, uint256 minerLocked) = _minerBalance();
        require(clientLocked <= client_ && minerLocked <= miner, "more locked than there is");
        // The second miner's 10 FIL lie there too.
        _equal(MARKET_ACTOR.balance, client_ + miner + 10 ether);
        _equal(MARKET_ACTOR.balance + FilAddress.toMaskedId(BURNT_FUNDS_ACTOR_ID).balance, 30 ether);
    }

    function _active() private {
        _activate(_deal, _p, SECTOR, END);
    }

    function _settles(uint256 payment, bool completed) private {
        bytes memory settled = bytes.concat(
            hex"8282018081",
            hex"82",
            Cbor.writeBigInt(payment),
            Cbor.writeBool(completed)
        );
        _equal(_settle(_deal), settled);
    }

    function _books(uint256 client_, uint256 clientLocked, uint256 miner, uint256 minerLocked) private {
        (uint256 escrow, uint256 locked) = _clientBalance();
        _equal(escrow, client_);
        _equal(locked, clientLocked);
        (escrow, locked) = _minerBalance();
        _equal(escrow, miner);
        _equal(locked, minerLocked);
    }
}
