// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MarketClerk} from "../../../contracts/client/MarketClerk.sol";
import {ProposalClerk} from "../../../contracts/client/ProposalClerk.sol";
import {ActorCall} from "../../../contracts/filecoin/ActorCall.sol";
import {MARKET_ACTOR} from "../../../contracts/filecoin/Actors.sol";
import {Cbor, CborReader} from "../../../contracts/filecoin/Cbor.sol";
import {DealProposal, DealProposals} from "../../../contracts/filecoin/DealProposals.sol";
import {FilAddress} from "../../../contracts/filecoin/FilAddress.sol";
import {AUTHENTICATE_MESSAGE, MARKET_NOTIFY_DEAL} from "../../../contracts/filecoin/Methods.sol";
import {IDealClient} from "../../../contracts/interfaces/IDealClient.sol";
import {ClientFixture} from "../support/ClientFixture.sol";
import {vm} from "../support/Vm.sol";
import {Corpus} from "./Corpus.sol";
import {DecoderTest} from "./DecoderTest.sol";
import {Dice, Mutator} from "./Mutator.sol";

/// @notice The messages of f05 as any bytes: MarketClerk, which reads them, ProposalClerk, which explains refusals, and the client, which must take no damaged one
///         for its own.
contract MessageDecodersTest is ClientFixture, DecoderTest {
    using Cbor for CborReader;

    error Accepted();

    /// @dev A field of other items than f05's costs most, a byte an item (Cbor.skip).
    uint256 private constant PER_BYTE = 1_150;
    uint256 private constant BASE = 20_000;
    /// @dev It reads the client's proposals to find the one that was meant.
    uint256 private constant BASE_OF_EXPLAINER = 80_000;

    address private immutable READER = address(new MarketClerk());
    address private immutable EXPLAINER = address(new ProposalClerk());
    bytes32 private _id;

    function setUp() external {
        _id = client.propose(_goldenRequest(), 2, _none());
    }

    /* THE CLERK */

    function testFuzz_damagedAuthentications(uint256 seed) external {
        Dice memory dice = Dice(seed);
        for (uint256 i = 0; i < 3; ++i) {
            _readAuthentication(Mutator.mutate(Corpus.authenticate(), Corpus.notification(), dice));
            // The message damaged, the frame whole: what is behind the frame is reached each time.
            bytes memory message = Mutator.mutate(Corpus.proposals()[i], Corpus.proposals()[4], dice);
            _readAuthentication(_authParams(message));
        }
    }

    function testFuzz_damagedNotifications(uint256 seed) external {
        Dice memory dice = Dice(seed);
        for (uint256 i = 0; i < 3; ++i) {
            _readNotification(Mutator.mutate(Corpus.notification(), Corpus.authenticate(), dice));
            bytes memory message = Mutator.mutate(Corpus.proposals()[2], Corpus.proposals()[i], dice);
            _readNotification(_notifyParams(message, uint64(seed)));
        }
    }

    /// @dev Always reverts; with a name.
    function testFuzz_damagedMessagesAreExplained(uint256 seed, bool notification) external {
        Dice memory dice = Dice(seed);
        bytes memory valid = notification ? Corpus.notification() : Corpus.authenticate();
        _refuse(Mutator.mutate(valid, Corpus.authenticate(), dice), notification);
        bytes memory message = Mutator.mutate(Corpus.proposals()[seed % 5], Corpus.proposals()[1], dice);
        _refuse(notification ? _notifyParams(message, 1) : _authParams(message), notification);
        _refuse(Mutator.random(dice, 300), notification);
    }

    function testFuzz_randomBytes(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory input = Mutator.random(dice, 400);
        _readAuthentication(input);
        _readNotification(input);
        input = _authParams(bytes.concat(hex"8bd82a", input));
        _readAuthentication(input);
        _readNotification(input);
    }

    function test_everyCutAndOneByteMore() external {
        bytes memory auth = Corpus.authenticate();
        bytes memory note = Corpus.notification();
        require(_readAuthentication(auth) && _readNotification(note), "refused");
        for (uint256 i = 0; i < auth.length; ++i) require(!_readAuthentication(Mutator.slice(auth, 0, i)), "a cut");
        for (uint256 i = 0; i < note.length; ++i) require(!_readNotification(Mutator.slice(note, 0, i)), "a cut");
        for (uint256 i = 0; i < 256; ++i) {
            require(!_readAuthentication(abi.encodePacked(auth, uint8(i))), "a byte more");
            require(!_readNotification(abi.encodePacked(note, uint8(i))), "a byte more");
        }
    }

    function test_longInputs() external {
        for (uint256 value = 0; value < 256; ++value) {
            bytes memory input = new bytes(600);
            for (uint256 i = 0; i < 600; ++i) input[i] = bytes1(uint8(value));
            _readAuthentication(input);
            _readNotification(input);
            bytes memory message = bytes.concat(hex"8b", input);
            _readAuthentication(_authParams(message));
            _readNotification(_notifyParams(message, 1));
            _refuse(_authParams(message), false);
        }
        // A long label, which is read to name it.
        bytes memory label = Cbor.writeText(string(new bytes(850)));
        _refuse(_authParams(Mutator.replace(Corpus.proposals()[0], 79, 140, label)), false);
    }

    /* THE CLIENT */

    /* Three bits of every byte of the golden messages, half a message a test: a failing test is traced in memory, step by
       step. What may be accepted is another signature, provider or deal id, and of them this many. */

    function test_everyByteUpToTheClientOfAnAuthentication() external {
        // 82 42 dead: any signature.
        _equal(_offerFlips(AUTHENTICATE_MESSAGE, Corpus.authenticate(), 0, 80), 2 * 3);
    }

    function test_everyByteFromTheProviderOnOfAnAuthentication() external {
        // 44 00b08b01: b0 and 8b are any group that others follow, 01 any last one that is not zero.
        _equal(_offerFlips(AUTHENTICATE_MESSAGE, Corpus.authenticate(), 80, 159), 2 + 2 + 1);
    }

    function test_everyByteUpToTheClientOfANotification() external {
        _equal(_offerFlips(MARKET_NOTIFY_DEAL, Corpus.notification(), 0, 58), 0);
    }

    function test_everyByteFromTheProviderOnOfANotification() external {
        // The provider as above. 1a 00023ec6: any deal id above 65,535, for which this is the shortest form.
        _equal(_offerFlips(MARKET_NOTIFY_DEAL, Corpus.notification(), 58, 142), 2 + 2 + 1 + 4 * 3);
    }

    function testFuzz_damagedMessagesAreRefused(uint256 seed, bool notification) external {
        Dice memory dice = Dice(seed);
        bytes memory valid = notification ? Corpus.notification() : Corpus.authenticate();
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory params = Mutator.mutate(valid, Corpus.authenticate(), dice);
            if (_offer(notification ? MARKET_NOTIFY_DEAL : AUTHENTICATE_MESSAGE, params))
                _isTheGolden(params, notification);
        }
    }

    /// @dev Leaves no trace: the call is undone by the error with which it answers.
    function offer(uint64 method, bytes memory params) external {
        vm.prank(MARKET_ACTOR);
        client.handle_filecoin_method(method, 0x51, params);
        revert Accepted();
    }

    /* SUPPORT */

    /// @return accepted How many of the messages with one bit flipped in `[from, to)` the client took.
    function _offerFlips(
        uint64 method,
        bytes memory params,
        uint256 from,
        uint256 to
    ) private returns (uint256 accepted) {
        for (uint256 at = from; at < to; ++at) {
            bytes1 right = params[at];
            // The lowest, which changes a value; one of a head's major type; and the one that continues a LEB128.
            for (uint256 i = 0; i < 3; ++i) {
                params[at] = right ^ [bytes1(0x01), 0x20, 0x80][i];
                if (!_offer(method, params)) continue;
                ++accepted;
                _isTheGolden(params, method == MARKET_NOTIFY_DEAL);
            }
            params[at] = right;
        }
    }

    function _offer(uint64 method, bytes memory params) private returns (bool accepted) {
        uint256 free = _freeMemory();
        (, , bytes memory out) = _measured(address(this), abi.encodeCall(this.offer, (method, params)));
        accepted = bytes4(out) == Accepted.selector;
        if (!accepted) _typed("handle_filecoin_method", out);
        _freeMemoryFrom(free);
    }

    /// @dev What the client took is the golden message but for signature, provider and deal id, in its one form.
    function _isTheGolden(bytes memory params, bool notification) private pure {
        CborReader memory r = Cbor.reader(params);
        r.readArray(2);
        bytes memory signature = notification ? bytes("") : r.readBytes();
        bytes memory message = r.readBytes();
        uint64 dealId = notification ? r.readUint() : 0;
        bytes memory again = bytes.concat(Cbor.writeBytes(signature), Cbor.writeBytes(message));
        if (notification) again = bytes.concat(Cbor.writeBytes(message), Cbor.writeUint(dealId));
        require(keccak256(bytes.concat(hex"82", again)) == keccak256(params), "a second form");
        _isGolden(message);
    }

    function _isGolden(bytes memory message) private pure {
        DealProposal memory p = DealProposals.decode(message);
        DealProposal memory golden = DealProposals.decode(Corpus.proposals()[0]);
        bool isId = keccak256(p.client) == keccak256(FilAddress.fromActorId(GOLDEN_ID));
        require(isId || keccak256(p.client) == keccak256(golden.client), "another client");
        (golden.client, golden.provider) = (p.client, p.provider);
        require(keccak256(DealProposals.encode(golden)) == keccak256(message), "accepted a change of the terms");
    }

    function _equal(uint256 got, uint256 expected) private pure {
        require(got == expected, string.concat("accepted ", vm.toString(got), ", expected ", vm.toString(expected)));
    }

    /// @return accepted Whether the clerk read it; whose it is then is told by the id.
    function _readAuthentication(bytes memory params) private returns (bool accepted) {
        bytes memory out;
        (accepted, out) = _ask(READER, AUTHENTICATE_MESSAGE, params);
        if (accepted && bytes32(out) == _id) _isTheGolden(params, false);
    }

    function _readNotification(bytes memory params) private returns (bool accepted) {
        bytes memory out;
        (accepted, out) = _ask(READER, MARKET_NOTIFY_DEAL, params);
        if (accepted && bytes32(out) == _id) _isTheGolden(params, true);
    }

    function _refuse(bytes memory params, bool notification) private {
        (bool accepted, ) = _ask(EXPLAINER, notification ? MARKET_NOTIFY_DEAL : AUTHENTICATE_MESSAGE, params);
        require(!accepted, "did not revert");
    }

    /// @dev As the client passes the call on that it gets from f05.
    function _ask(address clerk, uint64 method, bytes memory params) private returns (bool accepted, bytes memory out) {
        string memory name = clerk == READER ? "MarketClerk" : "ProposalClerk";
        bytes memory call = abi.encodeCall(client.handle_filecoin_method, (method, 0x51, params));
        uint256 gas;
        vm.prank(GOLDEN);
        (accepted, gas, out) = _measured(clerk, call);
        _bounded(Decoder(name, clerk, 0, PER_BYTE, clerk == READER ? BASE : BASE_OF_EXPLAINER), gas, params.length);
        if (!accepted) _typed(name, out);
    }

    function _named(bytes4 e) internal pure override returns (bool) {
        return _isCborError(e) || _isOfAddresses(e) || _isOfTerms(e);
    }

    function _isOfAddresses(bytes4 e) private pure returns (bool) {
        return
            e == FilAddress.AddressInvalid.selector ||
            e == FilAddress.AddressNotId.selector ||
            e == IDealClient.ActorUnknown.selector ||
            e == IDealClient.ClientMismatch.selector ||
            e == ActorCall.PrecompileFailed.selector;
    }

    function _isOfTerms(bytes4 e) private pure returns (bool) {
        return
            e == IDealClient.ProposalUnknown.selector ||
            e == IDealClient.VerifiedDealsEnded.selector ||
            e == IDealClient.PieceCidInvalid.selector ||
            e == IDealClient.PieceCidMismatch.selector ||
            e == IDealClient.PieceSizeMismatch.selector ||
            e == IDealClient.LabelMismatch.selector ||
            e == IDealClient.StartEpochMismatch.selector ||
            e == IDealClient.EndEpochMismatch.selector ||
            e == IDealClient.PriceMismatch.selector ||
            e == IDealClient.ProviderCollateralMismatch.selector ||
            e == IDealClient.ClientCollateralMismatch.selector;
    }
}
