/** Whether a URL serves a piece, and all of it: cheap questions first, then every byte against the commitment. */
import { StorageError } from '../errors.ts'
import { commitmentOf } from '../piece/commitment.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'
import { download, type DownloadOptions, httpUrl } from '../retrieve/download.ts'
import { downloadRange } from '../retrieve/ranged.ts'
import type { PieceFacts } from './ports.ts'

/** Of each sample: the first bytes, some of the middle, the last. */
const SAMPLE = 4_096

/**
 * @throws CID_NOT_FOUND, FETCH_FAILED, URL_INVALID; PIECE_MISMATCH for other bytes; ABORTED
 */
export async function requireServed(
  url: string,
  piece: PieceFacts,
  options: Pick<DownloadOptions, 'signal' | 'stallMs'>,
): Promise<void> {
  httpUrl(url)
  const { size } = piece
  const middle = Math.floor(size / 2)
  const starts = [...new Set([0, Math.min(middle, size - 1), Math.max(size - SAMPLE, 0)])]
  for (const start of starts) {
    const end = Math.min(start + SAMPLE, size)
    using sample = await downloadRange(url, { start, end }, options)
    for await (const chunk of sample.bytes) chunk satisfies Uint8Array
  }
  using found = await download(url, options)
  requireSize(url, size, found.size ?? size)
  const { root, size: got } = await commitmentOf(atMost(url, found.bytes, size), options)
  requireSize(url, size, got)
  const pieceCid = pieceCidV1({ root })
  if (pieceCid === piece.pieceCid) return
  throw new StorageError('PIECE_MISMATCH', {
    what: `${url} serves other bytes than the piece`,
    expected: piece.pieceCid,
    got: pieceCid,
  })
}

async function* atMost(
  url: string,
  bytes: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let got = 0
  for await (const chunk of bytes) {
    got += chunk.length
    if (got > size) requireSize(url, size, got)
    yield chunk
  }
}

function requireSize(url: string, expected: number, got: number): void {
  if (got === expected) return
  throw new StorageError('PIECE_MISMATCH', {
    what: `${url} serves another number of bytes than the piece has`,
    expected,
    got,
  })
}
