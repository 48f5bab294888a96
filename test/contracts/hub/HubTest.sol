// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AggregationHub} from "../../../contracts/AggregationHub.sol";
import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {PUBLISH_STORAGE_DEALS} from "../../../contracts/filecoin/Methods.sol";
import {IAggregationHub} from "../../../contracts/interfaces/IAggregationHub.sol";
import {DealProposal} from "../../../contracts/localnet/market/Proposals.sol";
import {PieceCid} from "../../../contracts/piece/PieceCid.sol";
import {LocalnetTest} from "../localnet/support/LocalnetTest.sol";
import {Aggregate, Aggregates} from "../support/Aggregates.sol";
import {vm} from "../support/Vm.sol";

/// @dev In place of the precompile: f05 answers that it ran out of gas.
contract OutOfGas {
    fallback(bytes calldata) external returns (bytes memory) {
        return abi.encode(int256(7), uint64(0), bytes(""));
    }
}

/// @dev A hub with a default aggregator on the localnet's actors, and one aggregate of three pieces.
abstract contract HubTest is LocalnetTest {
    using Aggregates for Aggregate;
    using Cbor for CborReader;

    address internal constant AGGREGATOR = address(0xA66);
    address internal constant OTHER = address(0x07E);
    address internal constant CUSTOMER = address(0xC057);

    AggregationHub internal hub;
    Aggregate internal _a;

    function setUp() public virtual override {
        super.setUp();
        _fund();
        hub = new AggregationHub(AGGREGATOR);
        _a = Aggregates.make(16_384, 512, 3, 1);
        vm.deal(CUSTOMER, 1000 ether);
        vm.deal(address(this), 1000 ether);
    }

    /* REQUESTS */

    /// @dev By piece CID v1.
    function _ask(uint256 piece) internal returns (uint256 id) {
        id = hub.submit(_cid(piece));
    }

    /// @dev By piece CID v2, with a payment that ends at START.
    function _askPaid(uint256 piece, address aggregator, uint256 amount) internal returns (uint256 id) {
        vm.prank(CUSTOMER);
        id = hub.submit{value: amount}(_a.sizedCid(piece), _terms(aggregator, START, 0));
    }

    function _terms(
        address aggregator,
        int64 deadline,
        int64 storedUntil
    ) internal pure returns (IAggregationHub.Terms memory) {
        return IAggregationHub.Terms(aggregator, deadline, storedUntil);
    }

    function _cid(uint256 piece) internal view returns (bytes memory) {
        return PieceCid.fromCommitment(_a.pieces[piece]);
    }

    /* ANSWERS */

    function _complete(uint256 id, uint64 dealId, uint256 piece) internal {
        Aggregate memory a = _a;
        hub.complete(id, dealId, MINER, a.proofOf(piece), a.verifierOf(piece));
    }

    function _completeAs(address who, uint256 id, uint64 dealId, uint256 piece) internal {
        Aggregate memory a = _a;
        vm.prank(who);
        hub.complete(id, dealId, a.proofOf(piece), a.verifierOf(piece));
    }

    /// @dev The completion must be refused with this error.
    function _refusedWith(bytes memory reason, uint256 id, uint64 dealId, uint256 piece) internal {
        Aggregate memory a = _a;
        vm.expectRevert(reason);
        hub.complete(id, dealId, MINER, a.proofOf(piece), a.verifierOf(piece));
    }

    /* DEALS */

    function _dealProposal() internal view returns (DealProposal memory p) {
        return _dealProposal(_a.commitment, _a.size);
    }

    function _dealProposal(bytes32 commitment, uint64 size) internal view returns (DealProposal memory p) {
        p = _proposal();
        p.pieceCid = PieceCid.fromCommitment(commitment);
        p.pieceSize = size;
    }

    /// @dev Of the aggregate, at MINER; another label makes it another deal.
    function _published(string memory label) internal returns (uint64 dealId) {
        DealProposal memory p = _dealProposal();
        p.label = bytes(label);
        return _publishOne(p);
    }

    function _active(string memory label, uint64 sector) internal returns (uint64 dealId) {
        return _activeUntil(label, sector, END);
    }

    function _activeUntil(string memory label, uint64 sector, int64 end) internal returns (uint64 dealId) {
        DealProposal memory p = _dealProposal();
        (p.label, p.endEpoch) = (bytes(label), end);
        dealId = _publishOne(p);
        _activate(dealId, p, sector, END + 100_000);
    }

    function _activateDeal(uint64 dealId, uint64 sector) internal {
        _activate(dealId, _dealProposal(), sector, END + 100_000);
    }

    function _publishedAtOther() internal returns (uint64 dealId) {
        DealProposal memory p = _dealProposal();
        p.provider = FilAddress.fromActorId(OTHER_MINER);
        CborReader memory r = Cbor.reader(_native(OTHER_WORKER, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(_list(p))));
        r.readArray(2);
        r.readArray(1);
        return r.readUint();
    }

    /* EXPECTATIONS */

    function _equalIds(IAggregationHub.Deal[] memory got, uint64[] memory expected) internal pure {
        _equal(got.length, expected.length);
        for (uint256 i = 0; i < got.length; ++i) {
            _equal(got[i].dealId, expected[i]);
            _equal(got[i].minerId, MINER);
        }
    }

    function _ids() internal pure returns (uint64[] memory) {
        return new uint64[](0);
    }

    function _ids(uint64 a) internal pure returns (uint64[] memory ids) {
        ids = new uint64[](1);
        ids[0] = a;
    }

    function _ids(uint64 a, uint64 b) internal pure returns (uint64[] memory ids) {
        ids = new uint64[](2);
        (ids[0], ids[1]) = (a, b);
    }
}
