// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {PUBLISH_STORAGE_DEALS} from "../../../contracts/filecoin/Methods.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {IPerpetualStorage, Piece, Policy} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {Reason} from "../../../contracts/perpetual/KeepRules.sol";
import {vm} from "../support/Vm.sol";
import {BurnsGas, SaysBytes} from "./Actors.sol";
import {KeepTest} from "./KeepTest.sol";

/// @notice What nobody should ask for: a typed error, nothing changed, the money still there. Of policies see Policies.t.sol,
///         of keepers that refuse their pay Pay.t.sol, of accounts that refuse refunds Money.t.sol.
contract BadInputTest is KeepTest {
    /// @dev Refused, and nothing of the store is left: no client, no id, no policy, no money.
    function _nothingIsLeft(Piece memory piece, Policy memory policy, bytes memory error) private {
        uint256 before = ACCOUNT.balance;
        _storeRefused(piece, policy, error);
        _equal(perpetual.storeCount(), 0);
        _equal(perpetual.policyCount(), 0);
        _equal(perpetual.clientOf(ACCOUNT).code.length, 0);
        _equal(ACCOUNT.balance, before);
    }

    /* THE PIECE */

    function test_aPieceCidThatIsNone_PieceCidInvalid() external {
        bytes[6] memory cids = [
            bytes(""),
            hex"00",
            // 38 bytes, 40 bytes
            abi.encodePacked(hex"0181e203922020", uint248(0xab)),
            abi.encodePacked(hex"0181e203922020", uint256(0xab), hex"00"),
            // A CID of another codec: dag-pb, sha2-256.
            abi.encodePacked(hex"01701220", uint256(0xab)),
            bytes("baga6ea4seaqaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabky")
        ];
        for (uint256 i = 0; i < cids.length; ++i) {
            Piece memory piece = _piece();
            piece.pieceCid = cids[i];
            _nothingIsLeft(piece, _policy(), abi.encodeWithSelector(IDealClient.PieceCidInvalid.selector, cids[i]));
        }
    }

    function test_aSizeThatIsNone_PieceSizeInvalid() external {
        uint64[5] memory sizes = [uint64(0), 127, (1 << 30) + 1, 128 << 30, type(uint64).max];
        for (uint256 i = 0; i < sizes.length; ++i) {
            Piece memory piece = _piece();
            piece.pieceSize = sizes[i];
            bytes memory error = abi.encodeWithSelector(IDealClient.PieceSizeInvalid.selector, sizes[i], 128, 64 << 30);
            _nothingIsLeft(piece, _policy(), error);
        }
    }

    function test_bytesThatDoNotFitThePiece_CarSizeInvalid() external {
        uint64 capacity = (1 << 30) - (1 << 23);
        Piece memory piece = _piece();
        piece.size = 0;
        bytes4 error = IDealClient.CarSizeInvalid.selector;
        _nothingIsLeft(piece, _policy(), abi.encodeWithSelector(error, 0, capacity));
        piece.size = capacity + 1;
        _nothingIsLeft(piece, _policy(), abi.encodeWithSelector(error, capacity + 1, capacity));
    }

    function test_aRootThatIsTooLong_RootTooLong() external {
        Piece memory piece = _piece();
        piece.root = string(new bytes(129));
        bytes memory error = abi.encodeWithSelector(IPerpetualStorage.RootTooLong.selector, 129, 128);
        _nothingIsLeft(piece, _policy(), error);
    }

    function test_aRootThatIsNoText_LabelNotUtf8() external {
        Piece memory piece = _piece();
        piece.root = string(abi.encodePacked(hex"ff"));
        _nothingIsLeft(piece, _policy(), abi.encodeWithSelector(IDealClient.LabelNotUtf8.selector));
    }

    /// @dev The root of every attempt is the first one's, whatever is in it.
    function test_aRootOfAnyTextIsKept() external {
        Piece memory piece = _piece();
        piece.root = "/ipfs//9-9/ipfs/";
        vm.prank(ACCOUNT);
        uint256 id = perpetual.store{value: FUNDS}(piece, _policy());
        _equal(_proposalOf(id).label, "1-1/ipfs//ipfs//9-9/ipfs/");
        _pass(DELAY + 1);
        _poke(id);
        _equal(_proposalOf(id).label, "1-2/ipfs//ipfs//9-9/ipfs/");
    }

    /* THE POLICY */

    function test_noReplicas_leaveNothing() external {
        Policy memory p = _policy();
        p.replicas = 0;
        _nothingIsLeft(_piece(), p, abi.encodeWithSelector(IPerpetualStorage.ReplicasOutOfBounds.selector, 0, 1, 8));
    }

    function test_aRewardAboveItsCeiling_leavesNothing() external {
        Policy memory p = _policy();
        p.reward = p.maxPay + 1;
        _nothingIsLeft(
            _piece(),
            p,
            abi.encodeWithSelector(IPerpetualStorage.RewardAboveCeiling.selector, p.reward, p.maxPay)
        );
    }

    /// @dev f05 takes no deal whose collateral is below its least: the offers rise, within the ceiling, and the money is there.
    function test_ceilingsBelowWhatTheMarketNeeds_theMoneyIsRecoverable() external {
        Policy memory p = _policy();
        (p.collateral, p.maxCollateral) = (1, 2);
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        uint256 healthy = _storeAs(ACCOUNT, _policy(), FUNDS);
        uint256 paid = 0;
        for (uint256 i = 0; i < 10; ++i) {
            bytes memory params = _publishParams(_list(_asProvider(MINER, id)));
            _equal(_nativeExit(_workerOf(MINER), 5, PUBLISH_STORAGE_DEALS, 0, params), 16);
            if (i == 0) _takeThree(MINER, healthy);
            _pass(DELAY + 1);
            paid += _poke(id);
        }
        _expectCopies(healthy, 3, 0, 0);
        _expectReason(id, Reason.Awaiting);
        vm.prank(ACCOUNT);
        perpetual.cancel(id);
        _equal(_free(ACCOUNT), 2 * FUNDS - 3 * COPY - paid);
        vm.prank(ACCOUNT);
        _equal(perpetual.withdraw(payable(STRANGER), type(uint256).max), 2 * FUNDS - 3 * COPY - paid);
    }

    function test_aPriceNobodyTakesCostsNoMoreThanTheWindows() external {
        vm.txGasPrice(1e12);
        Policy memory p = _policy();
        (p.price, p.maxPrice) = (0, 0);
        uint256 id = _storeAs(ACCOUNT, p, FUNDS);
        for (uint256 i = 1; i <= 10; ++i) {
            _passOffer(id);
            _poke(id);
            _equal(_free(ACCOUNT), FUNDS - i * MAX_PAY);
        }
    }

    function test_aBadJudge_theMoneyIsRecoverable() external {
        address[3] memory judges = [
            address(new BurnsGas()),
            address(new SaysBytes(abi.encode(1), true)),
            address(new SaysBytes("", false))
        ];
        for (uint256 i = 0; i < judges.length; ++i) {
            Policy memory p = _policy();
            p.judge = judges[i];
            uint256 id = _storeAs(ACCOUNT, p, FUNDS);
            vm.prank(ACCOUNT);
            perpetual.cancel(id);
            vm.prank(ACCOUNT);
            _equal(perpetual.withdraw(payable(STRANGER), type(uint256).max), FUNDS);
        }
    }

    /* f05 */

    /// @dev f05 fails for the deals of one account: its stores wait, others are served in the same batch.
    function test_aStoreThatCannotBeServedHarmsNoOtherOfTheBatch() external {
        (uint256 id, ) = _stored();
        uint256 other = _storeAs(NEIGHBOUR, _policy(), FUNDS);
        _pass(DELAY + 1);
        // The client of the first cannot be asked any more.
        address client = address(_clientOf(id));
        bytes memory code = client.code;
        // revert()
        vm.etch(client, hex"5f5ffd");
        vm.prank(KEEPER);
        perpetual.poke{gas: 30_000_000}(_ids(id, other));
        _equal(perpetual.storeOf(other).attempts, 2);
        vm.etch(client, code);
        _expectCopies(id, 3, 0, 0);
    }
}
