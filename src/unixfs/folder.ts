/**
 * A folder, from links to its entries: one block, its links sorted by name, or shards when that block would be too
 * large.
 * @see IPIP-0499, `HAMTDirectory` threshold
 */
import { shardBlocks } from './hamt.ts'
import type { Links } from './links.ts'
import { nodeAbove, nodeBlock, nodeSize, type Block, type Node } from './node.ts'

/** Data of a folder that is not sharded: its type alone. */
const FOLDER_DATA = Uint8Array.of(0x08, 0x01)
/** Largest block of a folder that is not sharded, in bytes. */
const MAX_PLAIN_SIZE = 2 ** 18

/** Bytes of a folder in one block, whose links take `linksSize` bytes. */
export function plainFolderSize(linksSize: number): number {
  return nodeSize(linksSize, FOLDER_DATA.length)
}

export function isSharded(linksSize: number): boolean {
  return plainFolderSize(linksSize) > MAX_PLAIN_SIZE
}

/**
 * The folder's own blocks, its root last and returned. The order of `links` does not matter.
 * @throws INPUT_UNSUPPORTED when it is sharded and two names have the same hash
 */
export function* folderBlocks(links: Links): Generator<Block, Node> {
  if (isSharded(links.encodedSize)) return yield* shardBlocks(links)
  const block = nodeBlock(links, FOLDER_DATA, links.sorted())
  yield block
  return nodeAbove(links.size, block)
}
