/** What the chain tells: events where logs are to be had, and what the contract's views say in any case. */
import type { ClientEvent } from '../deal/client-event.ts'
import { formatFil } from '../deal/units.ts'
import type { DealKnown, ProposalKnown, Surroundings, TracedEvent } from './facts.ts'
import type { Step } from './timeline.ts'
import { chainStep, providerText } from './words.ts'

type Name = ClientEvent['name']
/** Some events share a shape: those whose names include this one. */
type Named<N extends Name, Event = ClientEvent> = Event extends { readonly name: infer M }
  ? N extends M
    ? Event
    : never
  : never
interface Traced<N extends Name> {
  readonly event: Named<N>
  readonly tx: string
}

function eventsNamed<N extends Name>(events: readonly TracedEvent[], name: N): Traced<N>[] {
  return events.flatMap(({ event, tx }) =>
    event.name === name ? [{ event: event as Named<N>, tx }] : [],
  )
}

function eventSource(name: Name, { client }: Surroundings, tx: string): string {
  return `event ${name} of ${client}, transaction ${tx}`
}

/** Proposed, announced, cancelled, lapsed. */
export function proposalSteps(proposal: ProposalKnown, around: Surroundings): Step[] {
  const { proposalId, events, replicas, startEpoch, state } = proposal
  const steps: Step[] = []
  const [made] = eventsNamed(events, 'ProposalMade')
  const copies = replicas === 1 ? '1 replica' : `${replicas} replicas`
  steps.push(
    chainStep(
      proposalId,
      'proposed',
      '',
      made === undefined
        ? {
            epoch: undefined,
            text: `proposed, for ${copies}`,
            source: `getProposal of ${around.client}`,
          }
        : {
            epoch: made.event.epoch,
            text: `proposed by ${made.event.proposer}, for ${copies}`,
            source: eventSource('ProposalMade', around, made.tx),
            link: around.transactionLink(made.tx),
          },
      around,
    ),
  )
  for (const [index, { event, tx }] of eventsNamed(events, 'DealProposalCreate').entries()) {
    const isFirst = index === 0 && (made === undefined || made.tx === tx)
    const text = isFirst
      ? 'announced to providers that watch the chain'
      : 'announced again to providers that watch the chain'
    const source = eventSource('DealProposalCreate', around, tx)
    const told = { epoch: event.epoch, text, source, link: around.transactionLink(tx) }
    steps.push(chainStep(proposalId, 'announced', tx, told, around))
  }
  const [cancelled] = eventsNamed(events, 'ProposalCancelled')
  if (state === 'cancelled' || cancelled !== undefined)
    steps.push(
      chainStep(
        proposalId,
        'cancelled',
        '',
        {
          epoch: cancelled?.event.epoch,
          text: 'cancelled by the owner',
          source:
            cancelled === undefined
              ? `getProposal of ${around.client}`
              : eventSource('ProposalCancelled', around, cancelled.tx),
          link: cancelled && around.transactionLink(cancelled.tx),
        },
        around,
      ),
    )
  if (state === 'lapsed')
    steps.push(
      chainStep(
        proposalId,
        'lapsed',
        '',
        {
          epoch: startEpoch + 1n,
          text: `lapsed: ${proposal.deals.length} of ${copies} published before the start epoch ${startEpoch} passed`,
          source: `getProposal of ${around.client} and the chain's head, epoch ${around.epoch}`,
        },
        around,
      ),
    )
  return steps
}

/** Published, active, settled, and how it ended. */
export function dealSteps(proposal: ProposalKnown, deal: DealKnown, around: Surroundings): Step[] {
  const { proposalId, events } = proposal
  const { dealId, provider, state } = deal
  const view = `getDeal of ${around.client}`
  const own = <E extends { readonly event: { readonly dealId: bigint } }>(all: readonly E[]): E[] =>
    all.filter(({ event }) => event.dealId === dealId)
  const published = own(eventsNamed(events, 'DealPublished'))[0]
  const steps = [
    chainStep(
      proposalId,
      'published',
      String(dealId),
      {
        epoch: published?.event.epoch ?? deal.publishedAt,
        text: `published by ${providerText(provider)} as deal ${dealId}`,
        source: published ? eventSource('DealPublished', around, published.tx) : view,
        link: published
          ? (around.transactionLink(published.tx) ?? around.dealLink(dealId))
          : around.dealLink(dealId),
      },
      around,
    ),
  ]
  const activated = own(eventsNamed(events, 'DealActivated'))[0]
  const activatedAt = activated?.event.activatedAt ?? deal.activatedAt
  if (activatedAt !== undefined)
    steps.push(
      chainStep(
        proposalId,
        'active',
        String(dealId),
        {
          epoch: activatedAt,
          text: `active: ${providerText(provider)} has sealed and proven it`,
          source: activated
            ? eventSource('DealActivated', around, activated.tx)
            : `${view}, which asks f05`,
          link: around.dealLink(dealId),
        },
        around,
      ),
    )
  for (const { event, tx } of own(eventsNamed(events, 'DealSettled')))
    steps.push(
      chainStep(
        proposalId,
        'settled',
        `${dealId}:${tx}`,
        {
          epoch: event.epoch,
          text: `settled: ${formatFil(event.paid)} paid to ${providerText(provider)}${event.completed ? ', the last payment' : ''}`,
          source: eventSource('DealSettled', around, tx),
          link: around.transactionLink(tx),
        },
        around,
      ),
    )
  const closed = own(eventsNamed(events, 'DealClosed'))[0]
  const outcome = closed?.event.outcome ?? (isOver(state) ? state : undefined)
  if (outcome !== undefined)
    steps.push(
      chainStep(
        proposalId,
        outcome,
        String(dealId),
        {
          epoch: epochOfEnd(outcome, deal) ?? closed?.event.epoch,
          text: endText(outcome, deal),
          source: closed
            ? eventSource('DealClosed', around, closed.tx)
            : `${view}, from f05's answer and the chain's head, epoch ${around.epoch}`,
          link: closed && around.transactionLink(closed.tx),
        },
        around,
      ),
    )
  return steps
}

type Outcome = 'missed' | 'ended' | 'terminated'

function isOver(state: DealKnown['state']): state is Outcome {
  return state === 'missed' || state === 'ended' || state === 'terminated'
}

/** When a provider gave up its sector is not on chain: f05 deletes such a deal. */
function epochOfEnd(outcome: Outcome, { startEpoch, endEpoch }: DealKnown): bigint | undefined {
  if (outcome === 'ended') return endEpoch
  return outcome === 'missed' ? startEpoch + 1n : undefined
}

function endText(outcome: Outcome, { startEpoch, endEpoch, provider }: DealKnown): string {
  const who = providerText(provider)
  switch (outcome) {
    case 'missed':
      return `missed: ${who} did not seal it before epoch ${startEpoch} passed`
    case 'ended':
      return `ended as agreed, at epoch ${endEpoch}`
    case 'terminated':
      return `terminated: ${who} lost it before its end at epoch ${endEpoch}`
    default:
      return outcome satisfies never
  }
}
