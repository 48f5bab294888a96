// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

// Exit codes of actors (ref-fvm shared/src/error/mod.rs) and f05's own (builtin-actors actors/market/src/lib.rs).
// The call_actor precompiles report a code ≥ 0 of the actor, or a negative errno of the syscall.

int256 constant OK = 0;
int256 constant USR_ILLEGAL_ARGUMENT = 16;
int256 constant USR_NOT_FOUND = 17;
int256 constant USR_FORBIDDEN = 18;
int256 constant USR_INSUFFICIENT_FUNDS = 19;
int256 constant USR_ILLEGAL_STATE = 20;
int256 constant USR_SERIALIZATION = 21;
int256 constant USR_UNHANDLED_MESSAGE = 22;
int256 constant USR_UNSPECIFIED = 23;
int256 constant USR_ASSERTION_FAILED = 24;
int256 constant USR_READ_ONLY = 25;
int256 constant USR_NOT_PAYABLE = 26;

/// @dev f05: the id was used, the deal is removed: completed and settled, terminated, or never activated.
int256 constant EX_DEAL_EXPIRED = 32;
/// @dev f05: published, not activated (GetDealSector, SettleDealPayments).
int256 constant EX_DEAL_NOT_ACTIVATED = 33;
/// @dev An EVM contract reverted (builtin-actors actors/evm/src/lib.rs).
int256 constant EVM_CONTRACT_REVERTED = 33;

// Errno of syscalls (ref-fvm shared/src/error/mod.rs ErrorNumber), negated.

int256 constant ERR_INSUFFICIENT_FUNDS = -5;
int256 constant ERR_NOT_FOUND = -6;
int256 constant ERR_READ_ONLY = -13;
