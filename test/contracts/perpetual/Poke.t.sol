// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IPerpetualStorage, Policy} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {vm} from "../support/Vm.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice What a poke does, and that it does it once.
contract PokeTest is KeepTest {
    function test_nothingIsDueForAStoreThatIsComplete() external {
        (uint256 id, ) = _stored();
        _expectReason(id, Reason.Healthy);
        _expectCopies(id, 3, 0, 0);
        _pokeIdle(id);
        vm.roll(uint64(EPOCH + DELAY + TERM - LEAD - 1));
        _pokeIdle(id);
    }

    function test_nothingIsDueWhilePublishedCopiesMayBeActivated() external {
        uint256 id = _store();
        for (uint64 i = 0; i < 3; ++i) _publishAt(MINER + i, id);
        vm.roll(uint64(EPOCH + DELAY));
        _expectCopies(id, 0, 3, 0);
        _pokeIdle(id);
    }

    /* OFFERS THAT NOBODY TOOK */

    function test_aLapsedOfferIsMadeAnew_Retry() external {
        uint256 id = _store();
        bytes32 first = _newest(id);
        _pass(DELAY + 1);
        _expectReason(id, Reason.Retry);
        _equal(perpetual.pokeable(0, 1).length, 1);
        uint256 paid = _poke(id);
        require(paid > REWARD && paid <= MAX_PAY, "paid otherwise");
        IDealClient.Proposal memory p = _proposalOf(id);
        // An eighth of the way from 50,000,000 to 90,000,000.
        _equal(p.pricePerEpoch, 55_000_000);
        _equal(p.providerCollateral, 3.25e14);
        _equal(p.replicas, 3);
        _equal(p.startEpoch, EPOCH + 2 * DELAY + 1);
        _equal(p.label, "1-2/ipfs/bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe");
        _equal(p.locationRef, "https://mirror.example/a.car");
        _equal(perpetual.storeOf(id).step, 1);
        // The old one holds nothing back, and can no longer be published.
        (, , uint256 reserved, , ) = _clientOf(id).funds();
        _equal(reserved, 3 * 55_000_000 * uint256(uint64(TERM)));
        require(_clientOf(id).proposalState(first) == IDealClient.ProposalState.Lapsed, "another state");
        (, , , uint256 perEpoch, ) = perpetual.accountOf(ACCOUNT);
        _equal(perEpoch, 3 * 55_000_000);
        _pokeIdle(id);
    }

    function test_onlyTheMissingCopiesAreOfferedAgain() external {
        uint256 id = _store();
        _takeAt(MINER, id);
        _pass(DELAY + 1);
        _poke(id);
        _equal(_proposalOf(id).replicas, 2);
        _expectCopies(id, 1, 0, 2);
        _publishRefused(MINER, id);
        _takeAt(MINER + 1, id);
        _takeAt(MINER + 2, id);
        _expectReason(id, Reason.Healthy);
        _pokeIdle(id);
        _equal(perpetual.storeOf(id).proposals.length, 2);
    }

    function test_theOfferRisesToTheCeilingAndNoFurther_AtCeiling() external {
        uint256 id = _store();
        for (uint256 i = 1; i <= 8; ++i) {
            _pass(DELAY + 1);
            _expectReason(id, Reason.Retry);
            _poke(id);
            _equal(_proposalOf(id).pricePerEpoch, PRICE + i * 5_000_000);
        }
        _pass(DELAY + 1);
        _expectReason(id, Reason.AtCeiling);
        _poke(id);
        _equal(_proposalOf(id).pricePerEpoch, MAX_PRICE);
        _equal(_proposalOf(id).providerCollateral, 5e14);
    }

    /// @dev 2, 4, 8 and 15 days: who lists providers that are gone pays a keeper for each attempt.
    function test_offersAtTheCeilingGetTwiceTheTime_atMost15Days() external {
        uint256 id = _store();
        for (uint256 i = 0; i < 8; ++i) {
            _pass(DELAY + 1);
            _poke(id);
        }
        int64[5] memory delays = [2 * DELAY, 4 * DELAY, int64(43_200), int64(43_200), int64(43_200)];
        _pass(DELAY + 1);
        for (uint256 i = 0; i < 5; ++i) {
            _poke(id);
            _equal(_proposalOf(id).startEpoch, int64(uint64(block.number)) + delays[i]);
            _equal(_proposalOf(id).pricePerEpoch, MAX_PRICE);
            _pass(delays[i]);
            _pokeIdle(id);
            _pass(1);
        }
    }

    /// @dev More attempts than a store follows at a time.
    function test_aStoreThatNobodyTakesIsOfferedForEver() external {
        uint256 id = _store();
        for (uint256 i = 1; i <= 30; ++i) {
            _passOffer(id);
            _poke(id);
            _equal(perpetual.storeOf(id).attempts, i + 1);
            require(perpetual.storeOf(id).proposals.length <= 2, "attempts that are over are followed");
        }
        _takeThree(MINER, id);
        _expectReason(id, Reason.Healthy);
    }

    /// @dev Three copies, each of an attempt of its own; those in between found nobody.
    function test_attemptsWithCopiesAreFollowedThroughAllThatLapse() external {
        uint256 id = _store();
        for (uint64 i = 0; i < 3; ++i) {
            _takeAt(MINER + i, id);
            for (uint256 j = 0; j < 8 && i < 2; ++j) {
                _passOffer(id);
                _poke(id);
            }
        }
        _expectCopies(id, 3, 0, 0);
        _equal(perpetual.storeOf(id).attempts, 17);
        _pokeIdle(id);
    }

    /* MONEY THAT IS SHORT */

    function test_asManyCopiesAsTheMoneyCovers() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        for (uint64 i = 0; i < 3; ++i) _terminateAt(MINER + i, deals[i]);
        // Two copies, and a keeper's ceiling.
        uint256 all = _free(ACCOUNT);
        vm.prank(ACCOUNT);
        perpetual.withdraw(payable(STRANGER), all - 2 * COPY - MAX_PAY);
        _poke(id);
        _equal(_proposalOf(id).replicas, 2);
        // Nobody can say of money that is not there that it is offered.
        _expectReason(id, Reason.Awaiting);
    }

    function test_withoutMoneyNothingIsProposed_NoMoney() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        _terminateAt(MINER, deals[0]);
        uint256 all = _free(ACCOUNT);
        vm.prank(ACCOUNT);
        perpetual.withdraw(payable(STRANGER), all);
        // What failed is settled once.
        _expectReason(id, Reason.Close);
        _equal(_poke(id), 0);
        _expectReason(id, Reason.NoMoney);
        _pokeIdle(id);
        // One attoFIL short, then enough.
        vm.deal(address(this), 1 ether);
        perpetual.topUp{value: COPY + MAX_PAY - 1}(id);
        _pokeIdle(id);
        perpetual.topUp{value: 1}(id);
        _expectReason(id, Reason.Missing);
        _poke(id);
        _expectCopies(id, 2, 0, 1);
    }

    /* ONCE */

    function test_twoKeepersInOneBlock_onlyTheFirstIsPaid() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        require(_pokeAs(KEEPER, _ids(id)) > 0, "the first was not paid");
        vm.recordLogs();
        _equal(_pokeAs(RIVAL, _ids(id)), 0);
        _equal(vm.getRecordedLogs().length, 0);
        _equal(perpetual.storeOf(id).attempts, 2);
    }

    function test_aStoreTwiceInABatchIsPokedOnce() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _pokeAs(KEEPER, _ids(id, id));
        _equal(perpetual.storeOf(id).attempts, 2);
    }

    function test_anUnknownIdInABatchHarmsNobody() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _expectEvent();
        emit IPerpetualStorage.PokeFailed(77, abi.encodeWithSelector(IPerpetualStorage.StoreUnknown.selector, 77));
        require(_pokeAs(KEEPER, _ids(77, id)) > 0, "not paid");
        _equal(perpetual.storeOf(id).attempts, 2);
    }

    function test_oneBatchForManyAccounts() external {
        uint256 mine = _store();
        uint256 theirs = _storeAs(NEIGHBOUR, _policy(), FUNDS);
        _pass(DELAY + 1);
        uint256 paid = _pokeAs(KEEPER, _ids(mine, theirs));
        (, , , , uint256 byAccount) = perpetual.accountOf(ACCOUNT);
        (, , , , uint256 byNeighbour) = perpetual.accountOf(NEIGHBOUR);
        require(byAccount > REWARD && byNeighbour > REWARD, "not paid by both");
        _equal(paid, byAccount + byNeighbour);
    }

    function test_pokeOne_NotSelf() external {
        uint256 id = _store();
        vm.prank(KEEPER);
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.NotSelf.selector, KEEPER));
        perpetual.pokeOne(id, KEEPER, 0);
    }

    function test_anEmptyBatchDoesNothing() external {
        _equal(_pokeAs(KEEPER, new uint256[](0)), 0);
    }

    function test_itSaysWhatItDid() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        vm.txGasPrice(0);
        _expectEvent();
        emit IPerpetualStorage.Poked(id, KEEPER, Reason.Retry, REWARD);
        _poke(id);
    }

    /* LOCATIONS */

    function test_pokeFrom_theKeepersLocation() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _pokeFrom(id, "https://keeper.example/a.car");
        _equal(_proposalOf(id).locationRef, "https://keeper.example/a.car");
        require(perpetual.storeOf(id).placedByKeeper, "not noted");
        require(KEEPER.balance > REWARD, "not paid");
    }

    function _pokeFrom(uint256 id, string memory location) private {
        vm.prank(KEEPER);
        perpetual.pokeFrom(id, location);
    }

    function test_pokeFrom_everyOtherAttemptOnly_LocationNotNow() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        _pokeFrom(id, "https://keeper.example/a.car");
        _pass(DELAY + 1);
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.LocationNotNow.selector, id));
        perpetual.pokeFrom(id, "https://keeper.example/a.car");
        _poke(id);
        _equal(
            _proposalOf(id).locationRef,
            "https://depot.example/piece/baga6ea4seaqaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabky"
        );
        _pass(DELAY + 1);
        _pokeFrom(id, "https://keeper.example/b.car");
        _equal(_proposalOf(id).locationRef, "https://keeper.example/b.car");
    }

    function test_pokeFrom_onlyWhereThePolicyAllowsIt_LocationsFixed() external {
        Policy memory p = _policy();
        p.keeperLocations = false;
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        _pass(DELAY + 1);
        vm.expectRevert(abi.encodeWithSelector(IPerpetualStorage.LocationsFixed.selector, id));
        perpetual.pokeFrom(id, "https://keeper.example/a.car");
        _pokeFrom(id, "");
        _equal(perpetual.storeOf(id).attempts, 2);
    }

    function test_pokeFrom_aLocationThatIsNoneIsRefused() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        vm.expectRevert(abi.encodeWithSelector(IDealClient.LocationInvalid.selector, 0));
        perpetual.pokeFrom(id, "ftp://keeper.example/a.car");
    }

    function test_pokeFrom_nothingDueNothingDone() external {
        (uint256 id, ) = _stored();
        _pokeFrom(id, "https://keeper.example/a.car");
        _equal(KEEPER.balance, 0);
    }

    /* GAS */

    /// @dev With every amount of gas, from little to enough, everything of a store happened or nothing; and a
    ///      transaction that succeeds has done it, so that an estimate by trial ends at what is enough.
    function test_withTooLittleGasNothingHappens_GasTooLow() external {
        uint256 id = _store();
        _pass(DELAY + 1);
        bytes memory call_ = abi.encodeCall(perpetual.poke, (_ids(id)));
        bytes memory tooLow = abi.encodeWithSelector(IPerpetualStorage.GasTooLow.selector, id);
        uint256 refused = 0;
        uint256 named = 0;
        for (uint256 gas_ = 30_000; ; gas_ += gas_ / 40) {
            (uint256 attempts, uint256 paid) = (perpetual.storeOf(id).attempts, KEEPER.balance);
            vm.prank(KEEPER);
            (bool ok, bytes memory out) = address(perpetual).call{gas: gas_}(call_);
            if (ok) {
                require(
                    perpetual.storeOf(id).attempts == 2 && KEEPER.balance > paid,
                    string.concat("succeeded, and did nothing with ", vm.toString(gas_))
                );
                break;
            }
            ++refused;
            if (keccak256(out) == keccak256(tooLow)) ++named;
            require(out.length == 0 || keccak256(out) == keccak256(tooLow), "another error");
            require(perpetual.storeOf(id).attempts == attempts && KEEPER.balance == paid, "something happened");
        }
        require(refused > 50 && named > 20, "not tried");
    }
}
