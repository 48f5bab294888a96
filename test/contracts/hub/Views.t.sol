// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IAggregationHub} from "../../../contracts/interfaces/IAggregationHub.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {PieceCid} from "../../../contracts/piece/PieceCid.sol";
import {Aggregate, Aggregates} from "../support/Aggregates.sol";
import {vm} from "../support/Vm.sol";
import {HubTest} from "./HubTest.sol";

/// @notice The lists, and whether a piece is stored.
contract ViewsTest is HubTest {
    using Aggregates for Aggregate;

    /* LISTS */

    function test_B16_listsHaveNoHoles() external {
        uint256 id = _ask(0);
        uint64 lost = _active("lost", 1);
        uint64 kept = _active("kept", 2);
        uint64 waiting = _published("waiting");
        uint64 soon = _activeUntil("soon", 3, END - 10);
        _complete(id, lost, 0);
        _complete(id, kept, 0);
        _complete(id, waiting, 0);
        _complete(id, soon, 0);
        _terminate(1);
        bytes memory cid = _cid(0);
        _equal(hub.getAllDeals(cid).length, 4);
        _equalIds(hub.getActiveDeals(cid), _ids(soon, kept));
        vm.roll(uint64(END) - 12);
        _equalIds(hub.getExpiringDeals(cid, 1), _ids());
        _equalIds(hub.getExpiringDeals(cid, 2), _ids(soon));
        _equalIds(hub.getExpiringDeals(cid, 11), _ids(soon));
        _equalIds(hub.getExpiringDeals(cid, 12), _ids(soon, kept));
        _equalIds(hub.getExpiringDeals(cid, type(uint64).max), _ids(soon, kept));
        // In the epoch of its end a deal has ended, settled or not.
        vm.roll(uint64(END) - 10);
        _equalIds(hub.getActiveDeals(cid), _ids(kept));
        _equalIds(hub.getExpiringDeals(cid, 10), _ids(kept));
        vm.roll(uint64(END));
        _equalIds(hub.getActiveDeals(cid), _ids());
    }

    function test_B16_listsAreViews() external {
        _complete(_ask(0), _active("one", 1), 0);
        bytes memory cid = _cid(0);
        bytes[3] memory calls = [
            abi.encodeWithSignature("getAllDeals(bytes)", cid),
            abi.encodeWithSignature("getActiveDeals(bytes)", cid),
            abi.encodeWithSignature("getExpiringDeals(bytes,uint64)", cid, uint64(2_000_000))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool ok, bytes memory out) = address(hub).staticcall(calls[i]);
            require(ok && abi.decode(out, (IAggregationHub.Deal[])).length == 1, "no view");
        }
    }

    function test_B16_listsPaginate() external {
        uint256 id = _ask(0);
        uint64[] memory deals = new uint64[](7);
        for (uint256 i = 0; i < 7; ++i) {
            deals[i] = i % 2 == 0 ? _active(vm.toString(i), uint64(i)) : _published(vm.toString(i));
            _complete(id, deals[i], 0);
        }
        bytes memory cid = _cid(0);
        _equal(hub.dealCount(cid), 7);
        for (uint256 cursor = 0; cursor < 9; ++cursor) {
            IAggregationHub.Deal[] memory page = hub.getAllDeals(cid, cursor, 3);
            _equal(
                page.length,
                cursor >= 7
                    ? 0
                    : cursor > 4
                        ? 7 - cursor
                        : 3
            );
            for (uint256 i = 0; i < page.length; ++i) _equal(page[i].dealId, deals[6 - cursor - i]);
        }
        _equalIds(hub.getActiveDeals(cid, 0, 3), _ids(deals[6], deals[4]));
        _equalIds(hub.getActiveDeals(cid, 3, 2), _ids(deals[2]));
        _equalIds(hub.getExpiringDeals(cid, type(uint64).max, 3, 2), _ids(deals[2]));
        _equal(hub.getAllDeals(cid, 0, type(uint256).max).length, 7);
        _equal(hub.getAllDeals(cid, type(uint256).max, 1).length, 0);
        _equal(hub.getAllDeals(cid, 0, 0).length, 0);
        _equal(hub.dealsOf(id).length, 7);
        _equal(hub.dealsOf(id, 5, 100).length, 2);
    }

    function test_pageHasABound() external {
        uint256 id = _ask(0);
        for (uint256 i = 0; i < 101; ++i) _complete(id, _published(vm.toString(i)), 0);
        bytes memory cid = _cid(0);
        _equal(hub.getAllDeals(cid).length, 100);
        _equal(hub.getAllDeals(cid, 0, 1000).length, 100);
        _equal(hub.getAllDeals(cid, 100, 1000).length, 1);
    }

    function test_requestsForOnePieceShareItsListAndHaveTheirOwnDeals() external {
        uint256 first = _ask(0);
        uint256 second = hub.submit(bytes.concat(hex"00", _cid(0)));
        uint64 one = _published("one");
        uint64 two = _published("two");
        _complete(first, one, 0);
        _complete(second, two, 0);
        _equalIds(hub.getAllDeals(_cid(0)), _ids(two, one));
        _equalIds(hub.dealsOf(first), _ids(one));
        _equalIds(hub.dealsOf(second), _ids(two));
    }

    function test_askedForAndNotCompletedHasNoDeals() external {
        uint256 id = _ask(0);
        _equal(hub.getAllDeals(_cid(0)).length + hub.dealsOf(id).length + hub.dealCount(_cid(0)), 0);
        _equal(hub.getAllDeals(_cid(1)).length + hub.dealCount(_cid(1)), 0);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.RequestUnknown.selector, 2));
        hub.dealsOf(2);
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.RequestUnknown.selector, 2));
        hub.requestOf(2);
    }

    function test_strangerDoesNotSpeakOfAnothersContent() external {
        bytes memory content = hex"01551220";
        uint64 dealId = _published("one");
        uint256 own = hub.submit(content, _terms(STRANGER, 0, 0));
        _completeAs(STRANGER, own, dealId, 0);
        _equalIds(hub.dealsOf(own), _ids(dealId));
        _equal(hub.getAllDeals(content).length, 0);
        uint256 id = hub.submit(content);
        _completeAs(AGGREGATOR, id, dealId, 0);
        _equalIds(hub.getAllDeals(content), _ids(dealId));
        // To name the default is to leave it out.
        require(hub.requestOf(id).key == hub.requestOf(hub.submit(content, _terms(AGGREGATOR, 0, 0))).key, "key");
    }

    function test_whatIsProvenStandsUnderTheNameWithASize() external {
        bytes memory sized = _a.sizedCid(0);
        uint64 dealId = _published("one");
        _complete(_ask(0), dealId, 0);
        _equalIds(hub.getAllDeals(sized), _ids(dealId));
        _complete(hub.submit(sized), dealId, 0);
        _equalIds(hub.getAllDeals(sized), _ids(dealId));
        // A deal of a request that names the size is no business of the name without.
        uint64 other = _published("other");
        _complete(hub.submit(sized), other, 0);
        _equal(hub.getAllDeals(sized).length, 2);
        _equalIds(hub.getAllDeals(PieceCid.fromCommitment(_a.pieces[0])), _ids(dealId));
        // The padding is no part of the name; the height is.
        bytes memory padded = abi.encodePacked(hex"015591202201", sized[6], _a.pieces[0]);
        _equal(hub.getAllDeals(padded).length, 2);
        sized[6] = bytes1(uint8(sized[6]) + 1);
        _equal(hub.getAllDeals(sized).length, 0);
    }

    /* STORED */

    function test_storedIsWhatF05SaysIsActive() external {
        bytes memory cid = _a.sizedCid(0);
        uint256 id = hub.submit(cid);
        _stored(cid, 0, -1);
        uint64 waiting = _publishOne(_dealProposal());
        _complete(id, waiting, 0);
        _stored(cid, 0, -1);
        _activateDeal(waiting, 1);
        _stored(cid, 1, END);
        _complete(id, _activeUntil("longer", 2, END + 10), 0);
        _complete(id, _activeUntil("shorter", 3, END - 10), 0);
        _stored(cid, 3, END + 10);
        _terminate(2);
        _stored(cid, 2, END);
        vm.roll(uint64(END) - 10);
        _stored(cid, 1, END);
        _settle(3);
        vm.roll(uint64(END));
        _stored(cid, 0, -1);
    }

    function test_contentIsNoPiece() external {
        vm.expectRevert(abi.encodeWithSelector(IAggregationHub.PieceCidMalformed.selector, hex"0155"));
        hub.isStored(hex"0155");
    }

    function test_storedLooksAtTheNewestDealsThatHaveNotEnded() external {
        bytes memory cid = _a.sizedCid(0);
        uint256 id = hub.submit(cid);
        uint64 oldest = _active("oldest", 1);
        _complete(id, oldest, 0);
        for (uint256 i = 0; i < 31; ++i) _complete(id, _published(vm.toString(i)), 0);
        _stored(cid, 1, END);
        _complete(id, _published("one too many"), 0);
        _stored(cid, 0, -1);
        _equalIds(hub.getActiveDeals(cid), _ids(oldest));
    }

    function test_storedReadsTheNewest256Deals() external {
        bytes memory cid = _a.sizedCid(0);
        uint256 id = hub.submit(cid);
        _complete(id, _active("oldest", 1), 0);
        int64 end = START + 518_400;
        for (uint256 i = 0; i < 255; ++i) _complete(id, _publishedUntil(i, end), 0);
        uint64 newest = _publishedUntil(255, end);
        vm.roll(uint64(end));
        _stored(cid, 1, END);
        vm.roll(uint64(START));
        _complete(id, newest, 0);
        vm.roll(uint64(end));
        _stored(cid, 0, -1);
    }

    function _publishedUntil(uint256 number, int64 end) private returns (uint64) {
        DealProposal memory p = _dealProposal();
        (p.label, p.endEpoch) = (bytes(vm.toString(number)), end);
        return _publishOne(p);
    }

    function _stored(bytes memory cid, uint256 expected, int64 expectedUntil) private view {
        (uint256 deals, int64 activeUntil) = hub.isStored(cid);
        _equal(deals, expected);
        require(activeUntil == expectedUntil, "another end");
    }
}
