/** The only route that sends. It exists where the dashboard was started with a token, and whoever asks must bear it. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod/v4'
import type { Desk } from './desk.ts'
import { refuse } from './routes.ts'
import { actionsFor } from './standing.ts'
import type { DashboardState } from './state.ts'
import { bears } from './token.ts'

interface Served {
  readonly state: DashboardState
  readonly desk: Desk
  readonly token: string
}

const order = z.strictObject({
  action: z.enum(['reannounce', 'observe', 'settle', 'cancel']),
  proposalId: z.string().regex(/^0x[0-9a-f]{64}$/),
})

export function addActions(app: FastifyInstance, { state, desk, token }: Served): void {
  // Any site may send plain text without being asked for its origin first.
  app.removeContentTypeParser('text/plain')
  app.post('/api/actions', async (request, reply) => {
    if (!bears(request.headers.authorization, token))
      return refuse(reply, 401, 'the token is not the one that the dashboard was started with')
    const wanted = order.safeParse(request.body)
    if (!wanted.success) return refuse(reply, 400, 'the request cannot be understood')
    const { action, proposalId } = wanted.data
    const { chain } = state.facts()
    const proposal = chain.value?.deals.proposals.find((one) => one.proposalId === proposalId)
    if (proposal === undefined) return refuse(reply, 404, 'there is no such proposal')
    if (!actionsFor(proposal).includes(action))
      return refuse(reply, 409, `${action} is not possible as the proposal stands`)
    const dealIds = proposal.deals.map(({ dealId }) => BigInt(dealId))
    const taken = desk.take({ action, proposalId, dealIds })
    if (taken === undefined) return refuse(reply, 409, 'something is under way for this proposal')
    return reply.code(202).send(taken)
  })
}
