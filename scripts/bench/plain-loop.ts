/**
 * A peer: the piece commitment as one would write it first, given a fast hash. All bytes lie in one buffer, FR32 goes byte
 * by byte, and each level of the tree is hashed with one call. Its two buffers are kept from call to call, because fresh
 * ones of this size would be timed as page faults.
 */
import type { PieceCommitment } from '../../src/piece/piece-cid.ts'
import { PADDED_QUAD_SIZE, paddedSize, QUAD_SIZE } from '../../src/piece/size.ts'
import type { HashInto } from './hashtree.ts'

const NODE_SIZE = 32
/** Two top bits of every node are zero. */
const TOP_MASK = 0x3f

/** A function that commits to the bytes it is given. */
export function createPlainLoop(hashInto: HashInto): (bytes: Uint8Array) => PieceCommitment {
  let even = new Uint8Array(0)
  let odd = new Uint8Array(0)
  return (bytes) => {
    const pieceSize = paddedSize(bytes.length)
    if (even.length < pieceSize) {
      even = new Uint8Array(pieceSize)
      odd = new Uint8Array(pieceSize / 2)
    }
    padAll(bytes, even.subarray(0, pieceSize))
    let [from, to] = [even, odd]
    for (let size = pieceSize; size > NODE_SIZE; size /= 2) {
      const parents = to.subarray(0, size / 2)
      hashInto(from.subarray(0, size), parents)
      for (let top = NODE_SIZE - 1; top < parents.length; top += NODE_SIZE)
        parents[top] = (parents[top] as number) & TOP_MASK
      ;[from, to] = [to, from]
    }
    return { root: from.slice(0, NODE_SIZE), size: bytes.length, pieceSize }
  }
}

function padAll(bytes: Uint8Array, padded: Uint8Array): void {
  const whole = Math.floor(bytes.length / QUAD_SIZE)
  for (let quad = 0; quad < whole; quad++)
    padQuad(bytes, quad * QUAD_SIZE, padded, quad * PADDED_QUAD_SIZE)
  padded.fill(0, whole * PADDED_QUAD_SIZE)
  const rest = bytes.subarray(whole * QUAD_SIZE)
  if (rest.length === 0) return
  const last = new Uint8Array(QUAD_SIZE)
  last.set(rest)
  padQuad(last, 0, padded, whole * PADDED_QUAD_SIZE)
}

/** 127 bytes → 128: each quarter begins two bits higher than the one before it. */
function padQuad(raw: Uint8Array, at: number, padded: Uint8Array, to: number): void {
  const byte = (i: number): number => raw[at + i] as number
  for (let i = 0; i < 32; i++) padded[to + i] = byte(i)
  for (let i = 32; i < 64; i++) padded[to + i] = (byte(i) << 2) | (byte(i - 1) >> 6)
  for (let i = 64; i < 96; i++) padded[to + i] = (byte(i) << 4) | (byte(i - 1) >> 4)
  for (let i = 96; i < 127; i++) padded[to + i] = (byte(i) << 6) | (byte(i - 1) >> 2)
  padded[to + 127] = byte(126) >> 2
  for (let top = NODE_SIZE - 1; top < PADDED_QUAD_SIZE; top += NODE_SIZE)
    padded[to + top] = (padded[to + top] as number) & TOP_MASK
}
