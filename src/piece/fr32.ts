/**
 * FR32: two zero bits behind every 254 bits, so that each 32 bytes are a number below the order of the field. 127 raw
 * bytes (a quad) become 128. Bits count from the lowest of each byte up.
 *
 * Leaf k of a quad (32 bytes) begins at raw bit 254k, which is 2k bits before its place in the padded bytes. So padded
 * byte i takes raw bytes i and i - 1, shifted by 2k.
 *
 * This is the plain form, for few bytes and for comparison; fr32.wat is the fast one.
 * @see https://github.com/filecoin-project/rust-fil-proofs, crate fr32
 */
import { StorageError } from '../errors.ts'
import { PADDED_QUAD_SIZE, QUAD_SIZE } from './size.ts'

const LEAF_SIZE = 32
const TOP_BYTE_MASK = 0x3f

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
