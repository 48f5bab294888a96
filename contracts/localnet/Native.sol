// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

// Numbers that only the localnet's own actors need; what contracts use stands in ../filecoin.

/// @dev f00, the sender of implicit messages: it constructs actors. Has no code here, so that a test can send from it.
address constant SYSTEM_ACTOR = 0xfF00000000000000000000000000000000000000;
/// @dev f099, where slashed collateral goes.
uint64 constant BURNT_FUNDS_ACTOR_ID = 99;
/// @dev Ids below are singletons (builtin-actors runtime/src/builtin/singletons.rs, FIRST_NON_SINGLETON_ADDR is 100);
///      every native actor from here on is a miner.
uint64 constant FIRST_MINER_ID = 1000;

/// @dev Method numbers below are closed to EVM contracts (builtin-actors runtime/src/builtin/shared.rs).
uint64 constant FIRST_EXPORTED_METHOD = 1 << 24;
/// @dev An EVM contract handles no method up to here (builtin-actors actors/evm/src/lib.rs).
uint64 constant EVM_MAX_RESERVED_METHOD = 1023;

/* METHODS. builtin-actors actors/{market,miner,power}/src/lib.rs */

uint64 constant CONSTRUCTOR = 1;

uint64 constant MARKET_ADD_BALANCE = 2;
uint64 constant MARKET_WITHDRAW_BALANCE = 3;
uint64 constant MARKET_PUBLISH_STORAGE_DEALS = 4;
uint64 constant MARKET_ON_MINER_SECTORS_TERMINATE = 7;

uint64 constant MINER_CONTROL_ADDRESSES = 2;
uint64 constant MINER_TERMINATE_SECTORS = 9;
uint64 constant MINER_DECLARE_FAULTS = 10;
uint64 constant MINER_DECLARE_FAULTS_RECOVERED = 11;
uint64 constant MINER_ON_DEFERRED_CRON_EVENT = 12;
uint64 constant MINER_CHANGE_MULTIADDRS = 18;
uint64 constant MINER_COMPACT_PARTITIONS = 19;
uint64 constant MINER_PRE_COMMIT_SECTOR_BATCH_2 = 28;
uint64 constant MINER_PROVE_COMMIT_SECTORS_3 = 34;
uint64 constant GET_OWNER = 3275365574;
uint64 constant GET_SECTOR_SIZE = 3858292296;
uint64 constant GET_PEER_ID = 2812875329;
uint64 constant GET_MULTIADDRS = 1332909407;
uint64 constant CHANGE_MULTIADDRS = 1063480576;

uint64 constant NETWORK_RAW_POWER = 931722534;
uint64 constant MINER_COUNT = 1987646258;
uint64 constant MINER_CONSENSUS_COUNT = 196739875;

/* EXIT CODES */

/// @dev The frame ran out of gas (ref-fvm shared/src/error/mod.rs).
int256 constant SYS_OUT_OF_GAS = 7;
/// @dev A contract exited with a code that is the system's (the same).
int256 constant SYS_ILLEGAL_EXIT_CODE = 9;
/// @dev Codes below belong to the system.
uint256 constant FIRST_USER_EXIT_CODE = 16;
/// @dev Miner: the notification could not be sent, was aborted, was answered in a wrong shape, was rejected.
int256 constant NOTIFICATION_SEND_FAILED = 1001;
int256 constant NOTIFICATION_RECEIVER_ABORTED = 1002;
int256 constant NOTIFICATION_RESPONSE_INVALID = 1003;
int256 constant NOTIFICATION_REJECTED = 1004;

/* POLICY. builtin-actors runtime/src/runtime/policy.rs, actors/market/src/policy.rs */

int64 constant EPOCHS_IN_DAY = 2880;
/// @dev A chain's cron looks after a deal that was not activated within so many epochs of its start.
int64 constant DEAL_UPDATES_INTERVAL = 30 * EPOCHS_IN_DAY;
int64 constant MIN_DEAL_DURATION = 180 * EPOCHS_IN_DAY;
int64 constant MAX_DEAL_DURATION = 1278 * EPOCHS_IN_DAY;
int64 constant MIN_SECTOR_LIFETIME = 180 * EPOCHS_IN_DAY;
int64 constant MAX_SECTOR_LIFETIME = 1278 * EPOCHS_IN_DAY;
/// @dev A sector that is faulty for longer is terminated.
int64 constant FAULT_MAX_AGE = 42 * EPOCHS_IN_DAY;
/// @dev Deadlines of a proving period.
uint64 constant PROVING_DEADLINES = 48;
/// @dev Sectors that one message may declare something of.
uint256 constant MAX_ADDRESSED_SECTORS = 25_000;
/// @dev ref-fvm shared/src/sector/mod.rs
uint64 constant MAX_SECTOR_NUMBER = (1 << 63) - 1;
uint256 constant MAX_LABEL_BYTES = 256;
uint64 constant MIN_PIECE_SIZE = 128;
/// @dev 2e9 FIL, the bound of every price and collateral.
uint256 constant TOTAL_FILECOIN = 2_000_000_000 ether;
/// @dev 1 % of the circulating supply, as a divisor.
uint256 constant PROVIDER_COLLATERAL_SUPPLY_SHARE = 100;
/// @dev 25 EiB and 720.6 million FIL, about the main network's figures in 2026. As long as the sectors of the localnet come to
///      less, they make 250,000 attoFIL per padded byte, 0.0086 FIL for 32 GiB:
///      DEFAULT_CIRCULATING_SUPPLY = 250,000 · 100 · DEFAULT_BASELINE_POWER.
uint256 constant DEFAULT_BASELINE_POWER = 25 << 60;
uint256 constant DEFAULT_CIRCULATING_SUPPLY = 720_575_940_379_279_360_000_000_000;
