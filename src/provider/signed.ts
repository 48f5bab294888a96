/**
 * A proposal as f05 and the provider's own book see it: with a signature. A contract signs nothing, so the signature
 * is the constant that Boost uses: type BLS (2) with the data 0xdead.
 * @see boost storagemarket/contract_deal_monitor.go:161-180
 */
import { fromHex } from '../bytes/hex.ts'
import { CONTRACT_SIGNATURE } from '../deal/mk12-offer.ts'
import { authenticateMessageParams, publishStorageDealsParams } from '../deal/params.ts'
import { type DealProposal, decodeProposal, encodeProposal, proposalCid } from '../deal/proposal.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'

const SIGNATURE_DATA = CONTRACT_SIGNATURE.subarray(1)
const SIGNATURE = CONTRACT_SIGNATURE

/** Params of AuthenticateMessage: the signature without its type. */
export function authParams(proposal: DealProposal): Uint8Array {
  return authenticateMessageParams.encode({ signature: SIGNATURE_DATA, proposal })
}

/** Params of PublishStorageDeals. */
export function publishParams(proposals: readonly DealProposal[]): Uint8Array {
  return publishStorageDealsParams.encode({
    deals: proposals.map((proposal) => ({ proposal, signature: SIGNATURE })),
  })
}

/**
 * CID of the signed proposal, by which Boost recognises what it accepted before. The signature being constant, it
 * depends on the terms alone. CBOR: [array 2][proposal][byte string signature].
 * @see boost storagemarket/provider_loop.go:315-348
 */
export function identityOf(proposal: DealProposal): string {
  const bytes = encodeProposal(proposal)
  return proposalCid(Uint8Array.of(0x82, ...bytes, 0x40 | SIGNATURE.length, ...SIGNATURE))
}

/** The proposal of an accepted record, this provider in it. */
export function proposalOf({ proposal }: { readonly proposal: string }): DealProposal {
  return decodeProposal(fromHex(proposal))
}

/** Its piece CID v1: `decide` has checked the form, the last 32 bytes are the commitment. */
export function pieceCidOf(record: { readonly proposal: string }): string {
  return pieceCidV1({ root: proposalOf(record).pieceCid.slice(-32) })
}
