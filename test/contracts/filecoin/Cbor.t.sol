// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {vm} from "../support/Vm.sol";

/// @dev The library's functions as external calls, so that a revert can be expected.
contract CborHarness {
    using Cbor for CborReader;

    function readUint(bytes memory data) external pure returns (uint64 value) {
        CborReader memory r = Cbor.reader(data);
        value = r.readUint();
        r.done();
    }

    function readInt(bytes memory data) external pure returns (int64 value) {
        CborReader memory r = Cbor.reader(data);
        value = r.readInt();
        r.done();
    }

    function readBool(bytes memory data) external pure returns (bool value) {
        CborReader memory r = Cbor.reader(data);
        value = r.readBool();
        r.done();
    }

    function readBytes(bytes memory data) external pure returns (bytes memory value) {
        CborReader memory r = Cbor.reader(data);
        value = r.readBytes();
        r.done();
    }

    function readText(bytes memory data) external pure returns (string memory value) {
        CborReader memory r = Cbor.reader(data);
        value = r.readText();
        r.done();
    }

    function readBigInt(bytes memory data) external pure returns (uint256 value) {
        CborReader memory r = Cbor.reader(data);
        value = r.readBigInt();
        r.done();
    }

    function readCid(bytes memory data) external pure returns (bytes memory value) {
        CborReader memory r = Cbor.reader(data);
        value = r.readCid();
        r.done();
    }

    function readArray(bytes memory data, uint64 expected) external pure {
        Cbor.reader(data).readArray(expected);
    }

    function peek(bytes memory data) external pure returns (uint8) {
        return Cbor.reader(data).peek();
    }

    function skip(bytes memory data) external pure {
        CborReader memory r = Cbor.reader(data);
        r.skip();
        r.done();
    }
}

