// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

// Where Filecoin's own code stands in the EVM's address space. A native actor without an f410 address is seen, as
// `msg.sender` too, at 0xff ‖ 11 zero bytes ‖ uint64 id (builtin-actors actors/evm/src/interpreter/address.rs).

uint64 constant INIT_ACTOR_ID = 1;
uint64 constant POWER_ACTOR_ID = 4;
uint64 constant MARKET_ACTOR_ID = 5;
uint64 constant VERIFREG_ACTOR_ID = 6;
uint64 constant DATACAP_ACTOR_ID = 7;

address constant INIT_ACTOR = 0xff00000000000000000000000000000000000001;
address constant POWER_ACTOR = 0xFf00000000000000000000000000000000000004;
address constant MARKET_ACTOR = 0xff00000000000000000000000000000000000005;
address constant VERIFREG_ACTOR = 0xFF00000000000000000000000000000000000006;
address constant DATACAP_ACTOR = 0xfF00000000000000000000000000000000000007;

// Precompiles of the FEVM (builtin-actors actors/evm/src/interpreter/precompiles/mod.rs).

/// @dev Address bytes in; 32-byte actor id out, or nothing if there is no such actor.
address constant RESOLVE_ADDRESS = 0xFE00000000000000000000000000000000000001;
/// @dev 32-byte actor id in; delegated (f4) address bytes out, or nothing.
address constant LOOKUP_DELEGATED_ADDRESS = 0xfE00000000000000000000000000000000000002;
/// @dev Calls an actor by address. DELEGATECALL only.
address constant CALL_ACTOR = 0xfe00000000000000000000000000000000000003;
/// @dev Calls an actor by id. DELEGATECALL only.
address constant CALL_ACTOR_ID = 0xfe00000000000000000000000000000000000005;
address constant GET_RANDOMNESS = 0xfE00000000000000000000000000000000000006;

/// @dev Codec of native params and returns: CBOR (builtin-actors actors/evm/src/lib.rs accepts this one and 0).
uint64 constant CODEC_CBOR = 0x51;
/// @dev Codec of absent params and returns.
uint64 constant CODEC_NONE = 0;

/// @dev Flags of the call_actor precompiles (ref-fvm shared/src/sys/mod.rs SendFlags).
uint64 constant SEND_DEFAULT = 0;
uint64 constant SEND_READ_ONLY = 1;
