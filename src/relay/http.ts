/**
 * One request of CBOR to a provider, bounded in time and size, without redirects: what a provider's address leads to is
 * decided by its own entry on chain. `node:http` and not `fetch`, because status and ask are GETs with a body.
 * @see curio market/mk12/http/http.go
 */
import { lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { isPrivateHost } from '../chain/private-host.ts'
import { StorageError } from '../errors.ts'

/** Curio gives up after 10 s; a reverse proxy and a slow line get as much again. */
const DEADLINE_MS = 20_000
/** An answer is a reason of at most 8 KiB, or a status with a proposal. */
const MAX_ANSWER_BYTES = 64 * 1024

export interface Endpoint {
  /** `http://` or `https://`, without a slash at its end. */
  readonly base: string
  /** Whether hosts of this machine and of private networks may be spoken to: on a localnet. */
  readonly allowPrivateHosts: boolean
  /** Milliseconds for one request. Default: 20 s. */
  readonly deadlineMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** `unreachable`: the request never got there. `unclear`: it may have, and what came of it is not known. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Uint8Array }
  | { readonly kind: 'unreachable' | 'unclear'; readonly reason: string }

/** @throws ABORTED */
export async function exchange(
  method: 'GET' | 'POST',
  path: string,
  body: Uint8Array,
  endpoint: Endpoint,
): Promise<Answer> {
  const { base, allowPrivateHosts, deadlineMs = DEADLINE_MS, signal } = endpoint
  const url = new URL(`${base}${path}`)
  if (signal?.aborted === true) throw aborted(signal)
  if (!allowPrivateHosts && isPrivateHost(url.hostname))
    return { kind: 'unreachable', reason: `${url.hostname} is an address inside a private network` }
  const options: RequestOptions = {
    method,
    agent: false,
    headers: {
      'content-type': 'application/cbor',
      'content-length': body.length,
      accept: 'application/cbor',
    },
    ...(allowPrivateHosts ? {} : { lookup: publicLookup }),
  }
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  let isConnected = false
  const fail = (reason: string): void =>
    resolve({ kind: isConnected ? 'unclear' : 'unreachable', reason })
  const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options)
  const timer = setTimeout(() => {
    fail(`no answer within ${deadlineMs / 1000} s`)
    sent.destroy()
  }, deadlineMs)
  const onAbort = (): void => {
    reject(aborted(signal))
    sent.destroy()
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  sent.on('socket', (socket) => {
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      isConnected = true
    })
  })
  sent.on('error', (error) => fail(error.message))
  sent.on('response', (response) => {
    collect(response).then(
      (bytes) =>
        resolve(
          bytes === undefined
            ? { kind: 'unclear', reason: `the answer exceeds ${MAX_ANSWER_BYTES} bytes` }
            : { kind: 'answer', status: response.statusCode ?? 0, body: bytes },
        ),
      (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
    )
  })
  sent.end(body)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    sent.destroy()
  }
}

/** Undefined when it is too long. */
async function collect(response: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) return undefined
    chunks.push(chunk)
  }
  if (!response.complete) throw new Error('the connection broke within the answer')
  return new Uint8Array(Buffer.concat(chunks))
}

/** A name that leads inside is refused too: anyone may register any name on chain. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const inside = addresses?.find(({ address }) => isPrivateHost(address))
    const [first] = addresses ?? []
    if (error !== null || first === undefined) return callback(error, [])
    if (inside !== undefined)
      return callback(
        new Error(`${hostname} leads to ${inside.address}, inside a private network`),
        [],
      )
    if (options.all === true) return callback(null, addresses)
    return callback(null, first.address, first.family)
  })
}

function aborted(signal: AbortSignal | undefined): StorageError {
  return new StorageError('ABORTED', {
    what: 'the talk with a provider was interrupted',
    cause: signal?.reason,
  })
}
