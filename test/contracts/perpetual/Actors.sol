// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPerpetualStorage, Piece, Policy} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {IProviderJudge} from "../../../contracts/interfaces/IProviderJudge.sol";
import {IStoreClient} from "../../../contracts/interfaces/IStoreClient.sol";

/// @dev Says yes to one provider.
contract OneProvider is IProviderJudge {
    uint64 private immutable ALLOWED;

    constructor(uint64 allowed) {
        ALLOWED = allowed;
    }

    function mayStore(bytes32, uint64 provider) external view returns (bool) {
        return provider == ALLOWED;
    }
}

/// @dev Answers with bytes, whatever it is asked: as they are, or as those of a revert.
contract SaysBytes {
    bytes private _answer;
    bool private immutable REVERTS;

    constructor(bytes memory answer, bool reverts) {
        (_answer, REVERTS) = (answer, reverts);
    }

    fallback() external {
        (bytes memory answer, bool reverts) = (_answer, REVERTS);
        assembly ("memory-safe") {
            if reverts {
                revert(add(answer, 32), mload(answer))
            }
            return(add(answer, 32), mload(answer))
        }
    }
}

contract BurnsGas is IProviderJudge {
    function mayStore(bytes32, uint64) external view returns (bool) {
        while (true) if (msg.sender == address(0)) break;
        return true;
    }
}

/// @dev Tries to write, through whatever may be written to.
contract Writes is IProviderJudge {
    IPerpetualStorage private immutable PERPETUAL;
    uint256 private _count;

    constructor(IPerpetualStorage perpetual) {
        PERPETUAL = perpetual;
    }

    function mayStore(bytes32, uint64) external view returns (bool) {
        function() internal write = _write;
        function() internal view read;
        assembly ("memory-safe") {
            read := write
        }
        read();
        return true;
    }

    function _write() private {
        uint256[] memory ids = new uint256[](1);
        ids[0] = 1;
        PERPETUAL.poke(ids);
        ++_count;
    }
}

/// @dev Yes as long as the asking client has so few deals.
contract FewDeals is IProviderJudge {
    uint256 private immutable MAX;

    constructor(uint256 max) {
        MAX = max;
    }

    function mayStore(bytes32, uint64) external view returns (bool) {
        return IStoreClient(msg.sender).dealCount() < MAX;
    }
}

/// @dev A keeper that takes no money.
contract Refuser {
    function poke(IPerpetualStorage perpetual, uint256[] calldata ids) external {
        perpetual.poke(ids);
    }
}

/// @dev A keeper, a recipient and an account that calls again whenever it is paid.
contract Reenterer {
    IPerpetualStorage private immutable PERPETUAL;
    bytes private _again;
    /// How often it was paid, and what came of calling again.
    uint256 public paid;
    bool public succeeded;
    bytes public answer;

    constructor(IPerpetualStorage perpetual) {
        PERPETUAL = perpetual;
    }

    function arm(bytes calldata again) external {
        _again = again;
    }

    function call(bytes calldata data) external payable returns (bytes memory out) {
        bool ok;
        (ok, out) = address(PERPETUAL).call{value: msg.value}(data);
        if (ok) return out;
        assembly ("memory-safe") {
            revert(add(out, 32), mload(out))
        }
    }

    receive() external payable {
        ++paid;
        if (paid == 1 && _again.length > 0) (succeeded, answer) = address(PERPETUAL).call(_again);
    }
}

/// @dev An account that takes no money: it must name somebody who does.
contract PoorAccount {
    IPerpetualStorage private immutable PERPETUAL;

    constructor(IPerpetualStorage perpetual) {
        PERPETUAL = perpetual;
    }

    function store(Piece calldata piece, Policy calldata policy) external payable returns (uint256) {
        return PERPETUAL.store{value: msg.value}(piece, policy);
    }

    function withdraw(address payable to, uint256 amount) external returns (uint256) {
        return PERPETUAL.withdraw(to, amount);
    }

    function cancel(uint256 id) external {
        PERPETUAL.cancel(id);
    }
}
