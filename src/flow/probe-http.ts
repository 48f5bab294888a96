/**
 * One request as a provider would make it: redirects are followed by hand and counted, nothing is decompressed, and no more of
 * the body is read than was asked for. Each request ends within a time, and with the signal.
 */
import { LOOK_HEADER } from '../depot/follow-fetch.ts'
import { StorageError } from '../errors.ts'
import { isPrivateHost } from '../chain/private-host.ts'

/** The depot's log leaves out what has the second: it is no news of a provider. */
const OURS = { 'accept-encoding': 'identity', [LOOK_HEADER]: '1' }
/** Milliseconds until the head of an answer, and for the few bytes of a sample. */
const REQUEST_TIMEOUT_MS = 20_000
/** One more than the most patient provider follows. */
const MAX_REDIRECTS = 4

export interface ProbeOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

export interface Redirect {
  readonly host: string
  readonly inside: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly redirects: readonly Redirect[]
  /** At most `most` bytes. */
  readonly body: Uint8Array
}

/** No answer came. */
export class NoAnswer extends Error {
  readonly kind: 'tls' | 'other'
  constructor(kind: 'tls' | 'other', message: string, cause: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}

/** @throws NoAnswer; ABORTED */
export async function probe(
  url: string,
  request: { readonly method: 'HEAD' | 'GET'; readonly range?: string; readonly most: number },
  { signal, timeoutMs = REQUEST_TIMEOUT_MS }: ProbeOptions = {},
): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  const redirects: Redirect[] = []
  let target = url
  try {
    for (;;) {
      const response = await open(target, request, stop)
      const location = response.headers.get('location')
      const isRedirect = response.status >= 300 && response.status <= 399 && location !== null
      if (!isRedirect || redirects.length === MAX_REDIRECTS || !URL.canParse(location, target)) {
        const body = await firstBytes(response, request.most)
        return { status: response.status, headers: response.headers, redirects, body }
      }
      await response.body?.cancel()
      const next = new URL(location, target)
      redirects.push({ host: next.hostname, inside: isPrivateHost(next.hostname) })
      if (next.protocol !== 'http:' && next.protocol !== 'https:')
        throw new NoAnswer('other', `a redirect leads to ${next.protocol}//`, undefined)
      target = next.href
    }
  } catch (cause) {
    if (signal?.aborted === true)
      throw new StorageError('ABORTED', { what: 'the look at the URL was interrupted', cause })
    if (cause instanceof NoAnswer) throw cause
    if (timeout.aborted)
      throw new NoAnswer('other', `no answer within ${timeoutMs / 1000} s`, cause)
    throw noAnswer(cause)
  }
}

/** All the bytes, for as long as they come. @throws NoAnswer; what breaks off throws from the stream */
export async function openBody(
  url: string,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    const response = await fetch(url, {
      headers: OURS,
      ...(signal === undefined ? {} : { signal }),
    })
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel()
      throw new NoAnswer('other', `GET is answered with status ${response.status}`, undefined)
    }
    return response.body
  } catch (cause) {
    throw cause instanceof NoAnswer ? cause : noAnswer(cause)
  }
}

function open(
  url: string,
  { method, range }: { readonly method: string; readonly range?: string },
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { ...OURS }
  if (range !== undefined) headers['range'] = range
  return fetch(url, { method, headers, redirect: 'manual', signal })
}

async function firstBytes(response: Response, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let have = 0
  for await (const chunk of response.body ?? []) {
    const part = chunk.subarray(0, most - have)
    chunks.push(part)
    have += part.length
    // Leaving the loop cancels the rest of the body.
    if (have >= most) break
  }
  return Buffer.concat(chunks)
}

const TLS = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/

function noAnswer(cause: unknown): NoAnswer {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : ''
  const text = inner instanceof Error ? inner.message : String(inner)
  return new NoAnswer(TLS.test(code) ? 'tls' : 'other', text === '' ? code : text, cause)
}
