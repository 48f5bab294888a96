// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDealClient} from "./IDealClient.sol";

/// @title What a client of an account of PerpetualStorage has beyond any other client
interface IStoreClient is IDealClient {
    /// @notice A proposal at a glance.
    struct ProposalLook {
        bytes32 id;
        int64 startEpoch;
        int64 endEpoch;
        uint16 replicas;
        /// So many entries of the deals are its own.
        uint16 published;
        ProposalState state;
        /// Padded bytes.
        uint64 pieceSize;
        /// attoFIL that it holds back for copies that nobody published: 0 once that was returned.
        uint256 reserved;
        /// Copies that nobody published, of a proposal that is open or holds money back.
        uint16 wanted;
    }

    /// @notice A deal at a glance.
    struct DealLook {
        uint64 dealId;
        uint64 provider;
        DealState state;
        /// The client wrote down how the deal went: `state` is final.
        bool closed;
    }

    /// @notice Providers were excluded from a proposal, or a judge was named for it.
    event ProvidersLimited(bytes32 indexed id, address judge, uint64[] excluded);

    /// @notice Thrown when providers are excluded from a proposal that somebody published.
    error AlreadyPublished(bytes32 id);

    /// @notice Excludes providers from a proposal, and names a contract that decides about the others; zero: nobody does.
    ///         Only the owner, before the first publication.
    function limitProviders(bytes32 id, address judge, uint64[] calldata excluded) external;

    /// @notice Whether nothing is to be done: every one of these proposals is full or over, at least `copies` of their deals
    ///         are published or active and end more than `lead` epochs from now, and none was missed or lost without being
    ///         written down. The cheap half of `look`.
    function isHealthy(uint32[] calldata numbers, uint256 copies, int64 lead) external view returns (bool);

    /// @notice What the client knows, and f05 says now, of proposals by number (the order of creation, from 1).
    /// @return proposals One for each number.
    /// @return deals     Of all of them, in the same order; within a proposal the newest first.
    function look(
        uint32[] calldata numbers
    ) external view returns (ProposalLook[] memory proposals, DealLook[] memory deals);
}
