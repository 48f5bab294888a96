/** `deals [ID]`: proposals and deals, their states, what happened to each replica and why it waits. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import type { DealsDocument } from '../src/flow/documents.ts'
import { listDeals } from '../src/flow/list-deals.ts'
import { formatEpoch } from '../src/terminal/format.ts'
import { withFlow } from './context.ts'
import { describeProposal } from './describe.ts'
import { describeTimeline } from './describe-timeline.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { type Outcome, runTask } from './run.ts'
import { selectDeals } from './select.ts'
import { timelineSources } from './timeline-sources.ts'
import { isProposalId, toProposalId } from './values.ts'
import watchAction from './watch.ts'

interface DealsArguments {
  readonly id: string | undefined
  readonly follow: boolean
  readonly depot: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

export interface DealsPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  /** Of one proposal, or all. */
  readonly listDeals: (proposalId?: string) => Promise<DealsDocument>
}

export async function showDeals(
  args: Pick<DealsArguments, 'id'>,
  ports: DealsPorts,
): Promise<Outcome<DealsDocument>> {
  const document = await find(args.id, ports)
  return { document, text: describeDocument(document, ports) }
}

async function find(id: string | undefined, ports: DealsPorts): Promise<DealsDocument> {
  if (id === undefined) return ports.listDeals()
  if (isProposalId(id)) return ports.listDeals(toProposalId('ID', id))
  return selectDeals(await ports.listDeals(), id)
}

function describeDocument(document: DealsDocument, ports: DealsPorts): string[] {
  const head = `${document.network}, epoch ${formatEpoch(document.epoch, ports.network.genesis)}`
  if (document.proposals.length === 0) {
    return [
      head,
      'No proposals.',
      `Next: npx hardhat make-deal --file PATH${onNetwork(ports.name)}`,
    ]
  }
  const lines = [head]
  for (const proposal of document.proposals) {
    lines.push('', ...describeProposal(proposal, ports.network))
    const timeline = document.timelines.find(({ proposalId }) => proposalId === proposal.proposalId)
    if (timeline !== undefined)
      lines.push('', ...describeTimeline(timeline, genesisOf(ports.network)))
  }
  return lines
}

/** Epochs of a localnet pass as they like: dates that are made of them are those of no clock. */
function genesisOf({ name, genesis }: Network): number | undefined {
  return name === 'localnet' ? undefined : genesis
}

export default function action(
  args: DealsArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  if (args.follow) {
    const none = { timeout: undefined, webhook: undefined, metrics: undefined, state: undefined }
    return watchAction({ ...args, ...none, stay: false }, hre)
  }
  return runTask(mannersOf(args, hre), (run) =>
    withFlow(hre, run, args, async (context, name) => {
      const place = { ...run, root: hre.config.paths.root }
      const sources = await timelineSources(context, name, place, (why) => run.progress.line(why))
      return showDeals(args, {
        network: context.network,
        name,
        listDeals: (id) => listDeals(context, id, sources),
      })
    }),
  )
}
