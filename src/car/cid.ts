/**
 * CIDs as they stand in a CAR, read strictly.
 *
 *   version 0   12 20 [digest 32]                            dag-pb
 *   version 1   01 [codec varint][hash varint][length varint][digest]
 *
 * Only hashes that are checked here are accepted: sha2-256 (0x12) and identity (0x00).
 * @see https://github.com/multiformats/cid
 */
import { hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { decodeVarint } from '../bytes/varint.ts'
import { StorageError } from '../errors.ts'

const IDENTITY = 0x00
export const SHA2_256 = 0x12
export const SHA2_256_SIZE = 32
/** Identity CIDs above 128 bytes are refused by boxo (`verifcid`) and kubo too. */
export const MAX_IDENTITY_SIZE = 128
/** The multicodec table has no code above 2^28. */
const MAX_CODEC = 2n ** 28n

export const RAW = 0x55
export const DAG_PB = 0x70
export const DAG_CBOR = 0x71

/** A CIDv1 with a sha2-256 digest and a one-byte codec: what `prepare` writes. */
export const CID_SIZE = 4 + SHA2_256_SIZE

/** Reads the CID at `offset`; `next` is the offset behind it. The digest is copied. @throws CAR_INVALID */
export function readCid(bytes: Uint8Array, offset = 0): { cid: CID; next: number } {
  if (bytes[offset] === SHA2_256) {
    const { value, next } = readDigest(bytes, offset)
    return { cid: CID.createV0(Digest.create(SHA2_256, value.digest)), next }
  }
  const version = decodeVarint(bytes, offset, 'CAR_INVALID')
  if (version.value !== 1n) throw invalid(`its version is ${version.value}`)
  const codec = decodeVarint(bytes, version.next, 'CAR_INVALID')
  if (codec.value > MAX_CODEC) throw invalid(`its codec is ${codec.value}`)
  const { value: digest, next } = readDigest(bytes, codec.next)
  return { cid: CID.createV1(Number(codec.value), digest), next }
}

function readDigest(bytes: Uint8Array, offset: number): { value: AnyDigest; next: number } {
  const code = decodeVarint(bytes, offset, 'CAR_INVALID')
  const length = decodeVarint(bytes, code.next, 'CAR_INVALID')
  const size = Number(length.value)
  if (code.value === BigInt(SHA2_256)) {
    if (size !== SHA2_256_SIZE) throw invalid(`its sha2-256 digest has ${size} bytes`)
  } else if (code.value === BigInt(IDENTITY)) {
    if (size > MAX_IDENTITY_SIZE) throw invalid(`its identity digest has ${size} bytes`)
  } else {
    throw invalid(`its hash function 0x${code.value.toString(16)} is not sha2-256 or identity`)
  }
  const next = length.next + size
  if (next > bytes.length) throw invalid('it ends early')
  return { value: Digest.create(Number(code.value), bytes.slice(length.next, next)), next }
}

type AnyDigest = ReturnType<typeof Digest.create>

export function isIdentity(cid: CID): boolean {
  return cid.multihash.code === IDENTITY
}

/** @throws BLOCK_MISMATCH unless `bytes` hash to `cid` */
export function verifyBlock(cid: CID, bytes: Uint8Array): void {
  const actual = isIdentity(cid) ? bytes : hash('sha256', bytes, 'buffer')
  if (Buffer.compare(actual, cid.multihash.digest) !== 0)
    throw new StorageError('BLOCK_MISMATCH', {
      what: `the block ${cid} (${bytes.length} bytes) does not hash to its CID`,
      hint: 'the bytes were altered or cut; fetch them again or from elsewhere',
    })
}

function invalid(why: string): StorageError {
  return new StorageError('CAR_INVALID', { what: `a CID in the CAR is not accepted: ${why}` })
}
