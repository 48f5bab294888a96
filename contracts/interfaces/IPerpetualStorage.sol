// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Decision, Facts, Reason} from "../perpetual/KeepRules.sol";

/// @notice The bytes that are to be kept, as `prepare` or `aggregate` made them.
struct Piece {
    /// Piece CID v1, 39 bytes `0181e203922020 ‖ commP`.
    bytes pieceCid;
    /// Padded bytes, a power of two.
    uint64 pieceSize;
    /// Bytes that a location serves.
    uint64 size;
    /// Root CID of the payload as text; empty if the piece has none: then its piece CID stands in the label.
    string root;
}

/// @notice Which providers may store. Every copy of one proposal is at another provider in any case.
enum ProviderRule {
    /// Any provider.
    Any,
    /// Those in `providers` only.
    Only,
    /// Any but those in `providers`.
    Except
}

/// @notice On what terms a store is kept. Amounts are attoFIL.
struct Policy {
    /// Copies, 1 to 8.
    uint8 replicas;
    /// No provider holds two copies at a time; only a renewal may go to the provider of the copy that it follows.
    bool distinct;
    /// Keepers may name where the piece is to be fetched, at every other attempt at most. Providers compare what they
    /// fetch with the piece CID: a false place costs an attempt, never the data.
    bool keeperLocations;
    ProviderRule rule;
    /// Actor ids.
    uint64[] providers;
    /// A contract that decides about each provider as well (`IProviderJudge`); zero: none.
    address judge;
    /// Epochs of each deal, 518,400 (180 days) to 3,637,440 (1,263 days).
    int64 term;
    /// Epochs before a deal's end in which it is renewed, 2 · startDelay + 2 to 43,200 (15 days).
    int64 lead;
    /// Epochs that providers have to publish and activate, 5,760 (2 days) to 21,599; after as many a proposal is made anew.
    int64 startDelay;
    /// Per GiB of padded bytes and epoch: first offer, and ceiling. Each attempt that failed raises the offer by an eighth
    /// of the way.
    uint256 price;
    uint256 maxPrice;
    /// Per GiB of padded bytes, for the whole deal: what a provider locks, at the first offer and at most. f05's least does
    /// not depend on the term.
    uint256 collateral;
    uint256 maxCollateral;
    /// What a keeper gets for a poke that changed something, above its gas.
    uint256 reward;
    /// Gas and reward of one store's poke, at most.
    uint256 maxPay;
    /// All pokes of the account in one window of 2,880 epochs (a day), at most.
    uint256 maxPayPerWindow;
    /// URLs that serve the piece; each attempt takes the next. After one that ends in a slash the piece CID follows.
    string[] locations;
}

/// @title  Storage that is kept: call `store`, and from then on anyone may do the upkeep and is paid for it
/// @notice Trust. Nobody owns this contract and nothing in it can be replaced. Each account that stores has a client
///         contract of its own, a clone, hence an escrow of its own in f05; this contract owns it, and does with it what
///         is written here: it proposes on the terms of a store's policy, pays keepers within the policy's bounds, and
///         gives the account what is free. Money of one account never pays for another's.
/// @notice Nothing is kept without money: `runway` says for how long it lasts.
/// @notice All stores of an account draw on one purse: what its client holds, in f05 and outside, and neither f05 nor an
///         open proposal has locked. Anyone may add to it, also by sending FIL to the client.
/// @notice Upkeep. `poke` looks at a store, decides by the rules of `KeepRules` and does what they say: proposes what is
///         missing, at a higher offer after an attempt that failed; renews before the end; has f05 settle deals that were
///         missed or lost. Who calls it chooses nothing but the store and, where the policy allows it, a location.
///         It is paid gas and reward only if something changed; a second call finds nothing to do.
interface IPerpetualStorage {
    /* TYPES */

    /// @notice What is stored about a store; the rest is in its proposals.
    struct Store {
        address account;
        address client;
        uint32 policy;
        /// Attempts made so far.
        uint32 attempts;
        /// Of the offer, 0 to 8: eighths of the way to the ceiling; up to 11: offers at the ceiling, with more time each.
        uint8 step;
        bool cancelled;
        /// A keeper named the location of the newest attempt.
        bool placedByKeeper;
        /// Of its attempts that are not over, and the newest: numbers in the client, oldest first.
        uint32[] proposals;
        /// The last four providers that missed or lost a copy, 0: none.
        uint64[4] shunned;
    }

    struct Status {
        uint16 active;
        uint16 published;
        /// Copies that wait for a provider.
        uint16 open;
        /// What a poke would do now, why, and when time alone will change that.
        Decision next;
        string why;
    }

    /* EVENTS */

    event Stored(uint256 indexed id, address indexed account, uint32 policy, bytes pieceCid);
    event ClientOpened(address indexed account, address client);
    /// @param hash Of the policy's ABI encoding: equal terms have one number.
    event PolicyDefined(uint32 indexed policy, bytes32 indexed hash);
    event PolicyExtended(uint256 indexed id, uint32 policy);
    event StoreCancelled(uint256 indexed id);
    /// @notice An attempt: `number` is the proposal's in the account's client.
    event Proposed(uint256 indexed id, bytes32 indexed proposalId, uint32 number, uint32 attempt, Decision decision);
    /// @notice A poke changed something; `paid` attoFIL went to the keeper.
    event Poked(uint256 indexed id, address indexed keeper, Reason reason, uint256 paid);
    /// @notice A poke was undone, with the error that ended it; other stores of the same call are not affected.
    event PokeFailed(uint256 indexed id, bytes reason);
    event ToppedUp(address indexed account, address indexed from, uint256 amount);
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    /* ERRORS */

