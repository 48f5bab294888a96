// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Valid bytes to damage
/// @dev   Names of the cases in test/vectors/f05-cbor.json stand beside them.
library Corpus {
    bytes private constant HEAD =
        hex"8bd82a5828000181e203922020abababababababababababababababababababababababababababababababab1a00040000f4";
    bytes private constant CLIENT = hex"56040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a79";
    bytes private constant CLIENT_ID = hex"4300d209";
    bytes private constant PROVIDER = hex"4400b08b01";
    bytes private constant LABEL_AND_EPOCHS =
        hex"783b626166796265696561776c6d67746e62343535796e7261376b78797a697076686678726d7335796575796c723477376462707837773465367471651a004f58801a00671380";

    /// @dev bigint.valid, 2^256 - 1.
    bytes private constant LARGEST = hex"582100ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    /// @dev dealProposal.valid "golden", "golden-priced", "golden-normalised", "golden-bytes-label-2",
    ///      "golden-provider-f00".
    function proposals() internal pure returns (bytes[] memory all) {
        all = new bytes[](5);
        all[0] = bytes.concat(HEAD, CLIENT, PROVIDER, LABEL_AND_EPOCHS, hex"404040");
        all[1] = bytes.concat(HEAD, CLIENT, PROVIDER, LABEL_AND_EPOCHS, hex"43002faf4800038d7ea4c6800040");
        all[2] = bytes.concat(HEAD, CLIENT_ID, PROVIDER, LABEL_AND_EPOCHS, hex"404040");
        all[3] = bytes.concat(HEAD, CLIENT, PROVIDER, hex"420102", hex"1a004f58801a00671380404040");
        all[4] = bytes.concat(HEAD, CLIENT, hex"420000", LABEL_AND_EPOCHS, hex"404040");
    }

    /// @dev authenticateMessage.valid "golden / golden".
    function authenticate() internal pure returns (bytes memory) {
        return bytes.concat(hex"8242dead5899", proposals()[0]);
    }

    /// @dev marketNotifyDeal.valid "golden / first".
    function notification() internal pure returns (bytes memory) {
        return bytes.concat(hex"825886", proposals()[2], hex"1a00023ec6");
    }

    /// @dev One item each: bigint.valid, address.valid, extraParams.valid, dealProposal.valid and actorCalls.
    function items() internal pure returns (bytes[] memory all) {
        all = new bytes[](21);
        (all[0], all[1], all[2], all[3]) = (hex"00", hex"1818", hex"1903e8", hex"1a00023ec6");
        (all[4], all[5], all[6], all[7]) = (hex"1b0020000000000001", hex"20", hex"39010f", hex"3b7fffffffffffffff");
        (all[8], all[9], all[10], all[11]) = (hex"f4", hex"f5", hex"40", hex"4800038d7ea4c68000");
        (all[12], all[13]) = (CLIENT, PROVIDER);
        all[14] = hex"d82a5828000181e203922020abababababababababababababababababababababababababababababababab";
        all[15] = hex"781b68747470733a2f2f6465706f742e6578616d706c652f612e636172";
        // "Zürich ∑ 🚢", two-, three- and four-byte sequences.
        all[16] = hex"705ac3bc7269636820e2889120f09f9aa2";
        all[17] = hex"847768747470733a2f2f782e6578616d706c652f612e6361721a00039b9df4f4";
        (all[18], all[19]) = (proposals()[0], authenticate());
        all[20] = LARGEST;
    }

    /// @dev f00, f017840, f0 of 2^64 - 1, address.valid "f1-seeded", "f2-seeded", "f3-seeded", "f410-deal-client", and an
    ///      f4 of another namespace.
    function addresses() internal pure returns (bytes[] memory all) {
        all = new bytes[](8);
        (all[0], all[1], all[2]) = (hex"0000", hex"00b08b01", hex"00ffffffffffffffffff01");
        all[3] = hex"01fd6a40e65f460463093ad8d407547e0a7dbd938c";
        all[4] = hex"021cfc90016d7f7fd000cfd46beceb16dfd7c2d905";
        all[5] =
            hex"03aea09234d176fc204d9fdceae1ffddd05eaf76e5485723f4c58fd4ef250d39b8ff54909382d077fd562b3577af40a372";
        all[6] = hex"040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a79";
        all[7] = hex"0420ffffffffff";
    }

    /// @dev rlePlus.valid; the ids stand in test/contracts/localnet/BitField.t.sol.
    function bitFields() internal pure returns (bytes[] memory all) {
        all = new bytes[](10);
        (all[0], all[1], all[2], all[3]) = (hex"0c", hex"5002", hex"f003", hex"0022");
        (all[4], all[5], all[6], all[7]) = (hex"c0b81f21", hex"0050f8fa25", hex"2402", hex"b01c");
        all[8] = hex"c0ffffffffffffffff3f20";
        all[9] = hex"7002e6106a12889863ffff3f0410101010feffff21";
    }

    /* ANSWERS OF f05: actorCalls, direction "return" */

    /// @dev The last: the dearest, two amounts of 2^256 - 1.
    function balances() internal pure returns (bytes[] memory all) {
        all = new bytes[](4);
        all[3] = bytes.concat(hex"82", LARGEST, LARGEST);
        all[0] = hex"824040";
        all[1] = hex"8249000de0b6b3a764000040";
        all[2] = hex"824d0004000000000000000000000049000de0b6b3a7640000";
    }

    function activations() internal pure returns (bytes[] memory all) {
        all = new bytes[](4);
        (all[0], all[1]) = (hex"822020", hex"821a004f588120");
        (all[2], all[3]) = (hex"820020", hex"821a004f58811a0050df20");
    }

    /// @dev Of three deals: "two of three", its mirror image, none, all, and the dearest: three payments of 2^256 - 1.
    function settlements() internal pure returns (bytes[] memory all) {
        all = new bytes[](5);
        bytes memory payment = bytes.concat(hex"82", LARGEST, hex"f5");
        all[4] = bytes.concat(hex"8282038083", payment, payment, payment);
        all[0] = hex"8282028182011820828240f4824d00040000000000000000000000f5";
        all[1] = hex"82820281820218218282430003e8f58240f4";
        all[2] = hex"828200838200182082011182021180";
        all[3] = hex"82820380838240f48240f48240f4";
    }
}
