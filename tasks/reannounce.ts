/** `reannounce [PROPOSAL]`: repeats the event until the proposal is taken or lapses. */
import { join } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import { formatFil } from '../src/deal/units.ts'
import { StorageError } from '../src/errors.ts'
import type { ReannouncedDocument } from '../src/flow/documents.ts'
import { reannounce, type ReannounceRequest } from '../src/flow/reannounce.ts'
import { formatPlural } from '../src/terminal/format.ts'
import { accountHolder } from './account.ts'
import { confirmSpending } from './confirm.ts'
import { withFlow } from './context.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { describePushes } from './pushes.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { optional, stateFolder, toAmount, toMilliseconds, toProposalId } from './values.ts'

interface ReannounceArguments {
  readonly proposal: string | undefined
  readonly once: boolean
  readonly every: string
  readonly maxCost: string
  readonly contract: string | undefined
  readonly yes: boolean
  readonly json: boolean
}

export interface ReannouncePorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  readonly reannounce: (request: ReannounceRequest) => Promise<ReannouncedDocument>
}

/** Below an epoch nothing can have changed. */
const LEAST_EVERY_MS = 30_000

export async function announceAgain(
  args: Omit<ReannounceArguments, 'contract' | 'json'>,
  run: Run,
  ports: ReannouncePorts,
): Promise<Outcome<ReannouncedDocument>> {
  const everyMs = toMilliseconds('--every', args.every)
  if (everyMs < LEAST_EVERY_MS)
    throw new StorageError('ARGUMENT_INVALID', {
      what: '--every: each announcement costs gas, and a proposal is seen an epoch later',
      expected: 'at least 30s',
      got: args.every,
    })
  const request = {
    proposalId: optional('PROPOSAL', args.proposal, toProposalId),
    once: args.once,
    everyMs,
    maxCost: toAmount('--max-cost', args.maxCost),
  }
  await confirmSpending(args, run, ports.network)
  const document = await ports.reannounce(request)
  const lost = document.proposals.filter(({ state, announcements }) =>
    state === 'open' ? announcements.length === 0 : state !== 'filled',
  )
  const [first] = document.proposals
  return {
    document,
    text: [
      ...(first === undefined ? ['No proposal is open.'] : []),
      ...document.proposals.flatMap(({ proposalId, state, why, announcements, pushes }) => [
        `${proposalId} ${state}: ${why}; announced again ${formatPlural(announcements.length, 'time')}`,
        ...describePushes(pushes),
      ]),
      `Gas: ${formatFil(BigInt(document.spent))}`,
      `Next: npx hardhat deals${first === undefined ? '' : ` ${first.proposalId}`}${onNetwork(ports.name)}`,
    ],
    isIncomplete: lost.length > 0,
  }
}

export default function action(
  args: ReannounceArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withFlow(hre, run, { ...args, signs: true, serves: true }, (context, name, signer) => {
      const { root } = hre.config.paths
      const state = stateFolder({ ...run, root })
      const { network, provider } = context
      const whileHolding = async <T>(send: () => Promise<T>): Promise<T> => {
        const account = accountHolder({ provider, network, name, root, run })
        try {
          await account.take(await (await signer()).getAddress())
          return await send()
        } finally {
          await account.release()
        }
      }
      return announceAgain(args, run, {
        network: context.network,
        name,
        reannounce: (request) =>
          reannounce(request, { ...context, whileHolding, relayFolder: join(state, 'relay') }),
      })
    }),
  )
}
