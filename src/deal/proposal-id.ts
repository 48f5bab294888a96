/**
 * The id of a proposal, as the client contract computes it: Keccak-256 of the canonical CBOR of the proposal, the client in
 * its f410 form, the provider left out of the array of 11. It fixes every field but the provider.
 * @see contracts/filecoin/DealProposals.sol
 */
import * as dagCbor from '@ipld/dag-cbor'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { f410FromEth, idAddress } from '../bytes/address.ts'
import { toHex } from '../bytes/hex.ts'
import { type DealProposal, proposalField } from './proposal.ts'

/** Place of the provider among the fields. */
const PROVIDER = 4
/** CBOR of an array of 11, though 10 of them follow. */
const ARRAY_OF_11 = 0x8b

/**
 * 0x and 64 hexadecimal digits.
 * @param owner The client contract, 0x…
 * @throws ADDRESS_INVALID when `owner` has no f410 address
 */
export function proposalIdOf(
  terms: Omit<DealProposal, 'client' | 'provider'>,
  owner: string,
): string {
  const proposal = { ...terms, client: f410FromEth(owner), provider: idAddress(0n) }
  const fields = (proposalField.write(proposal) as unknown[]).toSpliced(PROVIDER, 1)
  const bytes = dagCbor.encode(fields)
  bytes[0] = ARRAY_OF_11
  return toHex(keccak_256(bytes))
}
