/** Blocks of a CAR on disk by their CID, through the index that was made while the CAR was checked. */
import type { FileHandle } from 'node:fs/promises'
import type { CID } from 'multiformats/cid'
import { isIdentity, verifyBlock } from '../car/cid.ts'
import type { DagIndex } from '../car/dag-index.ts'
import { StorageError } from '../errors.ts'

/** @throws CAR_INVALID when the CAR has no such block, BLOCK_MISMATCH when the file was altered since it was checked */
export async function readBlock(file: FileHandle, index: DagIndex, cid: CID): Promise<Uint8Array> {
  if (isIdentity(cid)) return cid.multihash.digest
  const place = index.find(cid)
  if (place === undefined)
    throw new StorageError('CAR_INVALID', { what: `the CAR has no block ${cid}` })
  const bytes = Buffer.allocUnsafeSlow(place.size)
  const { bytesRead } = await file.read(bytes, 0, place.size, place.offset)
  verifyBlock(cid, bytes.subarray(0, bytesRead))
  return bytes
}
