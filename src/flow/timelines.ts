/** Gathers what is known of each replica, on chain and off, and makes timelines of it. */
import { dealLink, transactionLink } from '../chain/networks.ts'
import type { ClientEvent } from '../deal/client-event.ts'
import { EPOCH_SECONDS } from '../deal/units.ts'
import type { FetchRecord } from '../depot/fetch-record.ts'
import type { PushRecord } from '../relay/push-record.ts'
import type { ProposalKnown, Surroundings, TracedEvent } from '../timeline/facts.ts'
import type { ProposalTimeline } from '../timeline/timeline.ts'
import { timelinesOf } from '../timeline/timelines-of.ts'
import { type Observation, observe, type ObservedProposal } from '../watch/observe.ts'
import type { ChainContext } from './context.ts'
import type { EventIndex } from './event-index.ts'
import { readersOf } from './readers.ts'

/** What there is besides the contract's views; each may be missing. */
export interface TimelineSources {
  readonly index?: EventIndex | undefined
  /** What the depot's log says. */
  readonly fetches?: (() => Promise<readonly FetchRecord[]>) | undefined
  /** Unix milliseconds: fetches before are of another chain. By default those before a proposal was made are left out. */
  readonly fetchesSince?: number | undefined
  readonly pushes?: (() => Promise<readonly PushRecord[]>) | undefined
  /** Told why steps may be missing. */
  readonly onFault?: ((why: string) => void) | undefined
}

export interface Gathered {
  readonly observation: Observation
  readonly timelines: readonly ProposalTimeline[]
  /** Proposals that the logs tell of. */
  readonly told: readonly string[]
  /** Why steps may be missing. */
  readonly fault: string | undefined
}

/**
 * @param ids Some proposals; all unless stated.
 * @throws PROPOSAL_NOT_FOUND, NODE_UNREACHABLE, ABORTED
 */
export async function gatherTimelines(
  context: Pick<ChainContext, 'client' | 'network'>,
  sources: TimelineSources,
  ids?: readonly string[],
): Promise<Gathered> {
  const { client } = context
  const observation = await observe(client, ids)
  const { epoch } = observation
  const indexed = await sources.index?.catchUp(epoch)
  const events = indexed?.events ?? []
  const later = ids === undefined ? [] : renewalsOf(observation.proposals, events)
  const others = later.length === 0 ? [] : (await observe(client, later)).proposals
  const around = surroundings(context, epoch)
  const pushes = (await sources.pushes?.()) ?? []
  const records = (await sources.fetches?.()) ?? []
  const known = [...observation.proposals, ...others].map((proposal) =>
    knownOf(proposal, { events, pushes, records, since: sources.fetchesSince }, around),
  )
  const told = events.flatMap(({ event }) =>
    event.name === 'ProposalMade' ? [event.proposalId] : [],
  )
  return {
    observation,
    timelines: timelinesOf(known, around).slice(0, observation.proposals.length),
    told,
    fault: indexed?.fault,
  }
}

function surroundings(
  { client, network }: Pick<ChainContext, 'client' | 'network'>,
  epoch: bigint,
): Surroundings {
  const isLocal = network.name === 'localnet'
  return {
    epoch,
    client: client.address,
    // Epochs of a localnet pass as they like: a time that is made of them is that of no clock.
    genesis: isLocal ? undefined : network.genesis,
    isLocal,
    transactionLink: (hash) => transactionLink(network, hash),
    dealLink: (dealId) => dealLink(network, dealId),
  }
}

/** Later proposals of the same pieces, which may renew these. */
function renewalsOf(
  proposals: readonly ObservedProposal[],
  events: readonly TracedEvent[],
): string[] {
  const pieces = new Set(proposals.map(({ pieceCid }) => pieceCid))
  const known = new Set(proposals.map(({ proposalId }) => proposalId))
  const ids = events.flatMap(({ event }) =>
    event.name === 'ProposalMade' && pieces.has(event.terms.pieceCid) ? [event.proposalId] : [],
  )
  const first = ids.findIndex((id) => known.has(id))
  return first < 0 ? [] : ids.slice(first).filter((id) => !known.has(id))
}

interface Told {
  readonly events: readonly TracedEvent[]
  readonly pushes: readonly PushRecord[]
  readonly records: readonly FetchRecord[]
  readonly since: number | undefined
}

function knownOf(
  proposal: ObservedProposal,
  { events, pushes, records, since }: Told,
  { genesis }: Surroundings,
): ProposalKnown {
  const { proposalId, pieceCid } = proposal
  const dealIds = new Set(proposal.deals.map(({ dealId }) => dealId))
  const own = events.filter(({ event }) => isOf(event, proposalId, dealIds))
  const made = own.find(({ event }) => event.name === 'ProposalMade')?.event.epoch
  const madeAt =
    made === undefined || genesis === undefined
      ? undefined
      : (genesis + Number(made) * EPOCH_SECONDS) * 1000
  const offers = pushes.filter((push) => push.proposalId === proposalId)
  const pushed = new Set(offers.map(({ provider }) => provider))
  return {
    ...proposal,
    events: own,
    pushes: offers,
    fetches: readersOf(records, { pieceCid, pushed, since: since ?? madeAt }),
  }
}

function isOf(event: ClientEvent, proposalId: string, dealIds: ReadonlySet<bigint>): boolean {
  if ('proposalId' in event) return event.proposalId === proposalId
  return 'dealId' in event && dealIds.has(event.dealId)
}
