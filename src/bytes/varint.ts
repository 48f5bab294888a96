/**
 * Unsigned LEB128: seven bits per byte, lowest first, the top bit set on every byte but the last. At most 64 bits in
 * ten bytes, and only the shortest form: a value has exactly one encoding.
 * @see https://github.com/multiformats/unsigned-varint
 */
import { StorageError, type ErrorCode } from '../errors.ts'

const MAX_UINT64 = (1n << 64n) - 1n
const MAX_GROUPS = 10

/** @throws ARGUMENT_INVALID for a negative number, a fraction, an unsafe integer or more than 64 bits */
export function encodeVarint(n: bigint | number): Uint8Array {
  if (typeof n === 'number' && !Number.isSafeInteger(n)) throw outOfRange(n)
  let rest = BigInt(n)
  if (rest < 0n || rest > MAX_UINT64) throw outOfRange(n)
  const groups: number[] = []
  while (rest > 0x7fn) {
    groups.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  groups.push(Number(rest))
  return Uint8Array.from(groups)
}

/**
 * Reads one value at `offset`; `next` is the offset behind it. `code` names the error of the format being decoded.
 * @throws `code` when the bytes end early, the form is not the shortest or the value exceeds 64 bits
 */
export function decodeVarint(
  bytes: Uint8Array,
  offset = 0,
  code: ErrorCode = 'ARGUMENT_INVALID',
): { value: bigint; next: number } {
  let value = 0n
  for (let group = 0; group < MAX_GROUPS; group++) {
    const byte = bytes[offset + group]
    if (byte === undefined)
      throw new StorageError(code, { what: 'a varint ends early', got: `${group} bytes` })
    value |= BigInt(byte & 0x7f) << BigInt(7 * group)
    if (byte < 0x80) {
      if (byte === 0 && group > 0)
        throw new StorageError(code, { what: 'a varint is not in its shortest form' })
      if (value > MAX_UINT64) break
      return { value, next: offset + group + 1 }
    }
  }
  throw new StorageError(code, { what: 'a varint exceeds 64 bits' })
}

function outOfRange(n: bigint | number): StorageError {
  return new StorageError('ARGUMENT_INVALID', {
    what: 'the number cannot be a varint',
    expected: 'a whole number from 0 to 2^64 - 1',
    got: n,
  })
}
