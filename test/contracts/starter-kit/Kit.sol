// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealClient} from "../../../contracts/DealClient.sol";
import {MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {AUTHENTICATE_MESSAGE, PUBLISH_STORAGE_DEALS} from "../../../contracts/filecoin/Methods.sol";
import {DealRequest, ExtraParamsV1, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {DealProposal, Proposals} from "../../../contracts/localnet/market/Proposals.sol";
import {LocalnetTest} from "../localnet/support/LocalnetTest.sol";
import {vm} from "../support/Vm.sol";

/// @title  What the tests of the starter kit's bugs share: a client, its owner, providers and f05
/// @notice Each bug has a test of its own on the localnet's actors, which behave as the network's do. The starter kit is
///         filecoin-project/fvm-starter-kit-deal-making at bbe2815; `DealClient.sol` with line numbers means its contract.
///         Numbers: B1 to B17 and 7.1.1 to 7.1.17, listed in docs/starter-kit-bugs.md.
abstract contract Kit is LocalnetTest {
    using Cbor for CborReader;

    bytes32 internal constant COMMITMENT = bytes32(uint256(0xab));
    uint64 internal constant SECTOR = 77;
    /// attoFIL per epoch.
    uint256 internal constant PRICE = 12207;

    DealClient internal kit;

    receive() external payable {}

    function setUp() public virtual override {
        super.setUp();
        _fund();
        kit = new DealClient();
        vm.deal(address(this), 100 ether);
    }

    /* THE OWNER */

    /// @param label Tells requests for one piece apart; a root CID is put behind it.
    function _request(string memory label) internal pure returns (DealRequest memory r) {
        r.piece_cid = abi.encodePacked(hex"0181e203922020", COMMITMENT);
        r.piece_size = 262_144;
        r.label = string.concat(label, "/ipfs/bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe");
        r.start_epoch = START;
        r.end_epoch = END;
        r.storage_price_per_epoch = PRICE;
        r.provider_collateral = COLLATERAL;
        r.extra_params_version = 1;
        r.extra_params = ExtraParamsV1("https://x.example/a.car", 236_445, false, false);
    }

    /// @dev As the starter kit's users do, and with the money for it.
    function _propose(DealRequest memory r, uint16 replicas) internal returns (bytes32) {
        return kit.propose{value: _fee(r) * replicas}(r, replicas, new uint64[](0));
    }

    function _propose(string memory label) internal returns (bytes32) {
        return _propose(_request(label), 1);
    }

    function _fee(DealRequest memory r) internal pure returns (uint256) {
        return r.storage_price_per_epoch * uint64(r.end_epoch - r.start_epoch) + r.client_collateral;
    }

    /// @dev The whole price of a deal of `_request`.
    function _fee() internal pure returns (uint256) {
        return PRICE * uint64(END - START);
    }

    /// @dev One id as a list.
    function _ids(uint64 id) internal pure returns (uint64[] memory list) {
        list = new uint64[](1);
        list[0] = id;
    }

    /* A PROVIDER */

    /// @dev The proposal as a provider reads it, with its own address in it.
    function _asProvider(bytes32 id, uint64 miner) internal view returns (DealProposal memory p) {
        p = Proposals.decode(kit.getDealProposal(id));
        p.provider = FilAddress.fromActorId(miner);
    }

    function _publishAs(bytes32 id, address worker, uint64 miner) internal returns (uint64 dealId) {
        uint64[] memory ids = _publishAll(_list(_asProvider(id, miner)), worker);
        return ids[0];
    }

    /// @return ids Of the deals that f05 published.
    function _publishAll(DealProposal[] memory deals, address worker) internal returns (uint64[] memory ids) {
        CborReader memory r = Cbor.reader(_native(worker, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(deals)));
        r.readArray(2);
        ids = new uint64[](r.readArray());
        for (uint256 i = 0; i < ids.length; ++i) ids[i] = r.readUint();
    }

    /// @dev f05 drops the deal, and with it the only one of the message: exit 16.
    function _refusedByF05(DealProposal memory p) internal {
        _equal(_publishExit(p), 16);
    }

    function _activateDeal(bytes32 id, uint64 dealId) internal {
        _activate(dealId, _asProvider(id, MINER), SECTOR, END + 5);
        require(kit.dealState(dealId) == IDealClient.DealState.Active, "not active");
    }

    /* f05 */

    /// @dev What the client answers to AuthenticateMessage, byte for byte: empty if it reverts.
    function _asked(address client_, bytes memory params) internal returns (bool ok, bytes memory out) {
        vm.prank(MARKET_ACTOR);
        return client_.call(abi.encodeCall(IDealClient.handle_filecoin_method, (AUTHENTICATE_MESSAGE, 0x51, params)));
    }

    function _asked(DealProposal memory p) internal returns (bool ok, bytes memory out) {
        return _asked(address(kit), bytes.concat(hex"8242dead", Cbor.writeBytes(Proposals.encode(p))));
    }

    /* EXPECTATIONS */

    function _refusedWith(DealProposal memory p, bytes4 error) internal {
        (bool ok, bytes memory out) = _asked(p);
        require(!ok && bytes4(out) == error, "accepted, or refused for another reason");
        _refusedByF05(p);
    }

    function _isState(uint64 dealId, IDealClient.DealState expected) internal view {
        require(kit.dealState(dealId) == expected, "another state");
    }
}
