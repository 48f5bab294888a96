/**
 * Blocks of a UnixFS DAG as they are made here, and the nodes that links lead to. A block that is not a leaf is dag-pb:
 *
 *   [link …] 0a [length] [data]
 *
 * Profile unixfs-v1-2025: CIDv1, sha2-256, raw leaves of 1 MiB, 1024 links per node of a file.
 * @see https://ipld.io/specs/codecs/dag-pb/spec/
 * @see IPIP-0499
 */
import { hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { DAG_PB, SHA2_256 } from '../car/cid.ts'
import { varintSize, writeVarint } from './protobuf.ts'

export const CHUNK_SIZE = 2 ** 20
export const LINKS_PER_NODE = 1024

export interface Block {
  readonly codec: number
  /** sha2-256, 32 bytes. */
  readonly digest: Uint8Array
  readonly bytes: Uint8Array
}

/** The root of a finished file, folder or part of one. */
export interface Node {
  readonly codec: number
  /** sha2-256, 32 bytes. */
  readonly digest: Uint8Array
  /** Bytes of the block itself and of all blocks below, as links state them (`Tsize`). */
  readonly size: number
}

/** What a node is made of; `Links` is one. */
interface WritableLinks {
  readonly length: number
  readonly encodedSize: number
  writeLink(index: number, into: Uint8Array, offset: number): number
}

export function cidOf(node: Pick<Node, 'codec' | 'digest'>): CID {
  return CID.createV1(node.codec, Digest.create(SHA2_256, node.digest))
}

/** Bytes of the block of a node whose links take `linksSize` bytes and whose data takes `dataSize`. */
export function nodeSize(linksSize: number, dataSize: number): number {
  return linksSize + 1 + varintSize(dataSize) + dataSize
}

/** The block of a node. Its links come in `order`, which is sorted by name; without it, as they were added. */
export function nodeBlock(links: WritableLinks, data: Uint8Array, order?: Uint32Array): Block {
  const bytes = new Uint8Array(nodeSize(links.encodedSize, data.length))
  let at = 0
  for (let i = 0; i < links.length; i++) at = links.writeLink(order?.[i] ?? i, bytes, at)
  bytes[at++] = 0x0a
  at = writeVarint(data.length, bytes, at)
  bytes.set(data, at)
  return { codec: DAG_PB, digest: hash('sha256', bytes, 'buffer'), bytes }
}

/** The node of a block above nodes of `below` bytes. */
export function nodeAbove(below: number, { codec, digest, bytes }: Block): Node {
  return { codec, digest, size: bytes.length + below }
}
