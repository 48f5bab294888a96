/** A proposal that every rule likes, and the piece it is about. */
import { Piece } from '@web3-storage/data-segment'
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { f410FromEth, idAddress } from '../../../../src/bytes/address.ts'
import { encodeVarint } from '../../../../src/bytes/varint.ts'
import type { DealProposal } from '../../../../src/deal/proposal.ts'

export const CLIENT = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
export const PROVIDER = 1000n

export interface Sample {
  readonly car: Uint8Array
  readonly root: string
  /** 39 bytes. */
  readonly pieceCid: Uint8Array
  readonly pieceCidText: string
  /** Padded bytes. */
  readonly pieceSize: bigint
}

/** A CARv1 with one raw block of `size` bytes that differ with `seed`; the commitment is data-segment's. */
export async function sampleCar(size = 1000, seed = 1): Promise<Sample> {
  const block = Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed * 7) & 0xff)
  const cid = CID.createV1(raw.code, await sha256.digest(block))
  const header = dagCbor.encode({ roots: [cid], version: 1 })
  const car = Uint8Array.of(
    ...encodeVarint(header.length),
    ...header,
    ...encodeVarint(cid.bytes.length + block.length),
    ...cid.bytes,
    ...block,
  )
  const piece = Piece.fromPayload(car)
  const { link } = piece.toInfo()
  return {
    car,
    root: cid.toString(),
    pieceCid: link.bytes,
    pieceCidText: link.toString(),
    pieceSize: piece.size,
  }
}

export function proposalFor(sample: Sample, changes: Partial<DealProposal> = {}): DealProposal {
  return {
    pieceCid: sample.pieceCid,
    pieceSize: sample.pieceSize,
    verifiedDeal: false,
    client: f410FromEth(CLIENT),
    provider: idAddress(PROVIDER),
    label: `request-1/ipfs/${sample.root}`,
    startEpoch: 1100n,
    endEpoch: 1100n + 520_000n,
    storagePricePerEpoch: 50_000_000n,
    providerCollateral: 1_500n,
    clientCollateral: 0n,
    ...changes,
  }
}
