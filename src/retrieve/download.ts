/** One HTTP download as a stream of bytes: bounded redirects, and never a wait without an end. */
import { StorageError } from '../errors.ts'

/** A source that sends nothing for so long is given up, and the next one is asked. */
const STALL_MS = 30_000
/** One: from http to https, or from a name to where the file lies. */
const MAX_REDIRECTS = 1
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const ABSENT = new Set([404, 410])

/** What a server is asked for; any type is taken. */
const CAR_TYPES = 'application/vnd.ipld.car, application/octet-stream;q=0.9, */*;q=0.1'

export interface DownloadOptions {
  readonly signal: AbortSignal
  /** Milliseconds of silence after which it fails. */
  readonly stallMs?: number | undefined
  /** For the Accept header; a CAR unless stated. */
  readonly accept?: string
  /** For the Range header; a server may answer with the whole nevertheless. */
  readonly range?: string
}

/** Disposing of it closes the connection, also of one whose bytes were never asked for. */
export interface Download extends Disposable {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Content-Length, where the server states it. */
  readonly size: number | undefined
  /** Content-Range of an answer that is a part (206). */
  readonly range: string | undefined
}

/**
 * Begins a GET.
 * @throws CID_NOT_FOUND for 404 and 410, FETCH_FAILED for every other failure, also while `bytes` are read
 */
export async function download(
  url: string,
  { signal, stallMs = STALL_MS, accept = CAR_TYPES, range }: DownloadOptions,
): Promise<Download> {
  const stall = new AbortController()
  const either = AbortSignal.any([signal, stall.signal])
  const timer = setTimeout(() => stall.abort(stalled(url, stallMs)), stallMs)
  try {
    const headers = { accept, ...(range === undefined ? {} : { range }) }
    const response = await follow(url, either, headers)
    const { body } = response
    if (body === null) throw failed(url, 'the answer has no body')
    const length = response.headers.get('content-length')
    return {
      size: length === null ? undefined : Number(length),
      range: response.status === 206 ? (response.headers.get('content-range') ?? '') : undefined,
      bytes: watched(url, body, timer, either),
      [Symbol.dispose]() {
        clearTimeout(timer)
        stall.abort()
      },
    }
  } catch (error) {
    clearTimeout(timer)
    throw explained(url, error, either)
  }
}

async function* watched(
  url: string,
  body: ReadableStream<Uint8Array>,
  timer: NodeJS.Timeout,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      timer.refresh()
      yield chunk
      timer.refresh() // what the reader does with a chunk is not the server's delay
    }
  } catch (error) {
    throw explained(url, error, signal)
  } finally {
    clearTimeout(timer)
  }
}

async function follow(
  start: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  let url = start
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(url, {
      signal,
      redirect: 'manual',
      headers: { ...headers, 'accept-encoding': 'identity' },
    })
    if (response.ok) return response
    await response.body?.cancel()
    const location = response.headers.get('location')
    if (ABSENT.has(response.status))
      throw new StorageError('CID_NOT_FOUND', { what: `${url} is not there (${response.status})` })
    if (!REDIRECTS.has(response.status) || location === null)
      throw failed(url, `the server answered ${response.status} ${response.statusText}`.trim())
    url = httpUrl(new URL(location, url).href)
  }
  throw failed(start, `more than ${MAX_REDIRECTS} redirect`)
}

/** @throws URL_INVALID unless `text` is an http or https URL */
export function httpUrl(text: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href
  throw new StorageError('URL_INVALID', {
    what: 'a source is not an http or https URL',
    got: text,
  })
}

function explained(url: string, error: unknown, signal: AbortSignal): StorageError {
  if (error instanceof StorageError) return error
  const reason: unknown = signal.aborted ? signal.reason : error
  if (reason instanceof StorageError) return reason
  return failed(url, wordsOf(error), error)
}

/** fetch says "fetch failed" and keeps what happened in its cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message
}

function stalled(url: string, stallMs: number): StorageError {
  return failed(url, `nothing came for ${stallMs / 1000} s`)
}

function failed(url: string, why: string, cause?: unknown): StorageError {
  return new StorageError('FETCH_FAILED', { what: `${url} could not be downloaded: ${why}`, cause })
}
