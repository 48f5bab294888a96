/**
 * A GET of something that is verified as it is read: few redirects, none of them from outside into a private network,
 * never a wait without an end, and never more bytes than were asked for.
 */
import { StorageError } from '../errors.ts'

export interface GetRules {
  /** Silence after which a server is given up. */
  readonly stallMs: number
  /** For all of it. */
  readonly deadlineMs: number
  /** Whether a host lies inside a private network. A public server may not redirect there. */
  readonly isPrivateHost: (hostname: string) => boolean
}

export interface Get {
  readonly url: string
  readonly accept: string
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** A gateway may redirect from a path to a subdomain, and to https before. */
const MAX_REDIRECTS = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * The bytes of the answer. Leaving early closes the connection.
 * @throws CID_NOT_FOUND for 404 and 410; DEADLINE; ABORTED; FETCH_FAILED for everything else that a server did
 */
export async function* get(request: Get, rules: GetRules): AsyncGenerator<Uint8Array> {
  const { url, maxBytes, signal } = request
  const ended = new AbortController()
  const deadline = setTimeout(() => ended.abort(late(url, rules)), rules.deadlineMs)
  const silence = setTimeout(() => ended.abort(silent(url, rules)), rules.stallMs)
  const either = AbortSignal.any([signal, ended.signal])
  try {
    const body = await follow(request, rules, either)
    let size = 0
    for await (const chunk of body) {
      silence.refresh()
      size += chunk.length
      if (size > maxBytes) throw failed(url, `it sends more than ${maxBytes} bytes`)
      yield chunk
      silence.refresh() // what the reader does with a chunk is not the server's delay
    }
  } catch (error) {
    throw explained(url, error, signal, ended.signal)
  } finally {
    clearTimeout(deadline)
    clearTimeout(silence)
    ended.abort()
  }
}

async function follow(
  { url, accept, maxBytes }: Get,
  { isPrivateHost }: GetRules,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  let at = new URL(url)
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(at, {
      signal,
      redirect: 'manual',
      headers: { accept, 'accept-encoding': 'identity' },
    })
    const { status, body, headers } = response
    const length = Number(headers.get('content-length') ?? 0)
    if (response.ok && body !== null && length <= maxBytes) return body
    await body?.cancel()
    if (response.ok)
      throw failed(url, body === null ? 'the answer has no body' : `it has ${length} bytes`)
    if (status === 404 || status === 410)
      throw new StorageError('CID_NOT_FOUND', { what: `${url} is not there (${status})` })
    const location = headers.get('location')
    if (!REDIRECTS.has(status) || location === null)
      throw failed(url, `the server answered ${status}`)
    const next = new URL(location, at)
    if (!/^https?:$/.test(next.protocol))
      throw failed(url, `it redirects to another protocol, ${next.protocol}`)
    if (isPrivateHost(next.hostname) && !isPrivateHost(at.hostname))
      throw failed(url, `it redirects into a private network, to ${next.hostname}`)
    at = next
  }
  throw failed(url, `it redirects more than ${MAX_REDIRECTS} times`)
}

function explained(
  url: string,
  error: unknown,
  signal: AbortSignal,
  ended: AbortSignal,
): StorageError {
  if (signal.aborted)
    return new StorageError('ABORTED', { what: `the download of ${url} was interrupted` })
  if (ended.aborted && ended.reason instanceof StorageError) return ended.reason
  if (error instanceof StorageError) return error
  return failed(url, wordsOf(error), error)
}

/** fetch says "fetch failed" and keeps what happened in its cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message
}

function late(url: string, { deadlineMs }: GetRules): StorageError {
  return new StorageError('DEADLINE', { what: `${url} took longer than ${deadlineMs / 1000} s` })
}

function silent(url: string, { stallMs }: GetRules): StorageError {
  return failed(url, `nothing came for ${stallMs / 1000} s`)
}

function failed(url: string, why: string, cause?: unknown): StorageError {
  return new StorageError('FETCH_FAILED', { what: `${url} could not be downloaded: ${why}`, cause })
}
