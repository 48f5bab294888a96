/**
 * States of proposals and deals, derived from facts and the epoch by the same rules as the client contract's, and in
 * words. A state is never stored.
 * @see contracts/interfaces/IDealClient.sol, ProposalState and DealState
 */
import { formatDuration } from './units.ts'

export type ProposalState = 'open' | 'filled' | 'lapsed' | 'cancelled'
export type DealState = 'published' | 'active' | 'missed' | 'ended' | 'terminated'

export interface Judged<State> {
  readonly state: State
  /** One sentence for a person: what it waits for, or why it ended. */
  readonly why: string
}

export interface ProposalFacts {
  readonly cancelled: boolean
  readonly replicas: number
  /** Replicas published so far. */
  readonly published: number
  readonly startEpoch: bigint
}

export function proposalStateOf(facts: ProposalFacts, epoch: bigint): Judged<ProposalState> {
  const { replicas, published, startEpoch } = facts
  const count = `${published} of ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} published`
  if (facts.cancelled) return { state: 'cancelled', why: `the owner cancelled it, ${count}` }
  if (published >= replicas) return { state: 'filled', why: count }
  if (epoch > startEpoch)
    return {
      state: 'lapsed',
      why: `${count} before the start epoch ${startEpoch} passed`,
    }
  return {
    state: 'open',
    why: `${count}; providers have ${formatDuration(startEpoch - epoch)} left to publish`,
  }
}

/** f05 about a deal: `gone` is exit code 32 (ended, terminated and missed deals are deleted), `unknown` 17. */
export type MarketAnswer =
  | { readonly kind: 'published' }
  | { readonly kind: 'active'; readonly activatedAt: bigint }
  | { readonly kind: 'gone' | 'unknown' }

export interface DealFacts {
  readonly startEpoch: bigint
  readonly endEpoch: bigint
  /** When it was last seen active, its activation epoch. */
  readonly activatedAt: bigint | undefined
}

/**
 * Without settlement f05 keeps a deal that was never activated, or whose end has passed; so the epoch decides. A deal
 * may still activate at its start epoch, but not after it.
 */
export function dealStateOf(
  facts: DealFacts,
  answer: MarketAnswer,
  epoch: bigint,
): Judged<DealState> {
  const state = dealState(facts, answer, epoch)
  const seen = answer.kind === 'active' ? { ...facts, activatedAt: answer.activatedAt } : facts
  return { state, why: explainDeal(state, seen, epoch) }
}

function dealState(facts: DealFacts, answer: MarketAnswer, epoch: bigint): DealState {
  if (answer.kind === 'active') return epoch >= facts.endEpoch ? 'ended' : 'active'
  if (answer.kind === 'published') return epoch > facts.startEpoch ? 'missed' : 'published'
  if (facts.activatedAt === undefined) return epoch >= facts.startEpoch ? 'missed' : 'terminated'
  return epoch >= facts.endEpoch ? 'ended' : 'terminated'
}

/** A state in words. */
export function explainDeal(state: DealState, facts: DealFacts, epoch: bigint): string {
  const { startEpoch, endEpoch, activatedAt } = facts
  const since = activatedAt === undefined ? '' : `, active since epoch ${activatedAt}`
  switch (state) {
    case 'published':
      return `the provider has ${formatDuration(startEpoch - epoch)} left to seal it`
    case 'active':
      return `sealed and proven${since}; ${formatDuration(endEpoch - epoch)} left`
    case 'missed':
      return `the provider did not seal it before epoch ${startEpoch}; settling returns the money`
    case 'ended':
      return `it ran to its end at epoch ${endEpoch}`
    case 'terminated':
      return `the provider lost it before its end at epoch ${endEpoch}`
    default:
      return state satisfies never
  }
}
