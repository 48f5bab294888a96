/**
 * Named links to nodes, in columns: 45 bytes and the name for each, so that a million entries of one folder are a few
 * typed arrays and not a million objects. Names are kept as UTF-8; a lone surrogate becomes U+FFFD. A link encodes as
 *
 *   12 [length] 0a 24 01 [codec] 12 20 [digest 32] 12 [length] [name] 18 [Tsize]
 * @see https://ipld.io/specs/codecs/dag-pb/spec/
 */
import { CID_SIZE, SHA2_256, SHA2_256_SIZE } from '../car/cid.ts'
import { StorageError } from '../errors.ts'
import { murmur3 } from './murmur3.ts'
import type { Node } from './node.ts'
import { varintSize, writeVarint } from './protobuf.ts'

const FIRST_CAPACITY = 8
const GROWTH = 1.5
/** Names begin and end at 32-bit offsets. */
const MAX_NAME_BYTES = 2 ** 32 - 1
/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const MAX_UNIT_SIZE = 3
/** Bytes of the link's field for the CID: tag, length, CID. */
const HASH_FIELD_SIZE = 2 + CID_SIZE
const DIGITS = Buffer.from('0123456789ABCDEF')

/** Bytes of a link that has a name of `nameSize` bytes and states `size`. */
export function linkSize(nameSize: number, size: number): number {
  const length = linkLength(nameSize, size)
  return 1 + varintSize(length) + length
}

function linkLength(nameSize: number, size: number): number {
  return HASH_FIELD_SIZE + 1 + varintSize(nameSize) + nameSize + 1 + varintSize(size)
}

export class Links {
  #length = 0
  #encodedSize = 0
  #size = 0
  #digests = new Uint8Array(0)
  #codecs = new Uint8Array(0)
  #sizes = new Float64Array(0)
  /** Names one after another, and where each of them ends. */
  #names = Buffer.alloc(0)
  #ends = new Uint32Array(0)

  get length(): number {
    return this.#length
  }

  /** Bytes of all links in a block. */
  get encodedSize(): number {
    return this.#encodedSize
  }

  /** Bytes behind all links. */
  get size(): number {
    return this.#size
  }

  /** @throws INPUT_UNSUPPORTED when the names take 4 GiB */
  add(name: string, node: Node): void {
    const start = this.#reserve(MAX_UNIT_SIZE * name.length)
    const nameSize = name === '' ? 0 : this.#names.write(name, start)
    this.#push(start + nameSize, node.codec, node.digest, node.size)
  }

  /** Adds link `index` of `from`; its name gets the number of a bucket, `00` to `FF`, in front. */
  addToBucket(bucket: number, from: Links, index: number): void {
    const first = from.#start(index)
    const last = from.#end(index)
    const start = this.#reserve(2 + last - first)
    this.#names[start] = DIGITS[bucket >> 4] ?? 0
    this.#names[start + 1] = DIGITS[bucket & 0xf] ?? 0
    this.#names.set(from.#names.subarray(first, last), start + 2)
    const digest = from.#digests.subarray(SHA2_256_SIZE * index, SHA2_256_SIZE * (index + 1))
    const end = start + 2 + last - first
    this.#push(end, from.#codecs[index] ?? 0, digest, from.#sizes[index] ?? 0)
  }

  /** Forgets all links, but not the memory that they took. */
  clear(): void {
    this.#length = 0
    this.#encodedSize = 0
    this.#size = 0
  }

  name(index: number): string {
    return this.#names.toString('utf8', this.#start(index), this.#end(index))
  }

