// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ActorCall} from "../filecoin/ActorCall.sol";
import {EX_DEAL_EXPIRED, OK, USR_NOT_FOUND} from "../filecoin/ExitCodes.sol";
import {MarketActor} from "../filecoin/MarketActor.sol";
import {GET_DEAL_ACTIVATION} from "../filecoin/Methods.sol";
import {IDealClient} from "../interfaces/IDealClient.sol";

/// @title What became of a deal: the table at the head of IDealClient
library DealCourse {
    /// @param wasActive The deal was seen active before.
    /// @return state
    /// @return gone        f05 removed the deal.
    /// @return activatedAt Epoch, or -1.
    function lookAt(
        uint64 dealId,
        int64 startEpoch,
        int64 endEpoch,
        bool wasActive
    ) internal view returns (IDealClient.DealState state, bool gone, int64 activatedAt) {
        int64 now_ = int64(uint64(block.number));
        int256 exitCode;
        (exitCode, activatedAt) = MarketActor.activationOf(dealId);
        if (exitCode == USR_NOT_FOUND) return (IDealClient.DealState.None, false, -1);
        gone = exitCode == EX_DEAL_EXPIRED;
        require(gone || exitCode == OK, ActorCall.ActorFailed(GET_DEAL_ACTIVATION, exitCode));
        if (gone ? wasActive : activatedAt >= 0) {
            if (now_ >= endEpoch) state = IDealClient.DealState.Ended;
            else state = gone ? IDealClient.DealState.Terminated : IDealClient.DealState.Active;
        } else if (gone) {
            state = now_ < startEpoch ? IDealClient.DealState.Terminated : IDealClient.DealState.Missed;
        } else {
            state = now_ <= startEpoch ? IDealClient.DealState.Published : IDealClient.DealState.Missed;
        }
    }
}
