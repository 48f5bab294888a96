// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    DataSegment,
    InclusionAuxData,
    InclusionProof,
    InclusionVerifierData,
    KnownNodes,
    ProofData
} from "../../../contracts/piece/DataSegment.sol";
import {PieceCid} from "../../../contracts/piece/PieceCid.sol";
import {Aggregate, Aggregates} from "../support/Aggregates.sol";
import {vm} from "../support/Vm.sol";

/// @dev What the vectors are played against.
contract DataSegmentHarness {
    function computeNode(bytes32 left, bytes32 right) external view returns (bytes32) {
        return DataSegment.computeNode(left, right);
    }

    function computeRoot(ProofData calldata path, bytes32 node) external view returns (bytes32) {
        return DataSegment.computeRoot(path, node);
    }

    function entryOf(bytes32 commitment, uint64 offset, uint64 size) external view returns (bytes memory) {
        (bytes32 first, bytes32 second) = DataSegment.entryOf(commitment, offset, size);
        return bytes.concat(first, second);
    }

    function sizing(uint64 dealSize) external pure returns (uint64 maxEntries, uint64 indexStart) {
        return (DataSegment.maxIndexEntries(dealSize), DataSegment.indexStart(dealSize));
    }

    function auxDataOf(
        InclusionProof calldata proof,
        InclusionVerifierData calldata verifierData
    ) external view returns (InclusionAuxData memory) {
        (bytes32 commPa, uint64 sizePa) = DataSegment.aggregateOf(proof, verifierData);
        return DataSegment.auxData(commPa, sizePa);
    }

    /// @dev As a batch does: each proof knows what those before it led through.
    function manyOf(
        InclusionProof[] calldata proofs,
        InclusionVerifierData[] calldata verifiers
    ) external view returns (bytes32[] memory commPas, uint64[] memory sizePas) {
        KnownNodes memory known = DataSegment.nothingKnown();
        (commPas, sizePas) = (new bytes32[](proofs.length), new uint64[](proofs.length));
        for (uint256 i = 0; i < proofs.length; ++i) {
            bytes memory fault;
            (fault, , commPas[i], sizePas[i]) = DataSegment.check(proofs[i], verifiers[i], known);
            DataSegment.revertWith(fault);
        }
    }

    function trySized(bytes memory cid) external pure returns (bool valid, bytes32 commitment, uint64 pieceSize) {
        return PieceCid.trySized(cid);
    }
}

