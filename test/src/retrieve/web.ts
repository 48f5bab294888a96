/** An HTTP server for tests: paths and what they answer. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = Uint8Array | ((request: IncomingMessage, response: ServerResponse) => void)

export class Web {
  readonly url: string
  /** Paths in the order in which they were asked for. */
  readonly asked: string[] = []
  readonly answers = new Map<string, Answer>()
  readonly #server: ReturnType<typeof createServer>

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const path = request.url ?? ''
      this.asked.push(path)
      const answer = this.answers.get(path)
      if (answer === undefined) response.writeHead(404).end('no such thing')
      else if (typeof answer === 'function') answer(request, response)
      else response.writeHead(200, { 'content-length': answer.length }).end(answer)
    })
  }

  static async open(): Promise<Web> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Web(server)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
