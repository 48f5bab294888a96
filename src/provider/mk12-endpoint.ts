/**
 * MK12 over HTTP as Curio offers it, beside the pieces that the provider serves:
 *
 *     POST /market/mk12/store     deal params   → deal response
 *     GET  /market/mk12/status    UUID          → status
 *     GET  /market/mk12/ask       miner         → ask
 *
 * Bodies are CBOR, GETs have one too. What cannot be read gets 400 without a word; a refusal is an answer with status 200.
 * @see curio market/mk12/http/http.go
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Codec } from '../deal/cbor.ts'
import { mk12AskRequest, mk12AskResponse } from '../deal/mk12-ask.ts'
import { mk12StatusRequest, mk12StatusResponse } from '../deal/mk12-status.ts'
import {
  mk12DealParams,
  type Mk12DealParams,
  mk12DealResponse,
  type Mk12DealResponse,
} from '../deal/mk12.ts'
import { isStorageError } from '../errors.ts'
import type { Context } from './context.ts'
import { answerAsk, answerStatus } from './mk12-answers.ts'
import { createRateLimit } from './rate-limit.ts'

const BASE = '/market/mk12/'
const MAX_DEAL_BYTES = 4 << 20
const MAX_QUESTION_BYTES = 1 << 20
const REQUESTS_PER_SECOND = 50

export type Endpoint = (request: IncomingMessage, response: ServerResponse) => boolean

interface Route {
  readonly method: 'GET' | 'POST'
  readonly maxBytes: number
  /** Undefined: status 500, as Curio answers what it cannot find. */
  readonly answer: (body: Uint8Array) => Promise<Uint8Array | undefined>
}

/** @returns Whether the request was one of MK12; then it is answered. */
export function mk12Endpoint(
  context: Context,
  store: (params: Mk12DealParams) => Promise<Mk12DealResponse>,
  trouble: (error: unknown) => void,
): Endpoint {
  const isAllowed = createRateLimit(REQUESTS_PER_SECOND, context.clock)
  const routes: Readonly<Record<string, Route>> = {
    store: {
      method: 'POST',
      maxBytes: MAX_DEAL_BYTES,
      answer: through(mk12DealParams, store, mk12DealResponse),
    },
    status: {
      method: 'GET',
      maxBytes: MAX_QUESTION_BYTES,
      answer: through(
        mk12StatusRequest,
        (asked) => answerStatus(context, asked),
        mk12StatusResponse,
      ),
    },
    ask: {
      method: 'GET',
      maxBytes: MAX_QUESTION_BYTES,
      answer: through(mk12AskRequest, (asked) => answerAsk(context, asked), mk12AskResponse),
    },
  }
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    if (!path.startsWith(BASE)) return false
    const route = routes[path.slice(BASE.length)]
    if (route === undefined) end(response, 404)
    else if (!isAllowed(request.socket.remoteAddress ?? '')) end(response, 429, 'Too Many Requests')
    else if (request.method !== route.method) end(response, 405)
    else
      respond(route, request, response).catch((error: unknown) => {
        trouble(error)
        end(response, 500)
      })
    return true
  }
}

function through<A, B>(
  asks: Codec<A>,
  act: (asked: A) => Promise<B | undefined> | B,
  answers: Codec<B>,
): Route['answer'] {
  return async (body) => {
    const answer = await act(asks.decode(body))
    return answer === undefined ? undefined : answers.encode(answer)
  }
}

async function respond(
  { maxBytes, answer }: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers['content-type'] !== 'application/cbor') return end(response, 400)
  const body = await readBody(request, maxBytes)
  if (body === undefined) return end(response, 400)
  let bytes: Uint8Array | undefined
  try {
    bytes = await answer(body)
  } catch (error) {
    if (isStorageError(error, 'CBOR_INVALID')) return end(response, 400)
    throw error
  }
  if (bytes === undefined) return end(response, 500)
  response.writeHead(200, { 'content-type': 'application/cbor', 'content-length': bytes.length })
  response.end(bytes)
}

/** Undefined when it is too long or broke off. */
async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) return undefined
      chunks.push(chunk)
    }
  } catch {
    // The client has gone; there is nobody to tell.
    return undefined
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** Without reading on: the connection ends with the answer. */
function end(response: ServerResponse, status: number, text = ''): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
  response.end(text)
}
