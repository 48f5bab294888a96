// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CALL_ACTOR_ID, MARKET_ACTOR, RESOLVE_ADDRESS} from "../../../contracts/filecoin/Actors.sol";
import {Cbor} from "../../../contracts/filecoin/Cbor.sol";
import {DealProposal, DealProposals} from "../../../contracts/filecoin/DealProposals.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {
    ADD_BALANCE,
    AUTHENTICATE_MESSAGE,
    GET_BALANCE,
    GET_DEAL_ACTIVATION,
    MARKET_NOTIFY_DEAL,
    SETTLE_DEAL_PAYMENTS
} from "../../../contracts/filecoin/Methods.sol";
import {Piece, Policy} from "../../../contracts/interfaces/IPerpetualStorage.sol";
import {IStoreClient} from "../../../contracts/interfaces/IStoreClient.sol";
import {StoreClientFactory} from "../../../contracts/perpetual/StoreClientFactory.sol";
import {PerpetualStorage} from "../../../contracts/PerpetualStorage.sol";
import {FakeResolver} from "../support/ActorFakes.sol";
import {vm} from "../support/Vm.sol";

/// @dev Precompile and f05 in one, to be delegatecalled at 0xfe…05. Both are native code on a chain, so they cost here what
///      an answer costs that is ready: no storage, no decoding. What f05 holds for the one client that it knows is the balance
///      of its address; every deal is active since `ACTIVE_SINCE`, except the one that is gone.
contract NativeMarket {
    uint256 private immutable ACTIVE_SINCE;
    uint256 private immutable LOCKED;
    /// Id below 24, so that it is one byte of CBOR; 255: none.
    uint256 private immutable GONE;

    constructor(uint256 activeSince, uint256 locked, uint256 gone) {
        (ACTIVE_SINCE, LOCKED, GONE) = (activeSince, locked, gone);
    }

    fallback() external payable {
        uint256 method;
        assembly ("memory-safe") {
            method := calldataload(0)
        }
        if (method == GET_DEAL_ACTIVATION) _activation();
        if (method == GET_BALANCE) {
            _answer(bytes.concat(hex"82", Cbor.writeBigInt(MARKET_ACTOR.balance), Cbor.writeBigInt(LOCKED)));
        }
        if (method == SETTLE_DEAL_PAYMENTS) {
            // Three deals, or the two that are left: nothing was due, none is completed.
            if (GONE == 255)
                _answer(
                    hex"828203808382"
                    hex"40f4"
                    hex"8240f4"
                    hex"8240f4"
                );
            _answer(
                hex"828202808282"
                hex"40f4"
                hex"8240f4"
            );
        }
        require(method == ADD_BALANCE, "not answered");
        uint256 value;
        assembly ("memory-safe") {
            value := calldataload(32)
        }
        (bool ok, ) = MARKET_ACTOR.call{value: value}("");
        require(ok, "not taken");
        _answer("");
    }

    function _activation() private view {
        (uint256 gone, uint256 since) = (GONE, ACTIVE_SINCE);
        assembly ("memory-safe") {
            // Six words, then the length of the params and the deal id in CBOR.
            let id := byte(0, calldataload(224))
            mstore(0, mul(32, eq(id, gone)))
            mstore(32, 0)
            mstore(64, 96)
            mstore(96, 0)
            if eq(id, gone) {
                return(0, 128)
            }
            mstore(32, 0x51)
            mstore(96, 7)
            // [since, -1]
            mstore(128, shl(200, or(0x821a0000000020, shl(8, since))))
            return(0, 160)
        }
    }

    /// @dev Exit code 0.
    function _answer(bytes memory data) private pure {
        bytes memory out = abi.encode(uint256(0), data.length == 0 ? 0 : 0x51, data);
        assembly ("memory-safe") {
            return(add(out, 32), mload(out))
        }
    }
}

