/** A JSON-RPC node over HTTP that answers from a script, and does as told before it does: for tests of the provider. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export interface Asked {
  readonly id: number
  readonly method: string
  readonly params: unknown[]
}

/** What a method answers: a result, or an error of JSON-RPC. */
export type Answer = { result: unknown } | { error: { code: number; message: string } }

/** Takes the place of an answer to the whole request: 'hang-up' closes the connection without one. */
export type Fault =
  | 'hang-up'
  | 'silence'
  /** The node acts, and then the connection breaks. */
  | 'hang-up-after'
  | { status: number; body?: string; headers?: Record<string, string> }

export class ScriptedNode {
  readonly asked: Asked[] = []
  /** Sizes of the requests. */
  readonly posts: number[] = []
  readonly answers: Record<string, (params: unknown[]) => Answer> = {}
  /** Of the next requests, one each; those for the chain id do not count. */
  readonly faults: Fault[] = []
  head = 1000
  /** Of the answers. */
  date: Date | undefined
  chainId: number
  url = ''
  readonly #server: Server

  constructor(chainId: number) {
    this.chainId = chainId
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.answers['eth_chainId'] = () => ({ result: `0x${this.chainId.toString(16)}` })
    this.answers['eth_blockNumber'] = () => ({ result: `0x${this.head.toString(16)}` })
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    this.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
    return this
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  methods(): string[] {
    return this.asked.map(({ method }) => method).filter((method) => method !== 'eth_chainId')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const parsed = JSON.parse(body) as Asked | Asked[]
    const all = Array.isArray(parsed) ? parsed : [parsed]
    this.posts.push(all.length)
    this.asked.push(...all)
    const isCheck = all.every(({ method }) => method === 'eth_chainId')
    const fault = isCheck ? undefined : this.faults.shift()
    if (fault === 'silence') return
    if (fault === 'hang-up') return void response.destroy()
    const answers = all.map(({ id, method, params }) => ({
      jsonrpc: '2.0',
      id,
      ...(this.answers[method]?.(params) ?? {
        error: { code: -32601, message: `method '${method}' not found` },
      }),
    }))
    if (fault === 'hang-up-after') return void response.destroy()
    if (fault !== undefined) {
      response.writeHead(fault.status, fault.headers)
      return void response.end(fault.body ?? '')
    }
    if (this.date !== undefined) response.setHeader('date', this.date.toUTCString())
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(Array.isArray(parsed) ? answers : answers[0]))
  }
}
