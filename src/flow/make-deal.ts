/**
 * The main job: a piece (prepared now, or in the depot already) → terms → a proposal on chain → deals; a proposal for each
 * piece of a payload that needs several. Safe to call again after a crash at any point: a prepared piece is found in the
 * depot, an open proposal on chain, and one that was sent is waited for until it is there.
 */
import { describeAddress } from '../chain/lotus.ts'
import { untilSeen } from '../chain/seen.ts'
import { waitForPending } from '../chain/send.ts'
import { StorageError } from '../errors.ts'
import { type Observation, observe, type ObservedProposal } from '../watch/observe.ts'
import { type Milestone, waitForDeals } from '../watch/wait.ts'
import type { FlowContext } from './context.ts'
import type { ProposedDocument } from './documents.ts'
import { offered, pushDocument } from './offered.ts'
import { areAllRefused, orTell } from './offer-directly.ts'
import { piecesFor, planPieces, type PlanRequest } from './plan-deal.ts'
import { sendPlan } from './send-plan.ts'

export interface MakeDealRequest extends PlanRequest {
  /** Return when every replica got there; at once unless stated. */
  readonly wait?: Milestone | undefined
  /** For the wait. */
  readonly deadlineMs?: number | undefined
  /** Pause between two looks while waiting. */
  readonly everyMs?: number | undefined
}

/**
 * @throws ARGUMENT_INVALID; as `prepare`, `termsFor`, `inspect` and `send`; CID_NOT_FOUND; NO_MONEY when the account cannot pay
 *   what the escrow lacks; DEADLINE when an earlier transaction of the account is not mined in time, or the wait ends
 *   first, the proposal then stands; NODE_UNREACHABLE
 */
export async function makeDeal(
  request: MakeDealRequest,
  context: FlowContext,
): Promise<ProposedDocument> {
  const { client, network, provider, signal } = context
  const pieces = await piecesFor(request, context)
  // Not before: preparing can take hours, in which others may send.
  await context.hold?.()
  await waitForPending(provider, await client.owner(), { signal })
  const plan = await planPieces(pieces, request, context)
  for (const text of plan.notes) context.onEvent?.({ type: 'plan:note', text })
  await context.beforeProposed?.(plan)
  const proposed = await sendPlan(plan, context)
  const pushed = await orTell(
    context.afterProposed?.(proposed) ?? Promise.resolve([]),
    context.onEvent,
  )
  const waitUntil = Date.now() + (request.deadlineMs ?? 0)
  const proposals: ProposedDocument['proposals'][number][] = []
  for (const { proposalId, tx } of proposed) {
    // One deadline for all of them.
    const deadlineMs =
      request.deadlineMs === undefined ? undefined : Math.max(waitUntil - Date.now(), 1)
    const pushes = pushed.filter((push) => push.proposalId === proposalId).map(pushDocument)
    // Nobody is left to wait for when all that may take it have refused.
    const wait = areAllRefused(pushes) ? undefined : request.wait
    const proposal = await outcome(proposalId, { ...request, wait, deadlineMs }, context)
    proposals.push({ ...offered(proposal), tx, ...(pushes.length === 0 ? {} : { pushes }) })
  }
  return {
    version: 1,
    kind: 'proposed',
    network: network.name,
    client: await describeAddress(provider, network, client.address, { signal }),
    proposals,
  }
}

async function outcome(
  proposalId: string,
  request: MakeDealRequest,
  context: FlowContext,
): Promise<ObservedProposal> {
  const { client, network, signal, onEvent } = context
  if (request.wait === undefined) {
    const see = (): Promise<Observation> => observe(client, [proposalId])
    const [proposal] = (await untilSeen(see, ['PROPOSAL_NOT_FOUND'], { signal })).proposals
    if (proposal !== undefined) return proposal
    throw new StorageError('PROPOSAL_NOT_FOUND', { what: `no proposal ${proposalId}` })
  }
  const told = new Set<string>()
  return waitForDeals(client, {
    proposalId,
    until: request.wait,
    isProposed: true,
    deadlineMs: request.deadlineMs,
    everyMs: request.everyMs,
    signal,
    network: network.name,
    onChange: (proposal) => tellDeals(proposal, told, onEvent),
  })
}

/** One event for each step of each deal, however often it is looked at. */
function tellDeals(
  { proposalId, deals, state, why }: ObservedProposal,
  told: Set<string>,
  onEvent: FlowContext['onEvent'],
): void {
  const once = (key: string, tell: () => void): void => {
    if (told.has(key)) return
    told.add(key)
    tell()
  }
  if (state === 'open')
    once(why.split(';')[0] ?? why, () => onEvent?.({ type: 'deal:waiting', proposalId, why }))
  for (const { dealId, provider, publishedAt, activatedAt } of deals) {
    once(`published ${dealId}`, () =>
      onEvent?.({ type: 'deal:published', proposalId, dealId, provider, epoch: publishedAt }),
    )
    if (activatedAt === undefined) continue
    once(`active ${dealId}`, () =>
      onEvent?.({ type: 'deal:active', proposalId, dealId, provider, epoch: activatedAt }),
    )
  }
}
