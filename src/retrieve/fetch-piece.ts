/** One piece into a file: by its commitment, or by its root. */
import { writeFile } from 'node:fs/promises'
import { sinkFault } from '../prepare/fault.ts'
import { type Download, download } from './download.ts'
import { receive, type Received } from './receive.ts'
import { type Source, urlAt, type Way } from './sources.ts'
import type { Goal } from './want.ts'

export interface FetchOptions {
  readonly signal: AbortSignal
  readonly stallMs?: number | undefined
  /** Bytes received so far from a source. */
  readonly onBytes?: (bytes: number, total: number | undefined, source: Source) => void
}

export interface FetchedPiece {
  readonly received: Received
  readonly source: Source
}

/** The ways to `goal`; each downloads to `path` anew. By piece first: its commitment can be checked. */
export function pieceWays(
  { piece, root, ...goal }: Goal,
  path: string,
  options: FetchOptions,
): Way<FetchedPiece>[] {
  const places = [
    ...(piece === undefined ? [] : [`/piece/${piece.cid}`]),
    ...(root === undefined ? [] : [`/ipfs/${root}`]),
  ]
  return places.map((place) => ({
    async get(source) {
      await writeFile(path, '').catch((error: unknown) => {
        throw sinkFault(path, error)
      })
      using found = await download(urlAt(source, place), options)
      const bytes = counted(found, source, options)
      const { size } = found
      return { received: await receive({ bytes, size }, { piece, root, ...goal }, path), source }
    },
  }))
}

async function* counted(
  { bytes, size }: Download,
  source: Source,
  { onBytes }: FetchOptions,
): AsyncGenerator<Uint8Array> {
  let received = 0
  for await (const chunk of bytes) {
    received += chunk.length
    onBytes?.(received, size, source)
    yield chunk
  }
}
