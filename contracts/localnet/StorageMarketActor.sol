// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    ADD_BALANCE,
    GET_BALANCE,
    PUBLISH_STORAGE_DEALS,
    SECTOR_CONTENT_CHANGED,
    SETTLE_DEAL_PAYMENTS,
    WITHDRAW_BALANCE
} from "../filecoin/Methods.sol";
import {
    MARKET_ADD_BALANCE,
    MARKET_ON_MINER_SECTORS_TERMINATE,
    MARKET_PUBLISH_STORAGE_DEALS,
    MARKET_WITHDRAW_BALANCE
} from "./Native.sol";
import {DealQueries} from "./market/DealQueries.sol";
import {Publishing} from "./market/Publishing.sol";
import {Settlement} from "./market/Settlement.sol";

/// @title  f05, the storage market
/// @notice Emits no log: the market's own events are not in a form that eth_getLogs shows (FIP-0083).
contract StorageMarketActor is Publishing, Settlement, DealQueries {
    function _invoke(uint64 method, bytes memory params) internal override returns (bytes memory) {
        if (method == GET_BALANCE) return _getBalance(_given(params));
        if (_isQuery(method)) return _query(method, _given(params));
        _sweep();
        if (method == ADD_BALANCE || method == MARKET_ADD_BALANCE) return _addBalance(_given(params));
        if (method == WITHDRAW_BALANCE || method == MARKET_WITHDRAW_BALANCE) return _withdrawBalance(_given(params));
        if (method == PUBLISH_STORAGE_DEALS || method == MARKET_PUBLISH_STORAGE_DEALS) return _publish(_given(params));
        if (method == SETTLE_DEAL_PAYMENTS) return _settle(_given(params));
        if (method == SECTOR_CONTENT_CHANGED) return _sectorContentChanged(_given(params));
        if (method == MARKET_ON_MINER_SECTORS_TERMINATE) return _sectorsTerminated(_given(params));
        return _unhandled();
    }
}
