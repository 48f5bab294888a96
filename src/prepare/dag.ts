/**
 * Files and folders → UnixFS DAG, profile unixfs-v1-2025: CIDv1, raw leaves, chunks of 1 MiB, balanced, 1024 links per
 * node; a directory whose block would exceed 256 KiB becomes a HAMT of fanout 256. No modes, no times.
 *
 * Blocks come in one order: depth first, entries sorted, leaves before what links to them.
 *
 * ipfs-unixfs-importer 17.1.1 makes the shards, and is what tests compare with. Files and directories are made here:
 * its protobuf writer (protons-runtime 7.1.2, LongBits) spoils sizes from 2^31 to 2^32 - 1 and fills the gap with
 * uninitialised memory, and its tree builder does not count subdirectories when it decides whether to shard.
 * @see IPIP-0499
 */
import { hash } from 'node:crypto'
import { encode, prepare } from '@ipld/dag-pb'
import type { WritableStorage } from 'ipfs-unixfs-importer'
import { DirSharded } from 'ipfs-unixfs-importer/utils'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { ByteQueue } from '../car/byte-queue.ts'
import { DAG_PB, RAW, SHA2_256 } from '../car/cid.ts'
import { encodeFileData, FOLDER_DATA } from '../car/unixfs.ts'
import { StorageError } from '../errors.ts'

export const CHUNK_SIZE = 2 ** 20
const LINKS_PER_NODE = 1024
/** Largest block of a directory that is not sharded, in bytes (IPIP-0499, `HAMTDirectory` threshold). */
const SHARD_ABOVE = 2 ** 18
const CID_VERSION = 1

/** A finished file or folder: its CID, and the bytes of all its blocks as links state them. */
export interface Node {
  readonly cid: CID
  readonly size: number
}

export interface NamedNode extends Node {
  readonly name: string
}

/** A part of a file, with the bytes of the file that it holds. */
interface Part extends Node {
  readonly content: number
}

/** Where blocks go, in the order in which they are made. */
export interface BlockSink {
  put(cid: CID, bytes: Uint8Array): Promise<void>
}

/** The DAG of one file from its bytes, which may come in chunks of any size. */
export async function fileNode(content: AsyncIterable<Uint8Array>, sink: BlockSink): Promise<Node> {
  const queue = new ByteQueue(content)
  /** Parts that have no parent yet: leaves, nodes above leaves, and so on. */
  const levels: Part[][] = [[]]
  try {
    let chunk = await queue.take(CHUNK_SIZE)
    do {
      const leaf = await putBlock(RAW, chunk, sink)
      await adopt({ ...leaf, content: chunk.length }, 0, levels, sink)
      chunk = await queue.take(CHUNK_SIZE)
    } while (chunk.length > 0)
  } finally {
    await queue.close()
  }
  for (let level = 0; ; level++) {
    const parts = levels[level] ?? []
    const [only] = parts
    if (level === levels.length - 1 && only !== undefined && parts.length === 1)
      return { cid: only.cid, size: only.size }
    if (only !== undefined) await adopt(await fileParent(parts, sink), level + 1, levels, sink)
  }
}

/** Adds a part to its level; a full level becomes one part of the next. */
async function adopt(part: Part, level: number, levels: Part[][], sink: BlockSink): Promise<void> {
  const parts = (levels[level] ??= [])
  parts.push(part)
  if (parts.length < LINKS_PER_NODE) return
  levels[level] = []
  await adopt(await fileParent(parts, sink), level + 1, levels, sink)
}

async function fileParent(parts: readonly Part[], sink: BlockSink): Promise<Part> {
  const data = encodeFileData(parts.map((part) => part.content))
  const node = await putNode(data, parts, sink)
  return { ...node, content: parts.reduce((sum, part) => sum + part.content, 0) }
}

/** The DAG of a directory, whose entries are already in the sink. Their order does not matter. */
export async function folderNode(entries: readonly NamedNode[], sink: BlockSink): Promise<Node> {
  const block = encodeNode(FOLDER_DATA, entries)
  if (block.length > SHARD_ABOVE) return shardedNode(entries, sink)
  return putNode(FOLDER_DATA, entries, sink)
}

async function shardedNode(entries: readonly NamedNode[], sink: BlockSink): Promise<Node> {
  const shape = { root: true, dir: true, path: '', dirty: true, flat: false }
  const folder = new DirSharded(shape, { cidVersion: CID_VERSION })
  for (const { name, cid, size } of entries)
    await folder.put(name, { path: name, cid, size: BigInt(size) })
  let root: Node | undefined
  for await (const { cid, size } of folder.flush(storageOf(sink)))
    root = { cid, size: Number(size) }
  if (root === undefined) throw new StorageError('INTERNAL', { what: 'a shard came out empty' })
  return root
}

/** Links without a name are parts of a file. */
interface Linked extends Node {
  readonly name?: string
}

async function putNode(data: Uint8Array, links: readonly Linked[], sink: BlockSink): Promise<Node> {
  const { cid, size } = await putBlock(DAG_PB, encodeNode(data, links), sink)
  return { cid, size: links.reduce((sum, link) => sum + link.size, size) }
}

function encodeNode(data: Uint8Array, links: readonly Linked[]): Uint8Array {
  const Links = links.map(({ name = '', size, cid }) => ({ Name: name, Tsize: size, Hash: cid }))
  return encode(prepare({ Data: data, Links }))
}

async function putBlock(codec: number, bytes: Uint8Array, sink: BlockSink): Promise<Node> {
  const digest = Digest.create(SHA2_256, hash('sha256', bytes, 'buffer'))
  const cid = CID.createV1(codec, digest)
  await sink.put(cid, bytes)
  return { cid, size: bytes.length }
}

/** The importer's idea of a block store; it passes whole blocks. */
function storageOf(sink: BlockSink): WritableStorage {
  return {
    async put(cid, bytes) {
      if (!(bytes instanceof Uint8Array))
        throw new StorageError('INTERNAL', { what: `the block ${cid} came as a stream` })
      await sink.put(cid, bytes)
      return cid
    },
  }
}
