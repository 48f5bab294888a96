/**
 * A stretch of what a URL serves, and no byte more: by Range, or, from a server that knows none, by reading up to its end.
 * @see RFC 9110 §14.2, §15.3.7
 */
import { StorageError } from '../errors.ts'
import { type Download, download, type DownloadOptions } from './download.ts'

/** Bytes in front that are read for nothing from a server that answers with the whole: seconds, not hours. */
const MAX_SKIP = 16 * 2 ** 20

/** Raw bytes `start` up to, without, `end`. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/**
 * Begins a GET of a stretch that is not empty. Its bytes are exactly as many, or reading them fails.
 * @throws as `download`; FETCH_FAILED for another range, for fewer or more bytes, and for a server that knows no ranges when
 *   more than 16 MiB would have to be skipped
 */
export async function downloadRange(
  url: string,
  { start, end }: Stretch,
  options: Omit<DownloadOptions, 'range'>,
): Promise<Download> {
  const found = await download(url, { ...options, range: `bytes=${start}-${end - 1}` })
  try {
    const isPart = found.range !== undefined
    if (isPart) requireRange(url, found, { start, end })
    else requireNear(url, start)
    const bytes = isPart
      ? exactly(url, found.bytes, end - start)
      : stretchOf(url, found, { start, end })
    return { ...found, size: end - start, bytes, [Symbol.dispose]: () => found[Symbol.dispose]() }
  } catch (error) {
    found[Symbol.dispose]()
    throw error
  }
}

function requireRange(url: string, { range, size }: Download, { start, end }: Stretch): void {
  const [, first, last] = /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(range ?? '') ?? []
  const expected = `bytes ${start}-${end - 1}`
  if (Number(first) !== start || Number(last) !== end - 1)
    throw failed(`${url} answers with another range`, expected, range || 'none')
  if (size !== undefined && size !== end - start)
    throw failed(`${url} answers with another length than its range`, end - start, size)
}

function requireNear(url: string, start: number): void {
  if (start <= MAX_SKIP) return
  throw failed(`${url} knows no ranges, and too much lies in front`, `at most ${MAX_SKIP}`, start)
}

/** The bytes of a whole in the stretch; nothing behind is waited for. */
async function* stretchOf(
  url: string,
  { bytes }: Download,
  { start, end }: Stretch,
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of bytes) {
    const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at))
    at += chunk.length
    if (part.length > 0) yield part
    if (at >= end) return
  }
  throw failed(`${url} ended early`, `${end} bytes`, at)
}

async function* exactly(
  url: string,
  bytes: AsyncIterable<Uint8Array>,
  length: number,
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of bytes) {
    at += chunk.length
    if (at > length) throw failed(`${url} sends more than its range`, length, `${at} or more`)
    yield chunk
  }
  if (at < length) throw failed(`${url} ended early`, `${length} bytes`, at)
}

function failed(what: string, expected: string | number, got: string | number): StorageError {
  return new StorageError('FETCH_FAILED', { what, expected, got })
}
