/**
 * The HTTP server of the dashboard, for browsers on this machine.
 *
 *     GET /                              the page; /page.js, /page.css and /icon.svg belong to it
 *     GET /api/overview                  network, epoch, money, counts, what was asked for
 *     GET /api/proposals?q=&standing=&page=   rows, the newest first
 *     GET /api/proposals/<id>            one with its timeline
 *     GET /api/depot?q=&page=            pieces in the depot
 *     GET /api/events                    `changed`, whenever there is something new
 *     POST /api/actions                  only where a token was given: {action, proposalId}
 */
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { errnoOf } from '../depot/files.ts'
import { StorageError } from '../errors.ts'
import { addActions } from './action-route.ts'
import type { Bundle } from './bundle.ts'
import { openAudience } from './events.ts'
import { refusalOf, SAFE_HEADERS } from './guard.ts'
import { addRoutes, refuse } from './routes.ts'
import type { DashboardState } from './state.ts'

/** Of this machine alone; there is no option to open it to others. */
const HOST = '127.0.0.1'
const MAX_BODY_BYTES = 4096
const HEADERS_MS = 15_000
/** How often it is looked whether something is due. */
const TICK_MS = 250

export interface DashboardOptions {
  readonly state: DashboardState
  readonly bundle: Bundle
  /** 0: any free one. */
  readonly port: number
  /** Undefined for a page that only reads. */
  readonly token: string | undefined
}

export interface DashboardServer {
  /** Without a slash at its end, and without the token. */
  readonly url: string
  readonly port: number
  /** Can be called again. */
  close(): Promise<void>
}

/** Looks at the chain while a page is open. @throws PORT_IN_USE, ARGUMENT_INVALID */
export async function startDashboard(options: DashboardOptions): Promise<DashboardServer> {
  const { state, bundle, token } = options
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: HEADERS_MS,
  })
  const audience = openAudience(state)
  addGuard(app)
  addRoutes(app, { state, bundle, audience })
  if (token !== undefined && state.desk !== undefined)
    addActions(app, { state, desk: state.desk, token })
  const port = await listen(app, options.port)
  state.tick()
  const ticking = setInterval(() => {
    if (audience.size() > 0) state.tick()
  }, TICK_MS)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    clearInterval(ticking)
    audience.close()
    await app.close()
  }
  return { url: `http://${HOST}:${port}`, port, close: () => (closing ??= close()) }
}

function addGuard(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SAFE_HEADERS)
    const { method, headers } = request
    const path = request.url.split('?', 1)[0] ?? ''
    const refusal = refusalOf({ method, path, headers }, portOf(app))
    return refusal === undefined ? undefined : refuse(reply, 403, refusal)
  })
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'nothing is served here'))
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode = 500 } = error as { statusCode?: number }
    // What went wrong inside is nobody's business; what the request did wrong is.
    const what = statusCode < 500 ? 'the request cannot be understood' : 'the dashboard failed'
    return refuse(reply, statusCode, what)
  })
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port
}

async function listen(app: FastifyInstance, port: number): Promise<number> {
  try {
    await app.listen({ host: HOST, port })
  } catch (cause) {
    await app.close()
    const isTaken = errnoOf(cause) === 'EADDRINUSE'
    throw new StorageError(isTaken ? 'PORT_IN_USE' : 'ARGUMENT_INVALID', {
      what: isTaken ? `port ${port} is taken` : `the dashboard cannot listen on port ${port}`,
      hint: 'Choose another port with --port; --port 0 takes any free one.',
      cause,
    })
  }
  return portOf(app)
}
