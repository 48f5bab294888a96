// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AggregationHub} from "../../../contracts/AggregationHub.sol";
import {IAggregationHub} from "../../../contracts/interfaces/IAggregationHub.sol";
import {Vm, vm} from "../support/Vm.sol";
import {HubTest} from "./HubTest.sol";

/// @notice What front ends of the starter kits call and follow, by signature: their IAggregatorOracle, and DealStatus.
contract AbiTest is HubTest {
    function test_calls() external view {
        string[6] memory kept = [
            "submit(bytes)",
            "complete(uint256,uint64,uint64,((uint64,bytes32[]),(uint64,bytes32[])),(bytes,uint64))",
            "complete(uint256,uint64,((uint64,bytes32[]),(uint64,bytes32[])),(bytes,uint64))",
            "getAllDeals(bytes)",
            "getActiveDeals(bytes)",
            "getExpiringDeals(bytes,uint64)"
        ];
        for (uint256 i = 0; i < kept.length; ++i) require(_has(kept[i]), kept[i]);
        require(!_has("getAllCIDs()"), "the probe finds everything");
    }

    function test_events() external pure {
        require(
            IAggregationHub.SubmitAggregatorRequest.selector == keccak256("SubmitAggregatorRequest(uint256,bytes)") &&
                IAggregationHub.CompleteAggregatorRequest.selector ==
                    keccak256("CompleteAggregatorRequest(uint256,uint64)"),
            "another topic"
        );
    }

    function test_submissionIsTheirFirstLog() external {
        vm.recordLogs();
        hub.submit("text of a CID");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes32[] memory topics = logs[0].topics;
        require(topics[0] == keccak256("SubmitAggregatorRequest(uint256,bytes)"), "another event");
        require(topics.length == 2 && uint256(topics[1]) == 1, "ids count from 1");
        _equal(logs[0].data, abi.encode(bytes("text of a CID")));
    }

    /// @dev The dispatcher compares with PUSH4 of the selector.
    function _has(string memory signature) private view returns (bool) {
        bytes memory code = address(hub).code;
        bytes5 wanted = bytes5(abi.encodePacked(hex"63", bytes4(keccak256(bytes(signature)))));
        for (uint256 i = 0; i + 5 <= code.length; ++i) {
            bytes5 here;
            assembly ("memory-safe") {
                here := mload(add(add(code, 32), i))
            }
            if (bytes5(here) == wanted) return true;
        }
        return false;
    }
}
