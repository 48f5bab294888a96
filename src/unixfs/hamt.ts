/**
 * A folder as shards: a HAMT of fanout 256. A shard has an entry for each byte that names of the folder hash to at its
 * depth: of one name, a link to its node, named by the byte (two digits) and the name; of several, a link to the shard
 * of the next byte, named by the byte alone. Data of a shard:
 *
 *   08 05, 12 [length] [bit field, big-endian, no zeros in front], 28 22 [hash], 30 80 02 [fanout]
 * @see https://specs.ipfs.tech/unixfs/#hamt-structure-and-parameters
 */
import { StorageError } from '../errors.ts'
import { Links } from './links.ts'
import { nodeAbove, nodeBlock, type Block, type Node } from './node.ts'

export const FANOUT = 256
/** Bytes of a hash; a shard at depth 7 has the last of them. */
export const HASH_SIZE = 8
const BIT_FIELD_SIZE = FANOUT / 8
const SHARD_HEAD = Uint8Array.of(0x08, 0x05, 0x12)
const SHARD_TAIL = Uint8Array.of(0x28, 0x22, 0x30, 0x80, 0x02)
export const MAX_SHARD_DATA_SIZE = SHARD_HEAD.length + 1 + BIT_FIELD_SIZE + SHARD_TAIL.length

/** One folder being sharded: 16 bytes for each entry. */
interface Work {
  readonly links: Links
  /** Hashes of the names, two halves each. */
  readonly hashes: Uint32Array
  /** Indices of the links, sorted as far as the walk has come. */
  readonly order: Uint32Array
  /** Takes the place of a part of `order` while it is sorted. */
  readonly sorted: Uint32Array
  /** What one shard of each depth needs while it is made. */
  readonly levels: Level[]
}

interface Level {
  readonly links: Links
  /** Where in `order` the entries of a bucket end. */
  readonly ends: Uint32Array
}

/**
 * Blocks of all shards, those below before those above, in the order of buckets; returns the root.
 * @throws INPUT_UNSUPPORTED when two names have the same 64-bit hash
 */
export function* shardBlocks(links: Links): Generator<Block, Node> {
  const hashes = new Uint32Array(2 * links.length)
  for (let i = 0; i < links.length; i++) links.hashName(i, hashes, 2 * i)
  const order = Uint32Array.from({ length: links.length }, (_, i) => i)
  const sorted = new Uint32Array(links.length)
  return yield* shard({ links, hashes, order, sorted, levels: [] }, 0, links.length, 0)
}

/** The shard of the entries from `start` to `end` of the order, whose hashes agree in `depth` bytes. */
function* shard(work: Work, start: number, end: number, depth: number): Generator<Block, Node> {
  const level = (work.levels[depth] ??= { links: new Links(), ends: new Uint32Array(FANOUT) })
  level.links.clear()
  sortByByte(work, start, end, depth, level.ends)
  const bitField = new Uint8Array(BIT_FIELD_SIZE)
  let first = start
  for (let bucket = 0; bucket < FANOUT; bucket++) {
    const last = level.ends[bucket] ?? end
    if (last === first) continue
    setBit(bitField, bucket)
    if (last === first + 1) {
      level.links.addToBucket(bucket, work.links, work.order[first] ?? 0)
    } else {
      if (depth + 1 === HASH_SIZE) throw collision(work, first)
      const label = bucket.toString(16).toUpperCase().padStart(2, '0')
      level.links.add(label, yield* shard(work, first, last, depth + 1))
    }
    first = last
  }
  const block = nodeBlock(level.links, shardData(bitField))
  yield block
  return nodeAbove(level.links.size, block)
}

/**
 * Sorts the entries from `start` to `end` of the order by one byte of their hashes, and sets `ends`. Counting sort: a
 * shard below the root has so few entries that comparing would not be faster.
 */
function sortByByte(
  work: Work,
  start: number,
  end: number,
  depth: number,
  ends: Uint32Array,
): void {
  const { hashes, order, sorted } = work
  const half = depth >> 2
  const shift = 24 - 8 * (depth & 3)
  const bucketOf = (index: number) => ((hashes[2 * index + half] ?? 0) >>> shift) & 0xff
  ends.fill(0)
  for (let i = start; i < end; i++) {
    const bucket = bucketOf(order[i] ?? 0)
    ends[bucket] = (ends[bucket] ?? 0) + 1
  }
  let next = start
  for (let bucket = 0; bucket < FANOUT; bucket++) {
    const count = ends[bucket] ?? 0
    ends[bucket] = next
    next += count
  }
  // Where a bucket begins moves, entry by entry, to where it ends.
  for (let i = start; i < end; i++) {
    const index = order[i] ?? 0
    const bucket = bucketOf(index)
    const place = ends[bucket] ?? 0
    sorted[place] = index
    ends[bucket] = place + 1
  }
  order.set(sorted.subarray(start, end), start)
}

function setBit(bitField: Uint8Array, bucket: number): void {
  const at = BIT_FIELD_SIZE - 1 - (bucket >> 3)
  bitField[at] = (bitField[at] ?? 0) | (1 << (bucket & 7))
}

function shardData(bitField: Uint8Array): Uint8Array {
  const bits = bitField.subarray(bitField.findIndex((byte) => byte !== 0))
  const data = new Uint8Array(SHARD_HEAD.length + 1 + bits.length + SHARD_TAIL.length)
  data.set(SHARD_HEAD)
  data[SHARD_HEAD.length] = bits.length
  data.set(bits, SHARD_HEAD.length + 1)
  data.set(SHARD_TAIL, SHARD_HEAD.length + 1 + bits.length)
  return data
}

/** Others take more bits from the hash of the name and a counter; no folder of honest names comes this far. */
function collision({ links, order }: Work, first: number): StorageError {
  const names = [0, 1].map((i) => JSON.stringify(links.name(order[first + i] ?? 0)))
  return new StorageError('INPUT_UNSUPPORTED', {
    what: `the names ${names.join(' and ')} in one folder have the same hash (murmur3-x64-64)`,
    hint: 'rename one of them, or put it into another folder',
  })
}
