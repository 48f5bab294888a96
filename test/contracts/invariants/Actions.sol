// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Checks} from "./Checks.sol";

/// @title  Everything that may happen, and how often it is tried
/// @notice The runner picks one of the selectors with an even hand; one that stands here twice is tried twice as often.
abstract contract Actions is Checks {
    /// @param turn Turns the list, so that campaigns with one seed take other actions.
    function selectors(uint256 turn) external pure returns (bytes4[] memory list) {
        bytes4[41] memory all = [
            this.propose.selector,
            this.propose.selector,
            this.propose.selector,
            this.makeDealProposal.selector,
            this.proposeTooDear.selector,
            this.proposeTwin.selector,
            this.cancel.selector,
            this.cancelClosed.selector,
            this.release.selector,
            this.releaseEarly.selector,
            this.reannounce.selector,
            this.publish.selector,
            this.publish.selector,
            this.publish.selector,
            this.publish.selector,
            this.publishTwiceAtOnce.selector,
            this.publishAgain.selector,
            this.publishAfterSettlement.selector,
            this.publishAtRandom.selector,
            this.authenticate.selector,
            this.publishAltered.selector,
            this.publishMutated.selector,
            this.notifyForged.selector,
            this.callHookAsStranger.selector,
            this.callOtherMethods.selector,
            this.receiveTokens.selector,
            this.activate.selector,
            this.activate.selector,
            this.activateTooLate.selector,
            this.terminate.selector,
            this.settleAtMarket.selector,
            this.settle.selector,
            this.observe.selector,
            this.passTime.selector,
            this.passToStart.selector,
            this.passToEnd.selector,
            this.deposit.selector,
            this.withdrawEscrow.selector,
            this.withdraw.selector,
            this.fundByTransfer.selector,
            this.trespass.selector
        ];
        bytes4[7] memory rare = [
            this.fundByMethod0.selector,
            this.fundAtMarket.selector,
            this.depositTooMuch.selector,
            this.withdrawTooMuch.selector,
            this.offerOwnership.selector,
            this.acceptOwnership.selector,
            this.trespass.selector
        ];
        bytes4[13] memory roles = [
            this.setProposer.selector,
            this.setProposerWithoutWindow.selector,
            this.proposeAsProposer.selector,
            this.proposeAsProposer.selector,
            this.proposeAsProposer.selector,
            this.proposeAsProposer.selector,
            this.proposeWithoutRole.selector,
            this.cancelAsProposer.selector,
            this.dismissProposer.selector,
            this.setPaused.selector,
            this.setPaused.selector,
            this.proposeWhilePaused.selector,
            this.trespassOnRoles.selector
        ];
        uint256 count = all.length + rare.length + roles.length;
        list = new bytes4[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 rest = i < all.length ? 0 : i - all.length;
            bytes4 one =
                i < all.length
                    ? all[i]
                    : rest < rare.length
                        ? rare[rest]
                        : roles[rest - rare.length];
            list[(i + turn) % count] = one;
        }
    }
}
