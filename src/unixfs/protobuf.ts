/**
 * Varints of protobuf for whole numbers from 0 to 2^53 - 1: unsigned LEB128, as in `bytes/varint.ts`. That one works in
 * bigint and allocates; these are for millions of links.
 * @see https://protobuf.dev/programming-guides/encoding/#varints
 */

export function varintSize(n: number): number {
  let size = 1
  for (let rest = n; rest >= 0x80; rest /= 0x80) size += 1
  return size
}

/** Writes `n` at `offset`; returns the offset behind it. */
export function writeVarint(n: number, into: Uint8Array, offset: number): number {
  let at = offset
  let rest = n
  // From 2^31 on, the operators of integers no longer apply.
  for (; rest >= 2 ** 31; rest = Math.floor(rest / 0x80)) into[at++] = (rest % 0x80) | 0x80
  for (; rest >= 0x80; rest >>>= 7) into[at++] = (rest & 0x7f) | 0x80
  into[at++] = rest
  return at
}
