// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Cbor} from "../../../../contracts/filecoin/Cbor.sol";
import "../../../../contracts/filecoin/Methods.sol" as Methods;
import {DealProposal} from "../../../../contracts/localnet/market/Proposals.sol";
import {LocalnetTest} from "../support/LocalnetTest.sol";

/// @notice Golden returns: test/vectors/f05-cbor.json, actorCalls.
contract DealQueriesTest is LocalnetTest {
    uint64[11] private _queries = [
        Methods.GET_DEAL_DATA_COMMITMENT,
        Methods.GET_DEAL_CLIENT,
        Methods.GET_DEAL_PROVIDER,
        Methods.GET_DEAL_LABEL,
        Methods.GET_DEAL_TERM,
        Methods.GET_DEAL_TOTAL_PRICE,
        Methods.GET_DEAL_CLIENT_COLLATERAL,
        Methods.GET_DEAL_PROVIDER_COLLATERAL,
        Methods.GET_DEAL_VERIFIED,
        Methods.GET_DEAL_ACTIVATION,
        Methods.GET_DEAL_SECTOR
    ];

    function setUp() public override {
        super.setUp();
        _fund();
    }

    function test_ADealThatIsNotYetIs17() public {
        for (uint256 i = 0; i < _queries.length; ++i) _equal(_nativeExit(STRANGER, 5, _queries[i], 0, hex"00"), 17);
    }

    function test_ADealThatIsOverIs32() public {
        DealProposal memory p = _proposal();
        uint64 dealId = _publishOne(p);
        _activate(dealId, p, 1, END);
        _terminate(1);
        for (uint256 i = 0; i < _queries.length; ++i) _equal(_nativeExit(STRANGER, 5, _queries[i], 0, hex"00"), 32);
    }

    function test_PublishedDealsHaveNoSector() public {
        _publishOne(_proposal());
        _equal(_nativeExit(STRANGER, 5, Methods.GET_DEAL_SECTOR, 0, hex"00"), 33);
        _equal(_ask(Methods.GET_DEAL_ACTIVATION), hex"822020");
    }

    function test_AnswersWhatWasPublished() public {
        DealProposal memory p = _proposal();
        p.pieceCid = abi.encodePacked(
            hex"0181e203922020",
            bytes32(0xabababababababababababababababababababababababababababababababab)
        );
        p.clientCollateral = 1e18;
        _publishOne(p);
        _equal(
            _ask(Methods.GET_DEAL_DATA_COMMITMENT),
            hex"82d82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000"
        );
        _equal(_ask(Methods.GET_DEAL_CLIENT), Cbor.writeUint(_clientId()));
        _equal(_ask(Methods.GET_DEAL_PROVIDER), hex"1903e8");
        _equal(
            _ask(Methods.GET_DEAL_LABEL),
            hex"783b626166796265696561776c6d67746e62343535796e7261376b78797a697076686678726d7335796575796c72347737646270783777346536747165"
        );
        _equal(_ask(Methods.GET_DEAL_TERM), hex"821a004f58801a0017bb00");
        _equal(_ask(Methods.GET_DEAL_TOTAL_PRICE), Cbor.writeBigInt(12207 * 1_555_200));
        _equal(_ask(Methods.GET_DEAL_CLIENT_COLLATERAL), hex"49000de0b6b3a7640000");
        _equal(_ask(Methods.GET_DEAL_PROVIDER_COLLATERAL), Cbor.writeBigInt(COLLATERAL));
        _equal(_ask(Methods.GET_DEAL_VERIFIED), hex"f4");
    }

    function test_ABytesLabelComesBackAsBytes() public {
        DealProposal memory p = _proposal();
        p.labelIsText = false;
        p.label = hex"bacfea6f8a0226aa9b";
        p.pricePerEpoch = 0;
        _publishOne(p);
        _equal(_ask(Methods.GET_DEAL_LABEL), hex"49bacfea6f8a0226aa9b");
        _equal(_ask(Methods.GET_DEAL_TOTAL_PRICE), hex"40");
    }

    function _ask(uint64 method) private returns (bytes memory) {
        return _native(STRANGER, 5, method, 0, hex"00");
    }
}
