/**
 * The bytes of a CARv1 around its blocks.
 *
 *   header    [varint length][DAG-CBOR {roots: [CID], version: 1}]
 *   section   [varint length of CID and block][CID][block]
 * @see https://ipld.io/specs/transport/car/carv1/
 */
import { encode } from '@ipld/dag-cbor'
import type { CID } from 'multiformats/cid'
import { encodeVarint } from '../bytes/varint.ts'
import { StorageError } from '../errors.ts'
import { CID_SIZE, SHA2_256, SHA2_256_SIZE } from './cid.ts'

/** Bytes of a header with one root of 36 bytes: known before the root is. */
export const HEADER_SIZE = 1 + 22 + CID_SIZE

/** @throws INTERNAL unless `root` has 36 bytes, as every CID that `prepare` makes */
export function carHeader(root: CID): Uint8Array {
  const body = encode({ roots: [root], version: 1 })
  const header = Buffer.concat([encodeVarint(body.length), body])
  if (header.length !== HEADER_SIZE)
    throw new StorageError('INTERNAL', {
      what: `the CAR header of ${root} has an unexpected length`,
      expected: HEADER_SIZE,
      got: header.length,
    })
  return header
}

/** Bytes before those of a block in its section: the length, as a varint, and a CID of 36 bytes. */
export function sectionHeadSize(blockSize: number): number {
  let size = 1 + CID_SIZE
  for (let rest = CID_SIZE + blockSize; rest > 0x7f; rest = Math.floor(rest / 0x80)) size += 1
  return size
}

/** Writes those bytes at `offset`, for a CIDv1 with a SHA-256 digest; `codec` is below 0x80. */
export function writeSectionHead(
  into: Uint8Array,
  offset: number,
  codec: number,
  digest: Uint8Array,
  blockSize: number,
): void {
  let at = offset
  let rest = CID_SIZE + blockSize
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) into[at++] = (rest % 0x80) | 0x80
  into[at++] = rest
  into[at++] = 1
  into[at++] = codec
  into[at++] = SHA2_256
  into[at++] = SHA2_256_SIZE
  into.set(digest, at)
}
