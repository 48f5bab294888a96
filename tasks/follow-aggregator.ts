/** What an aggregator decides and finds, as a person follows it on standard error. */
import type { AggregatorEvent } from '../src/aggregator/context.ts'
import type { Fact } from '../src/aggregator/facts.ts'
import type { Decision } from '../src/aggregator/next-actions.ts'
import { formatPlural } from '../src/terminal/format.ts'
import type { Progress } from '../src/terminal/progress.ts'

export function followAggregator(event: AggregatorEvent, progress: Progress): void {
  const line = sentence(event)
  if (line !== undefined) progress.line(line)
}

function sentence(event: AggregatorEvent): string | undefined {
  switch (event.type) {
    case 'decided':
      return decided(event.decision)
    case 'fact':
      return found(event.fact)
    case 'sent':
      return `${event.what}: transaction ${event.tx}`
    case 'trouble':
      return `${event.what} failed, and is tried again later: ${event.error.message}`
    default:
      return event satisfies never
  }
}

function decided(decision: Decision): string {
  const { step, reason } = decision
  switch (step) {
    case 'fetch':
    case 'refuse':
    case 'claim':
      return `${step} request ${decision.id}: ${reason}`
    case 'close':
      return `close a batch of ${formatPlural(decision.aggregate.segments.length, 'piece')}: ${reason}`
    case 'propose':
      return `propose batch ${decision.batch}: ${reason}`
    case 'complete':
      return `complete ${formatPlural(decision.ids.length, 'request')} of batch ${decision.batch}: ${reason}`
    default:
      return step satisfies never
  }
}

/** Undefined for what the decision said already. */
function found(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'requested':
      return `request ${fact.id} of ${fact.owner}`
    case 'tried':
      return `request ${fact.id} was not fetched: ${fact.reason}`
    case 'fetched':
      return `request ${fact.id} is ${fact.pieceCidV2}`
    case 'closed':
      return `batch ${fact.batch} is ${fact.pieceCidV2}`
    case 'proposed':
      return `batch ${fact.batch} is proposed as ${fact.proposalId}`
    case 'lapsed':
      return `the proposal of batch ${fact.batch} came to nothing: ${fact.reason}`
    case 'published':
      return `f0${fact.provider} published deal ${fact.dealId} of batch ${fact.batch}`
    case 'active':
      return `deal ${fact.dealId} of batch ${fact.batch} is active`
    case 'gone':
      return `deal ${fact.dealId} of batch ${fact.batch} is over: ${fact.reason}`
    case 'completed':
      return `completed with deal ${fact.dealId}: ${fact.ids.join(', ')}`
    case 'rejected':
      return `the hub refuses deal ${fact.dealId} for request ${fact.id}: ${fact.reason}`
    case 'paid':
      return `request ${fact.id} is paid`
    case 'reclaimed':
      return `the payment of request ${fact.id} was taken back`
    case 'opened':
    case 'read':
    case 'refused':
      return undefined
    default:
      return fact satisfies never
  }
}
