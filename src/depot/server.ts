/**
 * The HTTP server that providers pull pieces from.
 *
 *     GET, HEAD /piece/<piece CID v1 or v2>[.car]   the bytes of the piece; ranges
 *     GET, HEAD /ipfs/<root CID>                    the CAR of that root; ranges
 *     GET, HEAD /manifest/<root CID>                the manifest of a payload of several pieces, as JSON
 *     GET, HEAD /healthz                            that the server runs
 *
 * There is no listing: a provider knows its CID, and nobody else need know what a depot holds.
 * @see RFC 9110; what providers need: boost transport/httptransport, curio lib/robusthttp
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AddressInfo, Socket } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { StorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1, pieceCidV2 } from '../piece/piece-cid.ts'
import { answerManifest, answerPiece, refuse } from './answer.ts'
import type { Depot } from './depot.ts'
import type { FetchLog } from './fetch-log.ts'
import { errnoOf } from './files.ts'
import { isCarWanted } from './format.ts'
import { rawAnswer, refusal, refusalOf } from './http-error.ts'
import { RequestLog, type ServedLog } from './http-log.ts'
import { cidKey, MAX_CID_TEXT } from './keys.ts'

/** What one client may take of the server. */
interface ServerLimits {
  /** Until all headers of a request are there. */
  readonly headersMs: number
  /** A connection on which nothing moves in either direction. Providers come back with a Range. */
  readonly idleMs: number
  /** An open connection between two requests. */
  readonly keepAliveMs: number
  /** Downloads under way when the server closes may take that long to end. */
  readonly closeMs: number
  readonly headerBytes: number
  readonly connections: number
}

const LIMITS: ServerLimits = {
  headersMs: 15_000,
  idleMs: 120_000,
  keepAliveMs: 30_000,
  closeMs: 5_000,
  headerBytes: 8192,
  connections: 1000,
}

export interface DepotServerOptions {
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
  readonly logger?: ServedLog
  /** Told what was sent of which piece; closed with the server. */
  readonly fetches?: FetchLog
  readonly limits?: Partial<ServerLimits>
  /** Sees each request first; true: it has answered or will. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean
}

export interface DepotServer {
  /** Base for `pieceUrl`, as this machine reaches it. */
  readonly url: string
  readonly port: number
  /** Takes no more requests, lets downloads end for a while, and frees the port. Can be called again. */
  close(): Promise<void>
}

/** Errors: PORT_IN_USE, ARGUMENT_INVALID for a host or port that cannot be listened on. */
export async function startDepotServer(
  depot: Depot,
  options: DepotServerOptions = {},
): Promise<DepotServer> {
  const limits = { ...LIMITS, ...options.limits }
  const app = build(limits)
  const log = new RequestLog(options.logger ?? (() => undefined))
  app.server.maxConnections = limits.connections
  app.server.on('request', (request, response) => log.begin(request, response))
  app.addHook('onRequest', async (request, reply) => {
    if (options.before?.(request.raw, reply.raw) === true) reply.hijack()
  })
  addRefusals(app, log)
  addRoutes(app, depot, log, options.fetches)
  const port = await listen(app, options.host ?? '127.0.0.1', options.port ?? 0)
  let closing: Promise<void> | undefined
  return {
    url: `http://${hostForUrl(options.host ?? '127.0.0.1')}:${port}`,
    port,
    close: () => (closing ??= close(app, limits.closeMs).then(() => options.fetches?.close())),
  }
}

function build(limits: ServerLimits): FastifyInstance {
  return fastify({
    exposeHeadRoutes: false,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: limits.headersMs,
    forceCloseConnections: 'idle',
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: Math.min(limits.headersMs, 5000),
    },
    routerOptions: { maxParamLength: MAX_CID_TEXT },
    frameworkErrors: (error, _request, reply) => {
      refuse(reply, refusal(error.statusCode ?? 400, 'the address cannot be read'))
    },
    clientErrorHandler: answerUnreadable,
  })
}

