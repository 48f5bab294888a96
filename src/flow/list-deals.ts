/** Every proposal of a client with its deals, their states, why, and the timeline of each replica. */
import type { ChainContext } from './context.ts'
import type { DealsDocument } from './documents.ts'
import { offered } from './offered.ts'
import { type Gathered, gatherTimelines, type TimelineSources } from './timelines.ts'

/**
 * @param proposalId One proposal; all unless stated.
 * @param sources What timelines are made of besides the contract's views.
 * @throws PROPOSAL_NOT_FOUND, NODE_UNREACHABLE
 */
export async function listDeals(
  context: ChainContext,
  proposalId?: string,
  sources: TimelineSources = {},
): Promise<DealsDocument> {
  const ids = proposalId === undefined ? undefined : [proposalId]
  const gathered = await gatherTimelines(context, sources, ids)
  if (gathered.fault !== undefined) sources.onFault?.(gathered.fault)
  return dealsDocument(context, gathered)
}

export function dealsDocument(
  { network }: Pick<ChainContext, 'network'>,
  { observation: { epoch, proposals }, timelines }: Gathered,
): DealsDocument {
  return {
    version: 1,
    kind: 'deals',
    network: network.name,
    epoch: Number(epoch),
    proposals: proposals.map((one) => ({ ...offered(one), state: one.state, why: one.why })),
    timelines,
  }
}
