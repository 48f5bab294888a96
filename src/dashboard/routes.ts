/** What anyone on this machine may read. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod/v4'
import type { Bundle } from './bundle.ts'
import type { Audience } from './events.ts'
import { SAFE_HEADERS } from './guard.ts'
import { depotPage, proposalsPage } from './lists.ts'
import type { DashboardState } from './state.ts'
import { overviewOf, proposalOf } from './view.ts'

interface Served {
  readonly state: DashboardState
  readonly bundle: Bundle
  readonly audience: Audience
}

const MAX_SEARCH = 200

const query = z.object({
  q: z.string().max(MAX_SEARCH).default(''),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  standing: z.enum(['waiting', 'partly', 'stored', 'attention', 'over']).optional(),
})
const proposalId = z.string().regex(/^0x[0-9a-f]{64}$/)

export function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ version: 1, kind: 'error', message })
}

export function addRoutes(app: FastifyInstance, { state, bundle, audience }: Served): void {
  const file = (url: string, type: string, text: string): void => {
    app.get(url, (_request, reply) => reply.type(`${type}; charset=utf-8`).send(text))
  }
  file('/', 'text/html', bundle.html)
  file('/page.js', 'text/javascript', bundle.script)
  file('/page.css', 'text/css', bundle.style)
  file('/icon.svg', 'image/svg+xml', bundle.icon)

  app.get('/api/overview', (_request, reply) => {
    state.tick()
    return reply.send(overviewOf(state.facts()))
  })
  list(app, '/api/proposals', (wanted) => proposalsPage(state.facts(), wanted))
  list(app, '/api/depot', (wanted) => depotPage(state.facts(), wanted))

  app.get<{ Params: { id: string } }>('/api/proposals/:id', async (request, reply) => {
    const id = proposalId.safeParse(request.params.id.toLowerCase())
    const find = () =>
      state.facts().chain.value?.deals.proposals.find((one) => one.proposalId === id.data)
    if (!id.success || find() === undefined) return refuse(reply, 404, 'there is no such proposal')
    const timeline = await state.timeline(id.data)
    const proposal = find()
    if (proposal === undefined) return refuse(reply, 404, 'there is no such proposal any more')
    return reply.send(proposalOf(proposal, state.facts(), timeline))
  })

  app.get('/api/events', (_request, reply) => {
    if (!audience.admit(reply.raw, SAFE_HEADERS))
      return refuse(reply, 503, 'the dashboard is open too often')
    return reply.hijack()
  })
}

function list(
  app: FastifyInstance,
  url: string,
  answer: (wanted: { search: string } & Omit<z.infer<typeof query>, 'q'>) => unknown,
): void {
  app.get(url, (request: FastifyRequest, reply) => {
    const wanted = query.safeParse(request.query)
    if (!wanted.success) return refuse(reply, 400, 'the list cannot be cut like that')
    const { q, ...rest } = wanted.data
    return reply.send(answer({ search: q, ...rest }))
  })
}