  /** What link `index` leads to; the digest is a copy. */
  node(index: number): Node {
    const digest = this.#digests.slice(SHA2_256_SIZE * index, SHA2_256_SIZE * (index + 1))
    return { codec: this.#codecs[index] ?? 0, digest, size: this.#sizes[index] ?? 0 }
  }

  /** Writes the two halves of the 64-bit hash of name `index` to `into[at]` and `into[at + 1]`. */
  hashName(index: number, into: Uint32Array, at: number): void {
    murmur3(this.#names, this.#start(index), this.#end(index), into, at)
  }

  /** The indices of all links, sorted by the bytes of their names. */
  sorted(): Uint32Array {
    const order = new Uint32Array(this.#length)
    let isSorted = true
    for (let i = 0; i < order.length; i++) {
      order[i] = i
      if (i > 0 && this.#compare(i - 1, i) > 0) isSorted = false
    }
    return isSorted ? order : order.toSorted((a, b) => this.#compare(a, b))
  }

  /** Encodes link `index` at `offset`; returns the offset behind it. */
  writeLink(index: number, into: Uint8Array, offset: number): number {
    const start = this.#start(index)
    const end = this.#end(index)
    const size = this.#sizes[index] ?? 0
    let at = offset
    into[at++] = 0x12
    at = writeVarint(linkLength(end - start, size), into, at)
    into[at++] = 0x0a
    into[at++] = CID_SIZE
    into[at++] = 0x01
    into[at++] = this.#codecs[index] ?? 0
    into[at++] = SHA2_256
    into[at++] = SHA2_256_SIZE
    at = copy(this.#digests, SHA2_256_SIZE * index, SHA2_256_SIZE * (index + 1), into, at)
    into[at++] = 0x12
    at = writeVarint(end - start, into, at)
    at = copy(this.#names, start, end, into, at)
    into[at++] = 0x18
    return writeVarint(size, into, at)
  }

  #start(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0)
  }

  #end(index: number): number {
    return this.#ends[index] ?? 0
  }

  #compare(a: number, b: number): number {
    const names = this.#names
    const endA = this.#end(a)
    const endB = this.#end(b)
    let atA = this.#start(a)
    let atB = this.#start(b)
    for (; atA < endA && atB < endB; atA++, atB++) {
      const difference = (names[atA] ?? 0) - (names[atB] ?? 0)
      if (difference !== 0) return difference
    }
    return endA - atA - (endB - atB)
  }

  /** Makes room for one more link with a name of at most `nameSize` bytes; returns where the name begins. */
  #reserve(nameSize: number): number {
    const start = this.#start(this.#length)
    if (start + nameSize > this.#names.length) {
      if (start + nameSize > MAX_NAME_BYTES)
        throw new StorageError('INPUT_UNSUPPORTED', {
          what: 'the names in one folder take more than 4 GiB',
          hint: 'spread the files over several folders',
        })
      const capacity = Math.ceil(GROWTH * (start + nameSize))
      this.#names = moved(this.#names, Buffer.alloc(capacity))
    }
    if (this.#length === this.#codecs.length) {
      const capacity = Math.max(FIRST_CAPACITY, Math.ceil(GROWTH * this.#length))
      this.#digests = moved(this.#digests, new Uint8Array(SHA2_256_SIZE * capacity))
      this.#codecs = moved(this.#codecs, new Uint8Array(capacity))
      this.#sizes = moved(this.#sizes, new Float64Array(capacity))
      this.#ends = moved(this.#ends, new Uint32Array(capacity))
    }
    return start
  }

  #push(nameEnd: number, codec: number, digest: Uint8Array, size: number): void {
    if (digest.length !== SHA2_256_SIZE)
      throw new StorageError('INTERNAL', {
        what: 'a digest has an unexpected length',
        expected: SHA2_256_SIZE,
        got: digest.length,
      })
    const index = this.#length
    const nameStart = this.#start(index)
    this.#digests.set(digest, SHA2_256_SIZE * index)
    this.#codecs[index] = codec
    this.#sizes[index] = size
    this.#ends[index] = nameEnd
    this.#length += 1
    this.#size += size
    this.#encodedSize += linkSize(nameEnd - nameStart, size)
  }
}

/** Byte by byte: for 50 bytes that is faster than a view of them and `set`. */
function copy(
  from: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  offset: number,
): number {
  let at = offset
  for (let i = start; i < end; i++) into[at++] = from[i] ?? 0
  return at
}

function moved<T extends Uint8Array | Uint32Array | Float64Array>(from: T, into: T): T {
  into.set(from)
  return into
}
