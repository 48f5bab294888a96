/** Where the dashboard has its facts from. Nothing is asked of the node before a page wants to know. */
import type { Signer } from 'ethers'
import { type Client, openClient } from '../src/chain/client-contract.ts'
import type { Send } from '../src/dashboard/desk.ts'
import { gatherChain, gatherTimeline } from '../src/dashboard/gather.ts'
import type { Sources } from '../src/dashboard/state.ts'
import { openDepot } from '../src/depot/fs-store.ts'
import type { Depot } from '../src/depot/depot.ts'
import type { ChainContext } from '../src/flow/context.ts'
import type { TimelineSources } from '../src/flow/timelines.ts'
import type { ProposalTimeline } from '../src/timeline/timeline.ts'
import { accountHolder } from './account.ts'
import { clientAddress } from './context.ts'
import { checkNetwork, type OpenNetwork } from './network.ts'
import type { Run } from './run.ts'
import { timelineSources } from './timeline-sources.ts'
import { deploymentsFolder, depotFolder } from './values.ts'

interface Wanted {
  readonly depot: string | undefined
  readonly contract: string | undefined
}

interface Found {
  readonly sources: Omit<Sources, 'send'>
  readonly openSend: () => Promise<Send>
}

export function openDashboardSources(
  args: Wanted,
  opened: OpenNetwork,
  run: Run,
  root: string,
): Found {
  const { network, name, provider } = opened
  const place = { ...run, root }
  const deployments = deploymentsFolder(place)
  const folder = depotFolder(args.depot, place)
  const open = async (runner: Signer | typeof provider): Promise<Client> => {
    const address = await clientAddress(args.contract, opened, deployments, run)
    return openClient(address, runner, { signal: run.signal, network: name })
  }
  // Looked up each time: it may be deployed later, and a local chain that was started again has forgotten it.
  const context = async (): Promise<ChainContext> => {
    await checkNetwork(opened, run)
    return { network, provider, client: await open(provider), signal: run.signal }
  }
  let depot: Promise<Depot> | undefined
  const openOnce = (): Promise<Depot> => (depot ??= openDepot(folder))
  let known: { readonly address: string; readonly sources: TimelineSources } | undefined
  const timeline = async (id: string): Promise<ProposalTimeline> => {
    const around = { ...(await context()), depot: await openOnce() }
    const { address } = around.client
    if (known?.address !== address) {
      const tell = (why: string): void => run.progress.line(why)
      known = { address, sources: await timelineSources(around, name, place, tell) }
    }
    return gatherTimeline(around, known.sources, id)
  }
  return {
    sources: {
      chain: async () => gatherChain(await context()),
      depot: async () => (await openOnce()).list(),
      timeline,
    },
    openSend: async () => {
      const signer = await opened.signer()
      return async ({ action, proposalId, dealIds }, onSent) => {
        const client = await open(signer)
        const options = { onSent }
        const sent = {
          reannounce: () => client.reannounce(proposalId, options),
          cancel: () => client.cancel(proposalId, options),
          observe: () => client.observe(dealIds, options),
          settle: () => client.settle(dealIds, options),
        }
        // As a command does: one at a time from a key, also beside others. Held while it sends, not while the page is open.
        const hold = accountHolder({ provider, network, name, root, run })
        try {
          await hold.take(await signer.getAddress())
          return (await sent[action]()).tx
        } finally {
          await hold.release()
        }
      }
    },
  }
}
