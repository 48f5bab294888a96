/** Every proposal of a client with its deals, their states, and why. */
import { observe } from '../watch/observe.ts'
import type { ChainContext } from './context.ts'
import type { DealsDocument } from './documents.ts'
import { offered } from './offered.ts'

/**
 * @param proposalId One proposal; all unless stated.
 * @throws PROPOSAL_NOT_FOUND, NODE_UNREACHABLE
 */
export async function listDeals(
  { client, network }: ChainContext,
  proposalId?: string,
): Promise<DealsDocument> {
  const { epoch, proposals } = await observe(
    client,
    proposalId === undefined ? undefined : [proposalId],
  )
  return {
    version: 1,
    kind: 'deals',
    network: network.name,
    epoch: Number(epoch),
    proposals: proposals.map((one) => ({ ...offered(one), state: one.state, why: one.why })),
  }
}
