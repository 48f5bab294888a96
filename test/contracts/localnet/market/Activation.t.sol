// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MARKET_ACTOR} from "../../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {GET_DEAL_ACTIVATION, GET_DEAL_SECTOR, SECTOR_CONTENT_CHANGED} from "../../../../contracts/filecoin/Methods.sol";
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {vm} from "../../support/Vm.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

/// @notice SectorContentChanged as f05 answers it, sent from a miner's own address.
contract ActivationTest is LocalnetTest {
    uint64 private _deal;
    DealProposal private _p;

    function setUp() public override {
        super.setUp();
        _fund();
        _p = _proposal();
        _deal = _publishOne(_p);
    }

    function test_OnlyMinersAreHeard() public {
        _equal(
            _nativeExit(STRANGER, 5, SECTOR_CONTENT_CHANGED, 0, _change(END, _p.pieceCid, _p.pieceSize, hex"00")),
            18
        );
        _equal(
            _nativeExit(MARKET_ACTOR, 5, SECTOR_CONTENT_CHANGED, 0, _change(END, _p.pieceCid, _p.pieceSize, hex"00")),
            18
        );
    }

    function test_ActivatesTheDealOfThePayload() public {
        _answers(_change(END, _p.pieceCid, _p.pieceSize, hex"00"), hex"8181f5");
        bytes memory expected = bytes.concat(hex"82", Cbor.writeInt(EPOCH), hex"20");
        _equal(_native(STRANGER, 5, GET_DEAL_ACTIVATION, 0, hex"00"), expected);
        _equal(_native(STRANGER, 5, GET_DEAL_SECTOR, 0, hex"00"), hex"184d");
    }

    function test_ActivatesOnce() public {
        _answers(_change(END, _p.pieceCid, _p.pieceSize, hex"00"), hex"8181f5");
        _answers(_change(END, _p.pieceCid, _p.pieceSize, hex"00"), hex"8181f4");
    }

    function test_ActivatesAtTheStartEpochAndNotAfter() public {
        vm.roll(uint64(START) + 1);
        _answers(_change(END, _p.pieceCid, _p.pieceSize, hex"00"), hex"8181f4");
        vm.roll(uint64(START));
        _answers(_change(END, _p.pieceCid, _p.pieceSize, hex"00"), hex"8181f5");
    }

    function test_TheSectorMustLastAsLongAsTheDeal() public {
        _answers(_change(END - 1, _p.pieceCid, _p.pieceSize, hex"00"), hex"8181f4");
        _answers(_change(END, _p.pieceCid, _p.pieceSize, hex"00"), hex"8181f5");
    }

    function test_ThePieceMustBeTheDeals() public {
        bytes memory other = abi.encodePacked(hex"0181e203922020", bytes32(uint256(0xac)));
        _answers(_change(END, other, _p.pieceSize, hex"00"), hex"8181f4");
        _answers(_change(END, _p.pieceCid, _p.pieceSize * 2, hex"00"), hex"8181f4");
    }

    function test_TheMinerMustBeTheProvider() public {
        bytes memory params = _change(END, _p.pieceCid, _p.pieceSize, hex"00");
        _equal(_native(FilAddress.toMaskedId(OTHER_MINER), 5, SECTOR_CONTENT_CHANGED, 0, params), hex"8181f4");
    }

    function test_APayloadThatIsNoDealIdRejectsItsPieceOnly() public {
        bytes[9] memory payloads = [
            bytes(""),
            hex"01",
            hex"20",
            hex"0000",
            hex"18",
            hex"1c00",
            hex"f6",
            hex"410c",
            hex"1bffffffffffffffff"
        ];
        for (uint256 i = 0; i < payloads.length; ++i) {
            _answers(_change(END, _p.pieceCid, _p.pieceSize, payloads[i]), hex"8181f4");
        }
        bytes memory two = bytes.concat(
            hex"818318",
            hex"4d",
            Cbor.writeInt(END),
            hex"82",
            _piece(_p.pieceCid, _p.pieceSize, hex"20"),
            _piece(_p.pieceCid, _p.pieceSize, hex"00")
        );
        _answers(two, hex"8182f4f5");
    }

    function test_APayloadMayBeLongerThanItNeedBe() public {
        _answers(_change(END, _p.pieceCid, _p.pieceSize, hex"1b0000000000000000"), hex"8181f5");
    }

    function test_ADealIsActivatedOnceInAMessageToo() public {
        bytes memory piece = _piece(_p.pieceCid, _p.pieceSize, hex"00");
        // Twice in one sector, and once more in another.
        bytes memory sectors = bytes.concat(
            hex"8283184d",
            Cbor.writeInt(END),
            bytes.concat(hex"82", piece, piece),
            bytes.concat(hex"83184e", Cbor.writeInt(END), hex"81", piece)
        );
        _answers(sectors, hex"8282f5f481f4");
        _equal(_native(STRANGER, 5, GET_DEAL_SECTOR, 0, hex"00"), hex"184d");
    }

    function test_AFailureInOneSectorLeavesTheOthersAlone() public {
        bytes memory piece = _piece(_p.pieceCid, _p.pieceSize, hex"00");
        bytes memory sectors = bytes.concat(
            hex"8283184d",
            Cbor.writeInt(END - 1),
            bytes.concat(hex"81", piece),
            bytes.concat(hex"83184e", Cbor.writeInt(END), hex"81", piece)
        );
        _answers(sectors, hex"8281f481f5");
        _equal(_native(STRANGER, 5, GET_DEAL_SECTOR, 0, hex"00"), hex"184e");
    }

    function test_ParamsThatDoNotDecodeAre21() public {
        address miner = FilAddress.toMaskedId(MINER);
        vm.prank(miner);
        (bool success, ) = MARKET_ACTOR.call(
            abi.encodeWithSelector(bytes4(0x868e10c4), SECTOR_CONTENT_CHANGED, uint64(0x51), hex"81")
        );
        require(!success, "decoded");
    }

    function test_NoSectorsIsAnEmptyAnswer() public {
        _answers(hex"80", hex"80");
        _answers(hex"8183050680", hex"8180");
    }

    function _answers(bytes memory params, bytes memory expected) private {
        _equal(_native(FilAddress.toMaskedId(MINER), 5, SECTOR_CONTENT_CHANGED, 0, params), expected);
    }

    /// @dev Sector 77 with one piece.
    function _change(
        int64 committedUntil,
        bytes memory cid,
        uint64 size,
        bytes memory payload
    ) private pure returns (bytes memory) {
        return bytes.concat(hex"8183184d", Cbor.writeInt(committedUntil), hex"81", _piece(cid, size, payload));
    }

    function _piece(bytes memory cid, uint64 size, bytes memory payload) private pure returns (bytes memory) {
        return bytes.concat(hex"83", Cbor.writeCid(cid), Cbor.writeUint(size), Cbor.writeBytes(payload));
    }
}
