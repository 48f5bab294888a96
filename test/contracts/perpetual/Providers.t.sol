// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {PUBLISH_STORAGE_DEALS} from "../../../contracts/filecoin/Methods.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {Policy, ProviderRule} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {IStoreClient} from "../../../contracts/interfaces/IStoreClient.sol";
import {INativeEntry} from "../../../contracts/localnet/Interfaces.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {vm} from "../support/Vm.sol";
import {BurnsGas, FewDeals, OneProvider, SaysBytes, Writes} from "./Actors.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice Who may store: lists, distinct providers, those that failed, and a contract that decides.
contract ProvidersTest is KeepTest {
    /// Of a message, where a judge burns what it gets.
    uint256 private constant GAS = 100_000_000;

    function _with(ProviderRule rule, uint64 count) private pure returns (Policy memory p) {
        p = _policy();
        p.rule = rule;
        p.providers = new uint64[](count);
        for (uint64 i = 0; i < count; ++i) p.providers[i] = MINER + i;
    }

    /// @dev A judge burns a quarter of it.
    function _publishWith(uint256 gas_, DealProposal[] memory deals) private returns (bool ok, bytes memory out) {
        bytes memory params = _publishParams(deals);
        vm.prank(_workerOf(MINER));
        return
            MARKET_ACTOR.call{gas: gas_}(
                abi.encodeCall(INativeEntry.handle_filecoin_method, (PUBLISH_STORAGE_DEALS, 0x51, params))
            );
    }

    function _judged(address judge) private returns (uint256 id) {
        Policy memory p = _policy();
        p.judge = judge;
        return _storeAs(ACCOUNT, p, FUNDS);
    }

    /* LISTS */

    function test_only_thoseThatAreListed() external {
        uint256 id = _storeAs(ACCOUNT, _with(ProviderRule.Only, 3), FUNDS);
        _publishRefused(MINER + 3, id);
        _takeThree(MINER, id);
    }

    function test_except_anyButThoseThatAreListed() external {
        uint256 id = _storeAs(ACCOUNT, _with(ProviderRule.Except, 2), FUNDS);
        _publishRefused(MINER, id);
        _publishRefused(MINER + 1, id);
        _takeThree(MINER + 2, id);
    }

    function test_only_theShunnedAreLeftOutWhileOthersAreListed() external {
        uint256 id = _storeAs(ACCOUNT, _with(ProviderRule.Only, 4), FUNDS);
        uint64[3] memory deals = _takeThree(MINER, id);
        _terminateAt(MINER, deals[0]);
        _poke(id);
        uint64[] memory allowed = _proposalOf(id).providers;
        _equal(allowed.length, 1);
        _equal(allowed[0], MINER + 3);
        _publishRefused(MINER, id);
    }

    /// @dev Only three are listed: the one that failed is all that there is.
    function test_only_theShunnedComeBackWhenNobodyElseIsListed() external {
        uint256 id = _storeAs(ACCOUNT, _with(ProviderRule.Only, 3), FUNDS);
        uint64[3] memory deals = _takeThree(MINER, id);
        _terminateAt(MINER, deals[0]);
        _poke(id);
        _publishRefused(MINER + 1, id);
        _takeAt(MINER, id);
        _expectCopies(id, 3, 0, 0);
    }

    /// @dev As many are listed as there are replicas, so a missing copy always has somebody to go to.
    function test_only_aMissingCopyAlwaysHasAProviderLeft() external {
        Policy memory p = _with(ProviderRule.Only, 4);
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        uint64[3] memory deals = _takeThree(MINER + 1, id);
        _terminateAt(MINER + 3, deals[2]);
        p.providers = _listOf(MINER + 1, MINER + 2, MINER);
        vm.prank(ACCOUNT);
        perpetual.extendPolicy(id, p);
        _poke(id);
        _equal(_proposalOf(id).providers.length, 1);
        _equal(_proposalOf(id).providers[0], MINER);
    }

    /* DISTINCT */

    function test_distinct_whoHoldsACopyGetsNoSecond() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        _terminateAt(MINER, deals[0]);
        _poke(id);
        _publishRefused(MINER + 1, id);
        _publishRefused(MINER + 2, id);
        _takeAt(MINER + 3, id);
    }

    function test_notDistinct_whoHoldsACopyMayHaveASecond() external {
        Policy memory p = _policy();
        p.distinct = false;
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        uint64[3] memory deals = _takeThree(MINER, id);
        _terminateAt(MINER, deals[0]);
        _poke(id);
        _publishRefused(MINER, id);
        _takeAt(MINER + 1, id);
        _expectCopies(id, 3, 0, 0);
    }

    function test_twoCopiesOfOneProposalAreNeverAtOneProvider() external {
        Policy memory p = _policy();
        p.distinct = false;
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        _takeAt(MINER, id);
        _publishRefused(MINER, id);
    }

    /// @dev Nobody else takes the highest offer: who failed may try again.
    function test_atTheCeilingTheShunnedMayComeBack() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        _terminateAt(MINER, deals[0]);
        _poke(id);
        for (uint256 i = 0; i < 8; ++i) {
            _publishRefused(MINER, id);
            _pass(DELAY + 1);
            _poke(id);
        }
        _publishRefused(MINER, id);
        _pass(DELAY + 1);
        _expectReason(id, Reason.AtCeiling);
        _poke(id);
        _publishRefused(MINER + 1, id);
        _takeAt(MINER, id);
    }

    /* THE JUDGE */

    function test_judge_whoItAllows() external {
        uint256 id = _judged(address(new OneProvider(MINER + 4)));
        _publishRefused(MINER, id);
        _takeAt(MINER + 4, id);
    }

    function test_judge_besideALimitedList() external {
        Policy memory p = _with(ProviderRule.Except, 1);
        p.judge = address(new OneProvider(MINER));
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        _publishRefused(MINER, id);
        _publishRefused(MINER + 1, id);
    }

    function test_judge_anAnswerThatIsNoYesIsANo() external {
        bytes[7] memory answers = [
            bytes(""),
            hex"01",
            abi.encodePacked(uint248(1)),
            abi.encode(0),
            abi.encode(2),
            abi.encode(type(uint256).max),
            abi.encode(uint256(1) << 255)
        ];
        for (uint256 i = 0; i < answers.length; ++i) {
            _publishRefused(MINER, _judged(address(new SaysBytes(answers[i], false))));
        }
        _publishRefused(MINER, _judged(address(new SaysBytes(abi.encode(1), true))));
        _publishRefused(MINER, _judged(address(new SaysBytes("", true))));
    }

    function test_judge_aYesThatIsLongerIsAYes() external {
        _takeAt(MINER, _judged(address(new SaysBytes(abi.encode(1), false))));
        _takeAt(MINER, _judged(address(new SaysBytes(bytes.concat(abi.encode(1), new bytes(10_000)), false))));
    }

    function test_judge_thatBurnsItsGasIsANo() external {
        uint256 id = _judged(address(new BurnsGas()));
        (bool ok, bytes memory out) = _publishWith(GAS, _list(_asProvider(MINER, id)));
        require(!ok && _abortCode(out) == 16, "not refused");
    }

    function test_judge_mayNotWrite() external {
        _publishRefused(MINER, _judged(address(new Writes(perpetual))));
    }

    function test_judge_thatIsGoneIsANo() external {
        address judge = address(new OneProvider(MINER));
        uint256 id = _judged(judge);
        vm.etch(judge, "");
        _publishRefused(MINER, id);
    }

    /// @dev It would say no when f05 notifies the second deal, and so end the message with everyone's deals in it.
    function test_judge_whoseMindChangesWithinAMessageUndoesNobodysDeals() external {
        uint256 first = _judged(address(new FewDeals(1)));
        uint256 second = _storeAs(ACCOUNT, perpetual.policyOf(1), FUNDS);
        uint256 neighbours = _storeAs(NEIGHBOUR, _policy(), FUNDS);
        DealProposal[] memory deals = new DealProposal[](3);
        deals[0] = _asProvider(MINER, first);
        deals[1] = _asProvider(MINER, second);
        deals[2] = _asProvider(MINER, neighbours);
        _native(_workerOf(MINER), 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(deals));
        _expectCopies(neighbours, 0, 1, 2);
        // From now on it says no.
        _publishRefused(MINER + 1, first);
    }

    /// @dev One store's judge has no say in another's, and a bad one harms no neighbour in the same message.
    function test_judge_aBadOneHarmsNoOtherDealOfTheMessage() external {
        uint256 bad = _judged(address(new BurnsGas()));
        uint256 good = _storeAs(ACCOUNT, _policy(), FUNDS);
        (bool ok, ) = _publishWith(GAS, _list(_asProvider(MINER, bad), _asProvider(MINER, good)));
        require(ok, "aborted");
        _expectCopies(bad, 0, 0, 3);
        _expectCopies(good, 0, 1, 2);
    }

    /* THE CLIENT */

    function test_limitProviders_onlyBeforeThePublication_AlreadyPublished() external {
        uint256 id = _store();
        _takeAt(MINER, id);
        bytes32 proposal = _newest(id);
        IStoreClient client = _clientOf(id);
        vm.prank(address(perpetual));
        vm.expectRevert(abi.encodeWithSelector(IStoreClient.AlreadyPublished.selector, proposal));
        client.limitProviders(proposal, address(0), new uint64[](0));
        vm.prank(address(perpetual));
        vm.expectRevert(abi.encodeWithSelector(IDealClient.ProposalUnknown.selector, bytes32(0)));
        client.limitProviders(bytes32(0), address(0), new uint64[](0));
    }

    function test_itSaysWhoIsLimited() external {
        Policy memory p = _with(ProviderRule.Except, 2);
        p.judge = address(new OneProvider(MINER + 2));
        vm.expectEmit(false, true, true, true, perpetual.clientOf(ACCOUNT));
        emit IStoreClient.ProvidersLimited(0, p.judge, p.providers);
        _storeAs(ACCOUNT, p, FUNDS);
    }

    function _listOf(uint64 a, uint64 b, uint64 c) private pure returns (uint64[] memory list) {
        list = new uint64[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }
}
