// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title  Filecoin addresses as bytes
/// @notice First byte: protocol. Then
///
///         f0  00 ‖ LEB128(actor id), minimal, at most 64 bits
///         f1  01 ‖ 20 bytes, hash of a secp256k1 key
///         f2  02 ‖ 20 bytes, hash that names an actor
///         f3  03 ‖ 48 bytes, BLS key
///         f4  04 ‖ LEB128(namespace) ‖ sub-address, at most 54 bytes
///         f410 = 04 0a ‖ 20 bytes, an Ethereum address
///
///         Source: ref-fvm shared/src/address. A masked id address is the other direction: an actor id as the EVM
///         shows it, ff ‖ 11 zero bytes ‖ uint64 id.
library FilAddress {
    enum Kind {
        Id,
        Secp256k1,
        Actor,
        Bls,
        Delegated,
        Ethereum
    }

    /// @notice Thrown when bytes are not an address of any kind.
    error AddressInvalid(bytes got);
    /// @notice Thrown when an address is not an f0 address.
    error AddressNotId(bytes got);
    /// @notice Thrown when an address is not an f410 address.
    error AddressNotEthereum(bytes got);

    uint256 private constant MASK_PREFIX = uint256(0xff) << 152;

    /// @notice The kind of a well-formed address; reverts with AddressInvalid for anything else.
    function kindOf(bytes memory a) internal pure returns (Kind) {
        require(a.length > 1, AddressInvalid(a));
        uint8 protocol = uint8(a[0]);
        if (protocol == 0) {
            (bool isId, ) = tryActorId(a);
            require(isId, AddressInvalid(a));
            return Kind.Id;
        }
        if (protocol == 4) {
            (bool ends, , uint256 next) = _leb128(a, 1);
            require(ends && a.length - next <= 54, AddressInvalid(a));
            if (a[1] != 0x0a) return Kind.Delegated;
            require(a.length == 22, AddressInvalid(a));
            return Kind.Ethereum;
        }
        require(protocol < 4 && a.length == (protocol == 3 ? 49 : 21), AddressInvalid(a));
        return Kind(protocol);
    }

    /* f0 */

    function fromActorId(uint64 id) internal pure returns (bytes memory out) {
        uint256 length = 2;
        for (uint64 rest = id >> 7; rest != 0; rest >>= 7) ++length;
        out = new bytes(length);
        for (uint256 i = 1; i < length; ++i) {
            // 7 bits a byte, lowest first; the upper bit says that more follow.
            out[i] = bytes1(uint8(id & 0x7f) | (i + 1 < length ? 0x80 : 0));
            id >>= 7;
        }
    }

    function tryActorId(bytes memory a) internal pure returns (bool isId, uint64 id) {
        if (a.length < 2 || a[0] != 0) return (false, 0);
        uint256 next;
        (isId, id, next) = _leb128(a, 1);
        if (!isId || next != a.length) return (false, 0);
    }

    function toActorId(bytes memory a) internal pure returns (uint64) {
        (bool isId, uint64 id) = tryActorId(a);
        require(isId, AddressNotId(a));
        return id;
    }

    /* f410 */

    function fromEth(address eth) internal pure returns (bytes memory) {
        return abi.encodePacked(hex"040a", eth);
    }

    function tryEth(bytes memory a) internal pure returns (bool isEth, address eth) {
        if (a.length != 22) return (false, address(0));
        uint256 word;
        // word = a[0:22]
        assembly ("memory-safe") {
            word := shr(80, mload(add(a, 32)))
        }
        return word >> 160 == 0x040a ? (true, address(uint160(word))) : (false, address(0));
    }

    function toEth(bytes memory a) internal pure returns (address) {
        (bool isEth, address eth) = tryEth(a);
        require(isEth, AddressNotEthereum(a));
        return eth;
    }

    /* MASKED ID */

    function toMaskedId(uint64 id) internal pure returns (address) {
        return address(uint160(MASK_PREFIX | id));
    }

    function tryMaskedId(address a) internal pure returns (bool isMasked, uint64 id) {
        uint256 value = uint160(a);
        if (value >> 64 != MASK_PREFIX >> 64) return (false, 0);
        return (true, uint64(value));
    }

    /// @dev A minimal LEB128 of at most 64 bits. `next` is the offset behind it.
    function _leb128(bytes memory a, uint256 at) private pure returns (bool valid, uint64 value, uint256 next) {
        unchecked {
            for (uint256 shift = 0; shift < 70; shift += 7) {
                if (at == a.length) return (false, 0, at);
                uint256 group = uint8(a[at++]);
                // The tenth group holds the 64th bit alone.
                if (shift == 63 && group > 1) return (false, 0, at);
                value |= uint64((group & 0x7f) << shift);
                if (group < 0x80) {
                    bool minimal = group != 0 || shift == 0;
                    return minimal ? (true, value, at) : (false, 0, at);
                }
            }
            return (false, 0, at);
        }
    }
}
