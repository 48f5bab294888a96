/**
 * The download of a piece, with the manners of Boost's HTTP transport: HEAD must promise the exact size, one redirect
 * at most, a broken connection is resumed with a Range, and nothing but the exact number of bytes is taken.
 * @see boost transport/httptransport/http_transport.go:133-141,215-219,333-373
 */
import { StorageError, isStorageError } from '../errors.ts'
import type { Clock } from '../chain/clock.ts'
import { isPrivateHost } from '../chain/private-host.ts'

export interface DownloadPolicy {
  /** For everything, waits between attempts included. Boost: 24 h. */
  readonly deadlineMs: number
  /** GET requests in all. */
  readonly attempts: number
  /** First wait between two attempts; each further one is 1.5 times as long. */
  readonly firstWaitMs: number
  readonly maxWaitMs: number
  /** Whether URLs may name literal addresses of private networks. Boost: no. */
  readonly allowPrivateIps: boolean
}

/** Boost's attempts and deadline, with the short waits of a machine that downloads from itself. */
export const DEVNET_DOWNLOAD: DownloadPolicy = {
  deadlineMs: 24 * 3_600_000,
  attempts: 15,
  firstWaitMs: 200,
  maxWaitMs: 600_000,
  allowPrivateIps: true,
}

const BACKOFF_FACTOR = 1.5
const MAX_REDIRECTS = 1

interface DownloadOptions {
  readonly policy: DownloadPolicy
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called with the bytes received so far. */
  readonly onProgress?: (bytes: number) => void
}

/** A failure that another attempt may mend. */
class Interrupted extends Error {}

/**
 * Yields exactly `size` bytes of `url`.
 * Errors: FETCH_FAILED for what the server did, DEADLINE, ABORTED.
 */
export async function* download(
  url: string,
  size: number,
  { policy, clock, signal, onProgress }: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  const deadline = new AbortController()
  const over = new AbortController()
  const stop = AbortSignal.any([signal, deadline.signal])
  const timer = clock
    .sleep(policy.deadlineMs, AbortSignal.any([signal, over.signal]))
    .then(() => deadline.abort(), ignoreAbort)
  const get = (method: string, headers: Record<string, string>): Promise<Response> =>
    request(url, { method, headers, signal: stop, allowPrivateIps: policy.allowPrivateIps })
  try {
    checkPromise(await head(() => get('HEAD', {})), size)
    let offset = 0
    let wait = policy.firstWaitMs
    for (let attempt = 1; offset < size; attempt++) {
      try {
        const range: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-` } : {}
        for await (const chunk of bodyFrom(await get('GET', range), offset, size)) {
          offset += chunk.length
          if (offset > size) throw failed(`more bytes than promised came from ${url}`, size, offset)
          onProgress?.(offset)
          yield chunk
        }
        if (offset < size) throw new Interrupted(`the body ended at byte ${offset}`)
      } catch (error) {
        if (!(error instanceof Interrupted) || stop.aborted) throw error
        if (attempt >= policy.attempts)
          throw new StorageError('FETCH_FAILED', {
            what: `the download of ${url} broke off in each of ${attempt} attempts`,
            expected: `${size} bytes`,
            got: `${offset}: ${error.message}`,
            cause: error,
          })
        await clock.sleep(wait, stop)
        wait = Math.min(wait * BACKOFF_FACTOR, policy.maxWaitMs)
      }
    }
  } catch (error) {
    if (signal.aborted)
      throw new StorageError('ABORTED', {
        what: `the download of ${url} was interrupted`,
        cause: error,
      })
    if (deadline.signal.aborted)
      throw new StorageError('DEADLINE', {
        what: `the download of ${url} took longer than ${policy.deadlineMs} ms`,
        cause: error,
      })
    throw error
  } finally {
    over.abort()
    await timer
  }
}

interface Request {
  readonly method: string
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
  readonly allowPrivateIps: boolean
}

async function request(url: string, options: Request): Promise<Response> {
  let target = url
  for (let redirects = 0; ; redirects++) {
    if (!options.allowPrivateIps && isPrivateHost(new URL(target).hostname))
      throw failed(`${target} names an address of a private network`)
    const response = await answer(target, options)
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || location === null) return response
    await response.body?.cancel()
    if (redirects === MAX_REDIRECTS)
      throw failed(`${url} redirects more than ${MAX_REDIRECTS} time`)
    if (!URL.canParse(location, target)) throw failed(`${target} redirects to no URL: ${location}`)
    target = new URL(location, target).href
  }
}

async function answer(url: string, { method, headers, signal }: Request): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      // The size that is promised and counted is that of the bytes themselves.
      headers: { ...headers, 'accept-encoding': 'identity' },
      redirect: 'manual',
      signal,
    })
  } catch (cause) {
    throw new Interrupted(`no answer from ${url}: ${reasonOf(cause)}`, { cause })
  }
}

/** Boost does not try a failed HEAD again. */
async function head(ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask()
  } catch (cause) {
    if (!(cause instanceof Interrupted)) throw cause
    throw new StorageError('FETCH_FAILED', { what: cause.message, cause })
  }
}

function checkPromise(response: Response, size: number): void {
  if (response.status !== 200) throw failed(`HEAD ${response.url} is refused`, 200, response.status)
  const promised = response.headers.get('content-length')
  if (promised !== String(size))
    throw failed(
      `HEAD ${response.url} promises another size`,
      `${size} bytes`,
      promised ?? 'no Content-Length',
    )
}

/** The bytes from `offset` on, whether the server honours the Range or starts again. */
async function* bodyFrom(
  response: Response,
  offset: number,
  size: number,
): AsyncGenerator<Uint8Array> {
  const { status } = response
  if (status !== 200 && status !== 206) {
    await response.body?.cancel()
    if (status >= 400 && status <= 499) throw failed(`GET ${response.url} is refused`, 200, status)
    throw new Interrupted(`GET ${response.url} answers ${status}`)
  }
  const range = response.headers.get('content-range')
  if (status === 206 && range !== `bytes ${offset}-${size - 1}/${size}`) {
    await response.body?.cancel()
    throw failed(
      `GET ${response.url} answers with another range`,
      `bytes ${offset}-${size - 1}/${size}`,
      range ?? 'none',
    )
  }
  let skip = status === 206 ? 0 : offset
  try {
    for await (const chunk of response.body ?? []) {
      if (skip < chunk.length) yield chunk.subarray(skip)
      skip = Math.max(0, skip - chunk.length)
    }
  } catch (cause) {
    throw new Interrupted(`the connection broke: ${reasonOf(cause)}`, { cause })
  }
}

function failed(what: string, expected?: string | number, got?: string | number): StorageError {
  return new StorageError('FETCH_FAILED', {
    what,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
  })
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? cause.cause.message : cause.message
}

function ignoreAbort(error: unknown): void {
  if (!isStorageError(error, 'ABORTED')) throw error
}
