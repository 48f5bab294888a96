/** What the chain says now, for the page. */
import { anchorOf } from '../chain/epoch.ts'
import { callNode } from '../chain/node.ts'
import { StorageError } from '../errors.ts'
import type { ChainContext } from '../flow/context.ts'
import { listDeals } from '../flow/list-deals.ts'
import { gatherTimelines, type TimelineSources } from '../flow/timelines.ts'
import type { ProposalTimeline } from '../timeline/timeline.ts'
import type { ChainFacts } from './facts.ts'

/** @throws NODE_UNREACHABLE, CONTRACT_REFUSED, ABORTED */
export async function gatherChain(context: ChainContext): Promise<ChainFacts> {
  const { client, network, provider, signal } = context
  const what = 'the newest block'
  const head = await callNode(what, () => provider.getBlock('latest'), {
    signal,
    network: network.name,
  })
  if (head === null)
    throw new StorageError('NODE_UNREACHABLE', { what: `the node has not ${what}` })
  const anchor = anchorOf(network, { epoch: BigInt(head.number), time: head.timestamp })
  const funds = await client.funds()
  return { address: client.address, anchor, funds, deals: await listDeals(context) }
}

/** @throws PROPOSAL_NOT_FOUND, NODE_UNREACHABLE, ABORTED, DEPOT_CORRUPT */
export async function gatherTimeline(
  context: Pick<ChainContext, 'client' | 'network'>,
  sources: TimelineSources,
  proposalId: string,
): Promise<ProposalTimeline> {
  const [timeline] = (await gatherTimelines(context, sources, [proposalId])).timelines
  if (timeline !== undefined) return timeline
  throw new StorageError('PROPOSAL_NOT_FOUND', { what: `no proposal ${proposalId}` })
}
