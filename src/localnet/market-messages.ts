/**
 * Params and returns of f05's methods that the controls use. Layouts: builtin-actors actors/market/src/{deal,types}.rs, as
 * contracts/localnet/market documents them.
 */
import { decode, encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { decodeRlePlus, encodeRlePlus } from './rle-plus.ts'

// FRC-0042 numbers of method names.
export const ADD_BALANCE = 822473126n
export const GET_BALANCE = 726108461n
export const PUBLISH_STORAGE_DEALS = 2236929350n
export const SETTLE_DEAL_PAYMENTS = 1900091594n
export const GET_DEAL_DATA_COMMITMENT = 1157985802n
export const GET_DEAL_CLIENT = 128053329n
export const GET_DEAL_PROVIDER = 935081690n
export const GET_DEAL_TERM = 163777312n
export const GET_DEAL_ACTIVATION = 2567238399n
export const GET_DEAL_SECTOR = 2611213344n
export const GET_DEAL_LABEL = 46363526n
export const GET_DEAL_TOTAL_PRICE = 4287162428n
export const GET_DEAL_CLIENT_COLLATERAL = 200567895n
export const GET_DEAL_PROVIDER_COLLATERAL = 2986712137n

/** What client and provider agree on. Epochs of 30 s, money in attoFIL. */
export interface ProposalTerms {
  /** Piece CID v1, 39 bytes. */
  pieceCid: Uint8Array
  /** Padded bytes. */
  pieceSize: bigint
  /** Address bytes: `ethAddress('0x…')`, `idAddress(1000n)`. */
  client: Uint8Array
  provider: Uint8Array
  /** Up to 256 bytes. */
  label: string | Uint8Array
  startEpoch: bigint
  endEpoch: bigint
  pricePerEpoch: bigint
  providerCollateral: bigint
  clientCollateral: bigint
}

/** Position of the provider in a proposal. */
const PROVIDER = 4
const PROVIDER_COLLATERAL = 9
/** Type 2, BLS: f05 asks a contract whatever the type (ref-fvm shared/src/crypto/signature.rs). Boost signs so. */
const SIGNATURE = Uint8Array.of(2, 0xde, 0xad)
const ARRAY = 0x80

/** CBOR of a proposal. */
export function encodeProposal(terms: ProposalTerms): Uint8Array {
  const { pieceCid, pieceSize, client, provider, label, startEpoch, endEpoch } = terms
  const amounts = [terms.pricePerEpoch, terms.providerCollateral, terms.clientCollateral]
  const piece = [CID.decode(pieceCid), pieceSize, false]
  return encode([
    ...piece,
    client,
    provider,
    label,
    startEpoch,
    endEpoch,
    ...amounts.map(encodeAmount),
  ])
}

/** The proposal with another provider in it. */
export function withProvider(proposal: Uint8Array, provider: Uint8Array): Uint8Array {
  return encode((decode(proposal) as unknown[]).with(PROVIDER, provider))
}

/** attoFIL. */
export function providerCollateralOf(proposal: Uint8Array): bigint {
  return decodeAmount((decode(proposal) as unknown[])[PROVIDER_COLLATERAL] as Uint8Array)
}

/** [[[proposal, signature]…]]. Proposals go in byte for byte. */
export function encodePublish(proposals: Uint8Array[]): Uint8Array {
  const signature = encode(SIGNATURE)
  const deals = proposals.flatMap((proposal) => [Uint8Array.of(ARRAY | 2), proposal, signature])
  return Buffer.concat([Uint8Array.of(ARRAY | 1), arrayHead(proposals.length), ...deals])
}

/** [[ids…], RLE+ of the places of the deals that became ids] */
export function decodePublish(returned: Uint8Array): { dealIds: bigint[]; places: bigint[] } {
  const [ids, valid] = decode(returned) as [number[], Uint8Array]
  return { dealIds: ids.map(BigInt), places: decodeRlePlus(valid) }
}

/** RLE+ of one id, in bytes. */
export function encodeSettle(dealId: bigint): Uint8Array {
  return encode(encodeRlePlus([dealId]))
}

export interface Settlement {
  /** attoFIL from client to provider. */
  payment: bigint
  /** The deal ended with it. */
  completed: boolean
}

/** [[success count, [[index, code]…]], [[payment, completed]…]] → the settlement of the one deal, or its exit code. */
export function decodeSettle(returned: Uint8Array): Settlement | { exitCode: number } {
  type Answer = [[number, [number, number][]], [Uint8Array, boolean][]]
  const [[, failures], settlements] = decode(returned) as Answer
  const [settlement] = settlements
  if (settlement === undefined) return { exitCode: failures[0]?.[1] ?? 0 }
  return { payment: decodeAmount(settlement[0]), completed: settlement[1] }
}

/** Big integers: no bytes for zero, else 00 and the value (ref-fvm shared/src/bigint/bigint_ser.rs). */
function encodeAmount(amount: bigint): Uint8Array {
  if (amount === 0n) return new Uint8Array()
  const hex = amount.toString(16)
  return Buffer.from(`00${hex.length % 2 === 0 ? '' : '0'}${hex}`, 'hex')
}

export function decodeAmount(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes.subarray(1)).toString('hex')}`)
}

function arrayHead(length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(ARRAY | length)
  if (length < 0x100) return Uint8Array.of(ARRAY | 24, length)
  return Uint8Array.of(ARRAY | 25, length >> 8, length & 0xff)
}