function addRefusals(app: FastifyInstance, log: RequestLog): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD') return
    // a body that nobody reads: the connection ends
    reply.headers({ allow: 'GET, HEAD', connection: 'close' })
    return refuse(reply, refusal(405, `${request.method} is not allowed here`))
  })
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, refusal(404, 'nothing is served here', 'ask for /piece/<piece CID>')),
  )
  app.setErrorHandler((error, _request, reply) => {
    const refused = refusalOf(error)
    if (refused.status >= 500) log.fail(reply.raw, error)
    return refuse(reply, refused)
  })
}

function addRoutes(
  app: FastifyInstance,
  depot: Depot,
  log: RequestLog,
  fetches: FetchLog | undefined,
): void {
  const method = ['GET', 'HEAD']
  app.route<{ Params: { cid: string } }>({
    method,
    url: '/piece/:cid',
    handler: async (request, reply) => {
      const wanted = parsePieceCid(request.params.cid.replace(/\.car$/, ''))
      const cid = wanted.version === 1 ? pieceCidV1(wanted) : pieceCidV2(wanted)
      const piece = await depot.find(cid)
      if (piece === undefined) throw notFound(`piece ${cid}`)
      return answerPiece(depot, piece, piece.pieceCidV2, request, reply, log, fetches)
    },
  })
  app.route<{ Params: { root: string }; Querystring: Record<string, unknown> }>({
    method,
    url: '/ipfs/:root',
    handler: async (request, reply) => {
      const root = cidKey(request.params.root)
      reply.header('vary', 'Accept')
      if (!isCarWanted(request.query, request.headers.accept)) {
        return refuse(reply, refusal(406, 'a root is served as its whole CAR', 'add ?format=car'))
      }
      const piece = await depot.find(root)
      if (piece?.root !== root) throw notFound(`root ${root}`)
      return answerPiece(depot, piece, root, request, reply, log, fetches)
    },
  })
  app.route<{ Params: { root: string } }>({
    method,
    url: '/manifest/:root',
    handler: async (request, reply) => {
      const root = cidKey(request.params.root)
      const manifest = await depot.findManifest(root)
      if (manifest === undefined) throw notFound(`manifest of ${root}`)
      return answerManifest(manifest, request, reply)
    },
  })
  app.route({
    method,
    url: '/healthz',
    handler: (_request, reply) =>
      reply.header('cache-control', 'no-store').send({ version: 1, kind: 'health', status: 'ok' }),
  })
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    // one address, so that one server has all connections
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port })
  } catch (cause) {
    await app.close()
    if (errnoOf(cause) === 'EADDRINUSE') {
      throw new StorageError('PORT_IN_USE', {
        what: `port ${port} of ${host} is taken`,
        hint: 'stop the program that has it, or choose another port; port 0 takes any free one',
        cause,
      })
    }
    throw new StorageError('ARGUMENT_INVALID', {
      what: `the depot cannot listen on port ${port} of ${host}`,
      expected: 'an address of this machine and a port from 0 to 65535',
      hint: 'ports below 1024 need special rights',
      cause,
    })
  }
  return (app.server.address() as AddressInfo).port
}

async function close(app: FastifyInstance, graceMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs)
  try {
    await app.close()
    // A server is closed before its last connections tell of their end, which the log of fetches waits for: that comes
    // when libuv has closed their handles, behind the immediates of this turn.
    await nextTurn()
    await nextTurn()
  } finally {
    clearTimeout(timer)
  }
}

/** Headers too long, too late or not HTTP. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  if (error.code === 'HPE_HEADER_OVERFLOW') socket.end(rawAnswer(431, 'the headers are too long'))
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') socket.end(rawAnswer(408, 'too slow'))
  else socket.end(rawAnswer(400, 'this is not HTTP'))
}

function notFound(what: string): StorageError {
  return new StorageError('CID_NOT_FOUND', { what: `this depot has no ${what}` })
}

function hostForUrl(host: string): string {
  if (host === '0.0.0.0' || host === 'localhost') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
