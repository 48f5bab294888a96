/** How a proposal stands, from its state and those of its deals. */
import type { DealState } from '../deal/state.ts'
import type { DealsDocument } from '../flow/documents.ts'
import type { ActionKind, Counts, Standing } from './documents.ts'

export type ListedProposal = DealsDocument['proposals'][number]

const LOST = new Set<DealState>(['missed', 'terminated'])

/**
 * `attention`: a copy was lost, or providers did not take all of them in time. `over`: nothing is stored and nothing is
 * awaited any more.
 */
export function standingOf({ state, replicas, deals }: ListedProposal): Standing {
  const count = (wanted: DealState) => deals.filter((deal) => deal.state === wanted).length
  const active = count('active')
  const pending = count('published') + (state === 'open' ? replicas - deals.length : 0)
  if (deals.some((deal) => LOST.has(deal.state))) return 'attention'
  if (state === 'lapsed' && deals.length < replicas) return 'attention'
  if (active > 0) return pending > 0 ? 'partly' : 'stored'
  return pending > 0 ? 'waiting' : 'over'
}

export function countStandings(proposals: readonly ListedProposal[]): Counts {
  const counts = { waiting: 0, partly: 0, stored: 0, attention: 0, over: 0 }
  for (const proposal of proposals) counts[standingOf(proposal)] += 1
  return counts
}

export function activeDeals({ deals }: ListedProposal): number {
  return deals.filter(({ state }) => state === 'active').length
}

/** What the contract would do about it now: it refuses the rest. */
export function actionsFor({ state, deals }: ListedProposal): ActionKind[] {
  const actions: ActionKind[] = []
  if (state === 'open') actions.push('reannounce')
  if (deals.length > 0) actions.push('observe')
  // A deal that may still be activated is left alone by `settle`.
  if (deals.some((deal) => deal.state !== 'published')) actions.push('settle')
  if (state === 'open') actions.push('cancel')
  return actions
}
