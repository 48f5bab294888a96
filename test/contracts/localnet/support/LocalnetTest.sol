// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    CALL_ACTOR,
    CALL_ACTOR_ID,
    CODEC_CBOR,
    CODEC_NONE,
    GET_RANDOMNESS,
    INIT_ACTOR,
    LOOKUP_DELEGATED_ADDRESS,
    MARKET_ACTOR,
    POWER_ACTOR,
    RESOLVE_ADDRESS
} from "../../../../contracts/filecoin/Actors.sol";
import {Cbor, CborReader} from "../../../../contracts/filecoin/Cbor.sol";
import {FilAddress} from "../../../../contracts/filecoin/FilAddress.sol";
import {
    ADD_BALANCE,
    GET_BALANCE,
    PUBLISH_STORAGE_DEALS,
    SETTLE_DEAL_PAYMENTS
} from "../../../../contracts/filecoin/Methods.sol";
import {ActorAbort} from "../../../../contracts/localnet/Abort.sol";
import {InitActor} from "../../../../contracts/localnet/InitActor.sol";
import {IInitActor, INativeEntry} from "../../../../contracts/localnet/Interfaces.sol";
import {StorageMarketActor} from "../../../../contracts/localnet/StorageMarketActor.sol";
import {StorageMinerActor} from "../../../../contracts/localnet/StorageMinerActor.sol";
import {
    CONSTRUCTOR,
    MINER_PRE_COMMIT_SECTOR_BATCH_2,
    MINER_PROVE_COMMIT_SECTORS_3,
    MINER_TERMINATE_SECTORS,
    SYSTEM_ACTOR
} from "../../../../contracts/localnet/Native.sol";
import {StoragePowerActor} from "../../../../contracts/localnet/StoragePowerActor.sol";
import {BitField} from "../../../../contracts/localnet/BitField.sol";
import {DealProposal, Proposals} from "../../../../contracts/localnet/market/Proposals.sol";
import {CallActor} from "../../../../contracts/localnet/precompiles/CallActor.sol";
import {CallActorId} from "../../../../contracts/localnet/precompiles/CallActorId.sol";
import {GetRandomness} from "../../../../contracts/localnet/precompiles/GetRandomness.sol";
import {LookupDelegatedAddress} from "../../../../contracts/localnet/precompiles/LookupDelegatedAddress.sol";
import {ResolveAddress} from "../../../../contracts/localnet/precompiles/ResolveAddress.sol";
import {vm} from "../../support/Vm.sol";
import {TestClient} from "./TestClient.sol";

