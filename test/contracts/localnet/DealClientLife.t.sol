// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealClient} from "../../../contracts/DealClient.sol";
import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {PUBLISH_STORAGE_DEALS} from "../../../contracts/filecoin/Methods.sol";
import {DealRequest, ExtraParamsV1, IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {DealProposal, Proposals} from "../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../support/Vm.sol";
import {LocalnetTest} from "./support/LocalnetTest.sol";

/// @notice The production contract, unmodified, through the life of two deals on the localnet.
contract DealClientLifeTest is LocalnetTest {
    using Cbor for CborReader;

    DealClient private _client;
    bytes32 private _id;

    receive() external payable {}

    function setUp() public override {
        super.setUp();
        _fund();
        _client = new DealClient();
        vm.deal(address(this), 100 ether);
        uint64[] memory any = new uint64[](0);
        _id = _client.propose{value: 1 ether}(_request(), 2, any);
    }

    function test_TwoReplicasPublishedActiveEndedSettledMoneyBack() public {
        (uint64 first, DealProposal memory p) = _publishAs(WORKER, MINER);
        (uint64 second, ) = _publishAs(OTHER_WORKER, OTHER_MINER);
        require(_client.proposalState(_id) == IDealClient.ProposalState.Filled, "not filled");
        require(_client.dealState(first) == IDealClient.DealState.Published, "not published");

        _activate(first, p, 77, END + 5);
        require(_client.dealState(first) == IDealClient.DealState.Active, "not active");

        vm.roll(uint64(END));
        uint64[] memory ids = new uint64[](2);
        (ids[0], ids[1]) = (first, second);
        _client.settle(ids);
        require(_client.dealState(first) == IDealClient.DealState.Ended, "not ended");
        require(_client.dealState(second) == IDealClient.DealState.Missed, "not missed");

        (uint256 escrow, uint256 locked, uint256 reserved, , ) = _client.funds();
        uint256 fee = 12207 * uint256(uint64(END - START));
        _equal(locked + reserved, 0);
        _client.withdrawEscrow(escrow);
        (, , , , uint256 balance) = _client.funds();
        _equal(balance, 1 ether - fee);
        _client.withdraw(payable(STRANGER), balance);
    }

    function test_TheSameProviderIsRefusedTheSecondCopy() public {
        _publishAs(WORKER, MINER);
        DealProposal memory p = _asProvider(MINER);
        _equal(_publishExit(p), 16);
        // Settling an active deal before its start ends the market's own duplicate check; the contract's goes on.
        _activate(0, p, 77, END + 5);
        _settle(0);
        _equal(_publishExit(p), 16);
    }

    function test_AlteredTermsAreRefused() public {
        DealProposal memory p = _asProvider(MINER);
        p.endEpoch += 1;
        _equal(_publishExit(p), 16);
        p = _asProvider(MINER);
        p.providerCollateral += 1;
        _equal(_publishExit(p), 16);
        p = _asProvider(MINER);
        p.label = "another/ipfs/bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe";
        _equal(_publishExit(p), 16);
        _publishAs(WORKER, MINER);
    }

    function _publishAs(address worker, uint64 miner) private returns (uint64 dealId, DealProposal memory p) {
        p = _asProvider(miner);
        CborReader memory r = Cbor.reader(_native(worker, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(_list(p))));
        r.readArray(2);
        r.readArray(1);
        dealId = r.readUint();
    }

    function _asProvider(uint64 miner) private view returns (DealProposal memory p) {
        p = Proposals.decode(_client.getDealProposal(_id));
        p.provider = FilAddress.fromActorId(miner);
    }

    function _request() private view returns (DealRequest memory) {
        DealProposal memory p = _proposal();
        return
            DealRequest({
                piece_cid: p.pieceCid,
                piece_size: p.pieceSize,
                verified_deal: false,
                label: string(p.label),
                start_epoch: p.startEpoch,
                end_epoch: p.endEpoch,
                storage_price_per_epoch: p.pricePerEpoch,
                provider_collateral: p.providerCollateral,
                client_collateral: 0,
                extra_params_version: 1,
                extra_params: ExtraParamsV1("https://x.example/a.car", 236445, false, false)
            });
    }
}