/// @dev Upper bounds of execution gas (a transaction adds its 21,000 and its input) and of code. Three replicas at distinct
///      providers, a root of 59 characters, a location that the piece CID is put behind.
abstract contract KeepGas {
    using DealProposals for DealProposal;

    event log_named_uint(string key, uint256 val);

    int64 internal constant EPOCH = 5_000_000;
    int64 internal constant TERM = 1_051_200;
    int64 internal constant LEAD = 20_160;
    int64 internal constant DELAY = 5_760;
    int64 internal constant ACTIVATED = EPOCH + 2_000;
    uint64 internal constant CLIENT_ID = 77_000;
    uint64 internal constant MINER = 17_840;
    uint256 internal constant PRICE = 50_000_000;
    /// The epoch's price of 32 GiB, three times, for a term.
    uint256 internal constant LOCKED = 3 * 32 * PRICE * uint64(TERM);
    uint256 internal constant NONE_GONE = 255;
    address internal constant KEEPER = address(0x4EE9);

    PerpetualStorage internal perpetual;
    uint64 private _deals;

    /// @dev Runs as a transaction of its own, so that the measured calls find cold accounts and slots.
    function setUp() external {
        vm.roll(uint64(EPOCH));
        vm.txGasPrice(1e9);
        vm.deal(KEEPER, 1 ether);
        vm.deal(address(this), 1000 ether);
        vm.etch(RESOLVE_ADDRESS, type(FakeResolver).runtimeCode);
        _market(0, NONE_GONE);
        perpetual = new PerpetualStorage(new StoreClientFactory());
        FakeResolver(RESOLVE_ADDRESS).put(FilAddress.fromEth(perpetual.clientOf(address(this))), CLIENT_ID);
        _store(0);
        _prepare();
    }

    function _prepare() internal virtual {}

    function _market(uint256 locked, uint256 gone) internal {
        vm.etch(CALL_ACTOR_ID, address(new NativeMarket(uint64(ACTIVATED), locked, gone)).code);
    }

    function _piece(uint256 salt) internal pure returns (Piece memory piece) {
        piece.pieceCid = abi.encodePacked(hex"0181e203922020", keccak256(abi.encode(salt)) & ~bytes32(uint256(0xc0)));
        (piece.pieceSize, piece.size) = (32 << 30, 30_000_000_000);
        piece.root = "bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe";
    }

    function _policy() internal pure returns (Policy memory p) {
        (p.replicas, p.distinct) = (3, true);
        (p.term, p.lead, p.startDelay) = (TERM, LEAD, DELAY);
        (p.price, p.maxPrice) = (PRICE, 2 * PRICE);
        (p.collateral, p.maxCollateral) = (3e14, 5e14);
        (p.reward, p.maxPay, p.maxPayPerWindow) = (1e15, 1e16, 3e16);
        p.locations = new string[](1);
        p.locations[0] = "https://depot.example/piece/";
    }

    function _store(uint256 salt) internal returns (uint256 id) {
        return perpetual.store{value: 1 ether}(_piece(salt), _policy());
    }

    /// @dev The newest proposal of the account, at three providers.
    function _publishThree() internal {
        IStoreClient client = IStoreClient(perpetual.clientOf(address(this)));
        bytes32 id = client.proposalIds(client.proposalCount() - 1, 1)[0];
        for (uint64 i = 0; i < 3; ++i) {
            DealProposal memory p = DealProposals.decode(client.getDealProposal(id));
            p.provider = FilAddress.fromActorId(MINER + i);
            _toClient(client, AUTHENTICATE_MESSAGE, bytes.concat(hex"8242dead", Cbor.writeBytes(p.encode())));
            p.client = FilAddress.fromActorId(CLIENT_ID);
            bytes memory note = bytes.concat(hex"82", Cbor.writeBytes(p.encode()), Cbor.writeUint(++_deals));
            _toClient(client, MARKET_NOTIFY_DEAL, note);
        }
        _market(LOCKED, NONE_GONE);
    }

    function _toClient(IStoreClient client, uint64 method, bytes memory params) private {
        vm.prank(MARKET_ACTOR);
        client.handle_filecoin_method(method, 0x51, params);
    }

    function _measurePoke(uint256 count) internal returns (uint256 used) {
        uint256[] memory ids = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) ids[i] = i + 1;
        return _measure(KEEPER, 0, abi.encodeCall(perpetual.poke, (ids)));
    }

    function _measure(address from, uint256 value, bytes memory call_) internal returns (uint256 used) {
        vm.startPrank(from);
        uint256 before = gasleft();
        (bool ok, ) = address(perpetual).call{value: value}(call_);
        used = before - gasleft();
        vm.stopPrank();
        require(ok, "refused");
    }

    function _attempts() internal view returns (uint256) {
        return perpetual.storeOf(1).attempts;
    }

    function _below(string memory what, uint256 used, uint256 limit) internal {
        emit log_named_uint(what, used);
        require(used <= limit, string.concat(what, " takes ", vm.toString(used)));
    }
}

