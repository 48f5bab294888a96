/** What the chain says now, for the page. */
import { anchorOf } from '../chain/epoch.ts'
import { dealLink, transactionLink } from '../chain/networks.ts'
import { callNode } from '../chain/node.ts'
import { readFetches } from '../depot/fetch-log.ts'
import { fetchesOf } from '../depot/fetch-record.ts'
import { StorageError } from '../errors.ts'
import type { ChainContext } from '../flow/context.ts'
import { listDeals } from '../flow/list-deals.ts'
import { pushFolder, readPushes } from '../relay/push-log.ts'
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

export interface TimelineContext extends ChainContext {
  /** With the log of what was fetched. */
  readonly depotFolder: string
  /** With what was pushed to providers, and their answers. */
  readonly relayFolder: string
}

/** @throws PROPOSAL_NOT_FOUND, NODE_UNREACHABLE, ABORTED, DEPOT_CORRUPT */
export async function gatherTimeline(
  { client, network, depotFolder, relayFolder }: TimelineContext,
  proposalId: string,
): Promise<ProposalTimeline> {
  const { epoch, proposals } = await observe(client, [proposalId])
  const fetches = await readFetches(depotFolder)
  const pushes = await readPushes(pushFolder(relayFolder, network.name, client.address))
  const known = proposals.map((one) => ({
    ...one,
    events: [],
    pushes: pushes.filter((push) => push.proposalId === proposalId),
    fetches: fetchesOf(fetches, one.pieceCid),
  }))
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
