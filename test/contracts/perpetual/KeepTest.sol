// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {PUBLISH_STORAGE_DEALS, SECTOR_CONTENT_CHANGED} from "../../../contracts/filecoin/Methods.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IPerpetualStorage, Piece, Policy} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {IStoreClient} from "../../../contracts/interfaces/IStoreClient.sol";
import {BitField} from "../../../contracts/localnet/BitField.sol";
import {MARKET_ON_MINER_SECTORS_TERMINATE} from "../../../contracts/localnet/Native.sol";
import {DealProposal, Proposals} from "../../../contracts/localnet/market/Proposals.sol";
import {Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {LocalnetTest} from "../localnet/support/LocalnetTest.sol";
import {vm} from "../support/Vm.sol";
import {deployPerpetual} from "./Deploy.sol";

/// @notice Makes a client for whoever asks.
interface IFactory {
    function createClient(address account) external returns (address client);
}

/// @notice What PerpetualStorage has beside its manual.
interface IKeeping is IPerpetualStorage {
    function pokeOne(uint256 id, address keeper, uint256 spent) external;
    function clients() external view returns (IFactory);
}

/// @dev PerpetualStorage on the localnet's actors, six providers, and accounts that store a piece of one GiB: an amount
///      per GiB is one per copy. A deal lies in the sector that has its number.
abstract contract KeepTest is LocalnetTest {
    using Cbor for CborReader;
    using Proposals for DealProposal;

    uint64 internal constant MINERS = 6;
    address internal constant ACCOUNT = address(0xACC0);
    address internal constant NEIGHBOUR = address(0xACC1);
    address internal constant KEEPER = address(0x4EE9);
    address internal constant RIVAL = address(0x4EEA);

    // Terms of the default policy: epochs, and attoFIL.
    int64 internal constant TERM = 525_600;
    int64 internal constant LEAD = 20_160;
    int64 internal constant DELAY = 5_760;
    int64 internal constant MIN_DELAY = 2_880;
    uint256 internal constant PRICE = 50_000_000;
    uint256 internal constant MAX_PRICE = 90_000_000;
    uint256 internal constant REWARD = 1e15;
    uint256 internal constant MAX_PAY = 1e16;
    uint256 internal constant MAX_PAY_PER_WINDOW = 3e16;
    uint256 internal constant WINDOW = 2_880;
    uint256 internal constant GAS_PRICE = 1e8;
    /// Of a copy at the first offer.
    uint256 internal constant COPY = PRICE * uint64(TERM);
    uint256 internal constant FUNDS = 1 ether;

    IKeeping internal perpetual;

    function setUp() public virtual override {
        super.setUp();
        vm.deal(STRANGER, 10_000 ether);
        for (uint64 id = MINER; id < MINER + MINERS; ++id) {
            if (id > OTHER_MINER) _miner(id, _workerOf(id));
            _addBalance(FilAddress.fromActorId(id), 100 ether);
        }
        perpetual = IKeeping(deployPerpetual());
        vm.deal(ACCOUNT, 1000 ether);
        vm.deal(NEIGHBOUR, 1000 ether);
        vm.txGasPrice(GAS_PRICE);
    }

    /* STORES */

    function _piece() internal pure returns (Piece memory piece) {
        piece.pieceCid = abi.encodePacked(hex"0181e203922020", bytes32(uint256(0xab)));
        (piece.pieceSize, piece.size) = (1 << 30, 1_000_000_000);
        piece.root = "bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe";
    }

    function _policy() internal pure returns (Policy memory p) {
        (p.replicas, p.distinct, p.keeperLocations) = (3, true, true);
        (p.term, p.lead, p.startDelay) = (TERM, LEAD, DELAY);
        (p.price, p.maxPrice) = (PRICE, MAX_PRICE);
        (p.collateral, p.maxCollateral) = (3e14, 5e14);
        (p.reward, p.maxPay, p.maxPayPerWindow) = (REWARD, MAX_PAY, MAX_PAY_PER_WINDOW);
        p.locations = new string[](2);
        (p.locations[0], p.locations[1]) = ("https://depot.example/piece/", "https://mirror.example/a.car");
    }

    function _store() internal returns (uint256 id) {
        return _storeAs(ACCOUNT, _policy(), FUNDS);
    }

    function _storeAs(address account, Policy memory policy, uint256 value) internal returns (uint256 id) {
        Piece memory piece = _piece();
        vm.prank(account);
        return perpetual.store{value: value}(piece, policy);
    }

    function _storeRefused(Piece memory piece, Policy memory policy, bytes memory error) internal {
        vm.prank(ACCOUNT);
        vm.expectRevert(error);
        perpetual.store{value: FUNDS}(piece, policy);
    }

    function _clientOf(uint256 id) internal view returns (IStoreClient) {
        return IStoreClient(perpetual.storeOf(id).client);
    }

    /// @dev The proposal of a store's newest attempt.
    function _newest(uint256 id) internal view returns (bytes32) {
        uint32[] memory numbers = perpetual.storeOf(id).proposals;
        return _clientOf(id).proposalIds(numbers[numbers.length - 1] - 1, 1)[0];
    }

    function _proposalOf(uint256 id) internal view returns (IDealClient.Proposal memory) {
        return _clientOf(id).getProposal(_newest(id));
    }

    function _free(address account) internal view returns (uint256 free) {
        (, , free, , ) = perpetual.accountOf(account);
    }

    function _status(uint256 id) internal view returns (IPerpetualStorage.Status memory) {
        return perpetual.statusOf(id);
    }

    function _expectReason(uint256 id, Reason reason) internal view {
        IPerpetualStorage.Status memory s = perpetual.statusOf(id);
        require(s.next.reason == reason, string.concat("another reason: ", s.why));
    }

    function _expectCopies(uint256 id, uint256 active, uint256 published, uint256 open) internal view {
        IPerpetualStorage.Status memory s = perpetual.statusOf(id);
        (uint256 a, uint256 p, uint256 o) = (s.active, s.published, s.open);
        string memory got = string.concat(
            vm.toString(a),
            " active, ",
            vm.toString(p),
            " published, ",
            vm.toString(o),
            " open"
        );
        require(a == active && p == published && o == open, got);
    }

    /* PROVIDERS */

    function _workerOf(uint64 miner) internal pure returns (address) {
        return address(uint160(0x770001 + (miner - MINER)));
    }

    /// @dev Of the store's newest attempt.
    function _publishAt(uint64 miner, uint256 id) internal returns (uint64 dealId) {
        bytes memory params = _publishParams(_list(_asProvider(miner, id)));
        CborReader memory r = Cbor.reader(_native(_workerOf(miner), 5, PUBLISH_STORAGE_DEALS, 0, params));
        r.readArray(2);
        r.readArray(1);
        return r.readUint();
    }

    /// @dev f05 must drop the deal: the client says no.
    function _publishRefused(uint64 miner, uint256 id) internal {
        bytes memory params = _publishParams(_list(_asProvider(miner, id)));
        _equal(_nativeExit(_workerOf(miner), 5, PUBLISH_STORAGE_DEALS, 0, params), 16);
    }

    function _asProvider(uint64 miner, uint256 id) internal view returns (DealProposal memory p) {
        p = Proposals.decode(_clientOf(id).getDealProposal(_newest(id)));
        p.provider = FilAddress.fromActorId(miner);
    }

    /// @dev What a miner tells f05 after it proved the sector.
    function _activateAt(uint64 miner, uint256 id, uint64 dealId) internal {
        IDealClient.Deal memory deal = _clientOf(id).getDeal(dealId);
        IDealClient.Proposal memory p = _clientOf(id).getProposal(deal.proposalId);
        bytes memory piece = bytes.concat(
            Cbor.writeArray(3),
            Cbor.writeCid(abi.encodePacked(hex"0181e203922020", p.pieceCommitment)),
            Cbor.writeUint(p.pieceSize),
            Cbor.writeBytes(Cbor.writeUint(dealId))
        );
        bytes memory params = bytes.concat(
            hex"8183",
            Cbor.writeUint(dealId),
            Cbor.writeInt(p.endEpoch),
            Cbor.writeArray(1),
            piece
        );
        _equal(_native(FilAddress.toMaskedId(miner), 5, SECTOR_CONTENT_CHANGED, 0, params), hex"8181f5");
    }

    function _terminateAt(uint64 miner, uint64 dealId) internal {
        uint64[] memory sectors = new uint64[](1);
        sectors[0] = dealId;
        bytes memory params = bytes.concat(
            Cbor.writeArray(2),
            Cbor.writeInt(_now()),
            Cbor.writeBytes(BitField.encode(sectors))
        );
        _native(FilAddress.toMaskedId(miner), 5, MARKET_ON_MINER_SECTORS_TERMINATE, 0, params);
    }

    function _takeAt(uint64 miner, uint256 id) internal returns (uint64 dealId) {
        dealId = _publishAt(miner, id);
        _activateAt(miner, id, dealId);
    }

    /// @dev Three active copies, at `first` and the two behind it.
    function _takeThree(uint64 first, uint256 id) internal returns (uint64[3] memory deals) {
        for (uint64 i = 0; i < 3; ++i) deals[i] = _takeAt(first + i, id);
    }

    /// @dev A store with three active copies at MINER, MINER + 1 and MINER + 2.
    function _stored() internal returns (uint256 id, uint64[3] memory deals) {
        id = _store();
        deals = _takeThree(MINER, id);
    }

    /* KEEPERS */

    function _ids(uint256 a) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](1);
        ids[0] = a;
    }

    function _ids(uint256 a, uint256 b) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](2);
        (ids[0], ids[1]) = (a, b);
    }

    /// @return paid attoFIL that came.
    function _pokeAs(address keeper, uint256[] memory ids) internal returns (uint256 paid) {
        uint256 before = keeper.balance;
        vm.prank(keeper);
        perpetual.poke(ids);
        return keeper.balance - before;
    }

    function _poke(uint256 id) internal returns (uint256 paid) {
        return _pokeAs(KEEPER, _ids(id));
    }

    /// @dev A poke that must find nothing to do.
    function _pokeIdle(uint256 id) internal {
        vm.recordLogs();
        _equal(_poke(id), 0);
        _equal(vm.getRecordedLogs().length, 0);
        _equal(perpetual.pokeable(id - 1, 1).length, 0);
    }

    /// @dev A poke of the store must be undone with this error.
    function _pokeFails(uint256 id, bytes memory error) internal {
        vm.expectEmit(true, true, true, true, address(perpetual));
        emit IPerpetualStorage.PokeFailed(id, error);
        _equal(_poke(id), 0);
    }

    /* TIME */

    function _now() internal view returns (int64) {
        return int64(uint64(block.number));
    }

    function _pass(int64 epochs) internal {
        vm.roll(block.number + uint64(epochs));
    }

    /// @dev To the first epoch at which the open offer has had its time.
    function _passOffer(uint256 id) internal {
        vm.roll(uint64(_proposalOf(id).startEpoch) + 1);
    }

    /* EXPECTATIONS */

    function _equal(int256 got, int256 expected) internal pure {
        require(got == expected, "another number");
    }

    function _equal(string memory got, string memory expected) internal pure {
        require(keccak256(bytes(got)) == keccak256(bytes(expected)), string.concat("got ", got));
    }

    /// @dev The next call must emit what this says, from PerpetualStorage.
    function _expectEvent() internal {
        vm.expectEmit(true, true, true, true, address(perpetual));
    }
}
