// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

// Method numbers. An exported name has the number of FRC-0042: the first big-endian uint32 ≥ 2^24 in
// blake2b-512("1|" ‖ name). Lists: builtin-actors actors/{market,miner,power,evm}/src/lib.rs.

/// @dev A plain transfer. Runs no code of an EVM contract (ref-fvm fvm/src/call_manager/default.rs).
uint64 constant SEND = 0;

// Hooks that a contract answers in `handle_filecoin_method`.

uint64 constant AUTHENTICATE_MESSAGE = 2643134072;
uint64 constant MARKET_NOTIFY_DEAL = 4186741094;
/// @dev FRC-0046, "Receive".
uint64 constant UNIVERSAL_RECEIVER_HOOK = 3726118371;
/// @dev FIP-0109.
uint64 constant SECTOR_CONTENT_CHANGED = 2034386435;
uint64 constant INVOKE_EVM = 3844450837;

// f05, the storage market.

uint64 constant ADD_BALANCE = 822473126;
uint64 constant WITHDRAW_BALANCE = 2280458852;
uint64 constant PUBLISH_STORAGE_DEALS = 2236929350;
uint64 constant GET_BALANCE = 726108461;
uint64 constant GET_DEAL_DATA_COMMITMENT = 1157985802;
uint64 constant GET_DEAL_CLIENT = 128053329;
uint64 constant GET_DEAL_PROVIDER = 935081690;
uint64 constant GET_DEAL_LABEL = 46363526;
uint64 constant GET_DEAL_TERM = 163777312;
uint64 constant GET_DEAL_TOTAL_PRICE = 4287162428;
uint64 constant GET_DEAL_CLIENT_COLLATERAL = 200567895;
uint64 constant GET_DEAL_PROVIDER_COLLATERAL = 2986712137;
uint64 constant GET_DEAL_VERIFIED = 2627389465;
uint64 constant GET_DEAL_ACTIVATION = 2567238399;
uint64 constant GET_DEAL_SECTOR = 2611213344;
uint64 constant SETTLE_DEAL_PAYMENTS = 1900091594;

// Miners and f04.

uint64 constant IS_CONTROLLING_ADDRESS = 348244887;
/// @dev FIP-0112.
uint64 constant GENERATE_SECTOR_LOCATION = 1321604665;
/// @dev FIP-0112.
uint64 constant VALIDATE_SECTOR_STATUS = 3092458564;
/// @dev FIP-0112.
uint64 constant GET_NOMINAL_SECTOR_EXPIRATION = 3010055991;
uint64 constant MINER_RAW_POWER = 3753401894;
uint64 constant MINER_POWER = 36284446;