contract CborTest {
    CborHarness private immutable harness = new CborHarness();

    /* ROUND TRIPS */

    function testFuzz_uint(uint64 value) external view {
        require(harness.readUint(Cbor.writeUint(value)) == value, "uint");
    }

    function testFuzz_int(int64 value) external view {
        require(harness.readInt(Cbor.writeInt(value)) == value, "int");
    }

    function testFuzz_bigInt(uint256 value) external view {
        require(harness.readBigInt(Cbor.writeBigInt(value)) == value, "big integer");
    }

    function testFuzz_bytes(bytes memory value) external view {
        require(keccak256(harness.readBytes(Cbor.writeBytes(value))) == keccak256(value), "bytes");
    }

    function testFuzz_cid(bytes memory value) external view {
        vm.assume(value.length > 0);
        require(keccak256(harness.readCid(Cbor.writeCid(value))) == keccak256(value), "CID");
    }

    function test_bool() external view {
        require(harness.readBool(Cbor.writeBool(true)) && !harness.readBool(Cbor.writeBool(false)), "bool");
    }

    function test_text() external view {
        string memory value = unicode"Zürich ∑ 🚢";
        require(keccak256(bytes(harness.readText(Cbor.writeText(value)))) == keccak256(bytes(value)), "text");
    }

    /* ONE FORM ONLY: what is read from any bytes at all is written as the same bytes */

    function testFuzz_uintHasOneForm(bytes9 data, uint8 length) external view {
        bytes memory bytes_ = _cut(data, length);
        try harness.readUint(bytes_) returns (uint64 value) {
            require(keccak256(Cbor.writeUint(value)) == keccak256(bytes_), "second form");
        } catch (bytes memory error) {
            _typed(error);
        }
    }

    function testFuzz_intHasOneForm(bytes9 data, uint8 length) external view {
        bytes memory bytes_ = _cut(data, length);
        try harness.readInt(bytes_) returns (int64 value) {
            require(keccak256(Cbor.writeInt(value)) == keccak256(bytes_), "second form");
        } catch (bytes memory error) {
            _typed(error);
        }
    }

    function testFuzz_bigIntHasOneForm(bytes memory payload) external view {
        bytes memory data = Cbor.writeBytes(payload);
        try harness.readBigInt(data) returns (uint256 value) {
            require(keccak256(Cbor.writeBigInt(value)) == keccak256(data), "second form");
        } catch (bytes memory error) {
            _typed(error);
        }
    }

    function testFuzz_skipNeverPanics(bytes memory data) external view {
        try harness.skip(data) {} catch (bytes memory error) {
            _typed(error);
        }
    }

    /* LIMITS */

    function test_intLimits() external view {
        require(harness.readInt(hex"1b7fffffffffffffff") == type(int64).max, "max");
        require(harness.readInt(hex"3b7fffffffffffffff") == type(int64).min, "min");
        require(harness.readInt(hex"20") == -1, "-1");
    }

    function test_heads() external pure {
        _same(Cbor.writeUint(23), hex"17");
        _same(Cbor.writeUint(24), hex"1818");
        _same(Cbor.writeUint(255), hex"18ff");
        _same(Cbor.writeUint(256), hex"190100");
        _same(Cbor.writeUint(65536), hex"1a00010000");
        _same(Cbor.writeUint(4294967296), hex"1b0000000100000000");
        _same(Cbor.writeArray(11), hex"8b");
        _same(Cbor.writeNull(), hex"f6");
    }

    function test_skipPassesNestedItems() external view {
        harness.skip(hex"a26161820102616283210243010203");
        harness.skip(hex"d82a450001020304");
    }

    function test_peek() external view {
        require(harness.peek(hex"8b") == Cbor.ARRAY && harness.peek(hex"f5") == Cbor.SIMPLE, "major type");
    }

    /* REFUSED */

    function test_emptyInputIsTruncated() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborTruncated.selector, 0));
        harness.readUint("");
    }

    function test_emptyInputHasNoType() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborTruncated.selector, 0));
        harness.peek("");
    }

    function test_cutHeadIsTruncated() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborTruncated.selector, 0));
        harness.readUint(hex"1a000102");
    }

    function test_cutBytesAreTruncated() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborTruncated.selector, 1));
        harness.readBytes(hex"430102");
    }

    function test_hugeLengthIsTruncated() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborTruncated.selector, 9));
        harness.readBytes(hex"5bffffffffffffffff");
    }

    function test_hugeArrayIsTruncatedWhenSkipped() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborTruncated.selector, 0));
        harness.skip(hex"9bffffffffffffffff");
    }

    function test_trailingByte() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborTrailing.selector, 1));
        harness.readUint(hex"0000");
    }

    function test_wrongType() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborWrongType.selector, 0, Cbor.BYTES, Cbor.TEXT));
        harness.readBytes(hex"6161");
    }

    function test_intOfWrongType() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborWrongType.selector, 0, Cbor.UINT, Cbor.BYTES));
        harness.readInt(hex"40");
    }

    function test_uintRefusesNegative() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborWrongType.selector, 0, Cbor.UINT, Cbor.NEGATIVE));
        harness.readUint(hex"20");
    }

    function test_wrongArity() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborWrongArity.selector, 0, 2, 3));
        harness.readArray(hex"83010203", 2);
    }

    function test_notMinimal() external {
        bytes[5] memory heads = [bytes(hex"1817"), hex"1900ff", hex"1a0000ffff", hex"1b00000000ffffffff", hex"1800"];
        for (uint256 i = 0; i < heads.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Cbor.CborNotMinimal.selector, 0));
            harness.readUint(heads[i]);
        }
    }

    function test_indefiniteLength() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborUnsupported.selector, 0));
        harness.readBytes(hex"5f4101ff");
    }

    function test_float() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborUnsupported.selector, 0));
        harness.skip(hex"fb3ff0000000000000");
    }

    function test_undefined() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborUnsupported.selector, 0));
        harness.skip(hex"f7");
    }

    function test_intOutOfRange() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborOutOfRange.selector, 0));
        harness.readInt(hex"1b8000000000000000");
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborOutOfRange.selector, 0));
        harness.readInt(hex"3b8000000000000000");
    }

    function test_nullIsNoBool() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborNotBool.selector, 0));
        harness.readBool(hex"f6");
    }

    function test_notUtf8() external {
        bytes[9] memory texts = [
            bytes(hex"6180"), // a continuation byte alone
            hex"62c080", // overlong, 2 bytes
            hex"63e08080", // overlong, 3 bytes
            hex"64f0808080", // overlong, 4 bytes
            hex"63eda080", // surrogate
            hex"64f4908080", // above U+10FFFF
            hex"61c3", // cut
            hex"62c328", // no continuation
            hex"64f09f9a28" // no continuation at the end
        ];
        for (uint256 i = 0; i < texts.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Cbor.CborNotUtf8.selector, 0));
            harness.readText(texts[i]);
        }
    }

    function test_bigIntSign() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborBigIntSign.selector, 0));
        harness.readBigInt(hex"420201");
    }

    function test_bigIntNegative() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborBigIntNegative.selector, 0));
        harness.readBigInt(hex"420101");
    }

    function test_bigIntNotMinimal() external {
        bytes[4] memory values = [bytes(hex"4100"), hex"4101", hex"420000", hex"43000001"];
        for (uint256 i = 0; i < values.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Cbor.CborNotMinimal.selector, 0));
            harness.readBigInt(values[i]);
        }
    }

    function test_bigIntAbove256Bits() external {
        vm.expectRevert(abi.encodeWithSelector(Cbor.CborOutOfRange.selector, 0));
        harness.readBigInt(bytes.concat(hex"58220001", new bytes(32)));
    }

    function test_notCid() external {
        bytes[4] memory values = [bytes(hex"d82b420001"), hex"d82a40", hex"d82a4100", hex"d82a420101"];
        for (uint256 i = 0; i < values.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Cbor.CborNotCid.selector, 0));
            harness.readCid(values[i]);
        }
    }

    function _cut(bytes9 data, uint8 length) private pure returns (bytes memory out) {
        out = new bytes(length % 10);
        for (uint256 i = 0; i < out.length; ++i) out[i] = data[i];
    }

    function _same(bytes memory got, bytes memory expected) private pure {
        require(keccak256(got) == keccak256(expected), "bytes differ");
    }

    /// @dev An error of the codec: not a panic, not an empty revert.
    function _typed(bytes memory error) private pure {
        require(error.length >= 4 && bytes4(error) != 0x4e487b71, "panic");
    }
}
