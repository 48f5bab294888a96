/** What the client contract knows, with every state in words. */
import type { Chain, DealView, ProposalView } from '../chain/chain.ts'
import { explainDeal, proposalStateOf } from '../deal/state.ts'

export interface ObservedDeal extends DealView {
  /** The state in words. */
  readonly why: string
}

export interface ObservedProposal extends ProposalView {
  /** The state in words. */
  readonly why: string
  /** In the order of publication. */
  readonly deals: readonly ObservedDeal[]
}

export interface Observation {
  /** The newest epoch when it was made. */
  readonly epoch: bigint
  readonly proposals: readonly ObservedProposal[]
}

/** Those named, or all. @throws PROPOSAL_NOT_FOUND, NODE_UNREACHABLE */
export async function observe(chain: Chain, ids?: readonly string[]): Promise<Observation> {
  const epoch = await chain.epoch()
  const proposals = await chain.proposals(ids)
  const deals = await chain.deals(proposals.flatMap(({ dealIds }) => dealIds))
  return { epoch, proposals: proposals.map((proposal) => explained(proposal, deals, epoch)) }
}

function explained(
  proposal: ProposalView,
  deals: readonly DealView[],
  epoch: bigint,
): ObservedProposal {
  const { why } = proposalStateOf({ ...proposal, cancelled: proposal.state === 'cancelled' }, epoch)
  const own = deals.filter(({ proposalId }) => proposalId === proposal.proposalId)
  return { ...proposal, why, deals: own.map((deal) => explainedDeal(deal, epoch)) }
}

function explainedDeal(deal: DealView, epoch: bigint): ObservedDeal {
  return { ...deal, why: explainDeal(deal.state, deal, epoch) }
}
