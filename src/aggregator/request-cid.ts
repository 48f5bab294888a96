/** What the bytes of a request name: a piece by its commitment, or content by its root. */
import { CID } from 'multiformats/cid'
import { StorageError } from '../errors.ts'
import { parsePieceCid, type PieceCidV1, type PieceCidV2 } from '../piece/piece-cid.ts'

export type Subject =
  | { readonly kind: 'piece'; readonly cid: string; readonly piece: PieceCidV1 | PieceCidV2 }
  | { readonly kind: 'content'; readonly root: CID }

/** Multicodec table: fil-commitment-unsealed, and the multihash of piece CIDs of version 2. */
const COMMITMENT_CODEC = 0xf101
const PIECE_MULTIHASH = 0x1011
const SHA2_256 = 0x12

/**
 * @param bytes A CID in binary, also with the `00` that CBOR puts before it, or its text.
 * @throws CID_INVALID for anything else, and for a root whose hash is not sha2-256
 */
export function subjectOf(bytes: Uint8Array): Subject {
  const cid = binaryCid(bytes) ?? textCid(bytes)
  if (cid === undefined) throw invalid('the bytes are no CID', `${bytes.length} bytes`)
  if (cid.code === COMMITMENT_CODEC || cid.multihash.code === PIECE_MULTIHASH)
    return { kind: 'piece', cid: cid.toString(), piece: parsePieceCid(cid.bytes) }
  if (cid.multihash.code !== SHA2_256)
    throw invalid('a root with this hash cannot be checked', cid.toString())
  return { kind: 'content', root: cid }
}

function binaryCid(bytes: Uint8Array): CID | undefined {
  try {
    return CID.decode(bytes[0] === 0 ? bytes.subarray(1) : bytes)
  } catch {
    // Decoding is the only test that multiformats offers; it throws errors of several types.
    return undefined
  }
}

function textCid(bytes: Uint8Array): CID | undefined {
  try {
    return CID.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function invalid(what: string, got: string): StorageError {
  return new StorageError('CID_INVALID', {
    what: `the request names nothing that can be fetched: ${what}`,
    expected: 'a piece CID, or a root CID with sha2-256',
    got,
  })
}
