/** A node:http server that answers as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Server {
  readonly url: string
  /** `GET /path` with the Range, one line per request. */
  readonly requests: string[]
  close(): Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** `count`: how many GETs came before. */
export async function serve(answer: Answer): Promise<Server> {
  const requests: string[] = []
  let gets = 0
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    requests.push([method, url, headers.range].filter((part) => part !== undefined).join(' '))
    answer(request, response, method === 'GET' ? gets++ : gets)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Serves `bytes` as they are, with Range from a start. */
export function honest(bytes: Uint8Array): Answer {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const headers: Record<string, string | number> = { 'content-length': bytes.length - from }
    if (from > 0) headers['content-range'] = `bytes ${from}-${bytes.length - 1}/${bytes.length}`
    response.writeHead(from > 0 ? 206 : 200, headers)
    response.end(request.method === 'HEAD' ? undefined : bytes.subarray(from))
  }
}
