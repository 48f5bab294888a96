/** Why a replica waits, what is usual, and until when it can still come. */
import { formatDuration } from '../deal/units.ts'
import type { DealKnown, FetchKnown, ProposalKnown, PushKnown, Surroundings } from './facts.ts'
import type { Step, Waiting } from './timeline.ts'
import { type Audience, BOOST_LAST_PUBLISH_EPOCHS, CONFIDENCE_EPOCHS, usual } from './usual.ts'
import { percentOf, providerText, readerText } from './words.ts'

/** What is known of the provider of one replica, if there is one. */
export interface Candidate {
  readonly provider: bigint | undefined
  readonly deal: DealKnown | undefined
  /** Its newest answer. */
  readonly push: PushKnown | undefined
  /** The one that has most of the piece; of an unknown provider, of anybody. */
  readonly fetch: FetchKnown | undefined
}

/**
 * @param steps Of the proposal and the replica: the last epoch in them is what it waits since.
 * @returns null when nothing is awaited any more
 */
export function waitingOf(
  proposal: ProposalKnown,
  candidate: Candidate,
  steps: readonly Step[],
  around: Surroundings,
): Waiting | null {
  const since = steps.reduce<number | null>(
    (last, { epoch }) => (epoch !== null && (last === null || epoch > last) ? epoch : last),
    null,
  )
  const until = Number(proposal.startEpoch)
  const told = candidate.deal
    ? sealing(candidate.deal, around)
    : proposal.state === 'open'
      ? publication(proposal, candidate, around)
      : null
  return told === null ? null : { ...told, since, until }
}

type Told = Pick<Waiting, 'for' | 'why' | 'usual'>

function sealing(deal: DealKnown, around: Surroundings): Told | null {
  if (deal.state !== 'published') return null
  const who = providerText(deal.provider)
  const audience: Audience = around.isLocal ? 'local' : 'any'
  const left = formatDuration(deal.startEpoch - around.epoch)
  const age = around.epoch - deal.publishedAt
  if (!around.isLocal && age < CONFIDENCE_EPOCHS)
    return {
      for: 'active',
      why: `published ${age} epochs ago; ${who} begins to seal when the publication is sure to stand, and has ${left} left`,
      usual: usual('confidence', audience),
    }
  return {
    for: 'active',
    why: `${who} seals it, of which the chain shows nothing before it is done; it has ${left} left`,
    usual: usual('seal', audience),
  }
}

function publication(
  proposal: ProposalKnown,
  { provider, push, fetch }: Candidate,
  around: Surroundings,
): Told {
  const who = provider === undefined ? 'a provider' : providerText(provider)
  const audience: Audience = around.isLocal ? 'local' : push === undefined ? 'any' : 'mk12'
  const lead = proposal.startEpoch - around.epoch
  if (push?.outcome === 'refused') return refused(proposal, push, who, audience)
  if (!around.isLocal && lead < BOOST_LAST_PUBLISH_EPOCHS)
    return {
      for: 'published',
      why: `it starts in ${formatDuration(lead)}, so soon that providers with usual settings do not publish it any more: propose again`,
      usual: usual('publish', audience),
    }
  if (fetch !== undefined) return fetched(fetch, audience)
  if (push?.outcome === 'accepted')
    return {
      for: 'fetching',
      why: `${who} has accepted it and has fetched nothing yet from the depot, as far as its log knows`,
      usual: usual('begin', audience),
    }
  if (push !== undefined)
    return {
      for: 'accepted',
      why: `${who} ${push.outcome === 'unclear' ? 'gave no clear answer' : 'could not be reached'}: ${push.reason}; the push can be repeated`,
      usual: usual('reach', audience),
    }
  return {
    for: 'fetching',
    why: `nobody has fetched it yet from the depot, as far as its log knows, and nobody it was pushed to has answered; ${allowed(proposal)}`,
    usual: usual('notice', audience),
  }
}

function refused(
  { providers }: ProposalKnown,
  { provider, reason }: PushKnown,
  who: string,
  audience: Audience,
): Told {
  const others = providers.filter((one) => one !== provider)
  const next =
    providers.length > 0 && others.length === 0
      ? 'no other provider may take it: propose again with what it asks for, or to another'
      : providers.length === 0
        ? 'any other provider may still take it'
        : `${others.map(providerText).join(', ')} may still take it`
  return {
    for: 'accepted',
    why: `${who} refused it (${reason}); ${next}`,
    usual: usual('reach', audience),
  }
}

function fetched(fetch: FetchKnown, audience: Audience): Told {
  const reader = readerText(fetch)
  const percent = percentOf(fetch)
  if (percent === 100)
    return {
      for: 'published',
      why: `${reader} has fetched all of it; what providers check and publish next shows on chain when it is there`,
      usual: usual('publish', audience),
    }
  return {
    for: 'fetched',
    why: `${reader} has fetched ${percent} % of it`,
    usual: usual('fetch', audience),
  }
}

function allowed({ providers }: ProposalKnown): string {
  if (providers.length === 0) return 'any provider may take it'
  return `${providers.map(providerText).join(', ')} may take it`
}
