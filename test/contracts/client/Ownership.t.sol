// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Owned} from "../../../contracts/client/Owned.sol";
import {Proposers} from "../../../contracts/client/Proposers.sol";
import {DealClient} from "../../../contracts/DealClient.sol";
import {DealClientFactory} from "../../../contracts/DealClientFactory.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {IDealClientFactory} from "../../../contracts/interfaces/IDealClientFactory.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm} from "../support/Vm.sol";

contract OwnershipTest is ClientFixture {
    DealClientFactory private immutable factory = new DealClientFactory();

    event ClientCreated(address indexed owner, address indexed client, bytes filecoinAddress);

    function test_whoDeploysOwns() external {
        require(new DealClient().owner() == address(this), "owner");
    }

    function test_ownershipIsHandedOverInTwoSteps() external {
        client.transferOwnership(STRANGER);
        require(client.owner() == address(this) && client.pendingOwner() == STRANGER, "offered");
        vm.prank(STRANGER);
        client.acceptOwnership();
        require(client.owner() == STRANGER && client.pendingOwner() == address(0), "handed over");
        vm.expectRevert(abi.encodeWithSelector(Owned.NotOwner.selector, address(this), STRANGER));
        client.transferOwnership(address(this));
    }

    function test_onlyTheOfferedAccepts() external {
        client.transferOwnership(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Owned.NotPendingOwner.selector, address(this), STRANGER));
        client.acceptOwnership();
    }

    function test_offerIsWithdrawn() external {
        client.transferOwnership(STRANGER);
        client.transferOwnership(address(0));
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Owned.NotPendingOwner.selector, STRANGER, address(0)));
        client.acceptOwnership();
    }

    function test_implementationIsLocked() external {
        DealClient implementation = DealClient(payable(factory.implementation()));
        vm.expectRevert(abi.encodeWithSelector(Owned.OwnerExists.selector, address(factory)));
        implementation.initialize(STRANGER);
    }

    function test_cloneIsInitialisedOnce() external {
        DealClient clone = DealClient(payable(factory.createClient(STRANGER)));
        require(clone.owner() == STRANGER, "owner");
        vm.expectRevert(abi.encodeWithSelector(Owned.OwnerExists.selector, STRANGER));
        clone.initialize(address(this));
    }

    function testFuzz_cloneStandsWherePredicted(address owner) external {
        vm.assume(owner != address(0));
        address predicted = factory.predictClient(owner);
        require(
            keccak256(factory.predictFilecoinAddress(owner)) == keccak256(FilAddress.fromEth(predicted)),
            "f410 form"
        );
        require(factory.clientOf(owner) == address(0), "none yet");
        vm.expectEmit(true, true, true, true, address(factory));
        emit ClientCreated(owner, predicted, FilAddress.fromEth(predicted));
        require(factory.createClient(owner) == predicted && factory.clientOf(owner) == predicted, "client");
    }

    function test_factoryTellsTheActorId() external {
        (bool exists, ) = factory.actorIdOf(STRANGER);
        require(!exists, "nobody yet");
        RESOLVER.put(factory.predictFilecoinAddress(STRANGER), 4321);
        uint64 id;
        (exists, id) = factory.actorIdOf(STRANGER);
        require(exists && id == 4321, "actor id");
    }

    function test_oneClientPerOwner() external {
        address first = factory.createClient(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IDealClientFactory.ClientExists.selector, STRANGER, first));
        factory.createClient(STRANGER);
    }

    function test_noClientWithoutOwner() external {
        vm.expectRevert(abi.encodeWithSelector(Owned.OwnerMissing.selector));
        factory.createClient(address(0));
    }

    function test_cloneOfACloneStandsAlone() external {
        address first = factory.createClient(STRANGER);
        DealClient second = DealClient(payable(Clones.clone(first)));
        require(second.owner() == address(0), "no owner");
        second.initialize(address(this));
        require(second.owner() == address(this), "own owner");
        require(DealClient(payable(first)).owner() == STRANGER, "the first keeps its own");
        client = second;
        _authenticate(_authParams(_authMessage(_read(client.makeDealProposal(_goldenRequest())), PROVIDER)));
        require(DealClient(payable(first)).proposalCount() == 0, "the first has none");
    }

    function test_nobodyOwnsAndNobodyActsBeforeTheInitialisation() external {
        client = DealClient(payable(Clones.clone(factory.implementation())));
        vm.expectRevert(abi.encodeWithSelector(Proposers.NotProposer.selector, address(this), address(0)));
        client.makeDealProposal(_goldenRequest());
        vm.expectRevert(abi.encodeWithSelector(Owned.NotOwner.selector, address(this), address(0)));
        client.setProposer(address(this), 1, 1);
        vm.expectRevert(abi.encodeWithSelector(Owned.NotPendingOwner.selector, address(this), address(0)));
        client.acceptOwnership();
    }

    function test_cloneProposesInItsOwnName() external {
        client = DealClient(payable(factory.createClient(address(this))));
        bytes32 id = client.makeDealProposal(_goldenRequest());
        require(keccak256(_read(id).client) == keccak256(FilAddress.fromEth(address(client))), "client");
        _authenticate(_authParams(_authMessage(_read(id), PROVIDER)));
    }
}