    error StoreUnknown(uint256 id);
    /// @notice Thrown when the caller is not the account that stored.
    error NotAccount(address caller, address account);
    error StoreIsCancelled(uint256 id);
    /// @notice Thrown when an account has no client: it never stored.
    error ClientMissing(address account);
    error NotSelf(address caller);
    error MoneyMissing();
    /// @notice Thrown when the policy lets no keeper name a location.
    error LocationsFixed(uint256 id);
    /// @notice Thrown when a keeper named the location of the last attempt as well: the next takes the policy's.
    error LocationNotNow(uint256 id);
    error RootTooLong(uint256 length, uint256 max);
    /// @notice Thrown when a store of a batch used up nearly all the gas there was, and failed.
    error GasTooLow(uint256 id);

    error ReplicasOutOfBounds(uint256 replicas, uint256 min, uint256 max);
    error TermOutOfBounds(int64 term, int64 min, int64 max);
    error StartDelayOutOfBounds(int64 startDelay, int64 min, int64 max);
    error LeadOutOfBounds(int64 lead, int64 min, int64 max);
    error PriceAboveCeiling(uint256 price, uint256 ceiling);
    error CollateralAboveCeiling(uint256 collateral, uint256 ceiling);
    error RewardAboveCeiling(uint256 reward, uint256 ceiling);
    /// @notice Thrown when a poke's ceiling is above the window's.
    error PayAboveWindow(uint256 maxPay, uint256 maxPayPerWindow);
    error PolicyAmountTooLarge(uint256 amount, uint256 max);
    /// @notice Thrown when providers are listed and the rule is `Any`, or the rule needs a list and there is none.
    error ProvidersUnexpected(ProviderRule rule, uint256 count);
    error PolicyProvidersTooMany(uint256 count, uint256 max);
    error PolicyProvidersTooFew(uint256 count, uint256 replicas);
    error PolicyProviderRepeated(uint64 provider);
    error LocationsOutOfBounds(uint256 count, uint256 max);
    error PolicyLocationTooLong(uint256 index, uint256 length, uint256 max);
    error JudgeHasNoCode(address judge);
    error PolicyUnknown(uint32 policy);

    /* STORE */

    /// @notice Stores a piece for the caller, and proposes all copies at once. What the account lacks for them is taken from
    ///         `msg.value`; the rest stays with the account, for renewals and keepers. Too little, or a piece that cannot be
    ///         proposed, ends in the client's error (`EscrowTooLow`, `PieceCidInvalid`, …).
    function store(Piece calldata piece, Policy calldata policy) external payable returns (uint256 id);

    /// @notice Adds `msg.value` to the purse of the store's account. Anyone.
    function topUp(uint256 id) external payable;

    /// @notice Replaces the terms for everything that is proposed from now on. Only the account.
    function extendPolicy(uint256 id, Policy calldata policy) external;

    /// @notice Nothing is proposed any more, what is open is withdrawn; published deals run to their end. Only the account.
    function cancel(uint256 id) external;

    /// @notice Sends up to `amount` of the caller's free money to `to`.
    function withdraw(address payable to, uint256 amount) external returns (uint256 taken);

    /* UPKEEP */

    /// @notice Does what is due for each of the stores, and pays the caller out of their accounts. Nothing due: nothing
    ///         happens. A store that cannot be served is undone alone (`PokeFailed`).
    function poke(uint256[] calldata ids) external;

    /// @notice The same for one store, with the place from which a new proposal's piece can be fetched.
    function pokeFrom(uint256 id, string calldata location) external;

    /* VIEWS */

    /// @notice Those of the stores `[cursor, cursor + n)`, from id 1 on at cursor 0, for which something is due.
    function pokeable(uint256 cursor, uint256 n) external view returns (uint256[] memory ids);

    function statusOf(uint256 id) external view returns (Status memory);

    /// @notice All that a decision is made from.
    function factsOf(uint256 id) external view returns (Facts memory);

    /// @notice For how many epochs from now the store's copies are complete if nothing changes but time: every copy is
    ///         renewed in time at the current offer, and every renewal costs its keeper's ceiling. 0: copies are missing
    ///         that cannot be paid. With several stores in one account: on this store's share of the purse, by cost per epoch.
    function runway(uint256 id) external view returns (uint256 epochs);

    /// @notice What it takes to keep a piece for `epochs`: of deals at the first offer and at the ceiling, with a
    ///         keeper's ceiling for each renewal.
    function endowment(
        uint64 pieceSize,
        Policy calldata policy,
        uint256 epochs
    ) external view returns (uint256 atFirstOffer, uint256 atCeiling);

    function storeCount() external view returns (uint256);

    function storeOf(uint256 id) external view returns (Store memory);

    function policyOf(uint32 number) external view returns (Policy memory);

    function policyCount() external view returns (uint256);

    /// @notice The client of an account, where it is or will be.
    function clientOf(address account) external view returns (address);

    /// @return client       Zero before the account stored.
    /// @return stores       Not cancelled.
    /// @return free         attoFIL that neither f05 nor an open proposal has locked.
    /// @return perEpoch     attoFIL for each epoch of all copies of its stores, at their current offers.
    /// @return paidInWindow attoFIL to keepers, in the current window.
    function accountOf(
        address account
    ) external view returns (address client, uint256 stores, uint256 free, uint256 perEpoch, uint256 paidInWindow);
}
