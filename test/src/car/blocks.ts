/** Blocks and CARs for tests, framed by @ipld/car. */
import { CarWriter } from '@ipld/car'
import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'

export interface Block {
  readonly cid: CID
  readonly bytes: Uint8Array
}

export async function rawBlock(content: string | Uint8Array): Promise<Block> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return { cid: CID.createV1(raw.code, await sha256.digest(bytes)), bytes }
}

export async function pbBlock(node: dagPb.PBNode): Promise<Block> {
  const bytes = dagPb.encode(dagPb.prepare(node))
  return { cid: CID.createV1(dagPb.code, await sha256.digest(bytes)), bytes }
}

/** A CAR as @ipld/car writes it. */
export async function peerCar(roots: CID[], blocks: readonly Block[]): Promise<Uint8Array> {
  const { writer, out } = CarWriter.create(roots)
  const done = collect(out)
  for (const block of blocks) await writer.put(block)
  await writer.close()
  return done
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

/** A stream of `bytes` in chunks of `size`. */
export async function* chunked(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}
