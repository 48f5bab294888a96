/**
 * RLE+ of a set of numbers, as contracts/localnet/BitField.sol describes it. What is read comes from the localnet's own
 * actors, in the one form that a set has.
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

/** @returns Ascending. */
export function decodeRlePlus(bytes: Uint8Array): bigint[] {
  const end = bytes.length * 8
  let at = 3
  // Bits behind the end are the zeros that the writer cut off.
  const take = (count: number): bigint => {
    let value = 0n
    for (let i = 0; i < count; i++, at++) {
      const bit = ((bytes[at >> 3] ?? 0) >> (at & 7)) & 1
      value |= BigInt(bit) << BigInt(i)
    }
    return value
  }
  const takeRun = (): bigint => {
    if (take(1) === 1n) return 1n
    if (take(1) === 1n) return take(4)
    let length = 0n
    for (let shift = 0n; ; shift += 7n) {
      const group = take(8)
      length |= (group & 0x7fn) << shift
      if (group < 0x80n) return length
    }
  }
  const hasOnes = (): boolean => {
    for (let bit = at; bit < end; bit++) if (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) return true
    return false
  }
  const ids: bigint[] = []
  let isOnes = ((bytes[0] ?? 0) & 4) !== 0
  let position = 0n
  while (hasOnes()) {
    const next = position + takeRun()
    if (isOnes) for (let id = position; id < next; id++) ids.push(id)
    position = next
    isOnes = !isOnes
  }
  return ids
}
