/**
 * How many bytes of a CAR the sections of a file or folder take, before its blocks are made. A section is
 *
 *   [varint length of CID and block][CID 36][block]
 *
 * A file is known exactly. A folder is bounded: shards depend on the hashes of names, and sizes behind links may not be
 * known yet.
 * @see https://ipld.io/specs/transport/car/carv1/
 */
import { CID_SIZE } from '../car/cid.ts'
import { sectionHeadSize } from '../car/writer.ts'
import { fileDataSize, partFieldSize } from './file-data.ts'
import { isSharded, plainFolderSize } from './folder.ts'
import { FANOUT, HASH_SIZE, MAX_SHARD_DATA_SIZE } from './hamt.ts'
import { linkSize } from './links.ts'
import { CHUNK_SIZE, LINKS_PER_NODE, nodeSize } from './node.ts'

/** Four bytes of length are enough for blocks below 256 MiB. */
const MAX_SECTION_HEAD_SIZE = 4 + CID_SIZE
/** Two digits, and a byte more for each of the two lengths that they may push over a power of 128. */
const MAX_LABEL_SIZE = 2 + 1 + 1
/** A shard without the links to entries, and the link to it. */
const MAX_SHARD_SIZE = MAX_SECTION_HEAD_SIZE + nodeSize(0, MAX_SHARD_DATA_SIZE) + linkBound(2)
/** The tag of a link, and its length if that is below 128. */
const LINK_HEAD_SIZE = 2
/** Standard deviations: for an even hash the odds of more are below 10^-12. */
const MARGIN = 8

/** Bytes of a file, and of all blocks that hold them. */
interface Part {
  readonly content: number
  readonly size: number
}

/** Most bytes of a link with a name of `nameSize` bytes, whatever is behind it. */
export function linkBound(nameSize: number): number {
  return linkSize(nameSize, Number.MAX_SAFE_INTEGER)
}

export function sectionSize(blockSize: number): number {
  return sectionHeadSize(blockSize) + blockSize
}

/** Bytes of all sections of a file of `size` bytes, leaves included: exact unless two of its blocks are the same. */
export function fileSectionsBound(size: number): number {
  let count = Math.max(1, Math.ceil(size / CHUNK_SIZE))
  const rest = size - (count - 1) * CHUNK_SIZE
  let full: Part = { content: CHUNK_SIZE, size: CHUNK_SIZE }
  let last: Part = { content: rest, size: rest }
  let sum = (count - 1) * sectionSize(CHUNK_SIZE) + sectionSize(rest)
  while (count > 1) {
    const parents = Math.ceil(count / LINKS_PER_NODE)
    const fullParent = parentOf(full, LINKS_PER_NODE - 1, full)
    const lastParent = parentOf(full, count - (parents - 1) * LINKS_PER_NODE - 1, last)
    sum += (parents - 1) * sectionSize(fullParent.block) + sectionSize(lastParent.block)
    full = fullParent
    last = lastParent
    count = parents
  }
  return sum
}

/** The node above `count` full parts and a last one; `block` is the size of its block. */
function parentOf(full: Part, count: number, last: Part): Part & { readonly block: number } {
  const content = count * full.content + last.content
  const links = count * linkSize(0, full.size) + linkSize(0, last.size)
  const fields = count * partFieldSize(full.content) + partFieldSize(last.content)
  const block = nodeSize(links, fileDataSize(content, fields))
  return { content, size: block + count * full.size + last.size, block }
}

/**
 * Most bytes of the sections of a folder's own blocks, from the number of its entries and the UTF-8 bytes of all their
 * names. For names chosen to have like hashes, it may be more.
 */
export function folderSectionsBound(entries: number, nameBytes: number): number {
  // A varint of n takes at most 1 + n / 128 bytes, which can be summed without the single lengths.
  const nameFields = entries + nameBytes / 0x80 + nameBytes
  const lengths = entries * (linkBound(0) - LINK_HEAD_SIZE - 1) + nameFields
  const links = entries * LINK_HEAD_SIZE + lengths / 0x80 + lengths
  return linksSectionsBound(Math.ceil(links), entries)
}

/** The same, from the bytes that the links take in a block. */
export function linksSectionsBound(linksSize: number, entries: number): number {
  if (!isSharded(linksSize)) return sectionSize(plainFolderSize(linksSize))
  return linksSize + entries * MAX_LABEL_SIZE + (1 + shardsBound(entries)) * MAX_SHARD_SIZE
}

/**
 * Most shards below the root, if the hash spreads the names evenly; never more than entries. A place at some depth is a
 * shard when two names or more hash to it; their number there follows Poisson's law.
 */
function shardsBound(entries: number): number {
  let expected = 0
  let variance = 0
  for (let depth = 1; depth < HASH_SIZE; depth++) {
    const places = FANOUT ** depth
    const load = entries / places
    // For small loads the formula would lose its digits; this is its first term, which is larger.
    const probability = load < 0.01 ? (load * load) / 2 : 1 - Math.exp(-load) * (1 + load)
    expected += places * probability
    variance += places * probability * (1 - probability)
  }
  return Math.min(entries, Math.ceil(expected + MARGIN * Math.sqrt(variance) + MARGIN))
}
