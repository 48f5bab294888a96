// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPerpetualStorage} from "../interfaces/IPerpetualStorage.sol";
import {IStoreClient} from "../interfaces/IStoreClient.sol";
import {StoreClientFactory} from "./StoreClientFactory.sol";

/// @title  Accounts, and the money that is theirs
/// @notice No money is held here: it is in the account's client, and the client's escrow in f05.
abstract contract Accounts is IPerpetualStorage {
    /// @dev Epochs; a day. Windows are aligned, so that anyone can tell when the next begins.
    uint256 internal constant PAY_WINDOW = 2_880;

    /// @dev Two words.
    struct AccountFacts {
        address client;
        uint32 stores;
        /// Number of the window that `paidInWindow` is of.
        uint32 window;
        //
        /// attoFIL for an epoch of all copies of all stores, at their offers.
        uint128 perEpoch;
        uint128 paidInWindow;
    }

    /// @notice Makes the accounts' clients.
    StoreClientFactory public immutable clients;

    mapping(address account => AccountFacts) internal _accounts;

    constructor(StoreClientFactory clients_) {
        clients = clients_;
    }

    /// @inheritdoc IPerpetualStorage
    function withdraw(address payable to, uint256 amount) external returns (uint256 taken) {
        address client = _accounts[msg.sender].client;
        require(client != address(0), ClientMissing(msg.sender));
        uint256 free = _freeOf(client);
        taken = amount < free ? amount : free;
        emit Withdrawn(msg.sender, to, taken);
        if (taken > 0) _send(client, to, taken);
    }

    /// @inheritdoc IPerpetualStorage
    function clientOf(address account) external view returns (address) {
        return clients.predictClient(address(this), account);
    }

    /// @inheritdoc IPerpetualStorage
    function accountOf(
        address account
    ) external view returns (address client, uint256 stores, uint256 free, uint256 perEpoch, uint256 paidInWindow) {
        AccountFacts storage a = _accounts[account];
        (client, stores, perEpoch) = (a.client, a.stores, a.perEpoch);
        if (client != address(0)) free = _freeOf(client);
        if (a.window == _window()) paidInWindow = a.paidInWindow;
    }

    function _openClient(address account) internal returns (address client) {
        AccountFacts storage a = _accounts[account];
        client = a.client;
        if (client != address(0)) return client;
        client = clients.createClient(account);
        a.client = client;
        emit ClientOpened(account, client);
    }

    /// @dev What a client holds that neither f05 nor an open proposal has locked.
    function _freeOf(address client) internal view returns (uint256) {
        (, , , uint256 available, uint256 balance) = IStoreClient(client).funds();
        return available + balance;
    }

    /// @dev Pays a keeper what it asks for, as far as the bounds and the money go.
    /// @return paid attoFIL.
    function _pay(
        address account,
        address keeper,
        uint256 asked,
        uint256 maxPayPerWindow
    ) internal returns (uint256 paid) {
        AccountFacts storage a = _accounts[account];
        uint32 window = _window();
        uint256 before = a.window == window ? a.paidInWindow : 0;
        uint256 left = maxPayPerWindow > before ? maxPayPerWindow - before : 0;
        uint256 free = _freeOf(a.client);
        paid = asked < left ? asked : left;
        if (paid > free) paid = free;
        if (paid == 0) return 0;
        // Safe: both are below 2^92.
        unchecked {
            (a.window, a.paidInWindow) = (window, uint128(before + paid));
        }
        _send(a.client, payable(keeper), paid);
    }

    function _changeRate(address account, uint256 before, uint256 after_) internal {
        if (before == after_) return;
        AccountFacts storage a = _accounts[account];
        a.perEpoch = uint128(a.perEpoch + after_ - before);
    }

    /// @dev The client's balance first, then its escrow. The client's error tells if `to` does not take it.
    function _send(address client, address payable to, uint256 amount) private {
        uint256 balance = client.balance;
        // Takes what is missing, which is there: the caller has bounded `amount` by what is free.
        // slither-disable-next-line unused-return
        if (amount > balance) IStoreClient(client).withdrawEscrow(amount - balance);
        IStoreClient(client).withdraw(to, amount);
    }

    function _window() private view returns (uint32) {
        return uint32(block.number / PAY_WINDOW);
    }
}
