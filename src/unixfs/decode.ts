/**
 * One block of a UnixFS DAG, whoever made it, read as what it means.
 * @see https://specs.ipfs.tech/unixfs/
 */
import { decode, type PBNode } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import type { CID } from 'multiformats/cid'
import { isStorageError, StorageError } from '../errors.ts'
import { DAG_PB, RAW } from '../car/cid.ts'

/** Bytes, then the files behind `parts`, in this order; `size` is stated for all of it. */
export interface FileNode {
  readonly kind: 'file'
  readonly data: Uint8Array
  readonly parts: readonly CID[]
  readonly size: number
}

export interface FolderNode {
  readonly kind: 'folder'
  readonly entries: readonly { readonly name: string; readonly cid: CID }[]
}

/** Part of a folder: names begin with `digits` hexadecimal digits; a name that is no longer leads to another shard. */
export interface ShardNode {
  readonly kind: 'shard'
  readonly digits: number
  readonly entries: readonly { readonly name: string; readonly cid: CID }[]
}

export interface SymlinkNode {
  readonly kind: 'symlink'
}

export type UnixfsNode = FileNode | FolderNode | ShardNode | SymlinkNode

/** Fanouts that boxo accepts: powers of two from 8 to 1024. */
const FANOUTS = new Set([8, 16, 32, 64, 128, 256, 512, 1024])

/** @throws CAR_INVALID when the block is not UnixFS */
export function decodeUnixfs(cid: CID, bytes: Uint8Array): UnixfsNode {
  if (cid.code === RAW) return { kind: 'file', data: bytes, parts: [], size: bytes.length }
  if (cid.code !== DAG_PB) throw invalid(cid, `its codec is 0x${cid.code.toString(16)}`)
  const { node, meaning } = decodeNode(cid, bytes)
  const entries = node.Links.map((link) => ({ name: link.Name ?? '', cid: link.Hash }))
  switch (meaning.type) {
    case 'file':
    case 'raw': {
      const data = meaning.data ?? new Uint8Array(0)
      const parts = entries.map((entry) => entry.cid)
      return { kind: 'file', data, parts, size: Number(meaning.fileSize()) }
    }
    case 'directory':
      return { kind: 'folder', entries }
    case 'hamt-sharded-directory': {
      const fanout = Number(meaning.fanout ?? 0n)
      if (!FANOUTS.has(fanout)) throw invalid(cid, `its fanout is ${fanout}`)
      return { kind: 'shard', digits: (fanout - 1).toString(16).length, entries }
    }
    case 'symlink':
      return { kind: 'symlink' }
    default:
      throw invalid(cid, `its type is "${meaning.type}"`)
  }
}

function decodeNode(cid: CID, bytes: Uint8Array): { node: PBNode; meaning: UnixFS } {
  try {
    const node = decode(bytes)
    if (node.Data === undefined) throw invalid(cid, 'it has no data')
    return { node, meaning: UnixFS.unmarshal(node.Data) }
  } catch (cause) {
    throw isStorageError(cause) ? cause : invalid(cid, 'it cannot be decoded', cause)
  }
}

function invalid(cid: CID, why: string, cause?: unknown): StorageError {
  return new StorageError('CAR_INVALID', {
    what: `the block ${cid} is not a UnixFS file or folder: ${why}`,
    cause,
  })
}
