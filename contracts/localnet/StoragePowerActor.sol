// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor, CborReader} from "../filecoin/Cbor.sol";
import {USR_FORBIDDEN, USR_ILLEGAL_ARGUMENT, USR_NOT_FOUND} from "../filecoin/ExitCodes.sol";
import {FilAddress} from "../filecoin/FilAddress.sol";
import {MINER_POWER, MINER_RAW_POWER} from "../filecoin/Methods.sol";
import {check} from "./Abort.sol";
import {Actor} from "./Actor.sol";
import {IMinerPower, IStoragePower} from "./Interfaces.sol";
import {
    DEFAULT_BASELINE_POWER,
    DEFAULT_CIRCULATING_SUPPLY,
    MINER_CONSENSUS_COUNT,
    MINER_COUNT,
    NETWORK_RAW_POWER,
    PROVIDER_COLLATERAL_SUPPLY_SHARE,
    SYSTEM_ACTOR,
    TOTAL_FILECOIN
} from "./Native.sol";

/// @title  f04: which actors are miners, how much they store, and what follows for the collateral of a deal
/// @notice There is no verified data, so that quality-adjusted power is raw power. A miner meets the consensus minimum as soon as
///         it has a sector, as on Lotus' devnet, whose minimum is 2 KiB. A chain reckons the network's power once an epoch; here
///         it is the sum of the moment.
///
///         Two figures of a chain, the circulating supply and the baseline power, come out of a monetary policy that the
///         localnet does not have (f02's, of a main network that runs since 2020). They stand here, where f00 can set
///         them by `setNetworkFigures`. Until it does: DEFAULT_CIRCULATING_SUPPLY and DEFAULT_BASELINE_POWER.
///
///         minimum collateral = ⌊ size · 1 % · circulating supply / max(raw power, baseline power, size) ⌋
///
///         Source: builtin-actors actors/power/src/lib.rs, state.rs; actors/market/src/policy.rs.
contract StoragePowerActor is Actor, IStoragePower {
    using Cbor for CborReader;

    uint64[] private _miners;
    mapping(uint64 miner => bool) private _isEnrolled;
    bool private _isSet;
    uint128 private _circulatingSupply;
    uint128 private _baselinePower;

    /// @inheritdoc IStoragePower
    function enrol() external {
        (bool native, uint64 id) = FilAddress.tryMaskedId(msg.sender);
        check(native && _isMiner(id), USR_FORBIDDEN, "caller is not a storage miner");
        if (_isEnrolled[id]) return;
        _isEnrolled[id] = true;
        _miners.push(id);
    }

    /// @inheritdoc IStoragePower
    function setNetworkFigures(uint256 circulatingSupply, uint256 baselinePower) external {
        check(msg.sender == SYSTEM_ACTOR, USR_FORBIDDEN, "only f00 sets network figures");
        check(circulatingSupply <= TOTAL_FILECOIN, USR_ILLEGAL_ARGUMENT, "circulating supply above 2e9 FIL");
        check(baselinePower <= type(uint128).max, USR_ILLEGAL_ARGUMENT, "baseline power above 2^128 - 1");
        (_isSet, _circulatingSupply, _baselinePower) = (true, uint128(circulatingSupply), uint128(baselinePower));
    }

    /// @inheritdoc IStoragePower
    function networkFigures() public view returns (uint256 circulatingSupply, uint256 baselinePower, uint256 rawPower) {
        rawPower = _networkPower();
        if (!_isSet) return (DEFAULT_CIRCULATING_SUPPLY, DEFAULT_BASELINE_POWER, rawPower);
        return (_circulatingSupply, _baselinePower, rawPower);
    }

    /// @inheritdoc IStoragePower
    /// @dev A piece of no bytes would divide by zero; no deal has one.
    function minProviderCollateral(uint64 pieceSize) external view returns (uint256) {
        if (pieceSize == 0) return 0;
        (uint256 circulatingSupply, uint256 divisor, uint256 rawPower) = networkFigures();
        if (rawPower > divisor) divisor = rawPower;
        if (pieceSize > divisor) divisor = pieceSize;
        return (pieceSize * circulatingSupply) / (divisor * PROVIDER_COLLATERAL_SUPPLY_SHARE);
    }

    function _invoke(uint64 method, bytes memory params) internal view override returns (bytes memory) {
        if (method == MINER_POWER || method == MINER_RAW_POWER) return _ofMiner(method, _given(params));
        if (method != NETWORK_RAW_POWER && method != MINER_COUNT && method != MINER_CONSENSUS_COUNT)
            return _unhandled();
        _none(params);
        if (method == NETWORK_RAW_POWER) return Cbor.writeBigInt(_networkPower());
        if (method == MINER_COUNT) return Cbor.writeUint(uint64(_miners.length));
        uint64 count = 0;
        for (uint256 i = 0; i < _miners.length; ++i) {
            if (_powerOf(_miners[i]) > 0) ++count;
        }
        return Cbor.writeUint(count);
    }

    /// @dev params: uint miner id, not wrapped → MinerPower: [bigint raw, bigint quality-adjusted], exit 17: no such miner.
    ///      MinerRawPower: [bigint raw, bool meets the consensus minimum], exit 16 in that case.
    function _ofMiner(uint64 method, bytes memory params) private view returns (bytes memory) {
        CborReader memory r = Cbor.reader(params);
        uint64 id = r.readUint();
        r.done();
        check(_isEnrolled[id], method == MINER_POWER ? USR_NOT_FOUND : USR_ILLEGAL_ARGUMENT, "no such miner");
        uint256 power = _powerOf(id);
        bytes memory raw = Cbor.writeBigInt(power);
        return _pair(raw, method == MINER_POWER ? raw : Cbor.writeBool(power > 0));
    }

    function _networkPower() private view returns (uint256 sum) {
        for (uint256 i = 0; i < _miners.length; ++i) sum += _powerOf(_miners[i]);
    }

    function _powerOf(uint64 miner) private view returns (uint256) {
        return IMinerPower(FilAddress.toMaskedId(miner)).rawPower();
    }
}
