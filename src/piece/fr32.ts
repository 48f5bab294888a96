/**
 * FR32: two zero bits behind every 254 bits, so that each 32 bytes are a number below the order of the field. 127 raw
 * bytes (a quad) become 128. Bits count from the lowest of each byte up.
 *
 * Leaf k of a quad (32 bytes) begins at raw bit 254k, which is 2k bits before its place in the padded bytes. So padded
 * byte i takes raw bytes i and i - 1, shifted by 2k.
 *
 * `padFr32Words` does the same with 32-bit words: four quads are exactly 127 words, and become 128 words of 16 leaves.
 * @see https://github.com/filecoin-project/rust-fil-proofs, crate fr32
 */
import { StorageError } from '../errors.ts'
import { PADDED_QUAD_SIZE, QUAD_SIZE } from './size.ts'

const LEAF_SIZE = 32
const TOP_BYTE_MASK = 0x3f
const TOP_WORD_MASK = 0x3fffffff
const GROUP_WORDS = 127
const GROUP_LEAVES = 16

/** Pads whole quads. @throws ARGUMENT_INVALID unless the length is a multiple of 127 */
export function padFr32(raw: Uint8Array): Uint8Array {
  const quads = countOf(raw, QUAD_SIZE)
  const padded = new Uint8Array(quads * PADDED_QUAD_SIZE)
  for (let quad = 0; quad < quads; quad++) {
    const from = raw.subarray(quad * QUAD_SIZE, (quad + 1) * QUAD_SIZE)
    const to = padded.subarray(quad * PADDED_QUAD_SIZE)
    for (let i = 0; i < PADDED_QUAD_SIZE; i++) {
      const shift = 2 * (i >>> 5)
      const byte = ((from[i] ?? 0) << shift) | ((from[i - 1] ?? 0) >>> (8 - shift))
      to[i] = isTopOfLeaf(i) ? byte & TOP_BYTE_MASK : byte
    }
  }
  return padded
}

/** The raw bytes of whole padded quads. @throws ARGUMENT_INVALID unless a multiple of 128, with zero bits where padding is */
export function unpadFr32(padded: Uint8Array): Uint8Array {
  const quads = countOf(padded, PADDED_QUAD_SIZE)
  const raw = new Uint8Array(quads * QUAD_SIZE)
  for (let quad = 0; quad < quads; quad++) {
    const from = padded.subarray(quad * PADDED_QUAD_SIZE, (quad + 1) * PADDED_QUAD_SIZE)
    const to = raw.subarray(quad * QUAD_SIZE, (quad + 1) * QUAD_SIZE)
    for (let i = 0; i < PADDED_QUAD_SIZE; i++) {
      const byte = from[i] ?? 0
      if (isTopOfLeaf(i) && byte > TOP_BYTE_MASK)
        throw new StorageError('ARGUMENT_INVALID', {
          what: `the bytes are not FR32: a padding bit is set in byte ${quad * PADDED_QUAD_SIZE + i}`,
        })
      // The last byte of a leaf holds six bits only: what follows moves up by as much less.
      const shift = 2 * (i >>> 5)
      const width = isTopOfLeaf(i) ? 6 : 8
      to[i] = (byte >>> shift) | ((from[i + 1] ?? 0) << (width - shift))
    }
  }
  return raw
}

/**
 * Pads `groups` × 508 bytes from `raw` into `groups` × 512 bytes of `padded`. `raw` holds one word more than it needs:
 * the last leaf reads, and masks, the word behind its group.
 */
export function padFr32Words(raw: Int32Array, padded: Int32Array, groups: number): void {
  let at = 0
  let to = 0
  for (let group = 0; group < groups; group++) {
    let before = 0
    for (let leaf = 0; leaf < GROUP_LEAVES; leaf++) {
      const up = 2 * leaf
      const down = 32 - up
      const w0 = raw[at] as number
      const w1 = raw[at + 1] as number
      const w2 = raw[at + 2] as number
      const w3 = raw[at + 3] as number
      const w4 = raw[at + 4] as number
      const w5 = raw[at + 5] as number
      const w6 = raw[at + 6] as number
      const w7 = raw[at + 7] as number
      if (leaf === 0) {
        // A shift by 32 is a shift by 0 in JavaScript.
        padded[to] = w0
        padded[to + 1] = w1
        padded[to + 2] = w2
        padded[to + 3] = w3
        padded[to + 4] = w4
        padded[to + 5] = w5
        padded[to + 6] = w6
        padded[to + 7] = w7 & TOP_WORD_MASK
      } else {
        padded[to] = (w0 << up) | (before >>> down)
        padded[to + 1] = (w1 << up) | (w0 >>> down)
        padded[to + 2] = (w2 << up) | (w1 >>> down)
        padded[to + 3] = (w3 << up) | (w2 >>> down)
        padded[to + 4] = (w4 << up) | (w3 >>> down)
        padded[to + 5] = (w5 << up) | (w4 >>> down)
        padded[to + 6] = (w6 << up) | (w5 >>> down)
        padded[to + 7] = ((w7 << up) | (w6 >>> down)) & TOP_WORD_MASK
      }
      before = w7
      at += 8
      to += 8
    }
    at += GROUP_WORDS - GROUP_LEAVES * 8
  }
}

/** Words are in the order of the machine, and FR32 counts from the low end. @throws INTERNAL on a big-endian machine */
export function requireLittleEndian(): void {
  const [low] = new Uint8Array(new Uint32Array([1]).buffer)
  if (low !== 1)
    throw new StorageError('INTERNAL', {
      what: 'pieces cannot be computed on this processor',
      expected: 'little-endian',
      got: 'big-endian',
    })
}

function isTopOfLeaf(i: number): boolean {
  return i % LEAF_SIZE === LEAF_SIZE - 1
}

function countOf(bytes: Uint8Array, unit: number): number {
  if (bytes.length % unit !== 0)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'the bytes are not whole FR32 quads',
      expected: `a multiple of ${unit} bytes`,
      got: `${bytes.length} bytes`,
    })
  return bytes.length / unit
}
