// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ActorCall} from "../filecoin/ActorCall.sol";
import {Cbor, CborReader} from "../filecoin/Cbor.sol";
import {DealProposals} from "../filecoin/DealProposals.sol";
import {CODEC_CBOR} from "../filecoin/Actors.sol";
import {FilAddress} from "../filecoin/FilAddress.sol";
import {MarketActor, Settlement} from "../filecoin/MarketActor.sol";
import {AUTHENTICATE_MESSAGE, MARKET_NOTIFY_DEAL} from "../filecoin/Methods.sol";
import {IDealClient} from "../interfaces/IDealClient.sol";
import {DealCourse} from "./DealCourse.sol";

/// @title  The part of a client that speaks with f05: reads its messages, asks it, makes it settle
/// @notice A contract of its own for the size of all. Each implementation of the client deploys one, and its clones
///         share it. It holds no money and no state, and f05 lets anyone ask and settle, so anyone may call it; it speaks
///         of its caller.
contract MarketClerk {
    using Cbor for CborReader;

    /* MESSAGES OF f05. The client passes the call as it came. */

    /// @notice Reads what f05 asks (AuthenticateMessage) or says (MarketNotifyDeal).
    /// @return id       Of the proposal that the message is, if there is such a proposal.
    /// @return provider Actor id.
    /// @return dealId   0 in AuthenticateMessage.
    function handle_filecoin_method(
        uint64 method,
        uint64 codec,
        bytes memory params
    ) external view returns (bytes32 id, uint64 provider, uint64 dealId) {
        require(codec == CODEC_CBOR, IDealClient.CodecNotHandled(codec));
        if (method == AUTHENTICATE_MESSAGE) {
            (id, provider) = _readAuthentication(params);
        } else {
            require(method == MARKET_NOTIFY_DEAL, IDealClient.MethodNotHandled(method));
            (id, provider, dealId) = _readNotification(params);
        }
    }

    /// @dev [signature bytes, proposal bytes]. The signature is nobody's: the chain asks the contract instead. f05 passes
    ///      addresses on as the provider gave them, of any kind.
    function _readAuthentication(bytes memory params) private view returns (bytes32 id, uint64 provider) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        r.skipBytes();
        bytes memory message = r.readBytes();
        r.done();
        bytes memory client;
        bytes memory providerAddress;
        (id, client, providerAddress) = DealProposals.identify(message, msg.sender);
        _requireClient(client);
        provider = _actorIdOf(providerAddress);
    }

    /// @dev [proposal bytes, deal id]. f05 gives client and provider as actor ids.
    function _readNotification(bytes memory params) private view returns (bytes32 id, uint64 provider, uint64 dealId) {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        bytes memory message = r.readBytes();
        dealId = r.readUint();
        r.done();
        bytes memory client;
        bytes memory providerAddress;
        (id, client, providerAddress) = DealProposals.identify(message, msg.sender);
        require(FilAddress.toActorId(client) == actorId(), IDealClient.ClientMismatch(client));
        provider = FilAddress.toActorId(providerAddress);
    }

    /* ASKING f05 (attoFIL) */

    function balance() external view returns (uint256 escrow, uint256 locked) {
        return MarketActor.balanceOf(FilAddress.fromEth(msg.sender));
    }

    /// @notice The table at the head of IDealClient.
    /// @param wasActive   The deal was seen active before.
    /// @return state
    /// @return gone        f05 removed the deal.
    /// @return activatedAt Epoch, or -1.
    function lookAt(
        uint64 dealId,
        int64 startEpoch,
        int64 endEpoch,
        bool wasActive
    ) external view returns (IDealClient.DealState state, bool gone, int64 activatedAt) {
        return DealCourse.lookAt(dealId, startEpoch, endEpoch, wasActive);
    }

    /// @param dealIds Strictly ascending.
    /// @return settled One for each id, in the same order.
    function settle(uint64[] memory dealIds) external returns (Settlement[] memory settled) {
        return MarketActor.settle(dealIds);
    }

    /// @notice Params for the two calls that a client makes itself: AddBalance takes the client's money with it, and f05
    ///         pays escrow to none but the client.
    function addBalanceParams() external view returns (bytes memory) {
        return MarketActor.addBalanceParams(FilAddress.fromEth(msg.sender));
    }

    function withdrawBalanceParams(uint256 amount) external view returns (bytes memory) {
        return MarketActor.withdrawBalanceParams(FilAddress.fromEth(msg.sender), amount);
    }

    /// @notice Of the caller.
    function actorId() public view returns (uint64 id) {
        bytes memory account = FilAddress.fromEth(msg.sender);
        bool found;
        (found, id) = ActorCall.tryResolve(account);
        require(found, IDealClient.ActorUnknown(account));
    }

    /* INTERNALS */

    /// @dev The client's address is either its f410 form or its actor id.
    function _requireClient(bytes memory client) private view {
        (bool isEth, address eth) = FilAddress.tryEth(client);
        if (isEth && eth == msg.sender) return;
        (bool isId, uint64 id) = FilAddress.tryActorId(client);
        require(isId && id == actorId(), IDealClient.ClientMismatch(client));
    }

    function _actorIdOf(bytes memory account) private view returns (uint64) {
        (bool found, uint64 id) = FilAddress.tryActorId(account);
        if (found) return id;
        // Refuses what is no address, other forms of f0 included; the other kinds have one form each.
        FilAddress.kindOf(account);
        (found, id) = ActorCall.tryResolve(account);
        require(found, IDealClient.ActorUnknown(account));
        return id;
    }
}
