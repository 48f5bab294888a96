/**
 * Piece CIDs, the two texts of one 32-byte commitment.
 *
 *   version 1   01 81e203 922020 [root 32]                  fil-commitment-unsealed, sha2-256-trunc254-padded
 *   version 2   01 55 9120 [length][padding varint][height 1][root 32]
 *                                                           raw, fr32-sha2-256-trunc254-padded-binary-tree
 *
 * Version 2 also says the size: a piece of `height` holds 127 · 2^(height - 2) bytes, `padding` of which are not payload.
 * @see FRC-0069; multicodec table for the codes
 */
import { toBase32, tryFromBase32 } from '../bytes/base32.ts'
import { fromHex, toHex } from '../bytes/hex.ts'
import { decodeVarint, encodeVarint } from '../bytes/varint.ts'
import { StorageError } from '../errors.ts'
import {
  heightFor,
  MAX_HEIGHT,
  MIN_HEIGHT,
  paddedSize,
  pieceSizeOf,
  unpaddedCapacity,
} from './size.ts'

const ROOT_SIZE = 32
const V1_PREFIX = Uint8Array.of(0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20)
const V2_PREFIX = Uint8Array.of(0x01, 0x55, 0x91, 0x20)

/** The commitment of some bytes: root of the tree, raw bytes, padded bytes. */
export interface PieceCommitment {
  readonly root: Uint8Array
  readonly size: number
  readonly pieceSize: number
}

export interface PieceCidV1 {
  readonly version: 1
  readonly root: Uint8Array
  readonly size?: undefined
  readonly pieceSize?: undefined
  readonly height?: undefined
}

export interface PieceCidV2 extends PieceCommitment {
  readonly version: 2
  readonly height: number
}

/** `baga6ea4seaq…`, the form on chain. */
export function pieceCidV1(commitment: { readonly root: Uint8Array }): string {
  return `b${toBase32(pieceCidV1Bytes(commitment.root))}`
}

/** `bafkzcib…`, the form of FRC-0069. @throws ARGUMENT_INVALID unless `pieceSize` is the smallest for `size` */
export function pieceCidV2({ root, size, pieceSize }: PieceCommitment): string {
  requireRoot(root)
  if (paddedSize(size) !== pieceSize)
    throw new StorageError('ARGUMENT_INVALID', {
      what: `a version 2 piece CID cannot state this piece size for ${size} bytes`,
      expected: paddedSize(size),
      got: pieceSize,
    })
  const padding = encodeVarint(unpaddedCapacity(pieceSize) - size)
  const digest = [...padding, heightFor(size), ...root]
  return `b${toBase32(Uint8Array.of(...V2_PREFIX, digest.length, ...digest))}`
}

/** 39 bytes, without the `00` that CBOR puts before a CID. */
export function pieceCidV1Bytes(root: Uint8Array): Uint8Array {
  requireRoot(root)
  return Uint8Array.of(...V1_PREFIX, ...root)
}

/**
 * Reads a piece CID of either version: bytes, or text in base32 (`b…`) or base16 (`f…`). `root` is a copy.
 * @throws CID_INVALID for anything else, a padding that a smaller piece would not need, and sizes above 2^52 bytes
 */
export function parsePieceCid(cid: string | Uint8Array): PieceCidV1 | PieceCidV2 {
  const bytes = typeof cid === 'string' ? bytesOfText(cid) : cid
  const shown = typeof cid === 'string' ? cid : toHex(cid)
  if (startsWith(bytes, V1_PREFIX)) {
    const root = bytes.slice(V1_PREFIX.length)
    if (root.length !== ROOT_SIZE) throw invalid(`its root has ${root.length} bytes, not 32`, shown)
    return { version: 1, root }
  }
  if (startsWith(bytes, V2_PREFIX)) return parseV2(bytes, shown)
  throw invalid('it is the CID of something else', shown)
}

function parseV2(bytes: Uint8Array, shown: string): PieceCidV2 {
  const digest = bytes.subarray(V2_PREFIX.length + 1)
  if (bytes[V2_PREFIX.length] !== digest.length) throw invalid('its length is not as stated', shown)
  const { value: padding, next } = decodeVarint(digest, 0, 'CID_INVALID')
  const height = digest[next]
  const root = digest.slice(next + 1)
  if (root.length !== ROOT_SIZE) throw invalid(`its root has ${root.length} bytes, not 32`, shown)
  if (height === undefined || height < MIN_HEIGHT || height > MAX_HEIGHT)
    throw invalid(`its height is not ${MIN_HEIGHT} to ${MAX_HEIGHT}`, shown)
  const pieceSize = pieceSizeOf(height)
  const capacity = unpaddedCapacity(pieceSize)
  if (padding > BigInt(capacity)) throw invalid('its padding exceeds the piece', shown)
  const size = capacity - Number(padding)
  if (heightFor(size) !== height) throw invalid('its payload fits a smaller piece', shown)
  return { version: 2, root, size, pieceSize, height }
}

function bytesOfText(text: string): Uint8Array {
  if (/^f(?:[0-9a-f]{2})+$/.test(text)) return fromHex(`0x${text.slice(1)}`)
  const bytes = text.startsWith('b') ? tryFromBase32(text.slice(1)) : undefined
  if (bytes === undefined) throw invalid('it is not base32 text (b…)', text)
  return bytes
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, i) => bytes[i] === byte)
}

function requireRoot(root: Uint8Array): void {
  if (root.length !== ROOT_SIZE)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'a commitment is a hash',
      expected: `${ROOT_SIZE} bytes`,
      got: `${root.length} bytes`,
    })
}

function invalid(why: string, got: string): StorageError {
  return new StorageError('CID_INVALID', {
    what: `the piece CID is not valid: ${why}`,
    got: got.length > 120 ? `${got.slice(0, 120)}…` : got,
    hint: 'a piece CID starts with baga6ea4seaq (version 1) or bafkzcib (version 2)',
  })
}
