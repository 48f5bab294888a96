/** One spelling per CID, so that a piece is found by any spelling of its piece CIDs or its root. */
import { CID } from 'multiformats/cid'
import { StorageError } from '../errors.ts'

/** Longest text taken for a CID: twice a base32 CID with a 512-bit hash. */
export const MAX_CID_TEXT = 256

/**
 * CIDv1 in base32. CIDv0 becomes the CIDv1 of the same block.
 * Errors: CID_INVALID.
 */
export function cidKey(text: string): string {
  if (text.length > MAX_CID_TEXT) {
    throw new StorageError('CID_INVALID', {
      what: 'text is too long for a CID',
      expected: `at most ${MAX_CID_TEXT} characters`,
      got: text.length,
    })
  }
  try {
    return CID.parse(text).toV1().toString()
  } catch (cause) {
    throw new StorageError('CID_INVALID', {
      what: `"${text}" is not a CID`,
      hint: 'a piece CID begins with baga or bafkz, a root CID with bafy, bafk or Qm',
      cause,
    })
  }
}
