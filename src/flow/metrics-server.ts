/** Numbers for Prometheus in its text format, on a port of their own. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errnoOf } from '../depot/files.ts'
import { StorageError } from '../errors.ts'

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

/** Answers `/metrics` with what `text` says then. @throws PORT_IN_USE */
export async function serveText(
  text: () => string,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    const type = 'text/plain; version=0.0.4; charset=utf-8'
    response.writeHead(200, { 'content-type': type }).end(text())
  })
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (cause) {
    if (errnoOf(cause) !== 'EADDRINUSE') throw cause
    throw new StorageError('PORT_IN_USE', {
      what: `the port ${port} for metrics is taken`,
      hint: 'Choose another one with --metrics; 0 takes a free one.',
      cause,
    })
  }
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host}:${taken}/metrics`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
