/** Facts → timelines. */
import { attemptOfLabel } from '../deal/label.ts'
import { EPOCHS_PER_DAY } from '../deal/units.ts'
import { dealSteps, proposalSteps } from './chain-steps.ts'
import type { ProposalKnown, Surroundings } from './facts.ts'
import { fetchProgress, fetchStep, idOf, pushSteps } from './provider-steps.ts'
import type { ProposalTimeline, ReplicaTimeline, Step } from './timeline.ts'
import { type Candidate, waitingOf } from './waiting.ts'
import { chainStep, furthest, providerText, shortId } from './words.ts'

/**
 * @param proposals Of one client, in the order of creation: a later one may renew what an earlier one stored.
 * @returns One for each, in the same order.
 */
export function timelinesOf(
  proposals: readonly ProposalKnown[],
  around: Surroundings,
): ProposalTimeline[] {
  return proposals.map((proposal, index) =>
    timelineOf(proposal, again(proposal, proposals.slice(index + 1), around), around),
  )
}

function timelineOf(
  proposal: ProposalKnown,
  renewals: readonly Step[],
  around: Surroundings,
): ProposalTimeline {
  const { proposalId, pieceCid, state, replicas } = proposal
  const fetches = proposal.fetches.toSorted((a, b) => a.first - b.first)
  const candidates = candidatesOf(proposal)
  const slots = candidates.slice(0, replicas)
  const left = new Set(candidates.slice(replicas).map(({ provider }) => provider))
  const slotted = new Set(slots.map(({ provider }) => provider))
  const shared = [
    ...proposalSteps(proposal, around),
    ...pushSteps(
      proposal,
      proposal.pushes.filter(({ provider }) => left.has(provider)),
    ),
    ...fetches
      .filter(({ by }) => !slotted.has(idOf(by)))
      .map((fetch) => fetchStep(proposal, fetch)),
    ...renewals,
  ]
  const nobody: Candidate = {
    provider: undefined,
    deal: undefined,
    push: undefined,
    fetch: furthest(fetches.filter(({ by }) => idOf(by) === undefined)),
  }
  return {
    proposalId,
    pieceCid,
    state,
    steps: shared,
    replicas: Array.from({ length: replicas }, (_, index) =>
      replicaOf(proposal, index + 1, slots[index] ?? nobody, shared, around),
    ),
    fetches: fetches.map(fetchProgress),
  }
}

function replicaOf(
  proposal: ProposalKnown,
  replica: number,
  candidate: Candidate,
  shared: readonly Step[],
  around: Surroundings,
): ReplicaTimeline {
  const { provider, deal } = candidate
  const own = provider === undefined ? [] : ownSteps(proposal, provider)
  const steps = deal === undefined ? own : [...own, ...dealSteps(proposal, deal, around)]
  return {
    replica,
    provider: provider === undefined ? null : providerText(provider),
    dealId: deal === undefined ? null : Number(deal.dealId),
    steps,
    waiting: waitingOf(proposal, candidate, [...shared, ...steps], around),
    daysLeft:
      deal?.state === 'active'
        ? Math.max(0, Math.floor((Number(deal.endEpoch - around.epoch) * 10) / DAY)) / 10
        : null,
  }
}

const DAY = Number(EPOCHS_PER_DAY)

/** In the order in which they were known. */
function ownSteps(proposal: ProposalKnown, provider: bigint): Step[] {
  const fetch = furthest(proposal.fetches.filter(({ by }) => idOf(by) === provider))
  const pushes = pushSteps(
    proposal,
    proposal.pushes.filter((push) => push.provider === provider),
  )
  const steps = fetch === undefined ? pushes : [...pushes, fetchStep(proposal, fetch)]
  return steps.toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1))
}

/**
 * Those that have a deal in the order of publication, then those that accepted, then others that it was pushed to, those that
 * refused it last. What a reader of the depot says it is makes no candidate, and changes no order.
 */
function candidatesOf({ deals, pushes, fetches }: ProposalKnown): Candidate[] {
  const known = [
    ...deals.map(({ provider }) => provider),
    ...pushes.filter(({ outcome }) => outcome === 'accepted').map(({ provider }) => provider),
    ...pushes.filter(({ outcome }) => outcome !== 'refused').map(({ provider }) => provider),
    ...pushes.map(({ provider }) => provider),
  ]
  return [...new Set(known)].map((provider) => ({
    provider,
    deal: deals.find((deal) => deal.provider === provider),
    push: pushes
      .filter((push) => push.provider === provider)
      .toSorted((a, b) => a.at - b.at)
      .at(-1),
    fetch: furthest(fetches.filter(({ by }) => idOf(by) === provider)),
  }))
}

/**
 * Later proposals of the same request, told apart by the attempt in their labels. What had deals is renewed, what had none
 * is proposed again.
 */
function again(
  proposal: ProposalKnown,
  later: readonly ProposalKnown[],
  around: Surroundings,
): Step[] {
  const own = attemptOfLabel(proposal.label)
  if (own === undefined) return []
  return later.flatMap((other) => {
    const theirs = attemptOfLabel(other.label)
    const isSame = other.pieceCid === proposal.pieceCid && theirs?.request === own.request
    if (theirs === undefined || !isSame || theirs.attempt <= own.attempt) return []
    const made = other.events.find(({ event }) => event.name === 'ProposalMade')
    const attempt = `attempt ${theirs.attempt}, proposal ${shortId(other.proposalId)}`
    const copies = `${other.deals.length} of ${other.replicas} published`
    const hadDeals = proposal.deals.length > 0
    return chainStep(
      proposal.proposalId,
      hadDeals ? 'renewed' : 'proposed',
      other.proposalId,
      {
        epoch: made?.event.epoch,
        text: `${hadDeals ? 'renewed' : 'proposed again'} by ${attempt}, ${copies}`,
        source: `label of proposal ${other.proposalId}${made === undefined ? '' : `, event ProposalMade of ${around.client}, transaction ${made.tx}`}`,
        link: made && around.transactionLink(made.tx),
      },
      around,
    )
  })
}
