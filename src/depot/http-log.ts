/** One event per request that a depot server answered, for whoever runs it. Queries and headers may hold secrets: left out. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

export interface ServedRequest {
  readonly method: string
  /** Path without its query. */
  readonly url: string
  /** 0 when the client left before there was an answer. */
  readonly status: number
  /** Bytes of a piece handed to the connection; an error has none. */
  readonly bytes: number
  readonly ms: number
  /** Whether the connection ended before the answer did. */
  readonly aborted: boolean
  /** Why the server failed (status 5xx, or an answer that broke off). */
  readonly error?: unknown
}

export type ServedLog = (event: ServedRequest) => void

export class RequestLog {
  readonly #report: ServedLog
  readonly #streamed = new WeakMap<ServerResponse, number>()
  readonly #errors = new WeakMap<ServerResponse, unknown>()

  constructor(report: ServedLog) {
    this.#report = report
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    const started = performance.now()
    response.once('close', () => {
      const error = this.#errors.get(response)
      this.#report({
        method: request.method ?? '',
        url: (request.url ?? '').split('?', 1)[0] ?? '',
        status: response.headersSent ? response.statusCode : 0,
        bytes: this.#streamed.get(response) ?? 0,
        ms: Math.round(performance.now() - started),
        aborted: !response.writableFinished,
        ...(error === undefined ? {} : { error }),
      })
    })
  }

  /** Counts a body that is about to be sent, and notes why it broke off. */
  follow(response: ServerResponse, body: Readable): void {
    this.#streamed.set(response, 0)
    body.on('data', (chunk: Uint8Array) => {
      this.#streamed.set(response, (this.#streamed.get(response) ?? 0) + chunk.length)
    })
    body.on('error', (error) => this.fail(response, error))
  }

  fail(response: ServerResponse, error: unknown): void {
    this.#errors.set(response, error)
  }
}
