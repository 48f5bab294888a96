// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Reason} from "./KeepRules.sol";

/// @title Reasons for whoever reads them in a block explorer; `src/keep/reason.ts` says the same
library ReasonText {
    function of_(Reason reason) internal pure returns (string memory) {
        if (reason == Reason.Healthy) return "all copies are stored, and none is near its end";
        if (reason == Reason.Awaiting) return "a proposal waits for providers";
        if (reason == Reason.First) return "the first proposal";
        if (reason == Reason.Retry) return "too few providers took the last offer: a higher one is due";
        if (reason == Reason.AtCeiling) return "too few providers took the highest offer that the policy allows";
        if (reason == Reason.Repair) return "a copy was lost, or never activated: it is replaced";
        if (reason == Reason.Renewal) return "a deal is near its end: it is renewed";
        if (reason == Reason.Missing) return "copies are missing: they are proposed";
        if (reason == Reason.Close) return "what failed is settled; nothing can be proposed now";
        if (reason == Reason.NoMoney) return "copies are missing, and the money does not cover one: top up";
        if (reason == Reason.NoProviders) return "copies are missing, and every listed provider holds one";
        if (reason == Reason.Crowded) return "copies are missing, and too many attempts are under way";
        return "the account has ended this store";
    }
}
