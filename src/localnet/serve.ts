/**
 * A Filecoin of one's own on a port: JSON-RPC over HTTP, requests alone or in batches, as wallets and toolkits speak it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { answerBody } from './json-rpc.ts'
import type { Provider } from './provider.ts'

export interface ServeOptions {
  /** Default: 127.0.0.1. */
  host?: string
  /** 0: any free one. */
  port: number
  /** Name of a simulated network of the configuration. Default: `default`. */
  network?: string
  /** Seconds after which an epoch passes though nobody sends anything. Default: none passes. */
  epochSeconds?: number
}

export interface ServedLocalnet {
  url: string
  /** The same network without the detour through HTTP. */
  provider: Provider
  close(): Promise<void>
}

/** The address cannot be listened on. */
export class PortError extends Error {
  readonly code: 'PORT_IN_USE' | 'PORT_REFUSED'

  constructor(code: PortError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PortError'
    this.code = code
  }
}

/** Larger than any transaction that a block could hold. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/**
 * Serves a network that exists already; closing leaves it as it is.
 * @throws PortError
 */
export async function serveProvider(
  provider: Provider,
  { host = '127.0.0.1', port }: Pick<ServeOptions, 'host' | 'port'>,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => void serve(provider, request, response))
  await listen(server, host, port)
  return {
    url: urlOf(server, host),
    close: () =>
      new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}

/**
 * Creates a network and serves it; closing ends both.
 * @throws PortError
 */
export async function serveLocalnet(
  hre: Pick<HardhatRuntimeEnvironment, 'network'>,
  { network = 'default', epochSeconds, ...where }: ServeOptions,
): Promise<ServedLocalnet> {
  const connection = await hre.network.create(network)
  const { provider } = connection
  try {
    if (epochSeconds !== undefined) {
      await provider.request({ method: 'evm_setIntervalMining', params: [epochSeconds * 1000] })
    }
    const served = await serveProvider(provider, where)
    return {
      url: served.url,
      provider,
      async close() {
        await served.close()
        await connection.close()
      },
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE'
      const message = inUse
        ? `port ${port} of ${host} is in use: stop what listens there, or choose another port`
        : `cannot listen on port ${port} of ${host}: ${error.message}`
      reject(new PortError(inUse ? 'PORT_IN_USE' : 'PORT_REFUSED', message, { cause: error }))
    })
    server.listen(port, host, resolve)
  })
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port')
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

async function serve(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Wallets in a browser ask from pages of any origin.
  response.setHeader('Access-Control-Allow-Origin', '*')
  response.setHeader('Access-Control-Allow-Headers', '*')
  if (request.method === 'OPTIONS') return void response.writeHead(204).end()
  if (request.method !== 'POST')
    return void response.writeHead(405, { Allow: 'POST, OPTIONS' }).end()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      length += chunk.length
      if (length > MAX_BODY_BYTES)
        return void response.writeHead(413, { Connection: 'close' }).end()
      chunks.push(chunk)
    }
  } catch {
    // The caller hung up in the middle of its request: there is nobody to answer.
    return
  }
  const answer = await answerBody(provider, Buffer.concat(chunks).toString('utf8'))
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer)
}