/// @title  A Filecoin with a client and two miners, for tests
abstract contract LocalnetTest {
    using Cbor for CborReader;

    uint64 internal constant MINER = 1000;
    uint64 internal constant OTHER_MINER = 1001;
    address internal constant WORKER = address(0x770001);
    address internal constant OTHER_WORKER = address(0x770002);
    address internal constant STRANGER = address(0x770009);
    int64 internal constant EPOCH = 5_000_000;
    int64 internal constant START = 5_200_000;
    int64 internal constant END = 6_755_200;
    uint256 internal constant COLLATERAL = 1e15;
    /// RegisteredPoStProof StackedDRGWindow32GiBV1P1.
    int64 internal constant PROOF_32_GIB = 13;

    TestClient internal client;

    function setUp() public virtual {
        vm.roll(uint64(EPOCH));
        _etch(RESOLVE_ADDRESS, address(new ResolveAddress()));
        _etch(LOOKUP_DELEGATED_ADDRESS, address(new LookupDelegatedAddress()));
        _etch(CALL_ACTOR, address(new CallActor()));
        _etch(CALL_ACTOR_ID, address(new CallActorId()));
        _etch(GET_RANDOMNESS, address(new GetRandomness()));
        _etch(INIT_ACTOR, address(new InitActor()));
        _etch(POWER_ACTOR, address(new StoragePowerActor()));
        _etch(MARKET_ACTOR, address(new StorageMarketActor()));
        _miner(MINER, WORKER);
        _miner(OTHER_MINER, OTHER_WORKER);
        vm.deal(STRANGER, 1000 ether);
        client = new TestClient();
    }

    /* SET UP */

    function _etch(address at, address from) private {
        vm.etch(at, from.code);
    }

    function _miner(uint64 id, address worker) internal {
        vm.deal(worker, 1000 ether);
        _etch(FilAddress.toMaskedId(id), address(new StorageMinerActor()));
        bytes memory account = Cbor.writeBytes(FilAddress.fromEth(worker));
        bytes memory params = bytes.concat(
            bytes.concat(Cbor.writeArray(6), account, account, Cbor.writeArray(0)),
            bytes.concat(Cbor.writeInt(PROOF_32_GIB), Cbor.writeBytes(""), Cbor.writeArray(0))
        );
        _native(SYSTEM_ACTOR, id, CONSTRUCTOR, 0, params);
    }

    /// @notice Money for the client and for the first miner in f05.
    function _fund() internal {
        _addBalance(FilAddress.fromEth(address(client)), 10 ether);
        _addBalance(FilAddress.fromActorId(MINER), 10 ether);
        _addBalance(FilAddress.fromActorId(OTHER_MINER), 10 ether);
    }

    function _addBalance(bytes memory account, uint256 amount) internal {
        _native(STRANGER, 5, ADD_BALANCE, amount, Cbor.writeBytes(account));
    }

    /* MESSAGES */

    function _native(
        address from,
        uint64 to,
        uint64 method,
        uint256 value,
        bytes memory params
    ) internal returns (bytes memory data) {
        uint64 codec = params.length == 0 ? CODEC_NONE : CODEC_CBOR;
        vm.prank(from);
        (, , data) = INativeEntry(FilAddress.toMaskedId(to)).handle_filecoin_method{value: value}(
            method,
            codec,
            params
        );
    }

    /// @notice The same message must end with an exit code.
    function _nativeExit(
        address from,
        uint64 to,
        uint64 method,
        uint256 value,
        bytes memory params
    ) internal returns (uint32 exitCode) {
        uint64 codec = params.length == 0 ? CODEC_NONE : CODEC_CBOR;
        bytes memory call = abi.encodeCall(INativeEntry.handle_filecoin_method, (method, codec, params));
        vm.prank(from);
        (bool success, bytes memory returned) = FilAddress.toMaskedId(to).call{value: value}(call);
        require(!success, "the message did not end with an exit code");
        return _abortCode(returned);
    }

    function _abortCode(bytes memory reverted) internal pure returns (uint32 exitCode) {
        require(reverted.length >= 68 && bytes4(reverted) == ActorAbort.selector, "not an ActorAbort");
        uint256 code;
        assembly {
            code := mload(add(reverted, 36))
        }
        return uint32(code);
    }

    /// @notice From the client contract, through the precompile.
    function _fromClient(
        uint64 to,
        uint64 method,
        uint256 value,
        bytes memory params
    ) internal returns (int256 exit, bytes memory data) {
        (bool success, bytes memory returned) = client.callId(to, method, value, 0, params);
        require(success, "the precompile failed");
        (exit, , data) = abi.decode(returned, (int256, uint64, bytes));
    }

    /* DEALS */

    function _proposal() internal view returns (DealProposal memory p) {
        p.pieceCid = abi.encodePacked(hex"0181e203922020", bytes32(uint256(0xab)));
        p.pieceSize = 262144;
        p.client = FilAddress.fromEth(address(client));
        p.provider = FilAddress.fromActorId(MINER);
        p.labelIsText = true;
        p.label = "bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe";
        p.startEpoch = START;
        p.endEpoch = END;
        p.pricePerEpoch = 12207;
        p.providerCollateral = COLLATERAL;
    }

    function _publishParams(DealProposal[] memory proposals) internal pure returns (bytes memory params) {
        params = bytes.concat(Cbor.writeArray(1), Cbor.writeArray(uint64(proposals.length)));
        for (uint256 i = 0; i < proposals.length; ++i) {
            bytes memory proposal = Proposals.encode(proposals[i]);
            params = bytes.concat(params, Cbor.writeArray(2), proposal, Cbor.writeBytes(hex"02dead"));
        }
    }

    function _publish(DealProposal[] memory proposals) internal returns (bytes memory) {
        return _native(WORKER, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(proposals));
    }

    function _publishOne(DealProposal memory p) internal returns (uint64 dealId) {
        CborReader memory r = Cbor.reader(_publish(_list(p)));
        r.readArray(2);
        r.readArray(1);
        return r.readUint();
    }

    function _publishExit(DealProposal memory p) internal returns (uint32) {
        return _nativeExit(WORKER, 5, PUBLISH_STORAGE_DEALS, 0, _publishParams(_list(p)));
    }

    function _list(DealProposal memory p) internal pure returns (DealProposal[] memory list) {
        list = new DealProposal[](1);
        list[0] = p;
    }

    function _list(DealProposal memory p, DealProposal memory q) internal pure returns (DealProposal[] memory list) {
        list = new DealProposal[](2);
        list[0] = p;
        list[1] = q;
    }

    /* SECTORS */

    /// @notice Commits a sector that holds the piece of one deal.
    function _activate(uint64 dealId, DealProposal memory p, uint64 sector, int64 expiration) internal {
        _preCommit(WORKER, MINER, sector, expiration);
        _native(WORKER, MINER, MINER_PROVE_COMMIT_SECTORS_3, 0, _proveParams(sector, p.pieceCid, p.pieceSize, dealId));
    }

    /// @notice Commits a sector of the first miner that holds nothing.
    function _commit(uint64 sector) internal {
        _commit(sector, END);
    }

    function _commit(uint64 sector, int64 expiration) internal {
        _preCommit(WORKER, MINER, sector, expiration);
        bytes memory manifest = bytes.concat(hex"8182", Cbor.writeUint(sector), hex"80");
        _native(WORKER, MINER, MINER_PROVE_COMMIT_SECTORS_3, 0, bytes.concat(hex"86", manifest, hex"81410040f6f5f5"));
    }

    function _preCommit(address worker, uint64 miner, uint64 sector, int64 expiration) internal {
        _native(worker, miner, MINER_PRE_COMMIT_SECTOR_BATCH_2, 0, _preCommitParams(sector, expiration));
    }

    function _preCommitParams(uint64 sector, int64 expiration) internal pure returns (bytes memory) {
        return
            bytes.concat(
                bytes.concat(Cbor.writeArray(1), Cbor.writeArray(1), Cbor.writeArray(7)),
                bytes.concat(Cbor.writeInt(8), Cbor.writeUint(sector), Cbor.writeCid(hex"0182e203"), Cbor.writeInt(0)),
                bytes.concat(Cbor.writeArray(0), Cbor.writeInt(expiration), Cbor.writeNull())
            );
    }

    function _proveParams(
        uint64 sector,
        bytes memory pieceCid,
        uint64 pieceSize,
        uint64 dealId
    ) internal pure returns (bytes memory) {
        bytes memory notices = bytes.concat(
            Cbor.writeArray(1),
            Cbor.writeArray(2),
            Cbor.writeBytes(hex"0005"),
            Cbor.writeBytes(Cbor.writeUint(dealId))
        );
        bytes memory piece = bytes.concat(
            Cbor.writeArray(4),
            Cbor.writeCid(pieceCid),
            Cbor.writeUint(pieceSize),
            Cbor.writeNull(),
            notices
        );
        bytes memory sectors = bytes.concat(
            Cbor.writeArray(1),
            Cbor.writeArray(2),
            Cbor.writeUint(sector),
            Cbor.writeArray(1),
            piece
        );
        return
            bytes.concat(
                bytes.concat(Cbor.writeArray(6), sectors, Cbor.writeArray(1), Cbor.writeBytes(hex"00")),
                bytes.concat(Cbor.writeBytes(""), Cbor.writeNull(), Cbor.writeBool(true), Cbor.writeBool(true))
            );
    }

    function _terminate(uint64 sector) internal {
        uint64[] memory sectors = new uint64[](1);
        sectors[0] = sector;
        bytes memory params = bytes.concat(
            bytes.concat(Cbor.writeArray(1), Cbor.writeArray(1), Cbor.writeArray(3), Cbor.writeUint(0)),
            bytes.concat(Cbor.writeUint(0), Cbor.writeBytes(BitField.encode(sectors)))
        );
        _native(WORKER, MINER, MINER_TERMINATE_SECTORS, 0, params);
    }

    /* WHAT f05 SAYS */

    function _settle(uint64 dealId) internal returns (bytes memory) {
        uint64[] memory ids = new uint64[](1);
        ids[0] = dealId;
        return _native(STRANGER, 5, SETTLE_DEAL_PAYMENTS, 0, Cbor.writeBytes(BitField.encode(ids)));
    }

    function _balance(bytes memory account) internal returns (uint256 escrow, uint256 locked) {
        CborReader memory r = Cbor.reader(_native(STRANGER, 5, GET_BALANCE, 0, Cbor.writeBytes(account)));
        r.readArray(2);
        return (r.readBigInt(), r.readBigInt());
    }

    function _clientBalance() internal returns (uint256 escrow, uint256 locked) {
        return _balance(FilAddress.fromEth(address(client)));
    }

    function _minerBalance() internal returns (uint256 escrow, uint256 locked) {
        return _balance(FilAddress.fromActorId(MINER));
    }

    function _clientId() internal view returns (uint64 id) {
        (, id) = IInitActor(INIT_ACTOR).resolve(FilAddress.fromEth(address(client)));
    }

    /* EXPECTATIONS */

    function _equal(uint256 got, uint256 expected) internal pure {
        require(got == expected, string.concat("got ", vm.toString(got), ", expected ", vm.toString(expected)));
    }

    function _equal(bytes memory got, bytes memory expected) internal pure {
        require(keccak256(got) == keccak256(expected), "other bytes");
    }
}
