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
import { CID_SIZE } from './cid.ts'

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

/** What stands before the bytes of a block: length and CID. */
export function sectionHead(cid: CID, blockSize: number): Uint8Array {
  return Buffer.concat([encodeVarint(cid.byteLength + blockSize), cid.bytes])
}
