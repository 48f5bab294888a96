/** `make-deal`: a file, a folder or a piece of the depot → a proposal, and on request the deals that come of it. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import { rootOfLabel } from '../src/deal/label.ts'
import { isStorageError, StorageError } from '../src/errors.ts'
import type { PlanDocument, ProposedDocument } from '../src/flow/documents.ts'
import type { FlowEvent } from '../src/flow/events.ts'
import { makeDeal, type MakeDealRequest } from '../src/flow/make-deal.ts'
import { areAllRefused } from '../src/flow/offer-directly.ts'
import { planDeal } from '../src/flow/plan-deal.ts'
import { planDocument } from '../src/flow/plan-document.ts'
import { confirmSpending } from './confirm.ts'
import { withFlow } from './context.ts'
import { describePlan } from './describe-plan.ts'
import { describeProposal } from './describe.ts'
import { inspector } from './inspect.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { type MakeDealArguments, readWish } from './wish.ts'

export interface MakeDealPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  /** Base URL under which providers reach the depot; empty: none is known. */
  readonly depotUrl: string
  readonly makeDeal: (
    request: MakeDealRequest,
    onEvent: (event: FlowEvent) => void,
  ) => Promise<ProposedDocument>
}

export interface PlanPorts extends Pick<MakeDealPorts, 'network' | 'name' | 'depotUrl'> {
  /** What would be sent. */
  readonly plan: (request: MakeDealRequest) => Promise<PlanDocument>
}

/** Between two looks at a chain that makes blocks at once. */
const LOCAL_POLL_MS = 500

export async function showPlan(
  wish: MakeDealRequest,
  ports: PlanPorts,
): Promise<Outcome<PlanDocument>> {
  if (ports.depotUrl === '') throw noDepotUrl(ports.name)
  const document = await ports.plan(wish)
  return {
    document,
    text: describePlan(document, ports.network),
    isIncomplete: document.refusal !== null,
  }
}

export async function proposeDeal(
  args: Pick<MakeDealArguments, 'yes'>,
  wish: MakeDealRequest,
  run: Run,
  ports: MakeDealPorts,
): Promise<Outcome<ProposedDocument>> {
  if (ports.depotUrl === '') throw noDepotUrl(ports.name)
  await confirmSpending(args, run, ports.network)
  const request = {
    ...wish,
    ...(ports.network.name === 'localnet' ? { everyMs: LOCAL_POLL_MS } : {}),
  }
  let proposalId: string | undefined
  const onEvent = (event: FlowEvent): void => {
    if (event.type === 'propose:done') proposalId = event.proposalId
    run.follow(event)
  }
  const document = await ports.makeDeal(request, onEvent).catch((error: unknown) => {
    throw withWayOn(error, proposalId, ports.name)
  })
  const lines = document.proposals.flatMap((proposal) => describeProposal(proposal, ports.network))
  const refused = document.proposals.find(({ pushes = [] }) => areAllRefused(pushes))
  const next =
    refused === undefined
      ? nextCommand(document, wish.wait !== undefined)
      : `push ${refused.proposalId}`
  return {
    document,
    text: [
      ...lines,
      ...(refused === undefined
        ? []
        : [
            'Every provider that it names has refused it. It stays open until its start epoch: make another with other terms, or offer it again.',
          ]),
      `Next: npx hardhat ${next}${onNetwork(ports.name)}`,
    ],
    isIncomplete: refused !== undefined,
  }
}

/** Look how it goes; and when it went well, fetch it back. */
function nextCommand({ proposals: [proposal] }: ProposedDocument, isActive: boolean): string {
  if (proposal === undefined) return 'deals'
  const root = isActive ? rootOfLabel(proposal.label) : undefined
  if (root === undefined) return `deals ${proposal.proposalId}`
  // What has no root of its own, as an aggregate, names its piece in the label.
  return root === proposal.pieceCid ? `receipt ${root}` : `retrieve ${root}`
}

export function noDepotUrl(network: string): StorageError {
  return new StorageError('URL_INVALID', {
    what: `no URL is known at which providers of ${network} reach the depot`,
    expected: '--url or SEALIFT_DEPOT_URL, such as https://depot.example',
    hint: 'Serve the depot where providers can reach it; this machine alone is not enough.',
    next: 'npx hardhat depot --host 0.0.0.0',
  })
}

/** A wait that ended early names the command that goes on looking. */
function withWayOn(error: unknown, proposalId: string | undefined, network: string): unknown {
  const early = isStorageError(error, 'DEADLINE') || isStorageError(error, 'ABORTED')
  if (!early || proposalId === undefined || error.next !== undefined) return error
  return new StorageError(error.code, {
    what: error.message,
    hint: error.hint ?? 'The proposal stays on chain, and providers may still take it.',
    next: `npx hardhat deals ${proposalId}${onNetwork(network)}`,
    cause: error,
  })
}

export default function action(
  args: MakeDealArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) => {
    const wish = readWish(args, run.cwd)
    return withFlow<Outcome>(
      hre,
      run,
      { ...args, signs: !args.dryRun, serves: true },
      (context, name, signer) => {
        const account = async (): Promise<string> => (await signer()).getAddress()
        const inspect = args.skipDoctor ? undefined : inspector(context, name, account, run)
        const ports: MakeDealPorts & PlanPorts = {
          network: context.network,
          name,
          depotUrl: context.depotUrl,
          makeDeal: (request, onEvent) => makeDeal(request, { ...context, onEvent, inspect }),
          plan: async (request) =>
            planDocument(await planDeal(request, context), context, request.maxTotal),
        }
        return args.dryRun ? showPlan(wish, ports) : proposeDeal(args, wish, run, ports)
      },
    )
  })
}
