// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPerpetualStorage} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {IStoreClient} from "../../../contracts/interfaces/IStoreClient.sol";
import {Decision, Facts, KeepRules, Reason, Standing} from "../../../contracts/perpetual/KeepRules.sol";
import {vm} from "../support/Vm.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice What can be asked.
contract ViewsTest is KeepTest {
    function test_pokeable_byPages() external {
        for (uint256 i = 0; i < 5; ++i) _store();
        _equal(perpetual.pokeable(0, 5).length, 0);
        _takeThree(MINER, 3);
        _pass(DELAY + 1);
        uint256[] memory ids = perpetual.pokeable(0, 5);
        _equal(abi.encode(ids), abi.encode(_listOf(1, 2, 4, 5)));
        ids = perpetual.pokeable(1, 2);
        _equal(abi.encode(ids), abi.encode(_ids(2)));
        ids = perpetual.pokeable(3, type(uint256).max);
        _equal(abi.encode(ids), abi.encode(_ids(4, 5)));
        _equal(perpetual.pokeable(2, 1).length, 0);
        _equal(perpetual.pokeable(5, 1).length, 0);
        _equal(perpetual.pokeable(type(uint256).max, type(uint256).max).length, 0);
        _equal(perpetual.pokeable(0, 0).length, 0);
    }

    function test_pokeable_whenNothingIsStored() external view {
        _equal(perpetual.pokeable(0, 10).length, 0);
        _equal(perpetual.storeCount(), 0);
    }

    function test_statusOf_saysWhatIsNextAndWhen() external {
        uint256 id = _store();
        IPerpetualStorage.Status memory s = _status(id);
        _equal(s.why, "a proposal waits for providers");
        _equal(s.next.dueAt, EPOCH + DELAY + 1);
        _takeAt(MINER, id);
        _publishAt(MINER + 1, id);
        _expectCopies(id, 1, 1, 1);
        _pass(DELAY + 1);
        s = _status(id);
        _expectCopies(id, 1, 0, 0);
        require(s.next.reason == Reason.Retry && s.next.endsOpen && s.next.settles, "another decision");
        _equal(s.next.copies, 2);
        _equal(s.next.step, 1);
        _equal(s.next.dueAt, _now());
        _equal(s.next.startEpoch, _now() + DELAY);
        _equal(s.next.endEpoch, _now() + DELAY + TERM);
    }

    function test_factsOf_whatADecisionIsMadeFrom() external {
        uint256 id = _store();
        uint64 deal = _takeAt(MINER, id);
        uint64 second = _publishAt(MINER + 1, id);
        Facts memory f = perpetual.factsOf(id);
        _equal(f.epoch, EPOCH);
        _equal(f.replicas, 3);
        _equal(f.term, TERM);
        _equal(f.lead, LEAD);
        _equal(f.startDelay, DELAY);
        require(!f.cancelled && !f.crowded, "another state");
        _equal(f.step, 0);
        _equal(f.openCopies, 1);
        _equal(f.openSince, EPOCH);
        _equal(f.openStart, EPOCH + DELAY);
        _equal(f.eligible, type(uint16).max);
        _equal(f.pieceSize, 1 << 30);
        _equal(f.price, PRICE);
        _equal(f.maxPrice, MAX_PRICE);
        _equal(f.money, FUNDS - 3 * COPY - MAX_PAY);
        _equal(f.openReserve, COPY);
        _equal(f.deals.length, 2);
        // The newest first.
        _equal(f.deals[0].dealId, second);
        _equal(f.deals[0].provider, MINER + 1);
        require(
            f.deals[0].standing == Standing.Published && f.deals[1].standing == Standing.Active,
            "another standing"
        );
        _equal(f.deals[1].dealId, deal);
        _equal(f.deals[1].endEpoch, EPOCH + DELAY + TERM);
    }

    /// @dev What is decided can be told from the facts alone.
    function test_factsOf_decideTheSame() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        for (uint256 i = 0; i < 40; ++i) {
            if (i == 3) _terminateAt(MINER, deals[0]);
            Decision memory d = KeepRules.decide(perpetual.factsOf(id));
            _equal(abi.encode(d), abi.encode(_status(id).next));
            bool due = d.copies > 0 || d.settles || d.endsOpen;
            require(due == (perpetual.pokeable(id - 1, 1).length == 1), "pokeable says otherwise");
            if (due) _poke(id);
            if (i % 7 == 6) _pass(TERM / 3);
            else if (_status(id).open > 0 && i % 2 == 0) _publishAny(id);
            else _pass(DELAY / 2);
        }
    }

    /// @dev The quick look of a poke says of a healthy store what the long one says, and never calls another one healthy.
    function test_theQuickLookIsTheLongOne() external {
        (uint256 id, uint64[3] memory deals) = _stored();
        _compare(id, true);
        vm.roll(uint64(EPOCH + DELAY + TERM - LEAD - 1));
        _compare(id, true);
        _pass(1);
        _compare(id, false);
        _poke(id);
        _compare(id, false);
        _takeThree(MINER, id);
        _compare(id, true);
        _terminateAt(MINER + 1, deals[1]);
        _compare(id, false);
    }

    function _compare(uint256 id, bool healthy) private view {
        IPerpetualStorage.Store memory s = perpetual.storeOf(id);
        bool quick = IStoreClient(s.client).isHealthy(s.proposals, 3, LEAD);
        Decision memory d = _status(id).next;
        bool long = d.reason == Reason.Healthy && !d.settles;
        require(quick == healthy && long == healthy, "another answer");
    }

    function _publishAny(uint256 id) private {
        for (uint64 m = MINER; m < MINER + MINERS; ++m) {
            try this.tryTake(m, id) {
                return;
            } catch {}
        }
    }

    function tryTake(uint64 miner, uint256 id) external {
        _takeAt(miner, id);
    }

    function test_why_everyReasonHasASentenceOfItsOwn() external {
        (uint256 id, ) = _stored();
        _equal(_status(id).why, "all copies are stored, and none is near its end");
        vm.roll(uint64(EPOCH + DELAY + TERM - LEAD));
        _equal(_status(id).why, "a deal is near its end: it is renewed");
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        _equal(_status(id).why, "the account has ended this store");
    }

    function test_accountOf_whoNeverStored() external view {
        (address client, uint256 stores, uint256 free, uint256 perEpoch, uint256 paid) = perpetual.accountOf(STRANGER);
        require(client == address(0) && stores + free + perEpoch + paid == 0, "something is there");
        require(perpetual.clientOf(STRANGER) != address(0), "no address is predicted");
    }

    function _listOf(uint256 a, uint256 b, uint256 c, uint256 d) private pure returns (uint256[] memory list) {
        list = new uint256[](4);
        (list[0], list[1], list[2], list[3]) = (a, b, c, d);
    }
}
