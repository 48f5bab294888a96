/**
 * Walks a UnixFS DAG depth first: every folder before what is in it, every file with its bytes. Blocks come from a
 * function, so that nothing has to be held in memory.
 *
 * A small DAG can stand for endless folders (each holding the next one twice), so entries and depth are bounded.
 */
import type { CID } from 'multiformats/cid'
import { StorageError } from '../errors.ts'
import { decodeUnixfs, type FileNode, type UnixfsNode } from './decode.ts'

/** The bytes of a block that were verified against its CID. */
export type ReadBlock = (cid: CID) => Promise<Uint8Array>

export type UnixfsEntry =
  | {
      readonly kind: 'file'
      readonly path: readonly string[]
      content(): AsyncIterable<Uint8Array>
    }
  | { readonly kind: 'folder'; readonly path: readonly string[] }
  | { readonly kind: 'symlink'; readonly path: readonly string[] }

/** As many files as a Linux file system of 256 GiB has room for by default (one inode per 16 KiB). */
const MAX_ENTRIES = 2 ** 24
/** PATH_MAX of Linux is 4096 bytes: no deeper folder can be named. */
const MAX_FOLDER_DEPTH = 2048
/** Ten levels of 1024 links hold more than 2^100 bytes, and so do ten levels of a HAMT of its 64-bit hash. */
const MAX_TREE_DEPTH = 64

/** Yields the root first, with an empty path. Names are as they stand in the DAG: judge them before use. @throws CAR_INVALID */
export async function* walkUnixfs(root: CID, read: ReadBlock): AsyncGenerator<UnixfsEntry> {
  const pending: { cid: CID; path: readonly string[] }[] = [{ cid: root, path: [] }]
  let entries = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { cid, path } = next
    entries += 1
    if (entries > MAX_ENTRIES || path.length > MAX_FOLDER_DEPTH)
      throw invalid(`it has more than ${MAX_ENTRIES} entries or ${MAX_FOLDER_DEPTH} levels`)
    const node = decodeUnixfs(cid, await read(cid))
    if (node.kind === 'file') {
      yield { kind: 'file', path, content: () => contentOf(node, read, 0) }
    } else if (node.kind === 'symlink') {
      yield { kind: 'symlink', path }
    } else {
      yield { kind: 'folder', path }
      for await (const entry of entriesOf(node, read, 0))
        pending.push({ cid: entry.cid, path: [...path, entry.name] })
    }
  }
}

/** Regular files under `root`. @throws CAR_INVALID when the DAG is not UnixFS */
export async function countFiles(root: CID, read: ReadBlock): Promise<number> {
  let files = 0
  for await (const entry of walkUnixfs(root, read)) if (entry.kind === 'file') files += 1
  return files
}

async function* contentOf(
  node: FileNode,
  read: ReadBlock,
  depth: number,
): AsyncGenerator<Uint8Array> {
  if (depth > MAX_TREE_DEPTH) throw invalid('a file is nested too deeply')
  let size = node.data.length
  if (size > 0) yield node.data
  for (const cid of node.parts) {
    const part = decodeUnixfs(cid, await read(cid))
    if (part.kind !== 'file') throw invalid(`a part of a file, ${cid}, is a ${part.kind}`)
    for await (const bytes of contentOf(part, read, depth + 1)) {
      size += bytes.length
      yield bytes
    }
  }
  if (size !== node.size) throw invalid(`a file states ${node.size} bytes and has ${size}`)
}

async function* entriesOf(
  node: Exclude<UnixfsNode, FileNode | { kind: 'symlink' }>,
  read: ReadBlock,
  depth: number,
): AsyncGenerator<{ name: string; cid: CID }> {
  if (depth > MAX_TREE_DEPTH) throw invalid('a sharded folder is nested too deeply')
  for (const { name, cid } of node.entries) {
    if (node.kind === 'folder') yield { name, cid }
    else if (name.length < node.digits) throw invalid(`a shard has an entry named "${name}"`)
    else if (name.length > node.digits) yield { name: name.slice(node.digits), cid }
    else {
      const shard = decodeUnixfs(cid, await read(cid))
      if (shard.kind !== 'shard') throw invalid(`a part of a sharded folder is a ${shard.kind}`)
      yield* entriesOf(shard, read, depth + 1)
    }
  }
}

function invalid(why: string): StorageError {
  return new StorageError('CAR_INVALID', { what: `the UnixFS DAG cannot be unpacked: ${why}` })
}