contract DataSegmentTest {
    using Aggregates for Aggregate;

    DataSegmentHarness private _harness = new DataSegmentHarness();
    Aggregate private _a;

    constructor() {
        _a = Aggregates.make(16_384, 512, 3, 7);
    }

    function testFuzz_everyProofOfAnAggregateHolds(uint8 log, uint8 pieceLog, uint8 at, uint256 seed) external view {
        uint64 size = uint64(1) << (11 + (log % 25));
        uint64 pieceSize = uint64(128) << (pieceLog % (3 + (log % 25)));
        uint256 count = size / 2 / pieceSize;
        if (count > 4) count = 4;
        Aggregate memory a = Aggregates.make(size, pieceSize, count, seed);
        InclusionAuxData memory aux = _harness.auxDataOf(a.proofOf(at % count), a.verifierOf(at % count));
        require(aux.sizePa == size && keccak256(aux.commPa) == keccak256(_cid(a.commitment)), "another aggregate");
    }

    function testFuzz_manyProofsHoldInAnyOrder(uint8 log, uint256 seed) external view {
        uint64 size = uint64(1) << (20 + (log % 16));
        (Aggregate memory a, uint256[] memory order) = _shuffled(size, seed);
        (InclusionProof[] memory proofs, InclusionVerifierData[] memory verifiers) = _proofs(a, order);
        (bytes32[] memory commPas, uint64[] memory sizePas) = _harness.manyOf(proofs, verifiers);
        for (uint256 i = 0; i < order.length; ++i) {
            require(commPas[i] == a.commitment && sizePas[i] == size, "another aggregate");
        }
    }

    /// @dev Behind sound proofs, whose nodes are known, one of a piece that is not there.
    function testFuzz_whatIsKnownLetsNoFalseProofPass(uint8 kind, uint64 other, uint256 seed) external view {
        (Aggregate memory a, uint256[] memory order) = _shuffled(1 << 20, seed);
        (InclusionProof[] memory proofs, InclusionVerifierData[] memory verifiers) = _proofs(a, order);
        uint256 last = order.length - 1;
        InclusionProof memory forged = a.proofOf(order[last]);
        uint64 near = uint64((order[last] + 1 + (other % (a.pieces.length - 1))) % a.pieces.length);
        if (kind % 6 == 0) {
            verifiers[last] = a.verifierOf(near);
        } else if (kind % 6 == 1) {
            forged.proofSubtree.index = near;
        } else if (kind % 6 == 2) {
            forged.proofIndex.index = forged.proofIndex.index - uint64(order[last]) + near;
        } else if (kind % 6 == 3) {
            forged.proofSubtree = a.proofOf(near).proofSubtree;
        } else if (kind % 6 == 4) {
            verifiers[last].sizePc = uint64(1) << (7 + (other % 57));
            if (verifiers[last].sizePc == a.pieceSize) return;
        } else {
            // The lowest node of a path decides before any node is known.
            verifiers[last].commPc[7 + (other % 31)] ^= 0x01;
        }
        proofs[last] = forged;
        try _harness.manyOf(proofs, verifiers) returns (bytes32[] memory commPas, uint64[] memory sizePas) {
            require(commPas[last] != a.commitment || sizePas[last] != a.size, "a false proof passed");
        } catch {}
    }

    /// @dev Seven pieces, and an order in which each stands at least once.
    function _shuffled(uint64 size, uint256 seed) private view returns (Aggregate memory a, uint256[] memory order) {
        a = Aggregates.make(size, 128, 7, seed);
        order = new uint256[](10);
        for (uint256 i = 0; i < 10; ++i) order[i] = i % 7;
        for (uint256 i = 9; i > 0; --i) {
            uint256 j = uint256(keccak256(abi.encode(seed, i))) % (i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }

    function _proofs(
        Aggregate memory a,
        uint256[] memory order
    ) private pure returns (InclusionProof[] memory proofs, InclusionVerifierData[] memory verifiers) {
        (proofs, verifiers) = (new InclusionProof[](order.length), new InclusionVerifierData[](order.length));
        for (uint256 i = 0; i < order.length; ++i) {
            (proofs[i], verifiers[i]) = (a.proofOf(order[i]), a.verifierOf(order[i]));
        }
    }

    function testFuzz_changedPathIsRefused(uint8 at, bool ofIndex, uint8 node, uint8 bit) external view {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = _proof(at);
        bytes32[] memory path = ofIndex ? proof.proofIndex.path : proof.proofSubtree.path;
        path[node % path.length] ^= bytes32(uint256(1) << bit);
        _refused(proof, verifier);
    }

    function testFuzz_changedPositionIsRefused(uint8 at, bool ofIndex, uint64 index) external view {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = _proof(at);
        ProofData memory part = ofIndex ? proof.proofIndex : proof.proofSubtree;
        if (part.index == index) return;
        part.index = index;
        _refused(proof, verifier);
    }

    function testFuzz_nearbyPositionIsRefused(uint8 at, bool ofIndex, uint8 index) external view {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = _proof(at);
        ProofData memory part = ofIndex ? proof.proofIndex : proof.proofSubtree;
        if (part.index == index) return;
        part.index = index;
        _refused(proof, verifier);
    }

    function testFuzz_changedSizeIsRefused(uint8 at, uint64 size, uint8 log) external view {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = _proof(at);
        verifier.sizePc = size;
        if (size != _a.pieceSize) _refused(proof, verifier);
        verifier.sizePc = uint64(1) << (log % 64);
        if (verifier.sizePc != _a.pieceSize) _refused(proof, verifier);
    }

    function testFuzz_changedPieceIsRefused(uint8 at, uint16 bit) external view {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = _proof(at);
        verifier.commPc[(bit / 8) % 39] ^= bytes1(uint8(1 << (bit % 8)));
        _refused(proof, verifier);
    }

    function testFuzz_shorterOrLongerPathIsRefused(uint8 at, bool ofIndex, uint8 length) external view {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = _proof(at);
        ProofData memory part = ofIndex ? proof.proofIndex : proof.proofSubtree;
        bytes32[] memory path = new bytes32[](length % 70);
        if (path.length == part.path.length) return;
        for (uint256 i = 0; i < path.length && i < part.path.length; ++i) path[i] = part.path[i];
        part.path = path;
        _refused(proof, verifier);
    }

    function test_theErrorsNameWhatDisagrees() external {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = _proof(1);
        verifier.sizePc = 64;
        _refusedWith(proof, verifier, abi.encodeWithSelector(DataSegment.SegmentSizeInvalid.selector, 64));
        verifier.sizePc = 1 << 63;
        _refusedWith(proof, verifier, abi.encodeWithSelector(DataSegment.AggregateSizeOverflow.selector, 1 << 63, 5));
        verifier.sizePc = 1024;
        _refusedWith(proof, verifier, abi.encodeWithSelector(DataSegment.AggregateSizesDiffer.selector, 32768, 16384));
        verifier.sizePc = 512;
        proof.proofSubtree.index = 32;
        _refusedWith(proof, verifier, abi.encodeWithSelector(DataSegment.ProofIndexInvalid.selector, 32, 5));
        proof.proofSubtree.index = 1;
        proof.proofIndex.index = 251;
        _refusedWith(
            proof,
            verifier,
            abi.encodeWithSelector(DataSegment.EntryOutsideIndex.selector, 251 * 64, 252 * 64)
        );
        proof.proofIndex.path = new bytes32[](64);
        _refusedWith(proof, verifier, abi.encodeWithSelector(DataSegment.ProofTooDeep.selector, 64, 63));
        verifier.commPc = bytes.concat(hex"00", verifier.commPc);
        _refusedWith(proof, verifier, abi.encodeWithSelector(DataSegment.SegmentCidInvalid.selector, verifier.commPc));
        bytes32 outside = bytes32(type(uint256).max);
        verifier.commPc = _cid(outside);
        _refusedWith(proof, verifier, abi.encodeWithSelector(DataSegment.CommitmentNotInField.selector, outside));
    }

    function test_rootsThatDifferAreNamed() external {
        (InclusionProof memory proof, InclusionVerifierData memory verifier) = _proof(1);
        bytes32 root = _harness.computeRoot(proof.proofSubtree, _a.pieces[1]);
        proof.proofIndex.path[0] ^= bytes32(uint256(1));
        bytes memory entry = _harness.entryOf(_a.pieces[1], 512, 512);
        (bytes32 first, bytes32 second) = abi.decode(entry, (bytes32, bytes32));
        bytes32 other = _harness.computeRoot(proof.proofIndex, _harness.computeNode(first, second));
        _refusedWith(proof, verifier, abi.encodeWithSelector(DataSegment.AggregateRootsDiffer.selector, root, other));
    }

    function test_smallestAggregatesHaveNoRoomBeforeTheirIndex() external pure {
        require(DataSegment.indexStart(512) == 256 && DataSegment.indexStart(256) == 0, "index start");
        require(DataSegment.indexStart(128) == 128, "an index in 128 bytes");
    }

    function testFuzz_sizedCidsSayTheirSize(bytes32 commitment, uint8 height) external view {
        height = 2 + (height % 57);
        commitment &= ~bytes32(uint256(0xc0));
        bytes memory cid = abi.encodePacked(hex"015591202200", height, commitment);
        (bool valid, bytes32 got, uint64 size) = _harness.trySized(cid);
        require(valid && got == commitment && size == uint64(32) << height, "not read");
        // Fields that have one form: prefix, length, height's bounds, the field, and nothing behind.
        cid[38] |= 0x40;
        _notSized(cid);
        cid[38] &= 0x3f;
        _notSized(bytes.concat(cid, hex"00"));
        for (uint256 i = 0; i < 5; ++i) {
            cid[i] ^= 0x01;
            _notSized(cid);
            cid[i] ^= 0x01;
        }
        for (uint256 h = 0; h < 256; ++h) {
            cid[6] = bytes1(uint8(h));
            (valid, , ) = _harness.trySized(cid);
            require(valid == (h >= 2 && h <= 58), "height");
        }
    }

    function test_paddingIsMinimalAndOfThisPiece() external view {
        bytes32 c = bytes32(uint256(1));
        require(_isSized(abi.encodePacked(hex"01559120227f02", c)), "an empty payload of 128 bytes");
        _notSized(abi.encodePacked(hex"0155912023800102", c));
        _notSized(abi.encodePacked(hex"0155912023800002", c));
        require(_isSized(abi.encodePacked(hex"01559120227e03", c)), "126 of 254");
        _notSized(abi.encodePacked(hex"01559120227f03", c));
        require(_isSized(abi.encodePacked(hex"015591202380010a", c)), "two groups");
        _notSized(abi.encodePacked(hex"015591202300800a", c));
        _notSized(abi.encodePacked(hex"015591202380800a", c));
    }

    function _isSized(bytes memory cid) private view returns (bool valid) {
        (valid, , ) = _harness.trySized(cid);
    }

    function _notSized(bytes memory cid) private view {
        require(!_isSized(cid), "not refused");
    }

    function _proof(uint8 at) private view returns (InclusionProof memory, InclusionVerifierData memory) {
        Aggregate memory a = _a;
        return (a.proofOf(at % 3), a.verifierOf(at % 3));
    }

    function _cid(bytes32 commitment) private pure returns (bytes memory) {
        return PieceCid.fromCommitment(commitment);
    }

    function _refused(InclusionProof memory proof, InclusionVerifierData memory verifier) private view {
        try _harness.auxDataOf(proof, verifier) {
            revert("a proof that does not hold");
        } catch (bytes memory reason) {
            require(reason.length > 4 && bytes4(reason) != 0x4e487b71, "no reason");
        }
    }

    function _refusedWith(
        InclusionProof memory proof,
        InclusionVerifierData memory verifier,
        bytes memory reason
    ) private {
        vm.expectRevert(reason);
        _harness.auxDataOf(proof, verifier);
    }
}
