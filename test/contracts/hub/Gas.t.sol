// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AggregationHub} from "../../../contracts/AggregationHub.sol";
import {CALL_ACTOR_ID, MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {
    GET_DEAL_ACTIVATION,
    GET_DEAL_DATA_COMMITMENT,
    GET_DEAL_PROVIDER,
    GET_DEAL_TERM
} from "../../../contracts/filecoin/Methods.sol";
import {IAggregationHub} from "../../../contracts/interfaces/IAggregationHub.sol";
import {InclusionProof, InclusionVerifierData} from "../../../contracts/piece/DataSegment.sol";
import {PieceCid} from "../../../contracts/piece/PieceCid.sol";
import {FakeCallActorId} from "../support/ActorFakes.sol";
import {Aggregate, Aggregates} from "../support/Aggregates.sol";
import {vm} from "../support/Vm.sol";

/// @dev At 0xff…05: every deal is active and has one aggregate.
contract OneAnswer {
    mapping(uint64 method => bytes) private _answers;

    function put(uint64 method, bytes calldata answer) external {
        _answers[method] = answer;
    }

    function invoke(uint64 method, bytes calldata) external view returns (int256, bytes memory) {
        return (0, _answers[method]);
    }
}

/// @dev Upper bounds of execution gas and of code: proofs of pieces of 1 MiB in an aggregate of 32 GiB, 15 and 29 nodes.
abstract contract HubGas {
    using Aggregates for Aggregate;

    event log_named_uint(string key, uint256 val);

    uint64 internal constant DEAL = 100_147_142;
    uint64 internal constant MINER = 17_840;
    uint256 internal constant COUNT = 50;
    /// What a proof alone takes at least: the batch is compared with it.
    uint256 internal constant FIRST = 125_000;
    uint256 internal constant LATER = 68_000;

    AggregationHub internal hub;
    Aggregate internal _a;

    /// @dev Runs as a transaction of its own, so that the measured calls find cold accounts and slots.
    function setUp() external {
        vm.etch(CALL_ACTOR_ID, address(new FakeCallActorId()).code);
        vm.etch(MARKET_ACTOR, type(OneAnswer).runtimeCode);
        vm.roll(5_300_000);
        hub = new AggregationHub(address(0));
        Aggregate memory a = Aggregates.make(32 << 30, 1 << 20, COUNT, 1);
        _a = a;
        for (uint256 i = 0; i < COUNT; ++i) hub.submit(_nameOf(a, i));
        OneAnswer market = OneAnswer(MARKET_ACTOR);
        bytes memory cid = Cbor.writeCid(PieceCid.fromCommitment(a.commitment));
        market.put(GET_DEAL_DATA_COMMITMENT, bytes.concat(hex"82", cid, Cbor.writeUint(a.size)));
        market.put(GET_DEAL_PROVIDER, Cbor.writeUint(MINER));
        market.put(GET_DEAL_TERM, bytes.concat(hex"82", Cbor.writeInt(5_200_000), Cbor.writeInt(1_555_200)));
        market.put(GET_DEAL_ACTIVATION, bytes.concat(hex"82", Cbor.writeInt(5_200_001), hex"20"));
        _prepare(a);
    }

    function _prepare(Aggregate memory) internal virtual {}

    function _nameOf(Aggregate memory a, uint256 i) internal view virtual returns (bytes memory) {
        return a.sizedCid(i);
    }

    function _complete(Aggregate memory a, uint256 i) internal returns (uint256 used) {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = (a.proofOf(i), a.verifierOf(i));
        require(proof.proofSubtree.path.length == 15 && proof.proofIndex.path.length == 29, "another tree");
        bytes memory call_ = abi.encodeWithSignature(
            "complete(uint256,uint64,uint64,((uint64,bytes32[]),(uint64,bytes32[])),(bytes,uint64))",
            i + 1,
            DEAL,
            MINER,
            proof,
            verifier
        );
        return _measure(call_);
    }

    function _batch(Aggregate memory a) internal returns (uint256 used) {
        IAggregationHub.Completion[] memory items = new IAggregationHub.Completion[](COUNT);
        for (uint256 i = 0; i < COUNT; ++i) {
            items[i] = IAggregationHub.Completion(i + 1, a.proofOf(i), a.verifierOf(i));
        }
        return _measure(abi.encodeCall(hub.completeBatch, (DEAL, MINER, items)));
    }

    function _measure(bytes memory call_) private returns (uint256 used) {
        uint256 before = gasleft();
        (bool ok, ) = address(hub).call(call_);
        used = before - gasleft();
        require(ok, "refused");
    }

    function _below(string memory what, uint256 used, uint256 limit) internal {
        emit log_named_uint(what, used);
        require(used <= limit, string.concat(what, " takes ", vm.toString(used)));
    }
}

contract HubGasTest is HubGas {
    function test_first() external {
        Aggregate memory a = _a;
        uint256 used = _complete(a, 0);
        _below("complete, first proof of a deal", used, 150_000);
        require(used >= FIRST, "compare the batch with less");
    }

    function test_batch() external {
        Aggregate memory a = _a;
        uint256 alone = FIRST + (COUNT - 1) * LATER;
        _below("complete a batch of 50 proofs", _batch(a), (alone * 60) / 100);
    }

    function test_codeFits() external {
        _below("code of the hub", address(hub).code.length, 24_576);
    }
}

/// @dev Asked for by a name that does not say the size: the deal is noted under both names.
contract UnsizedHubGasTest is HubGas {
    function _nameOf(Aggregate memory a, uint256 i) internal pure override returns (bytes memory) {
        return PieceCid.fromCommitment(a.pieces[i]);
    }

    function test_firstOfAnUnsizedName() external {
        Aggregate memory a = _a;
        _below("complete, first proof of a deal, named by v1", _complete(a, 0), 150_000);
    }
}

/// @dev The deal is known.
contract LaterHubGasTest is HubGas {
    function _prepare(Aggregate memory a) internal override {
        _complete(a, 0);
    }

    function test_later() external {
        Aggregate memory a = _a;
        uint256 used = _complete(a, 1);
        _below("complete, later proof of a deal", used, 80_000);
        require(used >= LATER, "compare the batch with less");
    }
}
