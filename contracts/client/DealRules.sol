// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Utf8} from "../filecoin/Utf8.sol";
import {DealRequest, IDealClient} from "../interfaces/IDealClient.sol";
import {PieceCid} from "../piece/PieceCid.sol";

/// @title  What may be proposed
/// @notice The rules of f05 at publication (builtin-actors actors/market/src/{lib,policy}.rs), of the providers'
///         software, and of this client's own bounds. Two rules cannot be known here and are the toolkit's: the
///         provider collateral's floor (it moves with the network) and the window in which a provider wants the start
///         epoch (Boost: 2,880 to 43,200 epochs ahead).
library DealRules {
    /// @dev The largest sector is 64 GiB.
    uint64 internal constant MAX_PIECE_SIZE = 64 << 30;
    uint64 internal constant MIN_PIECE_SIZE = 128;
    /// @dev policy.rs DEAL_MAX_LABEL_SIZE.
    uint256 internal constant MAX_LABEL_LENGTH = 256;
    /// @dev 180 days, policy.rs deal_duration_bounds.
    int64 internal constant MIN_DURATION = 518_400;
    /// @dev 1278 days, policy.rs deal_duration_bounds.
    int64 internal constant MAX_DURATION = 3_680_640;
    /// @dev All the FIL there can be, policy.rs deal_price_per_epoch_bounds.
    uint256 internal constant MAX_AMOUNT = 2e9 ether;
    /// @dev Curio, market/mk12.
    uint256 internal constant MAX_LOCATION_LENGTH = 4096;
    uint64 internal constant EXTRA_PARAMS_VERSION = 1;
    /// @dev Own bound: to authenticate a copy is to walk over the copies published before.
    uint256 internal constant MAX_REPLICAS = 32;
    /// @dev Own bound: to authenticate is to walk over the list.
    uint256 internal constant MAX_PROVIDERS = 64;
    /// @dev Own bound: epochs are stored in 32 bits, good for 2,000 years.
    int64 internal constant MAX_EPOCH = type(int32).max;

    /// @param now_ The current epoch.
    /// @return commitment Of the piece.
    function check(DealRequest calldata deal, int64 now_) internal pure returns (bytes32 commitment) {
        require(!deal.verified_deal, IDealClient.VerifiedDealsEnded());
        require(
            deal.extra_params_version == EXTRA_PARAMS_VERSION,
            IDealClient.ExtraParamsVersionUnknown(deal.extra_params_version)
        );
        commitment = _checkPiece(deal);
        _checkLabel(deal.label);
        _checkEpochs(deal.start_epoch, deal.end_epoch, now_);
        _checkAmount(deal.storage_price_per_epoch);
        _checkAmount(deal.provider_collateral);
        _checkAmount(deal.client_collateral);
        checkLocation(bytes(deal.extra_params.location_ref));
    }

    function checkReplicas(uint16 replicas, uint64[] calldata providers) internal pure {
        require(replicas > 0 && replicas <= MAX_REPLICAS, IDealClient.ReplicasInvalid(replicas, MAX_REPLICAS));
        uint256 count = providers.length;
        if (count == 0) return;
        require(count <= MAX_PROVIDERS, IDealClient.ProviderListTooLong(count, MAX_PROVIDERS));
        require(count >= replicas, IDealClient.ProvidersTooFew(count, replicas));
        for (uint256 i = 1; i < count; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                require(providers[i] != providers[j], IDealClient.ProviderRepeated(providers[i]));
            }
        }
    }

    function _checkPiece(DealRequest calldata deal) private pure returns (bytes32 commitment) {
        bool valid;
        (valid, commitment) = PieceCid.tryCommitment(deal.piece_cid);
        require(valid, IDealClient.PieceCidInvalid(deal.piece_cid));

        uint64 size = deal.piece_size;
        require(
            PieceCid.isPieceSize(size) && size <= MAX_PIECE_SIZE,
            IDealClient.PieceSizeInvalid(size, MIN_PIECE_SIZE, MAX_PIECE_SIZE)
        );
        uint64 carSize = deal.extra_params.car_size;
        uint64 capacity = PieceCid.capacity(size);
        require(carSize > 0 && carSize <= capacity, IDealClient.CarSizeInvalid(carSize, capacity));
    }

    function _checkLabel(string calldata label) private pure {
        uint256 length = bytes(label).length;
        require(length > 0, IDealClient.LabelEmpty());
        require(length <= MAX_LABEL_LENGTH, IDealClient.LabelTooLong(length, MAX_LABEL_LENGTH));
        require(Utf8.isValid(bytes(label)), IDealClient.LabelNotUtf8());
    }

    function _checkEpochs(int64 start, int64 end, int64 now_) private pure {
        require(start > now_, IDealClient.StartEpochPassed(start, now_));
        require(end <= MAX_EPOCH, IDealClient.EpochTooFar(end, MAX_EPOCH));
        // Cannot underflow: start is positive. An end before the start is a negative duration.
        int64 duration = end >= 0 ? end - start : -1;
        require(
            duration >= MIN_DURATION && duration <= MAX_DURATION,
            IDealClient.DurationOutOfBounds(duration, MIN_DURATION, MAX_DURATION)
        );
    }

    function _checkAmount(uint256 amount) private pure {
        require(amount <= MAX_AMOUNT, IDealClient.AmountTooLarge(amount, MAX_AMOUNT));
    }

    /// @dev Boost pastes the location into JSON without escaping (storagemarket/contract_deal_monitor.go), so a quote
    ///      or a backslash could add members, headers for instance.
    function checkLocation(bytes calldata location) internal pure {
        uint256 length = location.length;
        require(length <= MAX_LOCATION_LENGTH, IDealClient.LocationTooLong(length, MAX_LOCATION_LENGTH));
        uint256 host = _hostAt(location);
        require(host > 0 && host < length, IDealClient.LocationInvalid(0));
        require(location[host] != "/", IDealClient.LocationInvalid(host));
        for (uint256 i = host; i < length; ++i) {
            bytes1 c = location[i];
            require(c > 0x20 && c < 0x7f && c != '"' && c != "\\", IDealClient.LocationInvalid(i));
        }
    }

    /// @dev Offset behind `http://` or `https://`; 0 for anything else.
    function _hostAt(bytes calldata location) private pure returns (uint256) {
        if (location.length >= 7 && bytes7(location[:7]) == "http://") return 7;
        if (location.length >= 8 && bytes8(location[:8]) == "https://") return 8;
        return 0;
    }
}
