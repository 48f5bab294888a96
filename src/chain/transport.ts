/**
 * One POST of JSON-RPC to one endpoint. Whatever comes back that is no JSON-RPC is a `TransportFault`, which says what
 * it was: the endpoint is to be asked again, or another one.
 */

export type FaultKind =
  /** No connection: nothing was sent. */
  | 'refused'
  /** The connection broke, or no whole answer came in time: what was sent may have been done. */
  | 'dropped'
  | 'silent'
  /** 429. */
  | 'busy'
  /** Another status than 200: 500, 502, 503 of a gateway, 401, 404. */
  | 'status'
  /** A web page, or other text that is no JSON-RPC. */
  | 'not-json'
  /** One answer to several requests: the endpoint takes them one by one only. */
  | 'no-batches'

export class TransportFault extends Error {
  readonly kind: FaultKind
  /** What the endpoint asks for with Retry-After. */
  readonly retryAfterMs: number | undefined

  constructor(kind: FaultKind, message: string, retryAfterMs?: number, cause?: unknown) {
    super(message, { cause })
    this.name = 'TransportFault'
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

export interface RpcRequest {
  readonly id: number
  readonly method: string
  readonly params: unknown
}

export interface RpcError {
  readonly code?: number
  readonly message: string
  readonly data?: unknown
}

/** One of `result` and `error`. */
export interface RpcAnswer {
  readonly id: number
  readonly result?: unknown
  readonly error?: RpcError
}

export interface Posted {
  readonly answers: readonly RpcAnswer[]
  /** Milliseconds since 1970 by the clock of the endpoint (`Date`); undefined where it does not tell. */
  readonly date: number | undefined
}

export type Post = (
  requests: readonly RpcRequest[],
  options: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
) => Promise<Posted>

/** A person sees no more of a page that should have been JSON. */
const EXCERPT = 80

/** `url` may carry a user and a password; they are sent as a header and shown nowhere. */
export function httpPost(url: string, headers: Readonly<Record<string, string>> = {}): Post {
  const { target, authorization } = withoutUser(url)
  const head = {
    ...(authorization === undefined ? {} : { authorization }),
    ...headers,
    'content-type': 'application/json',
    accept: 'application/json',
  }
  return async (requests, { timeoutMs, signal }) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    let response: Response
    let text: string
    try {
      response = await fetch(target, {
        method: 'POST',
        headers: head,
        body: bodyOf(requests),
        signal: both,
      })
      text = await response.text()
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      if (timeout.aborted)
        throw new TransportFault('silent', `it did not answer within ${timeoutMs / 1000} s`)
      throw notConnected(error)
    }
    const stated = Date.parse(response.headers.get('date') ?? '')
    const date = Number.isNaN(stated) ? undefined : stated
    return { answers: answersOf(response, text, requests), date }
  }
}

function bodyOf(requests: readonly RpcRequest[]): string {
  const all = requests.map((request) => ({ jsonrpc: '2.0', ...request }))
  return JSON.stringify(all.length === 1 ? all[0] : all)
}

/** fetch refuses a URL with a user in it. */
function withoutUser(url: string): { target: string; authorization: string | undefined } {
  const parsed = new URL(url)
  const { username, password } = parsed
  if (username === '' && password === '') return { target: url, authorization: undefined }
  parsed.username = ''
  parsed.password = ''
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    target: parsed.toString(),
    authorization: `Basic ${Buffer.from(user).toString('base64')}`,
  }
}

/** Codes with which no connection came about, so that nothing was sent. */
const NOT_CONNECTED = new Set<unknown>([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function notConnected(error: unknown): TransportFault {
  const code = codeOf(error)
  const words = typeof code === 'string' ? code : 'the connection broke'
  if (NOT_CONNECTED.has(code))
    return new TransportFault('refused', `no connection: ${words}`, undefined, error)
  return new TransportFault('dropped', `the connection broke: ${words}`, undefined, error)
}

/** undici puts the system's error into `cause`; several addresses of one host make an AggregateError. */
function codeOf(error: unknown): unknown {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] }
  if (code !== undefined) return code
  if (cause !== undefined) return codeOf(cause)
  return errors?.[0] === undefined ? undefined : codeOf(errors[0])
}

/** @throws TransportFault */
function answersOf(
  response: Response,
  text: string,
  requests: readonly RpcRequest[],
): readonly RpcAnswer[] {
  const { status } = response
  if (status === 429) {
    const wait = retryAfter(response.headers.get('retry-after'))
    throw new TransportFault('busy', 'it takes no more requests for now (429)', wait)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    if (status !== 200) throw statusFault(response)
    throw new TransportFault('not-json', `it answered with ${lookOf(response, text)}`)
  }
  if (status >= 500 && !isMethodMissing(value)) throw statusFault(response)
  if (!Array.isArray(value) && requests.length > 1)
    throw new TransportFault('no-batches', 'it takes no batches')
  const answers = (Array.isArray(value) ? value : [value]).filter(isAnswer).map(withoutNull)
  // An answer to one request is the answer to it, whatever id a node gave an error.
  const found =
    requests.length === 1
      ? answers.slice(0, 1).map((answer) => ({ ...answer, id: requests[0]?.id ?? answer.id }))
      : requests.map(({ id }) => answers.find((answer) => answer.id === id))
  if (found.length === requests.length && found.every((answer) => answer !== undefined))
    return found
  if (status !== 200) throw statusFault(response)
  throw new TransportFault('not-json', 'it answered with JSON that is no answer of JSON-RPC')
}

const METHOD_NOT_FOUND = -32_601

/** Lotus says so with status 500 (go-jsonrpc handler.go, rpcError). */
function isMethodMissing(value: unknown): boolean {
  const { error } = (value ?? {}) as { error?: { code?: unknown } }
  return error?.code === METHOD_NOT_FOUND
}

function isAnswer(value: unknown): value is RpcAnswer {
  if (typeof value !== 'object' || value === null) return false
  const { error, id } = value as { error?: unknown; id?: unknown }
  if (error === undefined || error === null) return typeof id === 'number' && 'result' in value
  return typeof (error as { message?: unknown }).message === 'string'
}

/** Some proxies put a null error beside a result, which ethers takes for an error. */
function withoutNull(answer: RpcAnswer): RpcAnswer {
  if (answer.error !== null) return answer
  const { error: _, ...rest } = answer
  return rest
}

function statusFault({ status, headers }: Response): TransportFault {
  const wait = retryAfter(headers.get('retry-after'))
  return new TransportFault('status', `it answered with status ${status}`, wait)
}

/** Seconds, or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

function lookOf(response: Response, text: string): string {
  const type = response.headers.get('content-type') ?? ''
  if (/html/i.test(type) || /^\s*<(!doctype|html)/i.test(text))
    return 'a web page instead of JSON-RPC'
  const excerpt = text.slice(0, EXCERPT).replaceAll(/\s+/g, ' ')
  return `text that is no JSON: ${JSON.stringify(excerpt)}`
}
