/** What the chain says now, for the page. */
import { anchorOf } from '../chain/epoch.ts'
import { dealLink, transactionLink } from '../chain/networks.ts'
import { callNode } from '../chain/node.ts'
import { StorageError } from '../errors.ts'
import type { ChainContext } from '../flow/context.ts'
import { listDeals } from '../flow/list-deals.ts'
import { timelinesOf } from '../timeline/timelines-of.ts'
import type { ProposalTimeline } from '../timeline/timeline.ts'
import { observe } from '../watch/observe.ts'
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

/** @throws PROPOSAL_NOT_FOUND, NODE_UNREACHABLE, ABORTED */
export async function gatherTimeline(
  { client, network }: ChainContext,
  proposalId: string,
): Promise<ProposalTimeline> {
  const { epoch, proposals } = await observe(client, [proposalId])
  const known = proposals.map((one) => ({ ...one, events: [], pushes: [], fetches: [] }))
  const [timeline] = timelinesOf(known, {
    epoch,
    client: client.address,
    genesis: network.genesis,
    isLocal: network.name === 'localnet',
    transactionLink: (hash) => transactionLink(network, hash),
    dealLink: (dealId) => dealLink(network, dealId),
  })
  if (timeline !== undefined) return timeline
  throw new StorageError('PROPOSAL_NOT_FOUND', { what: `no proposal ${proposalId}` })
}
