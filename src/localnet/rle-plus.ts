/**
 * RLE+ of a set of numbers, as contracts/localnet/BitField.sol describes it. Only the writing half: the localnet reads none.
 */

/** @param ids In any order, repetitions allowed, 0 to 2^64 - 2. */
export function encodeRlePlus(ids: Iterable<bigint>): Uint8Array {
  const sorted = [...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1))
  const bits: number[] = []
  const put = (value: bigint, count: number) => {
    for (let i = 0; i < count; i++) bits.push(Number((value >> BigInt(i)) & 1n))
  }
  const putRun = (length: bigint) => {
    if (length === 1n) return put(1n, 1)
    if (length < 16n) {
      put(2n, 2)
      return put(length, 4)
    }
    put(0n, 2)
    let rest = length
    for (; rest >= 0x80n; rest >>= 7n) put((rest & 0x7fn) | 0x80n, 8)
    return put(rest, 8)
  }
  if (sorted.length === 0) return new Uint8Array()
  put(sorted[0] === 0n ? 4n : 0n, 3)
  let position = 0n
  for (let i = 0; i < sorted.length;) {
    const first = sorted[i] ?? 0n
    let next = first
    for (; i < sorted.length && sorted[i] === next; i++) next++
    if (first > position) putRun(first - position)
    putRun(next - first)
    position = next
  }
  while (bits.at(-1) === 0) bits.pop()
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7))
  return bytes
}
