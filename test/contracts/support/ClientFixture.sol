// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DealClient} from "../../../contracts/DealClient.sol";
import {MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {DealProposal, DealProposals} from "../../../contracts/filecoin/DealProposals.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {AUTHENTICATE_MESSAGE, MARKET_NOTIFY_DEAL} from "../../../contracts/filecoin/Methods.sol";
import {DealRequest, ExtraParamsV1} from "../../../contracts/interfaces/IDealClient.sol";
import {FakeFilecoin} from "./ActorFakes.sol";
import {vm} from "./Vm.sol";

/// @dev A client at the address of the golden vectors, the golden request, and a provider's half of the exchange.
abstract contract ClientFixture is FakeFilecoin {
    using DealProposals for DealProposal;

    address payable internal constant GOLDEN = payable(0xD4aac4D8fBc7575bDf5C19f900634d6c61a00a79);
    uint64 internal constant GOLDEN_ID = 1234;
    uint64 internal constant PROVIDER = 17840;
    int64 internal constant START = 5_200_000;
    int64 internal constant END = 6_755_200;
    address internal constant STRANGER = address(0x5712A9);

    DealClient internal client = DealClient(GOLDEN);

    constructor() {
        // A clone that the factory made would be initialised the same way; here the runtime code stands at the address.
        vm.etch(GOLDEN, address(new DealClient()).code);
        client.initialize(address(this));
        RESOLVER.put(FilAddress.fromEth(GOLDEN), GOLDEN_ID);
        vm.roll(uint64(START) - 10_000);
    }

    function _goldenRequest() internal pure returns (DealRequest memory deal) {
        deal.piece_cid = hex"0181e203922020abababababababababababababababababababababababababababababababab";
        deal.piece_size = 262_144;
        deal.label = "bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe";
        deal.start_epoch = START;
        deal.end_epoch = END;
        deal.extra_params_version = 1;
        deal.extra_params = ExtraParamsV1("https://x.example/a.car", 236_445, false, false);
    }

    /// @dev The proposal as a provider reads it.
    function _read(bytes32 id) internal view returns (DealProposal memory) {
        return DealProposals.decode(client.getDealProposal(id));
    }

    function _authParams(bytes memory message) internal pure returns (bytes memory) {
        return bytes.concat(hex"8242dead", Cbor.writeBytes(message));
    }

    function _notifyParams(bytes memory message, uint64 dealId) internal pure returns (bytes memory) {
        return bytes.concat(hex"82", Cbor.writeBytes(message), Cbor.writeUint(dealId));
    }

    /// @dev As f05 sends it before it changes state.
    function _authMessage(DealProposal memory p, uint64 provider) internal pure returns (bytes memory) {
        p.provider = FilAddress.fromActorId(provider);
        return p.encode();
    }

    /// @dev As f05 sends it afterwards, with ids.
    function _notifyMessage(DealProposal memory p, uint64 provider) internal pure returns (bytes memory) {
        p.client = FilAddress.fromActorId(GOLDEN_ID);
        p.provider = FilAddress.fromActorId(provider);
        return p.encode();
    }

    function _authenticate(bytes memory params) internal {
        vm.prank(MARKET_ACTOR);
        (uint32 exitCode, uint64 codec, bytes memory data) = client.handle_filecoin_method(
            AUTHENTICATE_MESSAGE,
            0x51,
            params
        );
        require(exitCode == 0 && codec == 0x51 && keccak256(data) == keccak256(hex"f5"), "not accepted");
    }

    function _notify(bytes memory params) internal {
        vm.prank(MARKET_ACTOR);
        (uint32 exitCode, uint64 codec, bytes memory data) = client.handle_filecoin_method(
            MARKET_NOTIFY_DEAL,
            0x51,
            params
        );
        require(exitCode == 0 && codec == 0 && data.length == 0, "not noted");
    }

    function _publish(bytes32 id, uint64 provider, uint64 dealId) internal {
        DealProposal memory p = _read(id);
        _authenticate(_authParams(_authMessage(p, provider)));
        _notify(_notifyParams(_notifyMessage(p, provider), dealId));
    }

    function _none() internal pure returns (uint64[] memory) {
        return new uint64[](0);
    }

    function _list(uint64 a) internal pure returns (uint64[] memory list) {
        list = new uint64[](1);
        list[0] = a;
    }

    function _list(uint64 a, uint64 b) internal pure returns (uint64[] memory list) {
        list = new uint64[](2);
        (list[0], list[1]) = (a, b);
    }
}