contract KeepGasTest is KeepGas {
    function test_store() external {
        bytes memory call_ = abi.encodeCall(perpetual.store, (_piece(1), _policy()));
        uint256 used = _measure(address(this), 1 ether, call_);
        require(perpetual.storeCount() == 2, "not stored");
        _below("store, of an account that has a client", used, 450_000);
    }

    function test_storeFirst() external {
        Policy memory p = _policy();
        ++p.reward;
        address account = address(0xACC1);
        vm.deal(account, 1 ether);
        uint256 used = _measure(account, 1 ether, abi.encodeCall(perpetual.store, (_piece(1), p)));
        require(perpetual.policyCount() == 2, "not a new policy");
        _below("store, with a new client and a new policy", used, 950_000);
    }

    /// @dev The FEVM takes 24 KiB at most (builtin-actors actors/evm/src/interpreter/system.rs).
    function test_codeFits() external {
        _below("code of PerpetualStorage", address(perpetual).code.length, 24_576);
        _below("code of its clients", perpetual.clients().implementation().code.length, 24_576);
        _below("creation code of their factory", type(StoreClientFactory).creationCode.length, 48 << 10);
    }
}

/// @dev Three copies are active.
contract KeptGasTest is KeepGas {
    function _prepare() internal override {
        _publishThree();
        vm.roll(uint64(EPOCH + 100_000));
    }

    function test_idle() external {
        uint256 used = _measurePoke(1);
        require(_attempts() == 1 && KEEPER.balance == 1 ether, "something was done");
        _below("poke with nothing to do", used, 45_000);
    }
}

contract RenewalGasTest is KeepGas {
    function _prepare() internal override {
        _publishThree();
        vm.roll(uint64(EPOCH + DELAY + TERM - LEAD));
    }

    function test_renewThree() external {
        uint256 used = _measurePoke(1);
        require(_attempts() == 2 && KEEPER.balance > 1 ether, "not renewed");
        _below("poke that renews three replicas", used, 900_000);
    }
}

/// @dev The second of three deals is gone.
contract RepairGasTest is KeepGas {
    function _prepare() internal override {
        _publishThree();
        _market((LOCKED / 3) * 2, 2);
        vm.roll(uint64(EPOCH + 100_000));
    }

    function test_repairOne() external {
        uint256 used = _measurePoke(1);
        require(_attempts() == 2 && KEEPER.balance > 1 ether, "not repaired");
        _below("poke that repairs one copy", used, 900_000);
    }
}

/// @dev Ten stores with three active copies each.
contract BatchGasTest is KeepGas {
    function _prepare() internal override {
        _publishThree();
        for (uint256 i = 1; i < 10; ++i) {
            _store(i);
            _publishThree();
        }
        vm.roll(uint64(EPOCH + 100_000));
    }

    function test_tenIdle() external {
        _below("poke of ten with nothing to do", _measurePoke(10), 450_000);
        require(KEEPER.balance == 1 ether, "something was paid");
    }
}
