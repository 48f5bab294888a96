/**
 * RLE+, the bit field that carries sets of deal or sector ids. Bits are read from the lowest of each byte up:
 * [version 2: 00][first run is of ones 1][runs, alternating], each run one of
 *
 *   1                        length 1
 *   01 [length 4]            length 2 to 15
 *   00 [varint]              length 16 and more
 *
 * The last run is of ones; zero bytes at the end are cut off. The empty set is no bytes.
 * @see filecoin-project/ref-fvm ipld/bitfield/src/rleplus/mod.rs
 */
import { StorageError } from '../errors.ts'
import { decodeVarint, encodeVarint } from './varint.ts'

/** Ids from `start` up to, not including, `end`. */
export interface IdRange {
  readonly start: bigint
  readonly end: bigint
}

const VERSION_BITS = 2
const SHORT_BITS = 4
const SHORT_LIMIT = 16n
const MAX_UINT64 = (1n << 64n) - 1n
/** Far above what fits one message; keeps a few hostile bytes from becoming 2^64 ids. */
const MAX_IDS = 1n << 20n

/** The bit field of a set: order and repetition do not matter. @throws ARGUMENT_INVALID for an id outside 0 … 2^64 - 2 */
export function encodeRlePlus(ids: Iterable<bigint>): Uint8Array {
  const ranges: { start: bigint; end: bigint }[] = []
  const ascending = [...ids].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  for (const id of ascending) {
    if (id < 0n || id >= MAX_UINT64)
      throw new StorageError('ARGUMENT_INVALID', {
        what: 'an id does not fit a bit field',
        got: id,
      })
    const last = ranges.at(-1)
    if (last !== undefined && id <= last.end) last.end = id + 1n
    else ranges.push({ start: id, end: id + 1n })
  }
  return encodeRanges(ranges)
}

/** The ids in ascending order. @throws CBOR_INVALID for any other form than the encoder's, and above 2^20 ids */
export function decodeRlePlus(bytes: Uint8Array): bigint[] {
  const ranges = decodeRanges(bytes)
  const count = ranges.reduce((sum, { start, end }) => sum + end - start, 0n)
  if (count > MAX_IDS) throw invalid(`it has ${count} ids, more than ${MAX_IDS}`)
  const ids: bigint[] = []
  for (const { start, end } of ranges) for (let id = start; id < end; id++) ids.push(id)
  return ids
}

/** Like `encodeRlePlus`, for ranges that ascend and do not touch. */
export function encodeRanges(ranges: readonly IdRange[]): Uint8Array {
  const first = ranges[0]
  if (first === undefined) return new Uint8Array(0)
  const out = new BitWriter()
  out.write(0, VERSION_BITS)
  out.write(first.start === 0n ? 1 : 0, 1)
  let at = 0n
  for (const { start, end } of ranges) {
    if (start > at) writeRun(out, start - at)
    writeRun(out, end - start)
    at = end
  }
  return out.toBytes()
}

/** Like `decodeRlePlus`, without a limit on the ids of a range. */
export function decodeRanges(bytes: Uint8Array): IdRange[] {
  if (bytes.length === 0) return []
  if (bytes.at(-1) === 0) throw invalid('the last byte is zero')
  const bits = new BitReader(bytes)
  if (bits.read(VERSION_BITS) !== 0) throw invalid('its version is not 0')
  let ones = bits.read(1) === 1
  let at = 0n
  const ranges: IdRange[] = []
  while (bits.hasOnes) {
    const length = readRun(bits)
    if (at + length > MAX_UINT64) throw invalid('it exceeds 64 bits')
    if (ones) ranges.push({ start: at, end: at + length })
    at += length
    ones = !ones
  }
  if (Buffer.compare(encodeRanges(ranges), bytes) !== 0)
    throw invalid('it is not in its shortest form')
  return ranges
}

function writeRun(out: BitWriter, length: bigint): void {
  if (length === 1n) return out.write(1, 1)
  if (length < SHORT_LIMIT) {
    out.write(0b10, 2)
    return out.write(Number(length), SHORT_BITS)
  }
  out.write(0, 2)
  for (const byte of encodeVarint(length)) out.write(byte, 8)
}

function readRun(bits: BitReader): bigint {
  if (bits.read(1) === 1) return 1n
  if (bits.read(1) === 1) return BigInt(bits.read(SHORT_BITS))
  const groups: number[] = []
  do groups.push(bits.read(8))
  while ((groups.at(-1) ?? 0) >= 0x80)
  return decodeVarint(Uint8Array.from(groups), 0, 'CBOR_INVALID').value
}

function invalid(why: string): StorageError {
  return new StorageError('CBOR_INVALID', { what: `a bit field is malformed: ${why}` })
}

class BitWriter {
  readonly #bytes: number[] = []
  #bits = 0

  write(value: number, width: number): void {
    for (let i = 0; i < width; i++, this.#bits++) {
      const shift = this.#bits % 8
      if (shift === 0) this.#bytes.push(0)
      this.#bytes.push((this.#bytes.pop() ?? 0) | (((value >>> i) & 1) << shift))
    }
  }

  toBytes(): Uint8Array {
    let size = this.#bytes.length
    while (size > 0 && this.#bytes[size - 1] === 0) size--
    return Uint8Array.from(this.#bytes.slice(0, size))
  }
}

/** Reads zeros beyond the end: the zero bytes that the writer cut off. */
class BitReader {
  readonly #bytes: Uint8Array
  #bit = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Every run has a one in it: without another one there is no other run. */
  get hasOnes(): boolean {
    const last = this.#bytes.length - 1
    return this.#bit <= last * 8 + (31 - Math.clz32(this.#bytes[last] ?? 0))
  }

  read(width: number): number {
    let value = 0
    for (let i = 0; i < width; i++, this.#bit++) {
      const byte = this.#bytes[this.#bit >>> 3] ?? 0
      value |= ((byte >>> (this.#bit & 7)) & 1) << i
    }
    return value
  }
}
