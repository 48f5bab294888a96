// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Actions} from "./Actions.sol";
import {Ghosts} from "./Ghosts.sol";

/// @dev Stands in the file of the campaigns because the runner knows the contracts of this file alone.
contract Handler is Actions {
    constructor(bytes32 salt) Ghosts(salt) {}
}

/// @title  One campaign: random calls, and one rule asked after each of them
/// @notice The runner gives all campaigns the same numbers; the salt makes other calls of them. After a run every rule is
///         asked of everything that there is, and the owner takes out all the money.
abstract contract Campaign {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    bytes32 private immutable SALT;
    Handler internal handler;

    constructor(string memory name) {
        SALT = keccak256(bytes(name));
    }

    function setUp() external {
        handler = new Handler(SALT);
        handler.setUp();
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.selectors(uint256(SALT) % 1009));
    }

    function afterInvariant() external {
        for (uint256 i = 0; i < handler.offerCount(); ++i) {
            handler.checkSlots(i);
            handler.checkOneCopyPerProvider(i);
        }
        uint256 most = handler.copyCount() > handler.offerCount() ? handler.copyCount() : handler.offerCount();
        for (uint256 i = 0; i < most; ++i) {
            handler.checkDeals(i);
            handler.checkStates(i);
            handler.checkRecords(i);
        }
        handler.checkConservation();
        handler.checkLocked();
        handler.checkReserved();
        handler.checkReservedSum();
        handler.checkFunds();
        handler.checkOwnership();
        handler.checkProposers();
        handler.checkExit(true);
    }
}

// One rule for each campaign, asked after every call. What the handlers find themselves (a forgery that was accepted, a
// stranger who was obeyed, a step back, an aborted message) ends the campaign in which it happens, whichever it is.

contract SlotsCampaign is Campaign("slots") {
    /// @notice A proposal never has more deals than copies were asked for.
    function invariant_moreDealsThanSlotsAreNeverPublished() external view {
        handler.checkSlots(handler.steps());
    }
}

contract OneCopyCampaign is Campaign("one copy") {
    /// @notice A provider never has two copies of a proposal, also after settlement or termination of the first.
    function invariant_noProviderHasTwoCopies() external view {
        handler.checkOneCopyPerProvider(handler.steps());
    }
}

contract DealsCampaign is Campaign("deals") {
    /// @notice Every deal in the client's name is a copy of a proposal, and the client knows it as that.
    function invariant_everyDealIsACopyOfAProposal() external view {
        handler.checkDeals(handler.steps());
    }
}

contract ConservationCampaign is Campaign("conservation") {
    /// @notice Balance, escrow, payments to providers and withdrawals add up to what came in, to the attoFIL.
    function invariant_moneyIsConserved() external {
        handler.checkConservation();
    }
}

contract LockedCampaign is Campaign("locked") {
    /// @notice What f05 has locked is what the running deals still need, and never more than the escrow.
    function invariant_dealsNeedWhatIsLocked() external {
        handler.checkLocked();
    }
}

contract ReservedCampaign is Campaign("reserved") {
    /// @notice Reserved is what the missing copies of open and of lapsed, unreleased proposals would lock; the escrow covers it.
    function invariant_missingCopiesAreReserved() external view {
        handler.checkReserved();
    }
}

contract ReservedSumCampaign is Campaign("reserved sum") {
    /// @notice The same, summed up from the proposals.
    function invariant_reservedIsTheSumOverProposals() external view {
        handler.checkReservedSum();
    }
}

contract FundsCampaign is Campaign("funds") {
    /// @notice `funds` tells what every deposit, payment and withdrawal so far has left.
    function invariant_fundsAreWhatTheFlowsLeave() external view {
        handler.checkFunds();
    }
}

contract ExitCampaign is Campaign("exit") {
    /// @notice The owner can take out what is free at any time. What a rule's call changes is undone after it.
    function invariant_ownerTakesOutWhatIsFree() external {
        handler.checkExit(handler.steps() % 50 == 49);
    }
}

contract StatesCampaign is Campaign("states") {
    /// @notice Proposals and deals are in the state that the table of IDealClient gives.
    function invariant_statesFollowTheTable() external view {
        handler.checkStates(handler.steps());
    }
}

contract RecordsCampaign is Campaign("records") {
    /// @notice Recorded outcomes never change, nor does an activation once noted.
    function invariant_recordsAreFinal() external view {
        handler.checkRecords(handler.steps());
    }
}

contract OwnershipCampaign is Campaign("ownership") {
    /// @notice The owner is who accepted the last offer of an owner.
    function invariant_ownershipMovesInTwoSteps() external view {
        handler.checkOwnership();
    }
}

contract ProposersCampaign is Campaign("proposers") {
    /// @notice Proposers spend up to their limit in each window, and the pause is the owner's.
    function invariant_proposersKeepToTheirLimits() external view {
        handler.checkProposers();
    }
}
