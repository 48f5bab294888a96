/**
 * The deal proposal of the built-in market: what a client agrees to and a provider publishes. CBOR array of 11, in the
 * order of the fields below; addresses and amounts as byte strings, the label as text or bytes.
 * @see builtin-actors actors/market/src/deal.rs:93-113; go-state-types builtin/v9/market
 */
import { blake2b } from '@noble/hashes/blake2.js'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import * as dagCbor from '@ipld/dag-cbor'
import {
  address,
  amount,
  bool,
  codec,
  type Codec,
  type Field,
  int64,
  label,
  pieceCid,
  tuple,
  uint64,
} from './cbor.ts'

export interface DealProposal {
  /** CIDv1 of the commitment, 39 bytes `0181e203922020 ‖ root`. */
  readonly pieceCid: Uint8Array
  /** Padded bytes. */
  readonly pieceSize: bigint
  /** Paid with DataCap; FIP-0118 ended that. */
  readonly verifiedDeal: boolean
  /** Filecoin address bytes, f410 before the market normalised it and f0 afterwards. */
  readonly client: Uint8Array
  readonly provider: Uint8Array
  readonly label: string | Uint8Array
  readonly startEpoch: bigint
  readonly endEpoch: bigint
  /** attoFIL per epoch for the whole piece. */
  readonly storagePricePerEpoch: bigint
  /** attoFIL. */
  readonly providerCollateral: bigint
  /** attoFIL. */
  readonly clientCollateral: bigint
}

export const proposalField: Field<DealProposal> = tuple<DealProposal>({
  pieceCid,
  pieceSize: uint64,
  verifiedDeal: bool,
  client: address,
  provider: address,
  label,
  startEpoch: int64,
  endEpoch: int64,
  storagePricePerEpoch: amount,
  providerCollateral: amount,
  clientCollateral: amount,
})

export const proposalCodec: Codec<DealProposal> = codec('the deal proposal', proposalField)

export function encodeProposal(proposal: DealProposal): Uint8Array {
  return proposalCodec.encode(proposal)
}

/** Strict: only the bytes that `encodeProposal` writes. Rules of the market are not checked. @throws CBOR_INVALID */
export function decodeProposal(bytes: Uint8Array): DealProposal {
  return proposalCodec.decode(bytes)
}

const BLAKE2B_256 = 0xb220

/**
 * The CID of an encoded proposal, dag-cbor and blake2b-256. Of the one with client and provider as f0 addresses, it is
 * the key of the market's pending proposals.
 */
export function proposalCid(bytes: Uint8Array): string {
  const digest = createDigest(BLAKE2B_256, blake2b(bytes, { dkLen: 32 }))
  return CID.createV1(dagCbor.code, digest).toString()
}
