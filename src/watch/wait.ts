/** Waits until providers have published, or activated, the replicas of a proposal. */
import type { Chain } from '../chain/chain.ts'
import type { Clock } from '../chain/clock.ts'
import { untilSeen } from '../chain/seen.ts'
import type { DealState } from '../deal/state.ts'
import { StorageError } from '../errors.ts'
import { type Observation, observe, type ObservedProposal } from './observe.ts'
import { poll } from './poll.ts'

export type Milestone = 'published' | 'active'

export interface WaitRequest {
  readonly proposalId: string
  readonly until: Milestone
  /** How many deals must get there; all replicas of the proposal by default. */
  readonly replicas?: number | undefined
  readonly deadlineMs?: number | undefined
  /** It was proposed: a node that does not know it lags, and is asked again. */
  readonly isProposed?: boolean | undefined
  /** A sixth of an epoch by default. */
  readonly everyMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  /** Name of the network, for the next command. */
  readonly network?: string | undefined
  /** Told at first and whenever a state or the number of deals has changed. */
  readonly onChange?: ((proposal: ObservedProposal, epoch: bigint) => void) | undefined
  readonly onError?: ((error: StorageError) => void) | undefined
}

const EVERY_MS = 5_000

/** States in which a deal counts as having been there. */
const REACHED: Readonly<Record<Milestone, readonly DealState[]>> = {
  published: ['published', 'active', 'missed', 'ended', 'terminated'],
  active: ['active', 'ended'],
}

/**
 * @returns The proposal when enough deals have got there.
 * @throws DEADLINE when the deadline passed, or too few deals can still get there; PROPOSAL_NOT_FOUND; ABORTED
 */
export async function waitForDeals(chain: Chain, request: WaitRequest): Promise<ObservedProposal> {
  const { proposalId, until, replicas, everyMs = EVERY_MS, onChange, network, ...poling } = request
  let last: { observation: Observation; proposal: ObservedProposal } | undefined
  const reached = await poll(
    async () => {
      const observation = await look(chain, request)
      const proposal = only(observation)
      const before = last?.proposal
      last = { observation, proposal }
      if (before === undefined || fingerprint(before) !== fingerprint(proposal))
        onChange?.(proposal, observation.epoch)
      const progress = progressOf(proposal, until, replicas)
      if (progress.missing <= 0) return proposal
      if (progress.missing > progress.possible) throw hopeless(proposal, until, network)
      return undefined
    },
    { everyMs, ...poling },
  )
  if (reached !== undefined) return reached
  throw late(proposalId, until, last?.proposal, replicas, network)
}

function look(
  chain: Chain,
  { proposalId, isProposed, ...wait }: WaitRequest,
): Promise<Observation> {
  const see = (): Promise<Observation> => observe(chain, [proposalId])
  return isProposed === true ? untilSeen(see, ['PROPOSAL_NOT_FOUND'], wait) : see()
}

function only({ proposals: [proposal] }: Observation): ObservedProposal {
  if (proposal !== undefined) return proposal
  throw new StorageError('PROPOSAL_NOT_FOUND', { what: 'the proposal has vanished' })
}

function fingerprint({ state, deals }: ObservedProposal): string {
  return JSON.stringify([state, deals.map((deal) => [String(deal.dealId), deal.state])])
}

interface Progress {
  /** Deals that must still get there. */
  readonly missing: number
  /** Deals and free replicas that still can. */
  readonly possible: number
}

function progressOf(
  { state, published, replicas, deals }: ObservedProposal,
  until: Milestone,
  wanted = replicas,
): Progress {
  const reached = deals.filter((deal) => REACHED[until].includes(deal.state)).length
  const underway =
    until === 'active' ? deals.filter((deal) => deal.state === 'published').length : 0
  const free = state === 'open' ? replicas - published : 0
  return { missing: wanted - reached, possible: underway + free }
}

function hopeless(
  proposal: ObservedProposal,
  until: Milestone,
  network: string | undefined,
): StorageError {
  return new StorageError('DEADLINE', {
    what: `the proposal cannot become ${until} any more: ${describe(proposal)}`,
    hint: 'Propose again; the money that was not used is released.',
    next: dealsCommand(proposal.proposalId, network),
  })
}

function late(
  proposalId: string,
  until: Milestone,
  proposal: ObservedProposal | undefined,
  replicas: number | undefined,
  network: string | undefined,
): StorageError {
  const { missing } =
    proposal === undefined ? { missing: replicas ?? 1 } : progressOf(proposal, until, replicas)
  return new StorageError('DEADLINE', {
    what: `waited for ${missing} more ${missing === 1 ? 'deal' : 'deals'} to become ${until}${proposal === undefined ? '' : `: ${describe(proposal)}`}`,
    hint: 'The proposal stays open. Providers may still take it; look again later.',
    next: dealsCommand(proposalId, network),
  })
}

function describe({ state, why, deals }: ObservedProposal): string {
  const each = deals.map((deal) => `deal ${deal.dealId} is ${deal.state} (${deal.why})`)
  return [`it is ${state} (${why})`, ...each].join(', ')
}

function dealsCommand(proposalId: string, network: string | undefined): string {
  return `npx hardhat deals ${proposalId}${network === undefined ? '' : ` --network ${network}`}`
}
